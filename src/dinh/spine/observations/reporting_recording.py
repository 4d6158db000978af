"""From approved to recorded: the figures go into the history, each exactly once, whatever is killed on the way.

The state `approved` in the register is the order to record. Recording is idempotent, so what a crash cuts off between
the history and the mark is simply done again: every figure is then a duplicate. One at a time, oldest approval first,
so that a correction never comes before what it corrects. Only the worker does it, and there is one per database.
"""

from __future__ import annotations

import threading
from typing import Final

import structlog
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.jobs.api import Event
from dinh.spine.observations import reporting, reporting_forms, reporting_periods
from dinh.spine.observations.intake import door
from dinh.spine.observations.models import Return
from dinh.spine.parties.api import SYSTEM, Actor

log = structlog.get_logger("dinh.observations")
CHANNEL: Final = "report"
_one_at_a_time: Final = threading.Lock()


def approved(event: Event) -> None:
    """Hears of an approval. The history is written after this listener's transaction, which would hold up the
    registers meanwhile; were it lost then, the periodic work finds the return."""
    transaction.on_commit(record_approved, robust=True)


def record_approved() -> int:
    """Records whatever is approved; returns how many returns."""
    done = 0
    with _one_at_a_time:
        waiting = Return.objects.filter(state="approved", record_error="").order_by("decided_at", "pk")
        for row in waiting.select_related("assignment"):
            if not _record(row):
                break
            done += 1
    return done


def catch_up() -> None:
    """What a crash or an unreachable history left approved but not recorded."""
    record_approved()


def _record(row: Return) -> bool:
    seen = reporting_forms.return_row(row)
    try:
        rows = reporting_forms.readings(seen, reporting_periods.observed_at(row.first_day))
        receipt = door.record(rows, by=SYSTEM, channel=CHANNEL, sources=frozenset())
    except DinhError as error:
        log.warning("approved figures wait to be recorded", number=row.pk, code=error.code, why=error.message)
        return False
    if receipt.rejected:
        Return.objects.filter(pk=row.pk, state="approved").update(record_error=receipt.rejected[0].message)
        return True
    mark_recorded(row.pk)
    return True


@transaction.atomic
def mark_recorded(number: int) -> None:
    row = reporting.locked(number)
    if row.state == "approved":
        now = clock.now()
        row.state, row.recorded_at = "recorded", now
        row.version += 1
        row.save()
        reporting.note(row, "recorded", by=SYSTEM, at=now)


@transaction.atomic
def try_again(number: int, *, by: Actor) -> None:
    """Takes an approved return that the intake refused into the queue again, after the cause was mended."""
    row = reporting.locked(number)
    seen = reporting_forms.return_row(row)
    reporting_forms.require_seen(seen.assignment, by)
    if row.state != "approved" or not row.record_error:
        raise Conflict("reporting.nothing_to_record", "nothing of this return waits to be recorded")
    Return.objects.filter(pk=row.pk).update(record_error="")
    transaction.on_commit(record_approved)
