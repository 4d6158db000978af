"""Duplicates: joined to one case they go its way; split off again they are what they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import transaction

from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import deadlines, domain, models, scope, telling
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_text, moment_for, require_going_on
from dinh.spine.cases.queries import number_in, stored
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties.api import Actor

WITHIN: Final = timedelta(days=7)
LOOKED_AT: Final = 200
LIKELY: Final = 5


@transaction.atomic
def join(urn: str, *, into: str, by: Actor, reason: str) -> CaseRow:
    """Raises Conflict where either has ended or they are one; duplicates of the one that is joined come along."""
    case, main = _both(urn, into)
    for row in (row_of(case), row_of(main)):
        scope.require(row, "cases.act", by)
        require_going_on(row)
    if _alone(case.type) or _alone(main.type):
        raise Conflict(
            "cases.stands_alone",
            "{number} is somebody's own matter and no duplicate of another; handle each by itself",
            number=domain.number_text(case.number),
        )
    if case.pk == main.pk:
        raise Invalid("cases.join_self", "a case is no duplicate of itself; choose another one")
    if models.Task.objects.filter(case=case, state="open").exists():
        raise Conflict(
            "cases.join_tasks", "{number} has tasks open; withdraw them first", number=domain.number_text(case.number)
        )
    reason = checked_text(reason)
    for follower in models.Case.objects.select_for_update().filter(joined_to=case.number).order_by("number"):
        _attach(follower, main, by, reason)
    _attach(case, main, by, reason)
    now = moment_for(main)
    record(
        main,
        what="duplicate_joined",
        kind="duplicate_joined",
        by=by,
        at=now,
        detail={"duplicate": domain.urn_of(case.number), "reason": reason},
    )
    return row_of(case)


def _alone(type: str) -> bool:
    spec = registry.case_type(type)
    return spec is not None and spec.alone


def _both(urn: str, into: str) -> tuple[models.Case, models.Case]:
    """Both locked, the lower number first, so that two joinings never wait for each other."""
    numbers = sorted({number_in(urn), number_in(into)})
    found = {
        case.number: case
        for case in models.Case.objects.select_for_update().filter(number__in=numbers).order_by("number")
    }
    first = found.get(number_in(urn)) or stored(urn)
    return first, found.get(number_in(into)) or stored(into)


def _attach(case: models.Case, main: models.Case, by: Actor, reason: str) -> None:
    now = moment_for(case)
    case.joined_to, case.counts_as = main.number, domain.JOINED
    case.closed_at = case.closed_at or now
    case.paused_at = None
    detail = {"into": domain.urn_of(main.number), "reason": reason}
    record(case, what="joined", kind="joined", by=by, at=now, detail=detail)
    telling.joined(case, main)


@transaction.atomic
def split(urn: str, *, by: Actor, reason: str) -> CaseRow:
    """The case goes on in the state in which it was joined, with the deadlines that it had; new ones where they have passed."""
    at = stored(urn)
    if at.joined_to is None:
        raise Conflict(
            "cases.not_joined", "{number} is not joined to another case", number=domain.number_text(at.number)
        )
    case, main = _both(urn, domain.urn_of(at.joined_to))
    scope.require(row_of(case), "cases.act", by)
    if case.joined_to != main.number:
        raise Conflict(
            "cases.not_joined", "{number} is not joined to another case", number=domain.number_text(at.number)
        )
    reason = checked_text(reason)
    now = moment_for(case)
    machine = domain.Machine.of(case.type)
    state = machine.state(case.state)
    case.joined_to, case.closed_at = None, None
    case.counts_as = state.counts_as if state and not state.final else "open"
    if machine.spec is not None and case.due_at <= now:
        deadlines.begin_anew(case, machine.spec, now)
    deadlines.stand_still_if_asked(case, now)
    record(
        case, what="split", kind="split", by=by, at=now, detail={"from": domain.urn_of(main.number), "reason": reason}
    )
    record(
        main,
        what="duplicate_split",
        kind="duplicate_split",
        by=by,
        at=moment_for(main),
        detail={"duplicate": domain.urn_of(case.number), "reason": reason},
    )
    return row_of(case)


def tell_ended(main: models.Case, *, by: Actor, reason: str) -> None:
    """What was joined hears how it ended, in its own history."""
    for case in models.Case.objects.select_for_update().filter(joined_to=main.number).order_by("number"):
        case.reason = reason
        detail = {"with": domain.urn_of(main.number), "to_state": main.state, "reason": reason}
        record(case, what="ended_with", kind="ended_with", by=by, at=moment_for(case), detail=detail)
        telling.ended(case, reason)


def joined(urn: str) -> Sequence[CaseRow]:
    return [row_of(case) for case in models.Case.objects.filter(joined_to=number_in(urn)).order_by("number")]


def likely(urn: str, *, actor: Actor) -> Sequence[CaseRow]:
    """Open cases of the same kind and commune from about the same time, the most alike first."""
    case = stored(urn)
    if _alone(case.type):
        return ()
    near = models.Case.objects.filter(
        final=False,
        type=case.type,
        unit=case.unit,
        opened_at__range=(case.opened_at - WITHIN, case.opened_at + WITHIN),
    ).exclude(pk=case.pk)
    seen = scope.visible(actor)
    if seen is not None:
        near = near.filter(seen)
    words = set(fold(case.title).split())

    def alike(other: models.Case) -> float:
        theirs = set(fold(other.title).split())
        said = len(words & theirs) / (len(words | theirs) or 1)
        return said + 0.5 * (other.category == case.category != "") + 0.5 * (other.place == case.place != "")

    found = sorted(near.order_by("-opened_at")[:LOOKED_AT], key=alike, reverse=True)
    return [row_of(other) for other in found[:LIKELY] if alike(other) >= 0.4]
