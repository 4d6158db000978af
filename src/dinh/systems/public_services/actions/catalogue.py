"""Reading the national catalogue in: by code, so that reading it again brings it up to date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import fold
from dinh.systems.public_services import models
from dinh.systems.public_services.feeds.national import Fact

PART: Final = 500


@dataclass(frozen=True, slots=True)
class Read:
    taken: int
    refused: tuple[str, ...]


def take_in(facts: Iterable[Fact | Invalid]) -> Read:
    part: dict[str, models.NationalProcedure] = {}
    taken, refused = 0, list[str]()
    now = clock.now()
    for fact in facts:
        if isinstance(fact, Invalid):
            refused.append(fact.message)
            continue
        told = asdict(fact)
        search = fold(f"{fact.code} {fact.name} {fact.domain} {fact.authority}")
        part[fact.code] = models.NationalProcedure(**told, search=f"{fact.code} {search}", read_at=now)
        if len(part) >= PART:
            taken += _save(part)
            part = {}
    return Read(taken + _save(part), tuple(refused))


@transaction.atomic
def _save(part: dict[str, models.NationalProcedure]) -> int:
    names = [field.name for field in models.NationalProcedure._meta.fields if field.name not in ("id", "code")]
    models.NationalProcedure.objects.bulk_create(
        part.values(), update_conflicts=True, unique_fields=["code"], update_fields=names
    )
    return len(part)
