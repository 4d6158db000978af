"""What people say of a request: that it is fixed, that it is not, what else they know, how it was."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import api as cases
from dinh.spine.parties.api import Actor
from dinh.spine.requests import following, models, queries
from dinh.spine.requests.api import FollowedRow

REOPENED_WITHIN: Final = timedelta(days=60)
NEIGHBOURS: Final = 3
"""Who are not the reporter open it again only together."""
LONGEST: Final = 2000
REMARKS: Final = UUID("6f1d9c1e-98f0-5a4e-8f67-30d7a3a4d3b1")
"""Tells programs that remark apart, in place of a follower."""
MOST: Final = 20
"""Voices of one follower."""


def _reporter(request: models.Request) -> Actor:
    """Acts on the case of this one request alone: nothing else is asked with it."""
    return Actor(urn=request.person, name="Người phản ánh", permissions=frozenset({"cases.view", "cases.act"}))


def _text(text: str, *, needed: bool) -> str:
    words = nfc(text).strip()
    if needed and not words:
        raise Invalid("requests.text_needed", "Say in a few words what is not right")
    if len(words) > LONGEST:
        raise Invalid("requests.text_long", "This is longer than {most} letters; say the most important", most=LONGEST)
    return words


def _say(follower: models.Follower, what: str, text: str, stars: int | None = None) -> None:
    if models.Voice.objects.filter(follower=follower.pk).count() >= MOST:
        raise Conflict(
            "requests.many_voices",
            "you have said {most} things about this report; call the hotline for more",
            most=MOST,
        )
    models.Voice.objects.create(
        request=follower.request,
        at=clock.now(),
        role=follower.role,
        what=what,
        text=text,
        stars=stars,
        follower=follower.pk,
    )


def _closed(follower: models.Follower) -> models.Request:
    request = follower.request
    if request.counts_as not in ("done", "unfixed", "rejected"):
        raise Conflict("requests.not_closed", "{number} is not closed; comment on it instead", number=request.number)
    return request


@transaction.atomic
def say_fixed(id: UUID, text: str) -> FollowedRow:
    follower = following.one(id, lock=True)
    request = _closed(follower)
    if follower.verdict != "fixed":
        _say(follower, "fixed", _text(text, needed=False))
        _verdict(follower, request, "fixed")
    return following.row_of(follower)


@transaction.atomic
def say_not_fixed(id: UUID, text: str) -> FollowedRow:
    follower = following.one(id, lock=True)
    request = models.Request.objects.select_for_update().get(pk=_closed(follower).pk)
    words = _text(text, needed=True)
    if request.closed_at is not None and clock.now() - request.closed_at > REOPENED_WITHIN:
        raise Conflict(
            "requests.too_late",
            "{number} was closed more than {days} days ago; report it anew, and it begins with new deadlines",
            number=request.number,
            days=REOPENED_WITHIN.days,
        )
    if follower.verdict != "not_fixed":
        _say(follower, "not_fixed", words)
        _verdict(follower, request, "not_fixed")
    against = models.Follower.objects.filter(request=request, verdict="not_fixed")
    if follower.role == "reporter" or against.count() >= NEIGHBOURS:
        cases.move(request.case, transition="reopen", by=_reporter(request), reason=words)
        against.update(verdict="")
        models.Follower.objects.filter(request=request).update(verdict="")
        follower.verdict = ""
    follower.refresh_from_db()
    return following.row_of(follower)


def _verdict(follower: models.Follower, request: models.Request, verdict: str) -> None:
    before, follower.verdict = follower.verdict, verdict
    follower.save(update_fields=["verdict"])
    columns = {"fixed": "confirmed", "not_fixed": "disputed"}
    changes = {columns[verdict]: F(columns[verdict]) + 1}
    if before:
        changes[columns[before]] = F(columns[before]) - 1
    models.Request.objects.filter(pk=request.pk).update(**changes, updated_at=clock.now())


@transaction.atomic
def comment(id: UUID, text: str) -> FollowedRow:
    follower = following.one(id, lock=True)
    words = _text(text, needed=True)
    _say(follower, "comment", words)
    who = "Người phản ánh" if follower.role == "reporter" else "Người dân theo dõi"
    request = follower.request
    cases.comment(request.case, text=f"{who}: {words}", by=_reporter(request))
    models.Request.objects.filter(pk=request.pk).update(updated_at=clock.now())
    return following.row_of(follower)


@transaction.atomic
def remark(number: str, text: str, sender: str) -> None:
    request = models.Request.objects.filter(number=number, shown=True).first()
    if request is None:
        raise queries.none(number)
    words = _text(text, needed=True)
    source = uuid.uuid5(REMARKS, f"{sender} {number}")
    if models.Voice.objects.filter(follower=source).count() >= MOST:
        raise Conflict(
            "requests.many_voices",
            "you have said {most} things about this report; call the hotline for more",
            most=MOST,
        )
    models.Voice.objects.create(
        request=request, at=clock.now(), role="neighbour", what="comment", text=words, shown=False, follower=source
    )
    cases.comment(request.case, text=f"Qua ứng dụng khác: {words}", by=_reporter(request))


@transaction.atomic
def answer(id: UUID, question: int, text: str) -> FollowedRow:
    follower = following.one(id, lock=True)
    if follower.role != "reporter":
        raise Conflict("requests.not_asked", "the office asked the reporter")
    cases.answer(
        follower.request.case, question=question, text=_text(text, needed=True), by=_reporter(follower.request)
    )
    return following.row_of(follower)


@transaction.atomic
def rate(id: UUID, stars: int, text: str) -> FollowedRow:
    follower = following.one(id, lock=True)
    request = _closed(follower)
    if follower.role != "reporter":
        raise Conflict("requests.not_asked", "the survey is the reporter's")
    if stars not in range(1, 6):
        raise Invalid("requests.stars", "{stars} is not between one and five", stars=stars)
    models.Voice.objects.filter(follower=follower.pk, what="rating").delete()
    _say(follower, "rating", _text(text, needed=False), stars)
    models.Request.objects.filter(pk=request.pk).update(stars=stars)
    request.stars = stars
    return following.row_of(follower)
