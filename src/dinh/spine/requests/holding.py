"""What requests hold of people, with an account or with a link: the copy of it, and its erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import Text
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import personal as register
from dinh.spine.requests import following, models, withdrawing
from dinh.spine.requests.api import FollowedRow

COLUMNS: Final = {
    "number": Text("Mã", "Number"), "at": Text("Gửi lúc", "Reported at"), "category": Text("Loại", "Category"),
    "description": Text("Nội dung", "Words"), "address": Text("Địa chỉ", "Address"), "longitude": Text("Kinh độ", "Longitude"),
    "latitude": Text("Vĩ độ", "Latitude"), "state": Text("Trạng thái", "State"), "reason": Text("Kết quả", "Outcome"),
    "private": Text("Kín", "Private"),
}  # fmt: skip
REPORTED: Final = Text("Nội dung, ảnh, vị trí phản ánh của bạn", "Words, pictures and places of what you reported")
FOLLOWED: Final = Text("Phản ánh bạn theo dõi, đăng ký nhận tin", "What you follow and subscribed to")
NUMBERS: Final = Text("Mã, loại, thời hạn phản ánh của bạn", "Numbers, categories and times of what you reported")
STAYS: Final = Text(
    "Cơ quan phải chứng minh được mình đã làm gì; không còn lời nào của bạn.",
    "The office must be able to prove what it did; no words of yours are left.",
)


def _copy(request: models.Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in COLUMNS}


def export(person: str) -> Sequence[register.Section]:
    mine = models.Request.objects.filter(person=person).order_by("at")
    following_too = models.Follower.objects.filter(address=person, role="neighbour").select_related("request")
    subscribed = models.Subscription.objects.filter(address=person)
    return (
        register.Section("requests", Text("Phản ánh của bạn", "What you reported"), COLUMNS, [_copy(one) for one in mine]),
        register.Section(
            "following", Text("Bạn theo dõi", "What you follow"), {"number": Text("Mã", "Number"), "since": Text("Từ", "Since")},
            [{"number": one.request.number, "since": one.since} for one in following_too],
        ),
        register.Section(
            "subscriptions", Text("Bạn đăng ký nhận tin", "What you subscribed to"),
            {"unit": Text("Nơi", "Place"), "category": Text("Loại", "Category"), "since": Text("Từ", "Since")},
            [{"unit": one.unit, "category": one.category, "since": one.since} for one in subscribed],
        ),
    )  # fmt: skip


def outlook(person: str) -> register.Outcome:
    mine = models.Request.objects.filter(person=person, erased_at__isnull=True).count()
    others = models.Follower.objects.filter(address=person, role="neighbour").count()
    others += models.Subscription.objects.filter(address=person).count()
    return register.Outcome(
        gone=(register.Counted(REPORTED, mine), register.Counted(FOLLOWED, others)),
        kept=(register.Counted(NUMBERS, mine, STAYS),),
    )


def erase(person: str, by: str) -> register.Outcome:
    outcome = outlook(person)
    for request in models.Request.objects.filter(person=person, erased_at__isnull=True).order_by("number"):
        _erase(request, by=by)
    models.Follower.objects.filter(address=person, role="neighbour").delete()
    models.Subscription.objects.filter(address=person).delete()
    return outcome


def export_one(id: UUID) -> Mapping[str, Any]:
    follower = following.one(id)
    request = follower.request
    said = models.Voice.objects.filter(follower=follower.pk).order_by("at")
    mine = follower.role == "reporter"
    return {
        "number": request.number,
        "role": follower.role,
        "name": follower.name,
        "address": follower.address,
        "left": follower.left,
        "since": follower.since.isoformat(),
        "link_until": follower.until.isoformat(),
        "report": {name: _plain(value) for name, value in _copy(request).items()} if mine else None,
        "answers": dict(cases.fields_of(request.case)) if mine else None,
        "photos": [photo.file for photo in request.photos.order_by("position")] if mine else None,
        "said": [{"at": one.at.isoformat(), "what": one.what, "text": one.text, "stars": one.stars} for one in said],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@transaction.atomic
def make_private(id: UUID) -> FollowedRow:
    follower = following.one(id, lock=True)
    if follower.role != "reporter":
        raise Conflict("requests.not_yours", "only whoever reported it may take it off the public pages")
    request = models.Request.objects.select_for_update().get(pk=follower.request_id)
    if not request.private:
        was_shown = request.shown
        request.private, request.shown, request.updated_at = True, False, clock.now()
        request.save(update_fields=["private", "shown", "updated_at"])
        if was_shown:
            withdrawing.withdraw(request)
        withdrawing.keep_photos_private(request)
        ledger.append("request.made_private", f"urn:dinh:request:{request.number}", {})
    follower.request = request
    return following.row_of(follower)


@transaction.atomic
def forget(id: UUID) -> None:
    follower = following.one(id, lock=True)
    if follower.role == "neighbour":
        models.Voice.objects.filter(follower=follower.pk).delete()
        follower.delete()
        return
    _erase(follower.request, by="")


def _erase(request: models.Request, *, by: str) -> None:
    """Words, pictures, point, address and name; what neighbours said goes too, since it speaks of them."""
    urn = f"urn:dinh:request:{request.number}"
    for photo in models.Photo.objects.filter(request=request):
        for file in (photo.file, photo.small):
            if files.file(file).state == "kept":
                files.erase(file, by=by, reason="requests.forgotten")
    models.Photo.objects.filter(request=request).delete()
    models.Voice.objects.filter(request=request).delete()
    models.Follower.objects.filter(request=request).delete()
    request.held_for = request.description = request.address = request.search = request.person = request.sender = (
        request.reason
    ) = ""
    request.longitude = request.latitude = request.stars = None
    request.erased_at = request.updated_at = clock.now()
    was_shown, request.shown = request.shown, False
    request.save()
    if was_shown:
        withdrawing.withdraw(request)
    notices.forget_about([request.case, urn])
    cases.erase_requested(urn, by=by)


HOLDER: Final = register.Holder("requests", Text("Phản ánh", "Reports"), export, outlook, erase)
