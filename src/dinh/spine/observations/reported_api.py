"""Reported figures, targets and formulas: the part of `api` that officials use, there as `api.reported`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from dinh.spine.observations.reporting_rows import (
    ActRow,
    AssignmentRow,
    Cell,
    Cells,
    Check,
    Column,
    Difference,
    Finding,
    FormulaRow,
    FormulaValue,
    LineageNode,
    LineageReading,
    ReturnRow,
    TargetRow,
)
from dinh.spine.parties.api import Actor

__all__ = [
    "ActRow",
    "AssignmentRow",
    "Cell",
    "Cells",
    "Check",
    "Column",
    "Difference",
    "Finding",
    "FormulaRow",
    "FormulaValue",
    "LineageNode",
    "LineageReading",
    "ReturnRow",
    "TargetRow",
]


def save_assignment(
    *,
    code: str,
    name_vi: str,
    name_en: str,
    organisation: str,
    place: str,
    of_places: Sequence[str],
    columns: Sequence[Mapping[str, Any]],
    period: str,
    due_days: int,
    first_day: date,
    by: Actor,
    checks: Sequence[Check] = (),
    responsible: Sequence[str] = (),
    change_percent: float | None = None,
    z_score: float | None = None,
    last_day: date | None = None,
) -> AssignmentRow:
    """Creates or updates a form by code. Places, columns and period stay once there are returns. Raises Invalid
    `reporting.bad_form`, NotFound, Refused."""
    from dinh.spine.observations import reporting_duties

    return reporting_duties.save_assignment(
        code=code, name_vi=name_vi, name_en=name_en, organisation=organisation, place=place, of_places=of_places,
        columns=columns, checks=checks, period=period, due_days=due_days, responsible=responsible,
        change_percent=change_percent, z_score=z_score, first_day=first_day, last_day=last_day, by=by,
    )  # fmt: skip


def open_returns() -> int:
    """Opens a return for every period that is over (idempotent); the worker does it every few minutes."""
    from dinh.spine.observations import reporting_duties

    return reporting_duties.open_returns()


def record_approved() -> int:
    """Records whatever is approved (idempotent); the worker does it by itself."""
    from dinh.spine.observations import reporting_recording

    return reporting_recording.record_approved()


def save_draft(
    number: int, *, cells: Cells, by: Actor, version: int, notes: Mapping[str, str] | None = None, explanation: str = ""
) -> ReturnRow:
    """Raises Conflict `reporting.changed` where somebody else saved meanwhile, `reporting.wrong_state`; Invalid,
    Refused, NotFound."""
    from dinh.spine.observations import reporting

    return reporting.save_draft(number, cells=cells, notes=notes or {}, explanation=explanation, by=by, version=version)


def findings(row: ReturnRow) -> Sequence[Finding]:
    """What the checks say of the figures as they are: errors first."""
    from dinh.spine.observations import reporting

    return reporting.check(row)


def last_period(row: ReturnRow) -> Cells:
    """The figures of the newest approved period before; empty where there is none."""
    from dinh.spine.observations import reporting

    return next(iter(reporting.past_cells(row)), {})


def submit(number: int, *, by: Actor, version: int) -> ReturnRow:
    """Raises Invalid `reporting.errors`, `reporting.unexplained`; Conflict, Refused."""
    from dinh.spine.observations import reporting

    return reporting.submit(number, by=by, version=version)


def send_back(number: int, *, remarks: str, by: Actor, version: int) -> ReturnRow:
    """Raises Refused `reporting.own_return`, Conflict, Invalid."""
    from dinh.spine.observations import reporting

    return reporting.send_back(number, remarks=remarks, by=by, version=version)


def approve(number: int, *, by: Actor, version: int) -> ReturnRow:
    """By a second person; the figures are recorded right after. Raises Refused `reporting.own_return`, Conflict."""
    from dinh.spine.observations import reporting

    return reporting.approve(number, by=by, version=version)


def correct(number: int, *, reason: str, by: Actor) -> ReturnRow:
    """A new version of a recorded return, to be changed and approved like the first. Raises Conflict, Refused."""
    from dinh.spine.observations import reporting

    return reporting.correct(number, reason=reason, by=by)


def record_again(number: int, *, by: Actor) -> None:
    """After the cause for which the intake refused an approved return was mended. Raises Conflict."""
    from dinh.spine.observations import reporting_recording

    reporting_recording.try_again(number, by=by)


def assignments(*, actor: Actor) -> Sequence[AssignmentRow]:
    """Those that the actor may see."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.assignments(actor)


def duties(*, actor: Actor) -> Sequence[ReturnRow]:
    """What the actor has to fill in, the most urgent first."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.duties(actor)


def sent(*, actor: Actor) -> Sequence[ReturnRow]:
    from dinh.spine.observations import reporting_queries

    return reporting_queries.sent(actor)


def queue(*, actor: Actor) -> Sequence[ReturnRow]:
    """What waits for the actor's decision."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.queue(actor)


def overview(*, actor: Actor, period: str, since: date) -> Sequence[ReturnRow]:
    from dinh.spine.observations import reporting_queries

    return reporting_queries.overview(actor, period=period, since=since)


def one(number: int, *, actor: Actor) -> ReturnRow:
    """Raises NotFound, also where the actor may not see it."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.one(number, actor)


def versions(row: ReturnRow) -> Sequence[ReturnRow]:
    """The return and its corrections, oldest first."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.versions(row)


def acts(number: int) -> Sequence[ActRow]:
    from dinh.spine.observations import reporting_queries

    return reporting_queries.acts(number)


def altered_acts(number: int) -> Sequence[Mapping[str, Any]]:
    """Acts whose stored table differs from what the ledger committed to."""
    from dinh.spine.observations import reporting_queries

    return reporting_queries.proof_of(number)


def differences(old: ReturnRow, new: ReturnRow) -> Sequence[Difference]:
    from dinh.spine.observations import reporting_queries

    return reporting_queries.differences(old, new)


def may_report(row: AssignmentRow, *, actor: Actor) -> bool:
    from dinh.spine.observations import reporting_forms

    return reporting_forms.may_report(row, actor)


def may_decide(row: ReturnRow, *, actor: Actor) -> bool:
    """False for whoever had a hand in the figures."""
    from dinh.spine.observations import reporting_forms

    return reporting_forms.may_decide(row, actor)


# --- targets and plans -----------------------------------------------------------


def save_target(
    *,
    indicator: str,
    place: str,
    year: int,
    kind: str,
    value: float | None,
    document: str,
    by: Actor,
    version: int | None = None,
) -> TargetRow:
    """A new version of a target, plan or floor; `value` None withdraws it, the same again changes nothing. In force it
    wins over the declared target. `version` is the one that was seen. Raises Conflict, Invalid, NotFound, Refused."""
    from dinh.spine.observations import plans

    return plans.save(
        indicator=indicator, place=place, year=year, kind=kind, value=value, document=document, by=by, version=version
    )


def targets(
    *, indicator: str = "", place: str = "", year: int | None = None, in_force: bool = True
) -> Sequence[TargetRow]:
    """Newest year first; with `in_force` False every version."""
    from dinh.spine.observations import plans

    return plans.targets(indicator=indicator, place=place, year=year, in_force=in_force)


# --- formulas --------------------------------------------------------------------


def save_formula(
    *,
    code: str,
    name_vi: str,
    name_en: str,
    unit: str,
    expression: str,
    by: Actor,
    decimals: int = 1,
    version: int | None = None,
    direction: str = "neither",
    headline: int | None = None,
) -> FormulaRow:
    """Declares or changes a formula after checking names, units and that it does not need itself, and lists it among
    the indicators; `headline` is its rank among the tiles. Raises Invalid
    `formula.…`, Conflict, Refused."""
    from dinh.spine.observations import formulas

    return formulas.save(
        code=code, name_vi=name_vi, name_en=name_en, unit=unit, decimals=decimals, expression=expression, by=by,
        version=version, direction=direction, headline=headline,
    )  # fmt: skip


def work_out_formulas() -> int:
    """Writes what is new of every formula by commune into the history, where rules watch it (idempotent); the worker
    does it every few minutes. Returns how many values were new or corrected."""
    from dinh.spine.observations import formula_recording

    return formula_recording.work_out()


def formulas() -> Sequence[FormulaRow]:
    from dinh.spine.observations import formulas as room

    return room.listed()


def formula(code: str) -> FormulaRow:
    """Raises NotFound."""
    from dinh.spine.observations import formulas as room

    return room.one(code)


def formula_values(
    row: FormulaRow, *, within: str, start: datetime, end: datetime, every: timedelta, by: str = "commune"
) -> Sequence[FormulaValue]:
    """Worked out now; the formula need not be saved. `by` is commune or province. Raises Invalid `formula.…`."""
    from dinh.spine.observations import formulas as room

    return room.values(row, within=within, start=start, end=end, every=every, by=by)


def lineage(code: str, *, place: str, at: datetime, every: timedelta) -> LineageNode:
    """What a number of a formula or an indicator at a place in the step that holds `at` was made of, down to the
    readings and the leaves of their batches. Readings on persons are left out."""
    from dinh.spine.observations import lineage as room

    return room.lineage(code, place=place, at=at, every=every)
