"""The links by which people follow a request."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.kernel.masking import masked_address
from dinh.spine.cases import api as cases
from dinh.spine.notices import api as notices
from dinh.spine.parties.api import PERSON
from dinh.spine.requests import models, queries, telling
from dinh.spine.requests.api import FOLLOWED_FOR, FollowedRow

AGAIN_FOR: Final = timedelta(days=3)
SIGNER: Final = Signer(sep=".", salt="requests.again")


def one(id: UUID, *, lock: bool = False) -> models.Follower:
    """Raises NotFound, Refused. Whoever opens the link of an address confirms it."""
    rows = models.Follower.objects.select_related("request")
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=id).first()
    if found is None or found.request.erased_at is not None:
        raise NotFound("requests.no_link", "this link leads to nothing; look up the report by its number")
    if found.until < clock.now():
        raise Refused(
            "requests.link_over",
            "this link has ended, 30 days after the last message; ask for a new one with the number {number} and your address",
            number=found.request.number,
            account=found.address.startswith(PERSON),
        )
    return found


def again(id: UUID, sign: str) -> None:
    """What was signed went to the address alone: whoever merely kept the old link does not get it to work again."""
    try:
        until = int(SIGNER.unsign(f"{id} {sign}").rpartition(" ")[2])
    except BadSignature:
        return
    if until < clock.now().timestamp():
        return
    models.Follower.objects.filter(pk=id, request__erased_at__isnull=True).update(until=clock.now() + FOLLOWED_FOR)


def own(number: str, person: str) -> UUID:
    found = models.Follower.objects.filter(
        request__number=number, request__person=person, role="reporter", request__erased_at__isnull=True
    ).first()
    if not person or found is None:
        raise queries.none(number)
    found.until = clock.now() + FOLLOWED_FOR
    found.save(update_fields=["until"])
    return found.pk


def followed(id: UUID) -> FollowedRow:
    follower = one(id)
    if follower.confirmed_at is None:
        follower.confirmed_at = clock.now()
        follower.save(update_fields=["confirmed_at"])
    return row_of(follower)


def row_of(follower: models.Follower) -> FollowedRow:
    open_questions = (
        [(row.number, row.text) for row in cases.questions(follower.request.case) if row.ended_at is None]
        if follower.role == "reporter"
        else []
    )
    (shown,) = queries.rows([follower.request])
    if follower.role == "neighbour" and not shown.shown:
        # Of what is not public a neighbour learns how it stands, as they did before, and reads no word.
        shown = replace(shown, description="", address="", longitude=None, latitude=None, reason="", photos=())
    return FollowedRow(
        follower.pk, shown, follower.role, follower.name, masked_address(follower.address), follower.until, follower.verdict,
        open_questions,
    )  # fmt: skip


@transaction.atomic
def follow(number: str, *, address: str, person: str, language: str) -> None:
    request = models.Request.objects.filter(number=number, shown=True).first()
    if request is None:
        raise queries.none(number)
    known = person or notices.address(address)
    if not known:
        raise Invalid(
            "requests.address", "'{address}' is neither an e-mail address nor a phone number", address=address[:80]
        )
    now = clock.now()
    follower, fresh = models.Follower.objects.get_or_create(
        request=request,
        address=known,
        defaults={
            "id": uuid.uuid4(), "role": "neighbour", "language": language, "since": now, "until": now + FOLLOWED_FOR,
            "confirmed_at": now if person else None,
        },
    )  # fmt: skip
    if fresh and follower.confirmed_at is None:
        _send_link(follower)


@transaction.atomic
def send_link_again(number: str, *, address: str) -> None:
    known = notices.address(address)
    request = models.Request.objects.filter(number=number, erased_at__isnull=True).first()
    if not known or request is None:
        return
    followers = list(models.Follower.objects.filter(request=request).select_related("request"))
    people = notices.people_at(known)
    for one in followers:
        if one.address == known or one.address in people:
            _send_link(one, again=True)
            return
        if one.left == known:
            _send_link(one, to=known, again=True)
            return


def _send_link(follower: models.Follower, *, to: str = "", again: bool = False) -> None:
    """Once an hour at most, so that nobody's phone rings for another's clicks."""
    link = telling.link("follow", follower.pk)
    if again:
        until = int((clock.now() + AGAIN_FOR).timestamp())
        link += f"?again={SIGNER.sign(f'{follower.pk} {until}').partition(' ')[2]}"
    hour = f"{clock.now():%Y%m%d%H}"
    notices.notify(
        "request.follow",
        to=[to or follower.address],
        key=f"{follower.request.number}#link#{follower.pk}#{hour}",
        params={"number": follower.request.number, "link": link},
        language=follower.language,
    )
