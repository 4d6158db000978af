"""Mappings that are kept, and what was imported by whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SavedMapping(models.Model):
    """How a table is read, under a name of an organisation; each saving is a new version of the same row."""

    organisation = models.CharField(max_length=160, blank=True)
    name = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=32, db_index=True)
    version = models.PositiveIntegerField(default=1)
    body = models.TextField()
    saved_by = models.CharField(max_length=160)
    saved_by_name = models.CharField(max_length=200, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="tabular_mapping_name"),
        ]

    def __str__(self) -> str:
        return self.name


class TableImport(models.Model):
    """A table that was given: its file lies below DINH_HOME/imports until the import is done. `key` names the folder.

    How far a started one is, the task knows.
    """

    class State(models.TextChoices):
        PREVIEW = "preview"
        STARTED = "started"
        DONE = "done"

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    mapping_name = models.CharField(max_length=120, blank=True)
    mapping = models.TextField(blank=True)
    task = models.CharField(max_length=64, blank=True)
    result = models.JSONField(default=dict)
    by = models.CharField(max_length=160)
    by_name = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-created_at"], name="tabular_import_newest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["preview", "started", "done"]), name="tabular_import_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name
