"""Fees that are paid, and the simulated bank's own books."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from dinh.systems.public_services.models.dossiers import URN, Dossier

BEGUN, PAID, CANCELLED, REFUNDED = "begun", "paid", "cancelled", "refunded"


class Payment(models.Model):
    """One try to pay a fee. `counts` marks what paid it: one, and one more for each rise of the fee after corrected answers. What
    comes in beside is refunded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="payments")
    driver = models.CharField(max_length=20)
    """The driver's name, or `counter`."""
    amount = models.PositiveIntegerField()
    state = models.CharField(max_length=12, default=BEGUN)
    counts = models.BooleanField(default=False)
    part = models.PositiveSmallIntegerField(default=0)
    """0 paid the fee as it was first, others what corrected answers added to it."""
    reference = models.CharField(max_length=60, unique=True)
    receipt = models.CharField(max_length=60, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    refund_reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=URN, blank=True)
    ledger_index = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "part"], condition=Q(counts=True), name="services_part_paid_once"
            ),
            models.CheckConstraint(condition=Q(counts=False) | Q(state__in=("paid",)), name="services_counts_if_paid"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "begun_at"], name="services_payments_by_state")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"


class BankEvent(models.Model):
    """A callback that was taken in, by the id that the bank gave it: the same again changes nothing."""

    driver = models.CharField(max_length=20)
    event = models.CharField(max_length=80)
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE)
    state = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["driver", "event"], name="services_event_once")]

    def __str__(self) -> str:
        return f"{self.driver} {self.event}"


class BankOrder(models.Model):
    """The simulated bank's own record of an order; only the demonstration and tests have any."""

    reference = models.CharField(max_length=60, primary_key=True)
    amount = models.PositiveIntegerField()
    payee = models.CharField(max_length=300)
    back = models.CharField(max_length=300)
    state = models.CharField(max_length=12, default=BEGUN)
    tell_at = models.DateTimeField(null=True)
    """When its callback is due; None: told, or nothing to tell."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["tell_at"], name="services_bank_due")]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"
