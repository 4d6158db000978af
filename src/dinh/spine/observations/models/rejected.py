"""Input that was not taken, kept as it came until somebody has looked at it, and how far batches are in the ledger."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Rejected(models.Model):
    """The refused rows of one batch; at most `KEPT` of them are kept, all are counted."""

    received_at = models.DateTimeField(db_index=True)
    channel = models.CharField(max_length=64)
    source = models.CharField(max_length=64, blank=True)
    """The source most of the rows named, known or not."""
    by = models.CharField(max_length=160, blank=True)
    rows = models.PositiveIntegerField()
    codes = models.JSONField()
    """Code of the reason -> rows."""
    kept = models.BinaryField()
    """Deflated lines of JSON arrays: line, code, message, the row as it came."""
    sample = models.CharField(max_length=400)
    replayed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.channel} {self.received_at:%Y-%m-%d %H:%M} {self.rows}"


class LedgerCursor(models.Model):
    """One row: batches of the history up to this one have their leaf; moved in the transaction of the leaves."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    batch = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="ledger_cursor_is_one_row", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.batch)
