"""Numbers by organisation, series and year: none twice, and none left out for good.

A number is taken before the paper is drawn, in a transaction of its own, so that nobody waits while it is drawn. Whoever does not
finish gives it back; what a crash left behind is free again after a while. A token fences: only the last to take a number uses it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.spine.documents import models

LEFT_BEHIND: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Taken:
    id: int
    sequence: int
    year: int
    token: str


def take(organisation: str, series: str, year: int) -> Taken:
    """The lowest number that waits, or the next one."""
    counted: dict[str, Any] = {"organisation": organisation, "series": series, "year": year}
    token, now = secrets.token_hex(16), clock.now()
    with transaction.atomic():
        models.Counter.objects.get_or_create(**counted)
        counter = models.Counter.objects.select_for_update().get(**counted)
        free = Q(token="") | Q(taken_at__lt=now - LEFT_BEHIND)
        number = models.Number.objects.filter(free, used=False, **counted).order_by("sequence").first()
        if number is None:
            counter.last += 1
            counter.save(update_fields=["last"])
            number = models.Number(sequence=counter.last, **counted)
        number.token, number.taken_at = token, now
        number.save()
    return Taken(number.pk, number.sequence, year, token)


def give_back(taken: Taken) -> None:
    models.Number.objects.filter(pk=taken.id, token=taken.token, used=False).update(token="")


def use(taken: Taken) -> None:
    """In the transaction that issues. Raises Conflict `documents.number_lost`."""
    if not models.Number.objects.filter(pk=taken.id, token=taken.token, used=False).update(used=True):
        raise Conflict(
            "documents.number_lost",
            "the drawing took so long that its number {sequence} went to another document; issue it again",
            sequence=taken.sequence,
        )


def waiting() -> int:
    return models.Number.objects.filter(used=False, taken_at__lt=clock.now() - LEFT_BEHIND).count()
