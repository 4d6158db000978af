"""Rules that fired, and how far the history has been judged."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dinh.spine.observations.models.catalogue import CODE, NAME


class Alert(models.Model):
    """Names, severity and threshold are those of the rule when it fired: a later change rewrites no past."""

    rule = models.CharField(max_length=CODE)
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    case_type = models.CharField(max_length=CODE, blank=True)
    indicator = models.CharField(max_length=CODE)
    series = models.PositiveIntegerField()
    subject = models.CharField(max_length=160)
    place = models.CharField(max_length=160, blank=True)
    """The subject's commune when the alert fired."""
    severity = models.CharField(max_length=12)
    rank = models.PositiveSmallIntegerField()
    """0 is critical: worst first by the database's own order."""
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    """When the value passed the threshold; `fired_at` is later by the rule's duration."""
    fired_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    value = models.FloatField()
    worst_value = models.FloatField()
    threshold = models.FloatField()
    simulated = models.BooleanField()
    cleared_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=160, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=12, default="threshold")
    """What `value`, `worst_value` and `threshold` measure: see RuleKind."""
    reading = models.FloatField(null=True)
    """The reading that made it fire; None for silence."""
    expected = models.FloatField(null=True)
    """The usual value then, where the rule knows one."""
    source = models.CharField(max_length=CODE, blank=True)
    is_group = models.BooleanField(default=False)
    group = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    group_key = models.CharField(max_length=300, blank=True)
    """Of a group: the cause that its members share."""
    set_apart = models.BooleanField(default=False)
    """A person took it out of its group, and it joins none by itself."""
    suppressed_by = models.ForeignKey("Maintenance", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[Any]] = ["rank", "since", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["rule", "series"],
                condition=models.Q(cleared_at__isnull=True, is_group=False),
                name="alert_one_open_per_rule_and_series",
            ),
            models.UniqueConstraint(
                fields=["group_key"],
                condition=models.Q(cleared_at__isnull=True, is_group=True),
                name="alert_one_open_group_per_cause",
            ),
            models.CheckConstraint(
                name="alert_cleared_has_its_time",
                condition=models.Q(state="cleared", cleared_at__isnull=False)
                | models.Q(state__in=["open", "acknowledged", "suppressed"], cleared_at__isnull=True),
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["state", "rank", "since"], name="alert_worst_first"),
            models.Index(fields=["fired_at"], name="alert_fired_at"),
            models.Index(fields=["rule", "fired_at"], name="alert_of_rule"),
        ]

    def __str__(self) -> str:
        return f"urn:dinh:alert:{self.pk}"


class JudgedCursor(models.Model):
    """One row: batches of the history up to this one have been judged; moved in the transaction of their alerts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    batch = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="judged_cursor_is_one_row", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return str(self.batch)


class AlertNote(models.Model):
    """What people said of an alert and did to it; the words are in the ledger as a salted commitment."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=16)
    """noted, acknowledged, set_apart, joined."""
    text = models.TextField(blank=True)
    by = models.CharField(max_length=160)
    by_name = models.CharField(max_length=NAME)
    at = models.DateTimeField()
    salt = models.CharField(max_length=32)
    ledger_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["id"]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.what}"
