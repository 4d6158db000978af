"""The register of what was handed in. Done, its words are erased: they live on in what it became."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

STATES = ("waiting", "done", "refused")


class Submission(models.Model):
    """`sealed` is the encrypted payload; `files` names the blobs of its attachments."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    filed_at = models.DateTimeField()
    sealed = models.BinaryField()
    files = models.JSONField(default=list)
    language = models.CharField(max_length=8)
    sender = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, default="waiting")
    became = models.CharField(max_length=160, blank=True)
    fault = models.JSONField(default=dict)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    """When it is tried (again); None once it has ended."""
    done_at = models.DateTimeField(null=True)
    ledger_index = models.BigIntegerField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", due_at__isnull=False, done_at__isnull=True)
                | Q(state__in=["done", "refused"], due_at__isnull=True, done_at__isnull=False),
                name="submissions_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(became__gt="", sealed=b""), name="submissions_done_has_no_words"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="submissions_due"),
            models.Index(fields=["state", "at"], name="submissions_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
