"""Lists of returns: one's own duties, the queue of reviews, the overview; each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from dinh.kernel.errors import NotFound
from dinh.spine.observations import reporting_forms
from dinh.spine.observations.models import Assignment, Return, ReturnAct
from dinh.spine.observations.reporting_rows import ActRow, AssignmentRow, Cell, Difference, ReturnRow
from dinh.spine.parties.api import Actor


def assignments(actor: Actor) -> Sequence[AssignmentRow]:
    return reporting_forms.visible(reporting_forms.assignment_rows(Assignment.objects.all()), actor)


def _returns(chosen: Mapping[int, AssignmentRow], *conditions: Q, order: Sequence[str], limit: int) -> list[ReturnRow]:
    rows = Return.objects.filter(*conditions, assignment__in=list(chosen)).order_by(*order)[:limit]
    return [reporting_forms.return_row(row, chosen[row.assignment_id]) for row in rows]


def duties(actor: Actor, *, limit: int = 200) -> Sequence[ReturnRow]:
    """What the actor has to fill in, the most urgent first."""
    mine = {row.id: row for row in assignments(actor) if reporting_forms.may_report(row, actor)}
    return _returns(mine, Q(state__in=["open", "returned"]), order=["due_at", "id"], limit=limit)


def sent(actor: Actor, *, limit: int = 50) -> Sequence[ReturnRow]:
    """What the actor's organisation has submitted, newest first."""
    mine = {row.id: row for row in assignments(actor) if reporting_forms.may_report(row, actor)}
    done = Q(state__in=["submitted", "approved", "recorded"])
    return _returns(mine, done, order=["-submitted_at", "-id"], limit=limit)


def queue(actor: Actor, *, limit: int = 200) -> Sequence[ReturnRow]:
    """What waits for the actor's decision, oldest first."""
    seen = {row.id: row for row in assignments(actor)}
    found = _returns(seen, Q(state="submitted"), order=["submitted_at", "id"], limit=limit)
    return [row for row in found if reporting_forms.may_decide(row, actor)]


def overview(actor: Actor, *, period: str, since: date) -> Sequence[ReturnRow]:
    """First versions of every visible form with that period, from a day on."""
    seen = {row.id: row for row in assignments(actor) if row.period == period}
    return _returns(seen, Q(sequence=0, first_day__gte=since), order=["first_day", "id"], limit=20_000)


def one(number: int, actor: Actor) -> ReturnRow:
    row = Return.objects.select_related("assignment").filter(pk=number).first()
    if row is None:
        raise NotFound("reporting.no_return", "there is no such return, or you may not see it")
    seen = reporting_forms.return_row(row)
    reporting_forms.require_seen(seen.assignment, actor)
    return seen


def versions(row: ReturnRow) -> Sequence[ReturnRow]:
    """The return and its corrections, oldest first."""
    rows = Return.objects.filter(assignment=row.assignment.id, first_day=row.first_day).order_by("sequence")
    return [reporting_forms.return_row(held, row.assignment) for held in rows]


def acts(number: int) -> Sequence[ActRow]:
    rows = ReturnAct.objects.filter(of=number).order_by("pk")
    return [ActRow(act.at, act.by, act.by_name, act.what, act.text, act.ledger_index) for act in rows]


def differences(old: ReturnRow, new: ReturnRow) -> Sequence[Difference]:
    """The figures that differ, by row and column of the form."""
    found = []
    for place in new.assignment.places:
        for column in range(len(new.assignment.columns)):
            was, now = old.cells.get((place, column), Cell()), new.cells.get((place, column), Cell())
            if (was.value, was.missing) != (now.value, now.missing):
                found.append(Difference(place, column, was, now))
    return found


def proof_of(number: int) -> Sequence[dict[str, Any]]:
    """Acts whose stored table no longer matches what its leaf committed to: none, unless somebody altered it."""
    from dinh.spine.ledger import api as ledger

    altered = []
    for act in ReturnAct.objects.filter(of=number).order_by("pk"):
        table = reporting_forms.commitment(act.salt, reporting_forms.canonical(act.cells))
        if ledger.entry(act.ledger_index).data.get("table_sha256") != table:
            altered.append({"act": act.pk, "what": act.what, "ledger_index": act.ledger_index})
    return altered
