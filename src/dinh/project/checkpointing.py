"""When checkpoints are made and sent, the alarm when history was rewritten, and who tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dinh.kernel.errors import Conflict, DinhError
from dinh.kernel.manifests import Finding
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger

EVERY: Final = timedelta(minutes=10)
SENT_EVERY: Final = timedelta(minutes=1)
REWRITTEN: Final = "security.ledger_rewritten"
_AT_STOP_S: Final = 3.0
log = structlog.get_logger("dinh.ledger")


def sign() -> None:
    """Makes a checkpoint if the ledger grew; raises the alarm, and signs nothing, if it was rewritten."""
    try:
        made = ledger.checkpoint()
    except Conflict as error:
        if error.code == "ledger.rewritten":
            _alarm(error)
        raise
    if made is not None:
        log.info("checkpoint", size=made.size, root=made.root.hex())


def _alarm(error: Conflict) -> None:
    log.critical("the ledger was rewritten", says=error.message)
    with transaction.atomic():
        jobs.publish(REWRITTEN, {"says": error.message, "code": error.code})


def send() -> None:
    ledger.send_checkpoints()


def at_stop() -> None:
    """What was added since the last checkpoint leaves the machine before it goes down, if that is quick."""
    try:
        sign()
        ledger.send_checkpoints(timeout_s=_AT_STOP_S)
    except (DinhError, DatabaseError, OSError) as error:
        log.warning("no checkpoint at the stop", says=str(error))
    finally:
        connections.close_all()


def notes() -> dict[str, str]:
    """For /readyz: what a person should look at; none of it makes the house unready."""
    try:
        state = ledger.checkpoint_state()
    except (DinhError, DatabaseError, OSError) as error:
        return {"checkpoints": str(error)}
    found = {}
    if state.fault is not None:
        found["ledger"] = state.fault.message
    late = [place for place in state.places if place.error]
    if late:
        found["checkpoints"] = "; ".join(f"{place.place}: {place.waiting} waiting, {place.error}" for place in late)
    return found


def findings() -> Iterator[Finding]:
    """For `dinh check`."""
    try:
        ledger.check_witness_setting()
        state = ledger.checkpoint_state()
    except DinhError as error:
        yield Finding("checkpoints", False, error.message, "correct DINH_CHECKPOINT_TO")
        return
    if state.fault is not None:
        yield Finding(
            "checkpoints", False, state.fault.message, "see docs/operators/checkpoints.md, «When the alarm comes»"
        )
    elif state.latest is None:
        yield Finding("checkpoints", True, "none yet; the first comes within ten minutes of the first entry")
    else:
        yield Finding(
            "checkpoints", True, f"the newest covers {state.latest.size} entries, {state.entries_since} came since"
        )
    if not state.places:
        yield Finding("checkpoints elsewhere", True, "nowhere; DINH_CHECKPOINT_TO names a second place")
    for place in state.places:
        if place.error:
            yield Finding(
                "checkpoints elsewhere",
                False,
                f"{place.place} lacks {place.waiting} after {place.attempts} attempts: {place.error}",
                "see that the place can be reached and written; Đình tries again by itself",
            )
        else:
            yield Finding("checkpoints elsewhere", True, f"{place.place} has those up to {place.sent_size} entries")


@require_safe
def well_known(request: HttpRequest) -> HttpResponse:
    """The chain of public keys as text: each key, then the statement that introduces it."""
    parts = [f"{row.key}\n\n{row.statement}" for row in ledger.public_keys()]
    return HttpResponse("\n".join(parts), content_type="text/plain; charset=utf-8")
