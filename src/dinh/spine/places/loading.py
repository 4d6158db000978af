"""Loads the catalogues into the register; a second run changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import catalogue, domain
from dinh.spine.places.api import ImportReport
from dinh.spine.places.models import Passage, Place
from dinh.spine.places.versions import bump, written

# A boundary, a population or a better centre that came with an import is not undone by a second load.
COMPARED = (
    "urn", "kind", "level", "code", "name_vi", "name_en", "full_name_vi", "full_name_en", "key", "parent_id",
    "valid_from", "valid_to",
)  # fmt: skip
FIRST = (*COMPARED, "longitude", "latitude", "area_km2", "boundary", "operator", "attributes", "simulated", "version")
_PASSAGE = ("former_id", "heir_id", '"on"', "whole", "main")
_SAME = slice(0, len(COMPARED))


def load_units() -> ImportReport:
    read = catalogue.read()
    wanted = [_country(), *(_values(unit) for unit in read.units.values())]
    with transaction.atomic():
        rows = Place.objects.filter(kind="unit").values_list(*COMPARED)
        held = {values[0]: values for values in rows}
        fresh = [values for values in wanted if values[0] not in held]
        changed = [values for values in wanted if held.get(values[0], values[_SAME]) != values[_SAME]]
        known = set(Passage.objects.values_list("former_id", "heir_id"))
        passages = [
            (p.former, p.heir, domain.REFORM, p.whole, p.main) for p in read.passings if (p.former, p.heir) not in known
        ]
        if fresh or changed or passages:
            version = bump("units")
            _write(Place._meta.db_table, FIRST, COMPARED, [(*values, version) for values in (*fresh, *changed)])
            _write(Passage._meta.db_table, _PASSAGE, (), passages)
            written("units")
    return ImportReport(
        taken=len(fresh),
        changed=len(changed),
        unchanged=len(wanted) - len(fresh) - len(changed),
        refused=(),
        note=f"{len(passages)} lines of history taken",
    )


def _write(table: str, columns: Sequence[str], updated: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """One statement for all rows; through models the catalogues take five times as long."""
    clause = ""
    if updated:
        sets = ", ".join(f"{name} = excluded.{name}" for name in (*updated[1:], "version"))
        clause = f"ON CONFLICT (urn) DO UPDATE SET {sets}"
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    adapt = connection.ops.adapt_datefield_value
    rows = [tuple(adapt(value) if isinstance(value, date) else value for value in row) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks}) {clause}", rows)  # noqa: S608 - columns only


def _country() -> tuple[Any, ...]:
    return (
        domain.COUNTRY, "unit", "country", "VN", "Việt Nam", "Vietnam", "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Socialist Republic of Vietnam", "viet nam", None, None, None, 106.3, 16.2, None, "none", "", "{}", False,
    )  # fmt: skip


def _values(unit: catalogue.Unit) -> tuple[Any, ...]:
    name_vi, name_en, full_name_vi, full_name_en = domain.names(unit.rank, unit.short)
    former = unit.urn.startswith(domain.unit_urn(2004, ""))
    return (
        unit.urn, "unit", unit.level, unit.code, name_vi, name_en, full_name_vi, full_name_en, fold(name_vi),
        unit.parent, None if former else domain.REFORM, domain.REFORM if former else None, unit.longitude,
        unit.latitude, unit.area_km2, "approximate", "", "{}", False,
    )  # fmt: skip
