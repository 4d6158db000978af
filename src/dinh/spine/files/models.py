"""Files and the contents that they refer to. The hash of a content stands only inside its wrapped key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Content(models.Model):
    """One encrypted content on the disk; `sameness` is the keyed hash by which the same bytes are found again."""

    sameness = models.CharField(max_length=64, unique=True)
    blob = models.CharField(max_length=32, unique=True)
    wrapped_key = models.BinaryField(max_length=200)
    key_number = models.PositiveIntegerField(db_index=True)
    size = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.blob


class File(models.Model):
    """What somebody attached to something. Erased: name, salt and content are gone, the row stays."""

    public_id = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=150, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    about = models.CharField(max_length=URN)
    by = models.CharField(max_length=URN, blank=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=16)
    personal = models.BooleanField(default=False)
    salt = models.CharField(max_length=32, blank=True)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, null=True, related_name="+")
    ledger_index = models.BigIntegerField(unique=True)
    erased_at = models.DateTimeField(null=True)
    erased_by = models.CharField(max_length=URN, blank=True)
    erased_reason = models.TextField(blank=True)
    erased_salt = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["about", "content"], condition=Q(content__isnull=False), name="files_once_about_a_thing"
            ),
            models.CheckConstraint(
                condition=Q(state="erased", content__isnull=True, erased_at__isnull=False, name="", salt="")
                | Q(state__in=["kept", "quarantined"], content__isnull=False, erased_at__isnull=True),
                name="files_erased_has_no_content",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about", "id"], name="files_about"),
            models.Index(fields=["by", "id"], name="files_by"),
            models.Index(fields=["state"], name="files_state"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"
