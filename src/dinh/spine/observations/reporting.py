"""Acts on returns: fill in, submit, send back, approve, correct. Each is one transaction with its leaf and its event."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound, Refused
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import reporting_checks, reporting_forms, reporting_notices
from dinh.spine.observations.models import Return, ReturnAct
from dinh.spine.observations.reporting_rows import Cells, Finding, ReturnRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

STEPS: Final = {
    "submit": (("open", "returned"), "submitted"),
    "send_back": (("submitted",), "returned"),
    "approve": (("submitted",), "approved"),
    "record": (("approved",), "recorded"),
}
"""By act: the states it may be done in, and the state it leads to."""
APPROVED: Final = "observations.return_approved"
PAST: Final = 12
LONGEST: Final = 4000


def locked(number: int) -> Return:
    """Raises NotFound `reporting.no_return`."""
    found = Return.objects.select_for_update(of=("self",)).select_related("assignment").filter(pk=number).first()
    if found is None:
        raise NotFound("reporting.no_return", "there is no such return, or you may not see it")
    return found


def past_cells(row: ReturnRow) -> Sequence[Cells]:
    """The figures of the periods before, newest first, corrections in place of what they corrected."""
    rows = (
        Return.objects.filter(
            assignment=row.assignment.id, first_day__lt=row.first_day, state__in=["approved", "recorded"]
        )
        .order_by("-first_day", "-sequence")
        .values_list("first_day", "cells")[: 3 * PAST]
    )
    newest: dict[Any, Any] = {}
    for day, cells in rows:
        newest.setdefault(day, cells)
    return [reporting_forms.cells_of(cells) for cells in list(newest.values())[:PAST]]


def check(row: ReturnRow) -> Sequence[Finding]:
    return reporting_checks.findings(row.assignment, row.cells, past=past_cells(row))


def _move(row: Return, act: str) -> None:
    before, after = STEPS[act]
    if row.state not in before:
        raise Conflict(
            "reporting.wrong_state",
            "this return has moved on; load it again to see what is possible",
        )
    row.state = after


def _same_version(row: Return, version: int) -> None:
    if row.version != version:
        raise Conflict(
            "reporting.changed",
            "somebody else has changed this return since you opened it; compare the figures and save again",
        )


def note(row: Return, what: str, *, by: Actor, at: datetime, text: str = "") -> ReturnAct:
    """The act, with the table as it is now and a leaf that commits to it; appended last of all rows."""
    salt = secrets.token_hex(16)
    data = {
        "return": row.pk,
        "assignment": row.assignment.code,
        "period": row.first_day.isoformat(),
        "sequence": row.sequence,
        "what": what,
        "by": by.urn,
        "state": row.state,
        "version": row.version,
        "table_sha256": reporting_forms.commitment(salt, reporting_forms.canonical(row.cells)),
    }
    if text:
        data["text_sha256"] = reporting_forms.commitment(salt, text.encode())
    subject = f"urn:dinh:source:{reporting_forms.source_of(row.assignment.organisation)}"
    return ReturnAct.objects.create(
        of=row,
        at=at,
        by=by.urn,
        by_name=by.name[:200],
        what=what,
        text=text,
        cells=row.cells,
        salt=salt,
        ledger_index=ledger.append(f"return.{what}", subject, data).index,
    )


def _require_reporter(row: ReturnRow, by: Actor) -> None:
    reporting_forms.require_seen(row.assignment, by)
    if not reporting_forms.may_report(row.assignment, by):
        raise Refused(
            "reporting.not_responsible",
            "this return is filled in by others; its organisation can name you as responsible",
        )


@transaction.atomic
def save_draft(
    number: int, *, cells: Cells, notes: Mapping[str, str], explanation: str, by: Actor, version: int
) -> ReturnRow:
    row = locked(number)
    seen = reporting_forms.return_row(row)
    _require_reporter(seen, by)
    if not seen.editable:
        _move(row, "submit")
    _same_version(row, version)
    row.cells = reporting_forms.stored_cells(seen.assignment, cells, notes)
    row.explanation = nfc(explanation).strip()[:LONGEST]
    row.edited_by = by.urn
    row.version += 1
    row.save()
    return reporting_forms.return_row(row, seen.assignment)


@transaction.atomic
def submit(number: int, *, by: Actor, version: int) -> ReturnRow:
    row = locked(number)
    seen = reporting_forms.return_row(row)
    _require_reporter(seen, by)
    _same_version(row, version)
    _move(row, "submit")
    found = check(seen)
    errors = [finding for finding in found if finding.level == "error"]
    if errors:
        raise Invalid(
            "reporting.errors",
            "{count} faults stand against it, the first: {first}",
            count=len(errors),
            first=errors[0].says,
        )
    if found and not row.explanation:
        raise Invalid(
            "reporting.unexplained",
            "{count} figures are unusual; confirm them with a few words of explanation",
            count=len(found),
        )
    now = clock.now()
    row.submitted_by, row.submitted_at = by.urn, now
    row.first_submitted_at = row.first_submitted_at or now
    row.decided_by, row.decided_at, row.remarks = "", None, ""
    row.version += 1
    row.save()
    note(row, "submitted", by=by, at=now, text=row.explanation)
    jobs.publish("observations.return_submitted", {"return": row.pk})
    return reporting_forms.return_row(row, seen.assignment)


def _decider(row: Return, by: Actor) -> ReturnRow:
    seen = reporting_forms.return_row(row)
    reporting_forms.require_seen(seen.assignment, by)
    parties.require(by, reporting_forms.APPROVE, place=row.assignment.place)
    if by.urn in {row.submitted_by, row.edited_by}:
        raise Refused(
            "reporting.own_return",
            "whoever filled in a return cannot decide on it; a second person has to",
        )
    return seen


@transaction.atomic
def send_back(number: int, *, remarks: str, by: Actor, version: int) -> ReturnRow:
    row = locked(number)
    seen = _decider(row, by)
    _same_version(row, version)
    _move(row, "send_back")
    remarks = nfc(remarks).strip()[:LONGEST]
    if not remarks:
        raise Invalid("reporting.no_remarks", "say what is to be mended before you send it back")
    now = clock.now()
    row.decided_by, row.decided_at, row.remarks = by.urn, now, remarks
    row.version += 1
    row.save()
    reporting_notices.returned(reporting_forms.return_row(row, seen.assignment))
    note(row, "returned", by=by, at=now, text=remarks)
    return reporting_forms.return_row(row, seen.assignment)


@transaction.atomic
def approve(number: int, *, by: Actor, version: int) -> ReturnRow:
    """The event of this transaction has the figures recorded; until then the state is `approved`."""
    row = locked(number)
    seen = _decider(row, by)
    _same_version(row, version)
    _move(row, "approve")
    now = clock.now()
    row.decided_by, row.decided_at = by.urn, now
    row.version += 1
    row.save()
    note(row, "approved", by=by, at=now)
    jobs.publish(APPROVED, {"return": row.pk})
    return reporting_forms.return_row(row, seen.assignment)


@transaction.atomic
def correct(number: int, *, reason: str, by: Actor) -> ReturnRow:
    """Opens a correction of a recorded return: the same table, to be changed, submitted and approved anew."""
    old = locked(number)
    seen = reporting_forms.return_row(old)
    _require_reporter(seen, by)
    reason = nfc(reason).strip()[:LONGEST]
    if not reason:
        raise Invalid("reporting.no_reason", "say why the figures are to be corrected")
    newest = Return.objects.filter(assignment=old.assignment, first_day=old.first_day).aggregate(n=Max("sequence"))["n"]
    if old.state != "recorded" or newest != old.sequence:
        raise Conflict(
            "reporting.not_to_correct",
            "only the newest version, once it is recorded, can be corrected; a correction may be under way already",
        )
    now = clock.now()
    row = Return(
        assignment=old.assignment,
        first_day=old.first_day,
        last_day=old.last_day,
        due_at=old.due_at,
        sequence=old.sequence + 1,
        reason=reason,
        state="open",
        cells=old.cells,
        edited_by=by.urn,
        created_at=now,
        told_due=True,
        told_late=True,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Conflict("reporting.correcting", "a correction of this return is under way already") from error
    note(row, "correction", by=by, at=now, text=reason)
    return reporting_forms.return_row(row, seen.assignment)
