"""What was issued, the numbers that were given out for it, and the certificates that sealed it. URNs are text: '' for none."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

URN = 160


class Counter(models.Model):
    """The row that whoever takes a number waits for."""

    organisation = models.CharField(max_length=URN)
    series = models.CharField(max_length=100)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "series", "year"], name="documents_one_counter")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.series} {self.year}"


class Number(models.Model):
    """A number that was given out. Until it is used `token` is whoever holds it, and '' means that it waits for the next."""

    organisation = models.CharField(max_length=URN)
    series = models.CharField(max_length=100)
    year = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField()
    token = models.CharField(max_length=32, blank=True)
    taken_at = models.DateTimeField()
    used = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "series", "year", "sequence"], name="documents_no_number_twice"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "series", "year", "sequence"],
                condition=Q(used=False),
                name="documents_numbers_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.series} {self.year} {self.sequence}"


class Certificate(models.Model):
    """A certificate that sealed something; kept for as long as anything that it sealed can be checked."""

    fingerprint = models.CharField(max_length=64, unique=True)
    der = models.BinaryField()
    subject = models.TextField()
    issuer = models.TextField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    self_signed = models.BooleanField()

    def __str__(self) -> str:
        return self.subject


class Document(models.Model):
    """`sha256` is of the PDF as it was issued, `signature_sha256` of the signature in it, by which altered copies are known."""

    public_id = models.CharField(max_length=32, unique=True)
    key = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=100)
    number = models.CharField(max_length=100)
    counted = models.OneToOneField(Number, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=URN, blank=True)
    organisation = models.CharField(max_length=URN)
    title_vi = models.CharField(max_length=300, blank=True)
    title_en = models.CharField(max_length=300, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    holder_party = models.CharField(max_length=URN, blank=True)
    personal = models.BooleanField()
    code = models.CharField(max_length=20, unique=True)
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=200)
    issued_at = models.DateTimeField()
    valid_until = models.DateField(null=True)
    state = models.CharField(max_length=16, default="valid")
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=URN, blank=True)
    ended_reason = models.TextField(blank=True)
    ended_salt = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=URN)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, unique=True)
    signature_sha256 = models.CharField(max_length=64, unique=True)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    timestamped_at = models.DateTimeField(null=True)
    authority = models.CharField(max_length=300, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    ledger_index = models.BigIntegerField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="documents_key_once"),
            models.CheckConstraint(
                condition=Q(state="valid", ended_at__isnull=True, replaced_by__isnull=True)
                | Q(state="withdrawn", ended_at__isnull=False, replaced_by__isnull=True)
                | Q(state="replaced", ended_at__isnull=False, replaced_by__isnull=False),
                name="documents_state_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["about", "id"], name="documents_about"),
            models.Index(fields=["holder_party"], name="documents_of_holder"),
            models.Index(fields=["by"], name="documents_by"),
        ]

    def __str__(self) -> str:
        return self.number
