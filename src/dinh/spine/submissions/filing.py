"""From the journal into the register: with a leaf each, once, in batches."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from dinh.kernel import clock
from dinh.spine.ledger import api as ledger
from dinh.spine.submissions import models, spool
from dinh.spine.submissions.journal import Record


def file(records: Sequence[Record]) -> None:
    """What the register has already (a crash came between filing and forgetting) is left as it is."""
    with transaction.atomic():
        there = dict(
            models.Submission.objects.filter(pk__in=[record.id for record in records]).values_list("pk", "number")
        )
        fresh = [record for record in records if record.id not in there]
        if fresh:
            # Last: whoever appends to the ledger holds up all others until the transaction ends.
            rows = [_row(record) for record in fresh]
            leaves = ledger.append_many(
                "submission.received",
                [(f"urn:dinh:submission:{record.id}", {"number": record.number, "kind": record.kind, "at": record.at.isoformat(), "sealed_sha256": hashlib.sha256(record.sealed).hexdigest()}) for record in fresh],
            )  # fmt: skip
            for row, leaf in zip(rows, leaves, strict=True):
                row.ledger_index = leaf.index
            models.Submission.objects.bulk_create(rows)
    for record in records:
        # Handed in again while the register could not be asked: the first one holds.
        if there.get(record.id, record.number) != record.number:
            for blob in record.blobs:
                spool.drop(blob)


def _row(record: Record) -> models.Submission:
    now = clock.now()
    return models.Submission(
        id=record.id,
        number=record.number,
        kind=record.kind,
        at=record.at,
        filed_at=now,
        sealed=record.sealed,
        files=list(record.blobs),
        language=record.language,
        sender=record.sender,
        due_at=now,
    )
