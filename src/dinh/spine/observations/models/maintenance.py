"""When alerts are expected and not to be acted upon."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dinh.spine.observations.models.catalogue import CODE, NAME


class Maintenance(models.Model):
    """What is named must match, all of it; what is empty matches everything. At least one is named."""

    subject = models.CharField(max_length=160, blank=True)
    place = models.CharField(max_length=160, blank=True)
    """The place and all that lies in it."""
    source = models.CharField(max_length=CODE, blank=True)
    rule = models.CharField(max_length=CODE, blank=True)
    series = models.PositiveIntegerField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    weekly = models.BooleanField(default=False)
    """Again in every week, at the same hours, until it is ended."""
    reason = models.TextField()
    by = models.CharField(max_length=160)
    by_name = models.CharField(max_length=NAME)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)
    ended_by = models.CharField(max_length=160, blank=True)
    salt = models.CharField(max_length=32)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="maintenance_ends_after_it_begins", condition=models.Q(until_at__gt=models.F("from_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"maintenance {self.pk}"
