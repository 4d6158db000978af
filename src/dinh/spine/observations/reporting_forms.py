"""Between the registers and the rows: cells, assignments, returns; and who may do what with them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.observations import catalogue
from dinh.spine.observations.history.schema import MISSING_CODES
from dinh.spine.observations.models import Assignment, Return
from dinh.spine.observations.reporting_rows import NOTE, AssignmentRow, Cell, Cells, Check, Column, ReturnRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

REPORT: Final = "observations.report"
APPROVE: Final = "observations.approve"
SEEN_BY: Final = (APPROVE, "observations.manage", "observations.audit")
LONGEST_NOTE: Final = 2000


def source_of(organisation: str) -> str:
    """The code of the source under which an organisation's figures are recorded."""
    own = organisation.rpartition(":")[2].lower()
    return f"reported.{own}"[:64]


def assignment_rows(rows: Iterable[Assignment]) -> Sequence[AssignmentRow]:
    """The catalogue is asked once for all of them."""
    known = catalogue.current()
    return [assignment_row(row, known) for row in rows]


def assignment_row(row: Assignment, known: catalogue.Catalogue | None = None) -> AssignmentRow:
    known = known or catalogue.current()
    return AssignmentRow(
        id=row.pk,
        code=row.code,
        name_vi=row.name_vi,
        name_en=row.name_en,
        organisation=row.organisation,
        place=row.place,
        places=tuple(row.places),
        columns=tuple(Column(known.indicator(held["indicator"]), held.get("dimensions") or {}) for held in row.columns),
        checks=tuple(Check(**held) for held in row.checks),
        period=row.period,
        due_days=row.due_days,
        responsible=tuple(row.responsible),
        change_percent=row.change_percent,
        z_score=row.z_score,
        first_day=row.first_day,
        last_day=row.last_day,
    )


def return_row(row: Return, assignment: AssignmentRow | None = None, now: datetime | None = None) -> ReturnRow:
    first = row.first_submitted_at
    return ReturnRow(
        id=row.pk,
        assignment=assignment or assignment_row(row.assignment),
        first_day=row.first_day,
        last_day=row.last_day,
        due_at=row.due_at,
        sequence=row.sequence,
        reason=row.reason,
        state=row.state,
        version=row.version,
        cells=cells_of(row.cells),
        notes={
            key.rpartition("#")[0]: held["note"]
            for key, held in row.cells.items()
            if key.endswith(f"#{NOTE}") and held.get("note")
        },
        explanation=row.explanation,
        edited_by=row.edited_by,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        remarks=row.remarks,
        recorded_at=row.recorded_at,
        record_error=row.record_error,
        late=row.sequence == 0 and (first or now or clock.now()) > row.due_at,
    )


def cells_of(held: Mapping[str, Any]) -> Cells:
    found = {}
    for key, cell in held.items():
        place, _, column = key.rpartition("#")
        if column != NOTE:
            found[place, int(column)] = Cell(cell.get("value"), cell.get("missing"), cell.get("note", ""))
    return found


def stored_cells(assignment: AssignmentRow, cells: Cells, notes: Mapping[str, str]) -> dict[str, Any]:
    """As the register holds them, checked. Raises Invalid for what is no cell of this form."""
    held: dict[str, Any] = {}
    for (place, column), cell in cells.items():
        if place not in assignment.places or not 0 <= column < len(assignment.columns):
            raise Invalid(
                "reporting.no_such_cell",
                "this form has no figure {column} of '{place}'; load the form again",
                column=column,
                place=place[:160],
            )
        if cell.value is not None and not math.isfinite(cell.value):
            raise Invalid("reporting.not_finite", "a figure is not a finite number; correct it")
        if cell.missing is not None and cell.missing not in MISSING_CODES:
            raise Invalid(
                "reporting.no_such_reason",
                "'{reason}' is no reason why a figure is missing; reasons are {reasons}",
                reason=cell.missing[:60],
                reasons=", ".join(MISSING_CODES),
            )
        if cell.value is not None and cell.missing is not None:
            raise Invalid("reporting.value_and_reason", "a figure cannot have a number and be missing; choose one")
        if cell.filled:
            held[f"{place}#{column}"] = {
                "value": None if cell.value is None else float(cell.value),
                "missing": cell.missing,
                "note": _text(cell.note),
            }
    for place, note in notes.items():
        if place in assignment.places and note.strip():
            held[f"{place}#{NOTE}"] = {"note": _text(note)}
    return held


def _text(text: str) -> str:
    return nfc(text).strip()[:LONGEST_NOTE]


def canonical(held: Mapping[str, Any]) -> bytes:
    """The bytes of a table that its leaf commits to."""
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment(salt: str, data: bytes) -> str:
    """SHA-256 over salt and bytes; without the salt a guess at the table cannot be checked."""
    return hashlib.sha256(bytes.fromhex(salt) + data).hexdigest()


def readings(row: ReturnRow, observed_at: datetime) -> Sequence[Mapping[str, Any]]:
    """The approved figures as the intake takes them."""
    source = source_of(row.assignment.organisation)
    found = []
    for (place, number), cell in sorted(row.cells.items()):
        column = row.assignment.columns[number]
        reading: dict[str, Any] = {
            "indicator": column.indicator.code,
            "subject": place,
            "observed_at": observed_at.isoformat(),
            "value": cell.value,
            "source": source,
        }
        if cell.missing is not None:
            reading["missing"] = cell.missing
        if column.dimensions:
            reading["dimensions"] = dict(column.dimensions)
        found.append(reading)
    return found


# --- who may what ---------------------------------------------------------------


def may_report(row: AssignmentRow, actor: Actor) -> bool:
    """The responsible people, or where none are named the organisation's own, if they may report there."""
    named = (
        actor.urn in row.responsible
        if row.responsible
        else bool(actor.organisation) and (actor.organisation == row.organisation)
    )
    return named and parties.may(actor, REPORT, place=row.place)


def may_decide(row: ReturnRow, actor: Actor) -> bool:
    """Whoever may approve there and had no hand in the figures."""
    return actor.urn not in {row.submitted_by, row.edited_by} and parties.may(
        actor, APPROVE, place=row.assignment.place
    )


def may_see(row: AssignmentRow, actor: Actor) -> bool:
    return may_report(row, actor) or any(parties.may(actor, permission, place=row.place) for permission in SEEN_BY)


def require_seen(row: AssignmentRow, actor: Actor) -> None:
    """Raises NotFound: what one may not see is as if it were not there."""
    if not may_see(row, actor):
        raise NotFound("reporting.no_return", "there is no such return, or you may not see it")


def visible(rows: Iterable[AssignmentRow], actor: Actor) -> Sequence[AssignmentRow]:
    return tuple(row for row in rows if may_see(row, actor))
