"""Planning areas, their rasters, scenarios with masts, and every edit."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Area(models.Model):
    """A ground to plan on: places on a metric grid, which is calculated once from its rasters.

    `ground` names the folder of the grid that stands, '' before there is one; `task` the work that lays it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    places = models.JSONField(default=list)
    """URNs of units; the first one decides who may see and plan."""
    place = models.CharField(max_length=160, db_index=True)
    resolution_m = models.FloatField()
    margin_km = models.FloatField(default=5.0)
    flat_m = models.FloatField(null=True)
    """Height of the ground where no terrain was given: the area is calculated as flat, and says so."""
    people = models.JSONField(default=dict)
    """People by the code of a commune, where a table was brought; else those of the register."""
    people_source = models.CharField(max_length=200, blank=True)
    demo = models.BooleanField(default=False)
    ground = models.CharField(max_length=64, blank=True)
    about = models.JSONField(default=dict)
    """What the grid holds: edges, sizes, people, what is assumed."""
    task = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=160)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Raster(models.Model):
    """A file of terrain, clutter or people that was given for an area; it lies below DINH_HOME by its hash."""

    class Kind(models.TextChoices):
        TERRAIN = "terrain"
        CLUTTER = "clutter"
        PEOPLE = "people"

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="rasters")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    source = models.CharField(max_length=200, blank=True)
    by = models.CharField(max_length=160)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["kind", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "kind", "sha256"], name="network_5g_raster_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Scenario(models.Model):
    """Masts and settings over an area. `position` is the edit that stands; later ones were undone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    settings = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    """False: only whoever made it sees it."""
    on_map = models.BooleanField(default=False)
    """Its coverage is a layer of the operations centre's map; one scenario an area."""
    based_on = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField(default=0)
    next_code = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=160, db_index=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-changed_at", "id"]

    def __str__(self) -> str:
        return self.name


class ScenarioMast(models.Model):
    """A mast of a scenario; `values` are those of `domain.Mast`, the columns what lists search and sort by."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="masts")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    search = models.CharField(max_length=300)
    standing = models.CharField(max_length=10)
    operator = models.CharField(max_length=60, blank=True)
    height_m = models.FloatField()
    cells = models.PositiveSmallIntegerField()
    values = models.JSONField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "code"], name="network_5g_mast_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Edit(models.Model):
    """A change and its reverse: `changes` are [mast before or null, mast after or null]; `before`, `after` are settings."""

    class Kind(models.TextChoices):
        ADD = "add"
        MOVE = "move"
        CHANGE = "change"
        REMOVE = "remove"
        IMPORT = "import"
        CHOOSE = "choose"
        NUMBER = "number"
        """Physical cell identities."""
        SETTINGS = "settings"

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="edits")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    about = models.CharField(max_length=200, blank=True)
    """The mast's name, or the file's."""
    changes = models.JSONField(default=list)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["scenario", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scenario", "number"], name="network_5g_edit_number"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.number}"


class Programme(models.Model):
    """What was asked for a scenario, and its answer: `terms` as `programme` has them, `answer` with the digest of its question.

    `refused` holds the error of the last attempt: family, code, template and values; `task` the work that is at it.
    """

    scenario = models.OneToOneField(Scenario, on_delete=models.CASCADE, related_name="%(class)s")
    terms = models.JSONField(default=dict)
    answer = models.JSONField(null=True)
    refused = models.JSONField(null=True)
    task = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=160)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.scenario_id)


class Rollout(Programme):
    """In which order a scenario is built, and what it costs."""


class Choice(Programme):
    """Which of its candidates are built. `listed` are masts of a list that was brought as candidates, `before` the answer
    that stood before this one."""

    listed = models.JSONField(default=list)
    list_name = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
