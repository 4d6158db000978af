"""The outbox, how far each listener has come, and who works."""

from __future__ import annotations

from django.db import models


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
