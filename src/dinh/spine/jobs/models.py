"""The outbox, how far each listener has come, who works, and long work."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.db.models import Q

STATES: Final = ("waiting", "running", "done", "failed", "cancelled")
ENDED: Final = ("done", "failed", "cancelled")


class Event(models.Model):
    """Numbers follow the order of commits: publishers stand in one line."""

    number = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=64)
    payload = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("name", "number"), name="jobs_event_name"),)

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Cursor(models.Model):
    """A listener is past every event up to `number`; `attempts` counts failures at the next one."""

    listener = models.CharField(max_length=120, primary_key=True)
    number = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.listener} at {self.number}"


class Failure(models.Model):
    """An event that a listener could not handle: kept, and tried again ever more rarely."""

    listener = models.CharField(max_length=120)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField()
    error = models.TextField()
    failed_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("listener", "event"), name="jobs_failure_once"),)
        indexes = (models.Index(fields=("retry_at",), name="jobs_failure_retry"),)

    def __str__(self) -> str:
        return f"{self.listener} failed at {self.event_id}"


class Lease(models.Model):
    """The one worker of this database; whoever finds it expired takes it."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} held by {self.holder}"


class Periodic(models.Model):
    """When work that is done every so often is next due."""

    name = models.CharField(max_length=120, primary_key=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.name} due {self.due_at}"


class Task(models.Model):
    """Long work. While it runs one `holder` has it, until `lease_until`, which it keeps moving."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    key = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=160, blank=True)
    state = models.CharField(max_length=9, default="waiting")
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    checkpoint = models.JSONField(default=dict)
    moved = models.BooleanField(default=False)
    """This attempt has come further than the last one: a crash of it does not count."""
    result = models.JSONField(default=dict)
    cancelling = models.BooleanField(default=False)
    holder = models.CharField(max_length=96, blank=True)
    lease_until = models.DateTimeField(null=True)
    salt = models.CharField(max_length=32)
    """Of the commitment to title and params that the ledger holds."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), condition=~Q(key=""), name="jobs_task_key_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="jobs_task_state"),
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False, started_at__isnull=False) & ~Q(holder="")
                | ~Q(state="running") & Q(holder="", lease_until__isnull=True),
                name="jobs_task_held_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at__isnull=True),
                name="jobs_task_ended_at",
            ),
        )
        indexes = (
            models.Index(fields=("state", "due_at"), name="jobs_task_due"),
            models.Index(fields=("-created_at",), name="jobs_task_newest"),
            models.Index(fields=("by", "-created_at"), name="jobs_task_by"),
            models.Index(fields=("ended_at",), name="jobs_task_ended"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"
