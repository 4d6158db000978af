"""Working off: each submission once, in one transaction with the mark that it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, NotFound, SourceUnavailable
from dinh.spine.submissions import models, spool
from dinh.spine.submissions.api import Attachment, Submission
from dinh.spine.submissions.journal import blobs_in, damaged_in
from dinh.spine.submissions.kinds import kinds
from dinh.spine.submissions.sealing import unseal

log = structlog.get_logger("dinh.submissions")
ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=30)
KEPT_REFUSED: Final = timedelta(days=30)
ALONE: Final = timedelta(days=1)
"""An attachment of which nothing speaks for so long belongs to nothing."""


def work_off(*, limit: int) -> int:
    """In the order in which they came. Kinds that this process does not know wait."""
    due = models.Submission.objects.filter(state="waiting", due_at__lte=clock.now(), kind__in=list(kinds))
    return sum(_work(id) for id in due.order_by("due_at", "number").values_list("pk", flat=True)[:limit])


def _work(id: UUID) -> bool:
    row = models.Submission.objects.filter(pk=id, state="waiting").first()
    if row is None:
        return False
    kind = kinds[row.kind]
    try:
        submission = opened(row)
        prepared = kind.prepare(submission) if kind.prepare else None
        with transaction.atomic():
            row = models.Submission.objects.select_for_update().get(pk=id)
            if row.state != "waiting":
                return False
            became = kind.work(submission, prepared)
            _end(row, "done", became=became)
    except SourceUnavailable as error:
        return _later(id, error)
    except DinhError as error:
        fault = _told(error)
    except (InterfaceError, InternalError, OperationalError):
        raise  # nothing can be worked off now; what a register refuses of this one keeps no other waiting
    except Exception as error:
        log.exception("a submission could not be worked off", number=row.number)
        return _later(id, error)
    else:
        for attachment in submission.files:
            spool.drop(attachment.blob)
        return True
    with transaction.atomic():
        row = models.Submission.objects.select_for_update().get(pk=id)
        _end(row, "refused", fault=fault)
    return True


def opened(row: models.Submission) -> Submission:
    said = json.loads(unseal(bytes(row.sealed), str(row.pk).encode()))
    files = tuple(Attachment(**told) for told in said["files"])
    return Submission(row.pk, row.number, row.kind, row.at, said["payload"], files, row.language, row.sender)


def _end(row: models.Submission, state: str, *, became: str = "", fault: Mapping[str, Any] | None = None) -> None:
    row.state, row.became, row.fault = state, became, dict(fault or {})
    row.due_at, row.done_at, row.attempts = None, clock.now(), row.attempts + 1
    if state == "done":
        row.sealed, row.files = b"", []
    row.save()


def _later(id: UUID, error: Exception) -> bool:
    """After the last attempt it is refused; a person may let it be tried again."""
    fault = (
        _told(error)
        if isinstance(error, DinhError)
        else {"code": "submissions.crashed", "template": type(error).__name__, "params": {}}
    )
    with transaction.atomic():
        row = models.Submission.objects.select_for_update().get(pk=id)
        if row.attempts + 1 >= ATTEMPTS:
            _end(row, "refused", fault=fault)
            return True
        row.due_at = clock.now() + min(FIRST_PAUSE * 4**row.attempts, LONGEST_PAUSE)
        row.attempts += 1
        row.fault = fault
        row.save(update_fields=["due_at", "attempts", "fault"])
    return False


def _told(error: DinhError) -> dict[str, Any]:
    params = {
        name: value if isinstance(value, int | float | str) else error.in_words(str)
        for name, value in error.params.items()
        if not isinstance(value, Mapping)
    }
    return {
        "code": error.code,
        "template": error.template if len(params) == len(error.params) else error.message,
        "params": params,
    }


@transaction.atomic
def try_again(id: UUID) -> None:
    row = models.Submission.objects.select_for_update().filter(pk=id).first()
    if row is None:
        raise NotFound("submissions.none", "nothing was handed in as {id}", id=id)
    if row.state != "refused" or not row.sealed:
        raise Conflict("submissions.not_refused", "{number} is {state}; only what was refused can be tried again", number=row.number, state=row.state)  # fmt: skip
    row.state, row.due_at, row.done_at, row.attempts = "waiting", clock.now(), None, 0
    row.save()


def sweep() -> None:
    """Words of what was refused long ago are erased; attachments that belong to nothing go (the same submission came twice at
    once, or a process ended before its journal spoke of them), unless a damaged journal may have spoken of them."""
    old = models.Submission.objects.filter(state="refused", done_at__lt=clock.now() - KEPT_REFUSED).exclude(sealed=b"")
    for row in old[:1000]:
        for blob in row.files:
            spool.drop(blob)
        row.sealed, row.files = b"", []
        row.save(update_fields=["sealed", "files"])
    home = Path(settings.SUBMISSIONS_HOME)
    lying = spool.held(before=(clock.now() - ALONE).timestamp())
    if lying and not damaged_in(home):
        wanted = blobs_in(home)
        for files in models.Submission.objects.exclude(state="done").values_list("files", flat=True).iterator():
            wanted.update(files)
        for blob in lying - wanted:
            spool.drop(blob)
