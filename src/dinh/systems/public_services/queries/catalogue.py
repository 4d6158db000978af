"""Finding procedures: those that can be handed in here, and all of the national catalogue that was read in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dinh.kernel.errors import NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.systems.public_services import models
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.domain.procedures import Procedure

SIZE: Final = 25
WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class National:
    """A page of the national catalogue; `handled` names by code the procedure here."""

    rows: Sequence[models.NationalProcedure]
    total: int
    handled: Mapping[str, str]
    domains: Sequence[str]


def here(*, text: str = "", event: str = "", level: str = "") -> Sequence[Procedure]:
    """Folded: «khai sinh» and «KHAI SINH» and «khaisinh» without marks find the same."""
    words = fold(text).split()[:WORDS]
    found = []
    for one in folders.all_procedures().values():
        said = fold(" ".join([one.name.vi, one.name.en, one.summary.vi, one.summary.en, one.domain.vi, one.code]))
        if all(word in said for word in words) and (not event or event in one.life_events) and level in ("", one.level):
            found.append(one)
    return sorted(found, key=lambda one: one.name.vi)


def national(*, text: str = "", domain: str = "", offset: int = 0) -> National:
    found = models.NationalProcedure.objects.all()
    for word in fold(text).split()[:WORDS]:
        found = found.filter(search__contains=word)
    if domain:
        found = found.filter(domain=domain[:300])
    domains = (
        models.NationalProcedure.objects.exclude(domain="")
        .values_list("domain", flat=True)
        .distinct()
        .order_by("domain")
    )
    return National(
        list(found.order_by("name", "code")[offset : offset + SIZE]), found.count(), handled(), list(domains)
    )


def handled() -> Mapping[str, str]:
    return {one.code: slug for slug, one in folders.all_procedures().items()}


def national_one(code: str) -> models.NationalProcedure:
    """Raises NotFound `services.no_national`."""
    row = models.NationalProcedure.objects.filter(code=code[:20]).first()
    if row is None:
        raise NotFound(
            "services.no_national", "the national catalogue that was read has no procedure '{code}'", code=code[:20]
        )
    return row
