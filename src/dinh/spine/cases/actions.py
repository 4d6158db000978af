"""What people do with a case. Every act checks permission and version, and is recorded whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dinh.kernel.errors import Conflict, Invalid, Refused
from dinh.spine.cases import deadlines, domain, duplicates, models, scope, steps, telling
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_text, moment_for, require_fresh, require_going_on, require_person
from dinh.spine.cases.queries import locked
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor


@transaction.atomic
def take(urn: str, *, by: Actor, version: int | None) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_person(by)
    require_fresh(case, version)
    require_going_on(row)
    accept = domain.Machine.of(case.type).step(domain.ACCEPT, case.state)
    if case.owner == by.urn and accept is None:
        return row
    if case.owner not in ("", by.urn) and version is None:
        raise Conflict(
            "cases.owned_already",
            "{number} has an owner already: {owner}",
            number=row.number_text,
            owner=_name_of(case.owner),
        )
    now = moment_for(case)
    detail: dict[str, Any] = {"from": case.owner}
    _give(case, by.urn, now)
    if accept is not None:
        detail |= {"from_state": case.state, "to_state": accept.to_state}
        _enter(case, accept.to_state, now)
    record(case, what="taken", kind="taken", by=by, at=now, detail=detail)
    return row_of(case)


@transaction.atomic
def assign(urn: str, *, to: str, by: Actor, note: str, version: int | None) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.assign", by)
    require_fresh(case, version)
    require_going_on(row)
    person = parties.party(to)
    if person.kind != "person":
        raise Invalid(
            "cases.not_a_person",
            "{name} is not a person; assign to a person, or hand the case on to an organisation",
            name=person.name_vi,
        )
    if not _may_work(to, row):
        raise Refused(
            "cases.may_not_work",
            "{name} may not work on {number}: the roles do not reach its place; choose somebody else",
            name=person.name_vi,
            number=row.number_text,
        )
    now = moment_for(case)
    before = case.owner
    _give(case, to, now)
    record(
        case,
        what="assigned",
        kind="assigned",
        by=by,
        at=now,
        detail={"to": to, "from": before, "note": checked_text(note)},
    )
    telling.assigned(case, by=by)
    return row_of(case)


@transaction.atomic
def hand_on(urn: str, *, organisation: str, by: Actor, reason: str, version: int | None) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_fresh(case, version)
    require_going_on(row)
    reason = checked_text(reason)
    if not reason:
        raise Invalid("cases.reason_needed", "Handing on needs a reason; say in a sentence why")
    target = parties.party(organisation)
    if target.kind != "organisation":
        raise Invalid(
            "cases.not_an_organisation",
            "{name} is not an organisation; hand on to an organisation, or assign to a person",
            name=target.name_vi,
        )
    if organisation == case.organisation:
        raise Conflict(
            "cases.there_already", "{number} is with {name} already", number=row.number_text, name=target.name_vi
        )
    before, case.organisation = case.organisation, organisation
    case.owner, case.level, case.escalate_at = "", 0, None
    record(
        case,
        what="handed_on",
        kind="handed_on",
        by=by,
        at=moment_for(case),
        detail={"to": organisation, "from": before, "reason": reason},
    )
    telling.handed_on(case, reason)
    return row_of(case)


@transaction.atomic
def comment(urn: str, *, text: str, by: Actor, extra: Mapping[str, Any] | None = None) -> CaseRow:
    case = locked(urn)
    scope.require(row_of(case), "cases.act", by)
    text = checked_text(text)
    if not text:
        raise Invalid("cases.text_needed", "The comment is empty; write what others should know")
    record(case, what="commented", kind="commented", by=by, at=moment_for(case), detail={"text": text, **(extra or {})})
    return row_of(case)


@transaction.atomic
def tick_step(urn: str, *, step: int, by: Actor, done: bool) -> CaseRow:
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_going_on(row)
    found = models.Step.objects.filter(case=case, number=step).first()
    if found is None:
        raise Invalid(
            "cases.no_step",
            "{number} has no step {step}; its steps are 1 to {steps}",
            number=row.number_text,
            step=step,
            steps=case.steps,
        )
    if (found.done_at is not None) == done:
        return row
    now = moment_for(case)
    found.done_at, found.done_by = (now, by.urn) if done else (None, "")
    found.save()
    case.steps_done += 1 if done else -1
    record(case, what=f"step:{step}", kind="step", by=by, at=now, detail={"step": step, "done": done})
    return row_of(case)


@transaction.atomic
def move(
    urn: str, *, transition: str, by: Actor, reason: str, version: int | None, params: Mapping[str, Any],
    tell: bool = True,
) -> CaseRow:  # fmt: skip
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.view", by)
    require_fresh(case, version)
    if row.joined_to is not None:
        require_going_on(row)
    step = steps.permitted_step(row, transition)
    steps.check(row, step, by, params)
    reason = checked_text(reason)
    steps.check_reason(step, reason)
    now = moment_for(case)
    before, was_ended = case.state, case.counts_as in domain.ENDED
    _enter(case, step.to_state, now)
    ended = case.counts_as in domain.ENDED
    if ended:
        steps.check_nothing_open(case)
        case.answered_at = case.answered_at or (now if case.requester else None)
    case.reason = reason if ended else ""
    record(
        case,
        what=f"transition:{step.code}",
        kind="moved",
        by=by,
        at=now,
        detail={"from_state": before, "to_state": step.to_state, "reason": reason},
    )
    if ended:
        if tell:
            telling.ended(case, reason)
        duplicates.tell_ended(case, by=by, reason=reason)
    elif was_ended:
        telling.reopened(case, by=by, reason=reason)
    return row_of(case)


def _enter(case: models.Case, state: str, now: datetime) -> None:
    """The new state and what follows from it; a case that comes back gets new deadlines."""
    machine = domain.Machine.of(case.type)
    spec = machine.state(state)
    assert spec is not None
    assert machine.spec is not None
    was_ended = case.counts_as in domain.ENDED
    case.state, case.counts_as = state, spec.counts_as
    if spec.final:
        case.closed_at = now
        case.paused_at = None
    elif was_ended:
        case.closed_at = None
        case.reopened += 1
        deadlines.begin_anew(case, machine.spec, now)
        deadlines.stand_still_if_asked(case, now)


def _give(case: models.Case, owner: str, now: datetime) -> None:
    case.owner = owner
    case.owned_at = case.owned_at or now
    case.level, case.escalate_at = 0, None


def _may_work(person: str, row: CaseRow) -> bool:
    able = parties.people_who_may("cases.act", place=row.place, limit=10_000)
    if any(other.urn == person for other in able):
        return True
    if row.organisation is None:
        return False
    anywhere = parties.people_who_may("cases.act", limit=10_000)
    return any(other.urn == person and other.parent == row.organisation for other in anywhere)


def _name_of(urn: str) -> str:
    found = parties.parties([urn]).get(urn)
    return found.name_vi if found else urn
