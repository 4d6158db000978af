"""Cases, their acts and the steps of their playbooks. URNs are text: '' where there is none."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Case(models.Model):
    """The present state; how it came about is in `Act`. `unit` is the commune of the place."""

    number = models.BigIntegerField(unique=True)
    key = models.CharField(max_length=200, blank=True)
    type = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    search = models.TextField()
    severity = models.CharField(max_length=16)
    severity_rank = models.PositiveSmallIntegerField()
    subject = models.CharField(max_length=URN, blank=True)
    place = models.CharField(max_length=URN, blank=True)
    unit = models.CharField(max_length=URN, blank=True)
    requester = models.CharField(max_length=URN, blank=True)
    opened_at = models.DateTimeField()
    owned_at = models.DateTimeField(null=True)
    simulated = models.BooleanField(default=False)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps = models.PositiveSmallIntegerField(default=0)

    state = models.CharField(max_length=64)
    counts_as = models.CharField(max_length=16)
    final = models.BooleanField(default=False)
    owner = models.CharField(max_length=URN, blank=True)
    organisation = models.CharField(max_length=URN, blank=True)
    owner_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    escalated_unowned = models.BooleanField(default=False)
    escalated_overdue = models.BooleanField(default=False)

    category = models.CharField(max_length=64, blank=True)
    fields = models.JSONField(default=dict)
    """By the type's JSON Schema."""
    level = models.PositiveSmallIntegerField(default=0)
    """How far up the chain it was escalated for what it lacks now."""
    escalate_at = models.DateTimeField(null=True)
    """When the next level is due; None is as soon as the deadline has passed."""
    paused_at = models.DateTimeField(null=True)
    """Since then it waits for the requester; what is left of its deadlines then is in `left_to_*`, in seconds."""
    left_to_owner = models.BigIntegerField(default=0)
    left_to_close = models.BigIntegerField(default=0)
    joined_to = models.BigIntegerField(null=True)
    """The number of the case that this one is a duplicate of."""
    answered_at = models.DateTimeField(null=True)
    """When the requester first heard something in substance."""
    reopened = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="cases_key_once"),
            models.CheckConstraint(
                condition=Q(final=True, closed_at__isnull=False, deadline_at__isnull=True)
                | Q(final=False, closed_at__isnull=True, deadline_at__isnull=False),
                name="cases_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(counts_as="joined", joined_to__isnull=False, final=True)
                | (~Q(counts_as="joined") & Q(joined_to__isnull=True)),
                name="cases_joined_to_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["final", "deadline_at", "number"], name="cases_by_deadline"),
            models.Index(fields=["final", "opened_at", "number"], name="cases_by_opening"),
            models.Index(fields=["final", "severity_rank", "deadline_at"], name="cases_by_severity"),
            # Holds all that the counts of the queues look at, so that they read no row.
            models.Index(
                fields=["final", "unit", "owner", "deadline_at", "organisation", "type", "severity", "counts_as"],
                name="cases_counted",
            ),
            models.Index(fields=["owner", "final", "deadline_at"], name="cases_by_owner"),
            models.Index(fields=["subject", "number"], name="cases_by_subject"),
            models.Index(fields=["closed_at"], name="cases_by_closing"),
            models.Index(fields=["owned_at"], name="cases_by_owning"),
            models.Index(fields=["joined_to"], name="cases_by_joining"),
            models.Index(fields=["organisation", "opened_at"], name="cases_by_department"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class Act(models.Model):
    """What somebody did, with the state after it; valid `[at, until)`, so that any past moment can be shown."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=200)
    what = models.CharField(max_length=80)
    detail = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    ledger_index = models.BigIntegerField(unique=True)

    state = models.CharField(max_length=64)
    counts_as = models.CharField(max_length=16)
    final = models.BooleanField()
    owner = models.CharField(max_length=URN, blank=True)
    organisation = models.CharField(max_length=URN, blank=True)
    owner_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    steps_done = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="cases_act_version_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(until__isnull=True), name="cases_one_newest_act"),
        ]
        indexes: ClassVar = [models.Index(fields=["until", "at"], name="cases_act_validity")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.version} {self.what}"


class Step(models.Model):
    """A step of the playbook as it stood when the case was opened."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text_vi = models.TextField()
    text_en = models.TextField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=URN, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="cases_step_once")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class YearCount(models.Model):
    """The last number given in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class AlertEscalation(models.Model):
    """An alert that was left without a case and has been told of, once."""

    alert = models.CharField(max_length=URN, primary_key=True)
    at = models.DateTimeField()
    ledger_index = models.BigIntegerField()

    def __str__(self) -> str:
        return self.alert
