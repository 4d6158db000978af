"""What is measured, where it comes from and when it is a problem: the catalogue in the registers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

CODE = 64
NAME = 200


class Indicator(models.Model):
    """One row an IndicatorSpec."""

    code = models.CharField(max_length=CODE, unique=True)
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    domain_vi = models.CharField(max_length=NAME)
    domain_en = models.CharField(max_length=NAME)
    unit = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    direction = models.CharField(max_length=8)
    over_time = models.CharField(max_length=8)
    over_place = models.CharField(max_length=8)
    period = models.DurationField(null=True)
    decimals = models.PositiveSmallIntegerField()
    target = models.FloatField(null=True)
    valid_min = models.FloatField(null=True)
    valid_max = models.FloatField(null=True)
    numerator = models.CharField(max_length=CODE, blank=True)
    denominator = models.CharField(max_length=CODE, blank=True)
    owner = models.CharField(max_length=160, blank=True)
    source = models.CharField(max_length=CODE, blank=True)
    licence = models.CharField(max_length=64)
    headline = models.IntegerField(null=True)
    declared_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["domain_en", "code"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="indicator_kind", condition=models.Q(kind__in=["gauge", "counter", "ratio", "index"])
            ),
            models.CheckConstraint(
                name="indicator_bounds_in_order",
                condition=models.Q(valid_min__isnull=True)
                | models.Q(valid_max__isnull=True)
                | models.Q(valid_min__lte=models.F("valid_max")),
            ),
            models.CheckConstraint(
                name="indicator_ratio_has_both_parts",
                condition=models.Q(numerator="", denominator="")
                | (~models.Q(numerator="") & ~models.Q(denominator="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Source(models.Model):
    """Where readings come from. The id is small: every reading in the history carries it (16 bits)."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField(max_length=CODE, unique=True)
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    owner = models.CharField(max_length=160, blank=True)
    licence = models.CharField(max_length=64)
    simulated = models.BooleanField()
    period = models.DurationField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["code"]

    def __str__(self) -> str:
        return self.code


class Rule(models.Model):
    """One row a RuleSpec. A rule whose system was unplugged is kept and not in force."""

    code = models.CharField(max_length=CODE, unique=True)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="+")
    name_vi = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    severity = models.CharField(max_length=12)
    above = models.FloatField(null=True)
    below = models.FloatField(null=True)
    clear_at = models.FloatField(null=True)
    lasting = models.DurationField()
    case_type = models.CharField(max_length=CODE, blank=True)
    kind = models.CharField(max_length=12, default="threshold")
    settings = models.JSONField(default=dict)
    """Whatever of the RuleSpec has no column of its own and is not at its default."""
    in_force = models.BooleanField(default=True)
    """False once its system was unplugged."""
    enabled = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True)
    manifest = models.JSONField(null=True)
    """What the manifest says, where a person has overridden it."""
    declared_by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[Any]] = ["code"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="rule_one_threshold",
                condition=models.Q(above__isnull=True, below__isnull=False)
                | models.Q(above__isnull=False, below__isnull=True)
                | models.Q(kind__in=["missing", "combination"], above__isnull=True, below__isnull=True),
            ),
            models.CheckConstraint(
                name="rule_severity", condition=models.Q(severity__in=["critical", "major", "minor", "information"])
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RuleVersion(models.Model):
    """What was done to a rule, by whom and why, and what it said from then on."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=16)
    """created, changed, overridden, restored, disabled, enabled, retired."""
    spec = models.JSONField()
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=160)
    by_name = models.CharField(max_length=NAME)
    at = models.DateTimeField()
    salt = models.CharField(max_length=32)
    ledger_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering: ClassVar[list[Any]] = ["-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["rule", "number"], name="rule_version_numbers_are_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} v{self.number}"


class CatalogueStamp(models.Model):
    """One row, new with every change of the catalogue: how a process knows that what it holds in memory is old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    stamp = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="catalogue_stamp_is_one_row", condition=models.Q(id=1))
        ]

    def __str__(self) -> str:
        return self.stamp
