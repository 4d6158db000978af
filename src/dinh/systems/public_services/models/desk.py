"""What officials do with a dossier: findings, returns, results, and the steps that the public sees."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from dinh.systems.public_services.models.dossiers import URN, Dossier


class Return(models.Model):
    """The dossier went back with all its defects; a second one says why they were not seen the first time."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="sent_back")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=200)
    why_again = models.CharField(max_length=1000, blank=True)
    question = models.PositiveSmallIntegerField()
    """Of the case: while it is open the clock stands still."""
    corrected_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    """New answers that could not be taken yet: what documents they bring can be attached meanwhile. Empty once they are taken."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "number"], name="services_return_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why_again=""), name="services_again_only_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.number}"


class Finding(models.Model):
    """What an official found of one document, field or anything else: right, or a defect with its remedy."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="findings")
    about = models.CharField(max_length=8)
    """document, field or other."""
    target = models.CharField(max_length=80, blank=True)
    good = models.BooleanField()
    what = models.CharField(max_length=1000, blank=True)
    remedy = models.CharField(max_length=1000, blank=True)
    by = models.CharField(max_length=URN)
    at = models.DateTimeField()
    sent = models.ForeignKey(Return, null=True, on_delete=models.CASCADE, related_name="findings")
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(good=True) | (~Q(what="") & ~Q(remedy="")), name="services_defect_has_a_remedy"
            ),
            models.UniqueConstraint(
                fields=["dossier", "about", "target"],
                condition=Q(sent__isnull=True) & ~Q(about="other"),
                name="services_one_finding_now",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.about} {self.target}"


class Step(models.Model):
    """One step on the way, public without its words; `ledger_index` is its leaf."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    what = models.CharField(max_length=24)
    by = models.CharField(max_length=URN, blank=True)
    by_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=16)
    detail = models.JSONField(default=dict)
    ledger_index = models.BigIntegerField(unique=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["dossier", "at"], name="services_steps_of")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.what}"


class Result(models.Model):
    """What was issued: a PDF that is kept as a file, a number, and a code by which anyone checks it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.OneToOneField(Dossier, on_delete=models.CASCADE, related_name="result")
    organisation = models.CharField(max_length=URN)
    number = models.CharField(max_length=60)
    code = models.CharField(max_length=40, unique=True)
    document = models.CharField(max_length=URN, blank=True)
    file = models.CharField(max_length=URN, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    fields = models.JSONField(default=dict)
    issued_at = models.DateTimeField()
    by = models.CharField(max_length=URN)
    by_name = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="services_result_number_once")
        ]

    def __str__(self) -> str:
        return self.number
