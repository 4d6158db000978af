"""Publications, their versions and what people did with them. URNs are text: '' where there is none."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Publication(models.Model):
    """What stands at one address through all its versions. Titles and `search` are of the version in force."""

    slug = models.CharField(max_length=100, unique=True)
    key = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=64)
    organisation = models.CharField(max_length=URN, blank=True)
    place = models.CharField(max_length=URN, blank=True)
    licence = models.CharField(max_length=80)
    state = models.CharField(max_length=16, default="draft")
    current = models.PositiveIntegerField(null=True)
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    search = models.TextField(blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason_vi = models.TextField(blank=True)
    withdrawn_reason_en = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="publications_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"], published_at__isnull=True, current__isnull=True)
                | Q(state="published", published_at__isnull=False, current__isnull=False, withdrawn_at__isnull=True)
                | Q(state="withdrawn", published_at__isnull=False, withdrawn_at__isnull=False),
                name="publications_state_has_its_times",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "updated_at"], name="publications_by_update"),
            models.Index(fields=["state", "kind", "updated_at"], name="publications_by_kind"),
        ]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """One version; `body` is canonical JSON text, so that no database changes a byte of it."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, default="draft")
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    summary_vi = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    note_vi = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    body = models.TextField()
    simulated = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    authors = models.JSONField(default=list)
    author = models.CharField(max_length=URN)
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=URN, blank=True)
    checked_name = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True)
    scheduled_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    ledger_index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "number"], name="publications_number_once"),
            models.UniqueConstraint(
                fields=["publication"],
                condition=Q(state__in=["draft", "in_review", "checked", "scheduled"]),
                name="publications_one_open_version",
            ),
            models.UniqueConstraint(
                fields=["publication"], condition=Q(state="published"), name="publications_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "in_review", "checked", "scheduled", "dropped"], ledger_index=None)
                | Q(
                    state__in=["published", "corrected", "withdrawn"],
                    ledger_index__isnull=False,
                    published_at__isnull=False,
                ),
                name="publications_published_has_its_leaf",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "scheduled", "published", "corrected", "withdrawn"])
                | (Q(checked_at__isnull=False) & ~Q(checked_by="")),
                name="publications_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False), name="publications_scheduled_when"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "scheduled_at"], name="publications_due")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.number}"


class Act(models.Model):
    """What somebody did with a version; the ledger holds a salted commitment to `text`."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=200)
    what = models.CharField(max_length=32)
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32)
    ledger_index = models.BigIntegerField(unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["publication", "id"], name="publications_acts")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.version} {self.what}"
