"""What is measured where: indicator × subject × dimensions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dinh.spine.observations.models.catalogue import Indicator


class Series(models.Model):
    """The id is small (32 bits) and stable: every reading in the history carries it."""

    id = models.AutoField(primary_key=True)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=160, db_index=True)
    """URN of a place or a party."""
    dimensions = models.CharField(max_length=400, blank=True)
    """Canonical JSON object of texts, keys sorted; empty where there are none."""
    source = models.CharField(max_length=64, blank=True)
    """Code of the source that last began to write it."""
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["indicator", "subject", "dimensions"], name="series_one_per_combination"),
        ]

    def __str__(self) -> str:
        return f"urn:dinh:series:{self.pk}"
