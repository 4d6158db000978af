"""Figures that people report: who owes what, what they sent, every act on it, and the targets by year."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dinh.spine.observations.models.catalogue import CODE, NAME

URN = 160


class Assignment(models.Model):
    """One form: an organisation reports some indicators for some places each period."""

    code = models.CharField(max_length=CODE, unique=True)
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    organisation = models.CharField(max_length=URN)
    place = models.CharField(max_length=URN)
    """The area that the form is of: permissions are asked for there."""
    places = models.JSONField()
    """URNs of the rows, in order."""
    columns = models.JSONField()
    """{"indicator": code, "dimensions": {…}} in order."""
    checks = models.JSONField(default=list)
    """Declared rules between figures, see `reporting_checks`."""
    period = models.CharField(max_length=8)
    due_days = models.PositiveSmallIntegerField()
    """Days after the period's end until the return is due, that day included."""
    responsible = models.JSONField(default=list)
    """URNs of people; empty: every member of the organisation who may report."""
    change_percent = models.FloatField(null=True)
    z_score = models.FloatField(null=True)
    first_day = models.DateField()
    """Periods that begin earlier are not asked for."""
    last_day = models.DateField(null=True)
    declared_by = models.CharField(max_length=URN)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["code"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="assignment_period",
                condition=models.Q(period__in=["day", "week", "month", "quarter", "half", "year"]),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Return(models.Model):
    """One form of one period. A correction is a return of its own with the next `sequence`."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    due_at = models.DateTimeField()
    sequence = models.PositiveSmallIntegerField(default=0)
    reason = models.TextField(blank=True)
    """Why it corrects the one before; empty in the first."""
    state = models.CharField(max_length=10)
    version = models.PositiveIntegerField(default=1)
    cells = models.JSONField(default=dict)
    """«place#column» -> {"value": number or null, "missing": reason, "note": text}."""
    explanation = models.TextField(blank=True)
    """What the official says of the warnings."""
    edited_by = models.CharField(max_length=URN, blank=True)
    submitted_by = models.CharField(max_length=URN, blank=True)
    submitted_at = models.DateTimeField(null=True)
    first_submitted_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=URN, blank=True)
    decided_at = models.DateTimeField(null=True)
    remarks = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)
    record_error = models.TextField(blank=True)
    told_due = models.BooleanField(default=False)
    told_late = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["due_at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["assignment", "first_day", "sequence"], name="return_one_a_period_and_sequence"
            ),
            models.CheckConstraint(
                name="return_state",
                condition=models.Q(state__in=["open", "submitted", "returned", "approved", "recorded"]),
            ),
            models.CheckConstraint(
                name="return_second_person",
                condition=~models.Q(state__in=["approved", "recorded"])
                | (~models.Q(decided_by="") & ~models.Q(decided_by=models.F("submitted_by"))),
            ),
            models.CheckConstraint(
                name="return_recorded_has_its_time",
                condition=models.Q(state="recorded", recorded_at__isnull=False)
                | (~models.Q(state="recorded") & models.Q(recorded_at__isnull=True)),
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["state", "due_at"], name="return_by_state")]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.first_day} #{self.sequence}"


class ReturnAct(models.Model):
    """One act on a return, with the table as it was then and its leaf in the ledger."""

    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=NAME)
    what = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    cells = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    ledger_index = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["id"]

    def __str__(self) -> str:
        return f"{self.of_id} {self.what}"


class Target(models.Model):
    """What is wanted of an indicator at a place in a year. A newer version replaces an older one, which stays."""

    indicator = models.CharField(max_length=CODE)
    place = models.CharField(max_length=URN)
    year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField()
    value = models.FloatField(null=True)
    """None withdraws it."""
    document = models.CharField(max_length=400, blank=True)
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=NAME)
    at = models.DateTimeField()
    in_force = models.BooleanField()
    ledger_index = models.PositiveBigIntegerField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["-year", "indicator", "place", "kind", "-version"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="target_kind", condition=models.Q(kind__in=["target", "plan", "floor"])),
            models.UniqueConstraint(
                fields=["indicator", "place", "year", "kind", "version"], name="target_one_a_version"
            ),
            models.UniqueConstraint(
                fields=["indicator", "place", "year", "kind"],
                condition=models.Q(in_force=True),
                name="target_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.place} {self.year} {self.kind}"


class Formula(models.Model):
    """An indicator that is computed from others when it is asked for; the catalogue lists it like any other."""

    code = models.CharField(max_length=CODE, unique=True)
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    unit = models.CharField(max_length=32)
    decimals = models.PositiveSmallIntegerField(default=1)
    expression = models.TextField()
    direction = models.CharField(max_length=8, default="neither")
    headline = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    declared_by = models.CharField(max_length=URN)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["code"]

    def __str__(self) -> str:
        return self.code
