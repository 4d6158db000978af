"""What a person does at the simulated bank, and its callbacks, at once or late."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import paying
from dinh.systems.public_services.fees import fake_bank

LATE: Final = timedelta(seconds=30)


def order(reference: str) -> models.BankOrder:
    """Raises NotFound `services.no_order`, also where the simulated bank is not in use."""
    found = models.BankOrder.objects.filter(pk=reference).first() if settings.PAYMENTS == "fake" else None
    if found is None:
        raise NotFound("services.no_order", "the bank knows no such order")
    return found


def decide(reference: str, what: str) -> models.BankOrder:
    """pay tells at once, late after a while, cancel that nothing was paid. Raises Conflict `services.order_over`."""
    with transaction.atomic():
        row = models.BankOrder.objects.select_for_update().get(pk=order(reference).pk)
        if row.state != "begun":
            raise Conflict("services.order_over", "this order is over already")
        row.state = "cancelled" if what == "cancel" else "paid"
        row.tell_at = clock.now() + (LATE if what == "late" else timedelta(0))
        row.save()
    if what != "late":
        deliver(row)
    return row


def deliver(row: models.BankOrder) -> None:
    """Through the same door as any bank's message."""
    headers, body = fake_bank.message(row, row.state, event=f"{row.reference}-{row.state}")
    paying.receive("fake", headers, body)
    models.BankOrder.objects.filter(pk=row.pk).update(tell_at=None)


def deliver_due() -> None:
    if settings.PAYMENTS != "fake":
        return
    for row in models.BankOrder.objects.filter(tell_at__lte=clock.now()).order_by("tell_at")[:100]:
        deliver(row)
