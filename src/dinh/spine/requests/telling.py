"""What followers of a request hear, each with the link that is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.manifests import NoticeSpec, Text, registry
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.notices import api as notices
from dinh.spine.requests import categories, models
from dinh.spine.requests.api import FOLLOWED_FOR

ALL: Final = ("inbox", "email", "push", "sms")
KINDS: Final = (
    NoticeSpec(
        "request.received",
        Text("Phản ánh của tôi đã được tiếp nhận", "My report was received"),
        Text("Đã tiếp nhận phản ánh {number}", "We have your report {number}"),
        Text(
            "{category}, mã {number}. {office} xử lý, hạn {due}. Theo dõi (30 ngày): {link}",
            "{category}, number {number}. {office} has it, due {due}. Follow it (30 days): {link}",
        ),
        ALL,
    ),
    NoticeSpec(
        "request.moved",
        Text("Phản ánh tôi theo dõi có thay đổi", "A report that I follow moved"),
        Text("Phản ánh {number}: {state}", "Report {number}: {state}"),
        Text("{number} ({category}): {state}. {reason} Xem: {link}", "{number} ({category}): {state}. {reason} See: {link}"),
        ALL,
    ),
    NoticeSpec(
        "request.ended",
        Text("Phản ánh tôi theo dõi đã kết thúc", "A report that I follow is closed"),
        Text("Phản ánh {number}: {state}", "Report {number}: {state}"),
        Text(
            "{number} ({category}): {state}. {reason} Cảm ơn bạn. Đã ổn hay chưa, xin xác nhận: {link}",
            "{number} ({category}): {state}. {reason} Thank you. Please say whether it is all right: {link}",
        ),
        ALL,
    ),
    NoticeSpec(
        "request.replied",
        Text("Cơ quan trả lời phản ánh tôi theo dõi", "The office replied to a report that I follow"),
        Text("Trả lời phản ánh {number}", "A reply to report {number}"),
        Text("{number}: {text} Xem: {link}", "{number}: {text} See: {link}"),
        ALL,
    ),
    NoticeSpec(
        "request.asked",
        Text("Cơ quan cần tôi bổ sung", "The office asks me something"),
        Text("Cần bạn bổ sung cho phản ánh {number}", "We need to know more about report {number}"),
        Text("{number}: {text} Trả lời: {link}", "{number}: {text} Answer: {link}"),
        ALL,
    ),
    NoticeSpec(
        "request.follow",
        Text("Xác nhận theo dõi phản ánh", "Confirm following a report"),
        Text("Theo dõi phản ánh {number}", "Follow report {number}"),
        Text(
            "Mở liên kết này để theo dõi phản ánh {number}; không phải bạn yêu cầu thì bỏ qua: {link}",
            "Open this link to follow report {number}; ignore it if you did not ask: {link}",
        ),
        ALL,
    ),
    NoticeSpec(
        "request.nearby",
        Text("Phản ánh mới ở nơi tôi đăng ký", "A new report where I subscribed"),
        Text("Phản ánh mới: {title}", "A new report: {title}"),
        Text("{title} ({number}). Xem: {link} Thôi nhận: {stop}", "{title} ({number}). See: {link} Stop: {stop}"),
        ("inbox", "email", "push"),
        stop="stop",
    ),
    NoticeSpec(
        "request.subscribe",
        Text("Xác nhận đăng ký tin phản ánh", "Confirm a subscription"),
        Text("Xác nhận nhận tin về phản ánh mới", "Confirm to hear of new reports"),
        Text(
            "Mở liên kết này để nhận tin về phản ánh mới ({what}); không phải bạn yêu cầu thì bỏ qua: {link}",
            "Open this link to hear of new reports ({what}); ignore it if you did not ask: {link}",
        ),
        ("email",),
    ),
)  # fmt: skip


def link(kind: str, id: object) -> str:
    """Of a page that an installed system shows: request (public), follow, subscription, unsubscribe."""
    path = registry.link_path(kind, str(id))
    return settings.PUBLIC_URL + path if path else settings.PUBLIC_URL


def received(request: models.Request, reporter: models.Follower) -> None:
    due = request.due_at
    _tell(
        "received", request, [reporter], "received",
        office=office_name(request.organisation), due=_moment(due) if due and due.year < 9999 else "–",
    )  # fmt: skip


def followers(request: models.Request, *, role: str = "") -> list[models.Follower]:
    found = models.Follower.objects.filter(request=request, confirmed_at__isnull=False).exclude(address="")
    return list(found.filter(role=role) if role else found)


def told(request: models.Request, kind: str, key: str, *, role: str = "", **words: Any) -> None:
    """To every follower, or those of one role; the links last again for as long."""
    them = followers(request, role=role)
    _tell(kind, request, them, key, **words)
    models.Follower.objects.filter(pk__in=[one.pk for one in them]).update(until=clock.now() + FOLLOWED_FOR)


def _tell(kind: str, request: models.Request, to: Iterable[models.Follower], key: str, **words: Any) -> None:
    name = categories.service(request.category).name
    for one in to:
        if not one.address:
            continue
        params: Mapping[str, Any] = {
            "number": request.number, "category": {"vi": name.vi, "en": name.en}, "link": link("follow", one.pk), **words,
        }  # fmt: skip
        asked = _asked_for(f"request.{kind}", params)
        notices.notify(
            f"request.{kind}",
            to=[one.address],
            key=f"{request.number}#{key}#{one.pk}",
            params=asked,
            language=one.language,
        )


def _asked_for(kind: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those that the words of the kind speak of."""
    spec = next(spec for spec in KINDS if spec.code == kind)
    words = " ".join((spec.title.vi, spec.title.en, spec.body.vi, spec.body.en))
    return {name: value for name, value in params.items() if f"{{{name}}}" in words}


def _moment(at: datetime) -> Mapping[str, str]:
    return {language: format_moment(at, language) for language in ("vi", "en")}


def office_name(urn: str) -> Mapping[str, str] | str:
    from dinh.spine.parties import api as parties

    row = parties.parties([urn]).get(urn) if urn else None
    return {"vi": row.name_vi, "en": row.name_en} if row else "–"
