"""Facilities and assets in memory: where each stands, in which commune, what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dinh.spine.places import domain
from dinh.spine.places.api import PlaceRow, Positions
from dinh.spine.places.models import Place
from dinh.spine.places.tree import FIELDS, row_of, tree
from dinh.spine.places.versions import Cached, current, uncommitted

_FIELDS = ("urn", "level", "longitude", "latitude", "name_vi", "name_en", "simulated", "parent_id", "unit_id")
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """All of them; `units` and `parents` by URN, the parallel sequences by position."""

    records: Mapping[str, tuple[object, ...]]
    urns: Sequence[str]
    names_vi: Sequence[str]
    names_en: Sequence[str]
    units: Mapping[str, str | None]
    parents: Mapping[str, str | None]
    positions: Positions
    version: int


_settled: Fleet | None = None


def _build() -> Fleet:
    """Only what changed since the last committed state is read; a register of 100,000 assets changes one by one."""
    global _settled
    version = current("assets")
    base = _settled
    rows = Place.objects.exclude(kind="unit")
    records: dict[str, tuple[object, ...]] = {}
    if base is not None and base.version <= version and not uncommitted():
        rows = rows.filter(version__gt=base.version)
        records = dict(base.records)
    for record in rows.values_list(*_FIELDS).iterator(chunk_size=20_000):
        records[record[0]] = record
    if records and base is not None and len(records) != Place.objects.exclude(kind="unit").count():
        _settled = None
        return _build()
    fleet = _fleet(records, version)
    _settled = None if uncommitted() else fleet
    return fleet


def _fleet(records: dict[str, tuple[object, ...]], version: int) -> Fleet:
    ordered = sorted(records.values(), key=lambda record: str(record[0]))
    columns = tuple(zip(*ordered, strict=True)) if ordered else ((),) * len(_FIELDS)
    urns, level, longitude, latitude, names_vi, names_en, simulated, parents, units = columns
    levels = sorted(set(level))
    number = {name: i for i, name in enumerate(levels)}
    longitudes = np.array(longitude, dtype=np.float64)
    placed = ~np.isnan(longitudes)
    where = np.flatnonzero(placed).tolist()
    some = len(where) != len(urns)
    positions = Positions(
        urns=tuple(urns[i] for i in where) if some else urns,
        longitude=longitudes[placed],
        latitude=np.array(latitude, dtype=np.float64)[placed],
        kinds=np.array([number[name] for name in level], dtype=np.int32)[placed],
        levels=tuple(levels),
        version=version,
        names_vi=tuple(names_vi[i] for i in where) if some else names_vi,
        names_en=tuple(names_en[i] for i in where) if some else names_en,
        simulated=np.array(simulated, dtype=np.bool_)[placed],
    )
    for array in (positions.longitude, positions.latitude, positions.kinds, positions.simulated):
        array.flags.writeable = False
    by_urn = (dict(zip(urns, column, strict=True)) for column in (units, parents))
    return Fleet(records, urns, names_vi, names_en, next(by_urn), next(by_urn), positions, version)


_fleet_held = Cached(("assets",), _build)


def fleet() -> Fleet:
    return _fleet_held.get()


def positions() -> Positions:
    return fleet().positions


def home_of(urn: str) -> tuple[str | None, str | None]:
    """Its parent and the commune that it stands in; also of one that was saved a moment ago by another process."""
    held = fleet()
    if urn in held.units:
        return held.parents[urn], held.units[urn]
    return Place.objects.filter(urn=urn).values_list("parent_id", "unit_id").first() or (None, None)


def places(urns: Iterable[str]) -> dict[str, PlaceRow]:
    """Those that exist: units from memory, the others by one query for every 5,000."""
    held = tree().rows
    wanted = list(dict.fromkeys(urns))
    found = {urn: held[urn] for urn in wanted if urn in held}
    others = [urn for urn in wanted if urn not in held]
    for start in range(0, len(others), _CHUNK):
        chunk = Place.objects.filter(urn__in=others[start : start + _CHUNK])
        found.update((values[0], row_of(values)) for values in chunk.values_list(*FIELDS))
    return {urn: found[urn] for urn in wanted if urn in found}


def assets(*, within: str | None, level: str | None, after: str, limit: int) -> Sequence[PlaceRow]:
    rows = Place.objects.exclude(kind="unit").order_by("urn")
    if level is not None:
        rows = rows.filter(level=level)
    held = tree()
    if within is None or within == domain.COUNTRY:
        pass
    elif within in held.rows:
        communes = held.communes(within)
        province = held.rows[within].level == "province" and held.is_present(within)
        rows = rows.filter(unit__parent=within) if province else rows.filter(unit__in=communes)
    else:
        rows = rows.filter(parent=within)
    return tuple(row_of(values) for values in rows.filter(urn__gt=after)[:limit].values_list(*FIELDS))
