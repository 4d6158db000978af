"""What departments set for their work: when offices are open, who gets what, who is on duty, whom to tell, what to write."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

URN = 160


class OfficeWeek(models.Model):
    """The one row with the hours of a usual week: `hours` as [["07:30", "11:30"], …], `weekdays` with 0 for Monday."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hours = models.JSONField()
    weekdays = models.JSONField()
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="cases_one_office_week")]

    def __str__(self) -> str:
        return f"{self.hours} on {self.weekdays}"


class CalendarDay(models.Model):
    """A day that differs from the week and the holidays of the law: off, or worked all the same."""

    day = models.DateField(primary_key=True)
    open = models.BooleanField()
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day} {'open' if self.open else 'off'}"


class Routing(models.Model):
    """Cases of a type, category and place go to an organisation; '' holds for all. The most particular rule counts."""

    type = models.CharField(max_length=64, blank=True)
    category = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=URN, blank=True)
    organisation = models.CharField(max_length=URN)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["type", "category", "place"], name="cases_one_routing_each")
        ]

    def __str__(self) -> str:
        return f"{self.type}/{self.category}/{self.place} to {self.organisation}"


class EscalationStep(models.Model):
    """Who is told when a case is late by `after_minutes` of the time that counts for it; '' holds for every organisation."""

    organisation = models.CharField(max_length=URN, blank=True)
    level = models.PositiveSmallIntegerField()
    after_minutes = models.PositiveIntegerField()
    to = models.CharField(max_length=URN)
    """duty, leaders, above, or the URN of a person or an organisation."""
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "level"], name="cases_escalation_level_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.level}: {self.to} after {self.after_minutes} min"


class Shift(models.Model):
    """Who is on duty for an organisation, `[starts_at, ends_at)`."""

    organisation = models.CharField(max_length=URN)
    person = models.CharField(max_length=URN)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.CharField(max_length=URN)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cases_shift_runs_forwards"),
            models.UniqueConstraint(fields=["organisation", "person", "starts_at"], name="cases_shift_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "ends_at"], name="cases_shift_now")]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_at} to {self.ends_at}"


class Template(models.Model):
    """A text that officials begin from; '' as organisation or type holds for all."""

    organisation = models.CharField(max_length=URN, blank=True)
    type = models.CharField(max_length=64, blank=True)
    use = models.CharField(max_length=16)
    """comment, ask, answer or close."""
    title = models.CharField(max_length=120)
    text_vi = models.TextField()
    text_en = models.TextField(blank=True)
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "type", "use", "title"], name="cases_template_once")
        ]

    def __str__(self) -> str:
        return f"{self.use}: {self.title}"
