"""Parts of a case that other departments do: asked, taken, answered; the case is not ended over their heads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.spine.cases import domain, models, scope, telling
from dinh.spine.cases.api import CaseRow
from dinh.spine.cases.checks import checked_text, checked_title, moment_for, require_going_on, require_person
from dinh.spine.cases.office_rows import TaskRow
from dinh.spine.cases.queries import locked, stored
from dinh.spine.cases.recording import record
from dinh.spine.cases.rows import row_of
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

ENDS: Final = ("done", "refused")


@transaction.atomic
def add(urn: str, *, title: str, organisation: str, due_at: datetime | None, by: Actor) -> CaseRow:
    """Without `due_at` it is due when the case is."""
    case = locked(urn)
    row = row_of(case)
    scope.require(row, "cases.act", by)
    require_going_on(row)
    title = checked_title(title)
    asked = parties.party(organisation)
    if asked.kind != "organisation":
        raise Invalid("cases.task_to", "«{name}» is not an organisation; ask a department", name=asked.name_vi)
    now = moment_for(case)
    if due_at is not None and due_at <= now:
        raise Invalid("cases.task_due", "the task would be due before it is asked for; choose a later time")
    number = models.Task.objects.filter(case=case).count() + 1
    task = models.Task.objects.create(
        case=case,
        number=number,
        title=title,
        organisation=organisation,
        state="open",
        asked_by=by.urn,
        asked_at=now,
        due_at=due_at or case.due_at,
    )
    record(
        case,
        what="task_added",
        kind="task_added",
        by=by,
        at=now,
        detail={"task": number, "title": title, "to": organisation, "due_at": task.due_at.isoformat()},
    )
    telling.task_added(case, task)
    return row_of(case)


@transaction.atomic
def take(urn: str, *, task: int, by: Actor) -> CaseRow:
    case, found = _open_task(urn, task)
    _require_theirs(found, by)
    require_person(by)
    if found.owner == by.urn:
        return row_of(case)
    found.owner = by.urn
    found.save()
    record(case, what="task_taken", kind="task_taken", by=by, at=moment_for(case), detail={"task": task})
    return row_of(case)


@transaction.atomic
def end(urn: str, *, task: int, outcome: str, answer: str, by: Actor) -> CaseRow:
    """`outcome` is done or refused; both are answered in words."""
    case, found = _open_task(urn, task)
    _require_theirs(found, by)
    if outcome not in ENDS:
        raise Invalid(
            "cases.task_outcome",
            "a task ends as {outcomes}, not as '{outcome}'",
            outcomes=", ".join(ENDS),
            outcome=outcome,
        )
    answer = checked_text(answer)
    if not answer:
        raise Invalid("cases.task_answer", "Say in a sentence what was done, or why it cannot be done")
    now = moment_for(case)
    found.state, found.answer, found.ended_by, found.ended_at = outcome, answer, by.urn, now
    found.owner = found.owner or by.urn
    found.save()
    record(case, what=f"task_{outcome}", kind=f"task_{outcome}", by=by, at=now, detail={"task": task, "text": answer})
    telling.task_ended(case, found)
    return row_of(case)


@transaction.atomic
def withdraw(urn: str, *, task: int, by: Actor) -> CaseRow:
    case, found = _open_task(urn, task)
    scope.require(row_of(case), "cases.act", by)
    now = moment_for(case)
    found.state, found.ended_by, found.ended_at = "withdrawn", by.urn, now
    found.save()
    record(case, what="task_withdrawn", kind="task_withdrawn", by=by, at=now, detail={"task": task})
    return row_of(case)


def _open_task(urn: str, number: int) -> tuple[models.Case, models.Task]:
    case = locked(urn)
    found = models.Task.objects.filter(case=case, number=number).first()
    if found is None:
        raise NotFound(
            "cases.no_task", "{number} has no task {task}", number=domain.number_text(case.number), task=number
        )
    if found.state != "open":
        raise Conflict(
            "cases.task_ended",
            "task {task} of {number} is ended already",
            number=domain.number_text(case.number),
            task=number,
        )
    require_going_on(row_of(case))
    return case, found


def _require_theirs(task: models.Task, by: Actor) -> None:
    """Whoever works on cases in the organisation that was asked, or above it in place."""
    organisation = parties.party(task.organisation)
    if by.organisation == task.organisation and parties.may(by, "cases.act"):
        return
    parties.require(by, "cases.act", place=organisation.place)
    if organisation.place is None and not parties.may_everywhere(by, "cases.act"):
        raise Refused(
            "cases.task_of_others",
            "this task is {name}'s; whoever works there takes and answers it",
            name=organisation.name_vi,
        )


def tasks(urn: str) -> Sequence[TaskRow]:
    return [
        _row(task) for task in models.Task.objects.filter(case=stored(urn)).select_related("case").order_by("number")
    ]


def open_tasks(*, actor: Actor, overdue: bool = False, limit: int = 200) -> Sequence[TaskRow]:
    """Those asked of the actor's organisation, the next one due first."""
    parties.require(actor, "cases.view")
    if not actor.organisation:
        return ()
    found = models.Task.objects.filter(organisation=actor.organisation, state="open").select_related("case")
    if overdue:
        found = found.filter(due_at__lt=clock.now())
    return [_row(task) for task in found.order_by("due_at", "pk")[:limit]]


def _row(task: models.Task) -> TaskRow:
    return TaskRow(
        domain.urn_of(task.case.number),
        task.number,
        task.title,
        task.organisation,
        task.owner or None,
        task.state,
        task.asked_by,
        task.asked_at,
        task.due_at,
        task.answer,
        task.ended_by or None,
        task.ended_at,
    )
