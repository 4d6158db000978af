"""Registers of places: units of both periods, facilities and assets, their history and boundaries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Place(models.Model):
    """Named by its URN. A unit's `unit` is None; a facility's or asset's is the present commune it stands in."""

    urn = models.CharField(max_length=140, primary_key=True)
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=60)
    code = models.CharField(max_length=120)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    full_name_vi = models.CharField(max_length=240)
    full_name_en = models.CharField(max_length=240)
    key = models.CharField(max_length=200, db_index=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    boundary = models.CharField(max_length=12, default="none")
    population = models.IntegerField(null=True)
    area_km2 = models.FloatField(null=True)
    operator = models.CharField(max_length=140, default="", blank=True)
    attributes = models.JSONField(default=dict)
    simulated = models.BooleanField(default=False)
    version = models.BigIntegerField(default=0, db_index=True)
    """The version of the register in which the row last changed."""

    class Meta:
        constraints = [  # noqa: RUF012 - Django's own idiom
            models.CheckConstraint(name="places_kind", condition=Q(kind__in=["unit", "facility", "asset"])),
            models.CheckConstraint(name="places_boundary", condition=Q(boundary__in=["exact", "approximate", "none"])),
            models.CheckConstraint(
                name="places_point",
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
            ),
            models.CheckConstraint(
                name="places_validity",
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gt=models.F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["kind", "urn"], name="places_kind_urn")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.full_name_vi} ({self.urn})"


class Passage(models.Model):
    """A former unit, or a part of it, passed to a unit on a day; `main` marks the heir of what is not divided by point."""

    former = models.ForeignKey(Place, models.CASCADE, related_name="+")
    heir = models.ForeignKey(Place, models.CASCADE, related_name="+")
    on = models.DateField()
    whole = models.BooleanField()
    main = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["former", "heir"], name="places_passage_once")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.former_id} -> {self.heir_id}"


class Boundary(models.Model):
    """A unit's shape, WKB in EPSG:4326, at one level of simplification; tolerance 0 is the shape as given."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="+")
    tolerance_m = models.IntegerField()
    wkb = models.BinaryField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    source = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "tolerance_m"], name="places_boundary_once")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.place_id} at {self.tolerance_m} m"


class Version(models.Model):
    """A number that grows with every change of a part of the register, so that caches of all processes notice."""

    part = models.CharField(max_length=12, primary_key=True)
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.part} {self.number}"
