"""Reads the two catalogues of administrative units from the data of the package vietnamadminunits.

Its tables say more than its functions: official codes, centres, and what every former commune became. Four
kinds of mistakes in them are mended here by rule: islands on the mainland, namesakes of merged provinces taken
for one another, parts that passed to a far namesake, and centres that lie far from all that the commune was
made of.
"""

from __future__ import annotations

import json
import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dinh.kernel.errors import SourceUnavailable
from dinh.spine.places import domain
from dinh.spine.places.domain import unit_urn

FAR_KM = 25.0


@dataclass(slots=True)
class Unit:
    urn: str
    level: str
    code: str
    rank: str
    short: str
    parent: str
    longitude: float | None
    latitude: float | None
    area_km2: float | None = None


@dataclass(frozen=True, slots=True)
class Passing:
    former: str
    heir: str
    whole: bool
    main: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    units: Mapping[str, Unit]
    passings: tuple[Passing, ...]


@cache
def read() -> Catalogue:
    """Every unit of both periods, parents before children. Raises SourceUnavailable without the package."""
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise SourceUnavailable(
            "places.no_catalogue",
            "the package vietnamadminunits is not installed; run `pip install vietnamadminunits==1.0.4`",
        )
    folder = Path(spec.origin).parent / "data"
    with closing(sqlite3.connect(f"file:{folder / 'dataset.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        old = database.execute("SELECT * FROM admin_units_legacy").fetchall()
        new = database.execute("SELECT * FROM admin_units").fetchall()
    conversion = json.loads((folder / "converter_2025.json").read_bytes())
    units = {unit.urn: unit for unit in (*_former_units(old), *_present_units(new))}
    _move_islands(units)
    passings = [*_province_passings(conversion, old, new), *_commune_passings(conversion, old, new, units)]
    _mend_centres(units, passings)
    return Catalogue(units, tuple(passings))


def _former_units(rows: list[Any]) -> Iterator[Unit]:
    seen: set[str] = set()
    below: list[Unit] = []
    for row in rows:
        province, district = unit_urn(2004, row["provinceCode"]), unit_urn(2004, row["districtCode"])
        if province not in seen:
            seen.add(province)
            rank = _rank(row["province"], row["provinceShort"])
            yield Unit(
                province, "province", row["provinceCode"], rank, row["provinceShort"], domain.COUNTRY,
                row["provinceLon"], row["provinceLat"],
            )  # fmt: skip
        if district not in seen:
            seen.add(district)
            below.append(
                Unit(
                    district, "district", row["districtCode"], row["districtType"], _short(row["districtShort"]), province,
                    row["districtLon"], row["districtLat"],
                )
            )  # fmt: skip
        if row["wardCode"]:
            below.append(
                Unit(
                    unit_urn(2004, row["wardCode"]), "commune", row["wardCode"], row["wardType"], _short(row["wardShort"]),
                    district, row["wardLon"], row["wardLat"],
                )
            )  # fmt: skip
    yield from below


def _present_units(rows: list[Any]) -> Iterator[Unit]:
    seen: set[str] = set()
    below: list[Unit] = []
    for row in rows:
        province = unit_urn(2025, row["provinceCode"])
        if province not in seen:
            seen.add(province)
            rank = _rank(row["province"], row["provinceShort"])
            yield Unit(
                province, "province", row["provinceCode"], rank, row["provinceShort"], domain.COUNTRY,
                row["provinceLon"], row["provinceLat"],
            )  # fmt: skip
        below.append(
            Unit(
                unit_urn(2025, row["wardCode"]), "commune", row["wardCode"], row["wardType"], _short(row["wardShort"]),
                province, row["wardLon"], row["wardLat"], row["wardAreaKm2"],
            )
        )  # fmt: skip
    yield from below


_RANK_BEHIND = re.compile(r" \((?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố)\)$", re.IGNORECASE)


def _short(name: str) -> str:
    """Namesakes beside each other carry their rank behind the short name there: «Long Phú (Thị trấn)»."""
    return _RANK_BEHIND.sub("", name)


def _rank(full: str, short: str) -> str:
    return full.removesuffix(short).strip()


def _move_islands(units: Mapping[str, Unit]) -> None:
    """The package has the former districts on the mainland; both periods get the true positions."""
    for unit in units.values():
        if unit.short in ("Hoàng Sa", "Trường Sa") and unit.rank.lower() in ("huyện", "đặc khu"):
            unit.longitude, unit.latitude = domain.HOANG_SA if unit.short == "Hoàng Sa" else domain.TRUONG_SA
    for unit in units.values():
        district = units.get(unit.parent)
        if unit.level == "commune" and district and district.short == "Trường Sa":
            unit.longitude, unit.latitude = domain.ISLANDS["Trường Sa"][unit.short]


def _province_passings(conversion: Any, old: list[Any], new: list[Any]) -> Iterator[Passing]:
    former = {row["provinceKey"]: unit_urn(2004, row["provinceCode"]) for row in old}
    present = {row["provinceKey"]: unit_urn(2025, row["provinceCode"]) for row in new}
    for heir, parts in conversion["DICT_PROVINCE"].items():
        for part in parts:
            yield Passing(former[part], present[heir], whole=True, main=True)


def _commune_passings(conversion: Any, old: list[Any], new: list[Any], units: Mapping[str, Unit]) -> Iterator[Passing]:
    former: dict[str, str] = {}
    for row in old:
        key = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        former[key] = unit_urn(2004, row["wardCode"] or row["districtCode"])
    present = {(row["provinceKey"], row["wardKey"]): unit_urn(2025, row["wardCode"]) for row in new}
    districts: dict[str, set[str]] = defaultdict(set)
    for province, heirs in conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for heir, parts in heirs.items():
            for part in parts:
                yield Passing(former[part], present[province, heir], whole=True, main=True)
                districts[present[province, heir]].add(units[former[part]].parent)
    divided: dict[str, dict[str, bool]] = {}
    for province, parts in conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, heirs in parts.items():
            divided[former[part]] = {present[province, w["newWardKey"]]: w["isDefaultNewWard"] for w in heirs}
    for part, heirs in _without_namesakes(divided, districts, units).items():
        main = next((heir for heir, default in heirs.items() if default), next(iter(heirs)))
        for heir in heirs:
            yield Passing(part, heir, whole=len(heirs) == 1, main=heir == main)


def _without_namesakes(
    divided: Mapping[str, Mapping[str, bool]], districts: Mapping[str, set[str]], units: Mapping[str, Unit]
) -> dict[str, dict[str, bool]]:
    """Communes of one name in provinces that were merged are taken for one another by the package: each is said
    to have passed in parts to the heirs of all. An heir keeps the namesake that shares a former district with
    its other parts, else a former province, else the nearest; a far heir of another district is dropped."""

    def strangeness(part: str, heir: str) -> tuple[int, float]:
        district = units[part].parent
        near = districts[heir]
        provinces = {units[d].parent for d in near if d in units}
        kin = 0 if district in near else 1 if units[district].parent in provinces else 2
        return kin, distance_km(units[part], units[heir])

    namesakes: dict[tuple[str, frozenset[str]], list[str]] = defaultdict(list)
    for part, heirs in divided.items():
        namesakes[units[part].short, frozenset(heirs)].append(part)
    kept: dict[str, dict[str, bool]] = {part: {} for part in divided}
    for (_, shared), parts in namesakes.items():
        for heir in sorted(shared):
            part = min(parts, key=lambda part: strangeness(part, heir))
            kept[part][heir] = divided[part][heir]
    for part, kept_heirs in kept.items():
        if not kept_heirs:
            kept_heirs.update(divided[part])
        near = {
            heir: default
            for heir, default in kept_heirs.items()
            if strangeness(part, heir)[0] == 0 or strangeness(part, heir)[1] <= FAR_KM
        }
        kept[part] = near or kept_heirs
    return kept


def distance_km(one: Unit, other: Unit) -> float:
    """On a sphere, good to 0.5 %; infinite where a centre is unknown."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return math.inf
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians((one.latitude + other.latitude) / 2))
    return 6371.0 * math.hypot(east, math.radians(other.latitude - one.latitude))


def _mend_centres(units: Mapping[str, Unit], passings: list[Passing]) -> None:
    """A present commune whose centre is farther from all its parts than FAR_KM was confused with a namesake, or its
    parts were: the former districts of the parts say which, and the other is moved."""
    parts: dict[str, list[Unit]] = defaultdict(list)
    for passing in passings:
        if units[passing.heir].level == "commune":
            parts[passing.heir].append(units[passing.former])
    for urn, former in parts.items():
        unit = units[urn]
        placed = [part for part in former if part.longitude is not None and units[part.parent].level == "district"]
        if not placed or unit.rank == "Đặc khu" or min(distance_km(unit, part) for part in placed) <= FAR_KM:
            continue
        here = min(distance_km(unit, units[part.parent]) for part in placed)
        there = min(distance_km(part, units[part.parent]) for part in placed)
        if there < here:
            unit.longitude = sum(part.longitude or 0.0 for part in placed) / len(placed)
            unit.latitude = sum(part.latitude or 0.0 for part in placed) / len(placed)
        else:
            for part in placed:
                part.longitude, part.latitude = unit.longitude, unit.latitude
