"""Reading what was handed in: of this process's journal first, then of the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Min

from dinh.kernel import clock
from dinh.kernel.manifests import Finding
from dinh.spine.submissions import accepting, models
from dinh.spine.submissions.api import Standing, SubmissionRow
from dinh.spine.submissions.journal import Record

LATE: Final = timedelta(minutes=10)


def of(id: UUID) -> SubmissionRow | None:
    mine = accepting.open_journal()
    record = mine.known(id) if mine else None
    if record is not None:
        return _unfiled(record)
    row = models.Submission.objects.filter(pk=id).first()
    return _row(row) if row else None


def numbered(number: str) -> SubmissionRow | None:
    row = models.Submission.objects.filter(number=number).first()
    if row is not None:
        return _row(row)
    return next((_unfiled(record) for record in _unfiled_here() if record.number == number), None)


def submissions(*, state: str, kind: str, offset: int, limit: int) -> Sequence[SubmissionRow]:
    rows = models.Submission.objects.defer("sealed")
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return [_row(row) for row in rows.order_by("-at", "number")[offset : offset + limit]]


def standing() -> Standing:
    counted = dict(
        models.Submission.objects.filter(state__in=("waiting", "refused")).values_list("state").annotate(Count("pk"))
    )
    oldest = models.Submission.objects.filter(state="waiting").aggregate(at=Min("at"))["at"]
    unfiled = _unfiled_here()
    if unfiled and (oldest is None or unfiled[0].at < oldest):
        oldest = unfiled[0].at
    return Standing(len(unfiled), counted.get("waiting", 0), counted.get("refused", 0), oldest)


def checks() -> Sequence[Finding]:
    now = standing()
    late = now.oldest_at is not None and now.oldest_at < clock.now() - LATE
    return [
        Finding(
            "submissions",
            not late and not now.refused,
            f"{now.unfiled} in the journal, {now.waiting} waiting, {now.refused} refused",
            "see that a worker runs (dinh worker), then look at those that were refused at the desk of submissions",
        )
    ]


def _unfiled_here() -> list[Record]:
    mine = accepting.open_journal()
    return mine.unfiled() if mine else []


def _unfiled(record: Record) -> SubmissionRow:
    return SubmissionRow(record.id, record.number, record.kind, record.at, "waiting")


def _row(row: models.Submission) -> SubmissionRow:
    return SubmissionRow(
        row.pk, row.number, row.kind, row.at, row.state, row.became, row.fault, row.attempts, row.done_at
    )
