"""Loads the catalogues into the register; a second run changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import catalogue, domain
from dinh.spine.places.api import ImportReport
from dinh.spine.places.models import Passage, Place
from dinh.spine.places.versions import bump, written

# A boundary, a population or a better centre that came with an import is not undone by a second load.
COMPARED = (
    "kind", "level", "code", "name_vi", "name_en", "full_name_vi", "full_name_en", "key", "parent_id",
    "valid_from", "valid_to",
)  # fmt: skip
_BATCH = 500


def load_units() -> ImportReport:
    read = catalogue.read()
    wanted = [_country(), *(_place(unit) for unit in read.units.values())]
    with transaction.atomic():
        held = Place.objects.filter(kind="unit").in_bulk() if Place.objects.filter(kind="unit").exists() else {}
        fresh = [place for place in wanted if place.urn not in held]
        changed = [place for place in wanted if place.urn in held and _differs(place, held[place.urn])]
        passages = _new_passages(read.passings)
        if fresh or changed or passages:
            version = bump("units")
            for place in (*fresh, *changed):
                place.version = version
            for level in domain.UNIT_LEVELS:  # parents before children
                Place.objects.bulk_create([p for p in fresh if p.level == level], batch_size=_BATCH)
            Place.objects.bulk_update(changed, [*COMPARED[:-3], "parent", "valid_from", "valid_to", "version"], _BATCH)
            Passage.objects.bulk_create(passages, batch_size=_BATCH * 4)
            written()
    return ImportReport(
        taken=len(fresh),
        changed=len(changed),
        unchanged=len(wanted) - len(fresh) - len(changed),
        refused=(),
        note=f"{len(passages)} lines of history taken",
    )


def _country() -> Place:
    return Place(
        urn=domain.COUNTRY, kind="unit", level="country", code="VN", name_vi="Việt Nam", name_en="Vietnam",
        full_name_vi="Cộng hòa xã hội chủ nghĩa Việt Nam", full_name_en="Socialist Republic of Vietnam",
        key="viet nam", longitude=106.3, latitude=16.2,
    )  # fmt: skip


def _place(unit: catalogue.Unit) -> Place:
    name_vi, name_en, full_name_vi, full_name_en = domain.names(unit.rank, unit.short)
    former = unit.urn.startswith(domain.unit_urn(2004, ""))
    return Place(
        urn=unit.urn, kind="unit", level=unit.level, code=unit.code, name_vi=name_vi, name_en=name_en,
        full_name_vi=full_name_vi, full_name_en=full_name_en, key=fold(name_vi), parent_id=unit.parent,
        longitude=unit.longitude, latitude=unit.latitude, area_km2=unit.area_km2, boundary="approximate",
        valid_from=None if former else domain.REFORM, valid_to=domain.REFORM if former else None,
    )  # fmt: skip


def _differs(wanted: Place, held: Place) -> bool:
    return any(getattr(wanted, name) != getattr(held, name) for name in COMPARED)


def _new_passages(passings: Iterable[catalogue.Passing]) -> Sequence[Passage]:
    held = set(Passage.objects.values_list("former_id", "heir_id"))
    return [
        Passage(former_id=p.former, heir_id=p.heir, on=domain.REFORM, whole=p.whole, main=p.main)
        for p in passings
        if (p.former, p.heir) not in held
    ]
