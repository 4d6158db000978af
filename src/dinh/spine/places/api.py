"""Places: lookup by URN, name and point; what a unit became; assets and their positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.tongues import named

COUNTRY = "urn:dinh:unit:VN"
"""The unit that holds the provinces of both periods."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A unit, a facility or an asset. `level` is country/province/district/commune for units and the
    type (`salinity_station`, `gnb_cell`, `hospital` …) for others. WGS 84 degrees.

    `boundary` is exact, approximate (a cell drawn from the centres) or none. `valid_to` is exclusive.
    """

    urn: str
    kind: str
    """unit, facility or asset."""
    level: str
    name_vi: str
    name_en: str
    full_name_vi: str
    """With its rank: «xã Trần Đề», «thành phố Cần Thơ»."""
    code: str
    parent: str | None
    longitude: float | None
    latitude: float | None
    valid_from: date | None = None
    valid_to: date | None = None
    boundary: str = "none"
    population: int | None = None
    area_km2: float | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    full_name_en: str = ""
    unit: str | None = None
    """The present commune that a facility or asset stands in."""
    operator: str = ""

    def name(self, language: str) -> str:
        return named(self.name_vi, self.name_en, language)


@dataclass(frozen=True, slots=True)
class Succession:
    """One line of a unit's history: `whole` is False where only a part passed."""

    place: PlaceRow
    on: date
    whole: bool


@dataclass(frozen=True, slots=True)
class Positions:
    """Every asset and facility within an area, as parallel arrays of shape (n,); degrees."""

    urns: Sequence[str]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    kinds: NDArray[np.int32]
    """Index into `levels`."""
    levels: Sequence[str]
    version: int
    names_vi: Sequence[str] = ()
    names_en: Sequence[str] = ()
    simulated: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import took, changed, left as it was and refused, each refusal with place, value and remedy."""

    taken: int
    changed: int
    unchanged: int
    refused: Sequence[str]
    note: str = ""


def dependencies() -> Mapping[str, Sequence[str]]:
    """Facilities and assets that declare, in their attribute `depends_on`, what they work by: URN -> those URNs."""
    from dinh.spine.places import dependencies as room

    return room.declared()


def place(urn: str) -> PlaceRow:
    """Raises NotFound `places.no_place`."""
    from dinh.kernel.errors import NotFound
    from dinh.spine.places import standing

    found = standing.places([urn])
    if urn not in found:
        raise NotFound("places.no_place", "there is no place '{urn}'; look it up by name, or save it first", urn=urn)
    return found[urn]


def places(urns: Iterable[str]) -> Mapping[str, PlaceRow]:
    """Those that exist; one query."""
    from dinh.spine.places import standing

    return standing.places(urns)


def find(
    text: str, *, kinds: Sequence[str] = (), within: str | None = None, on: date | None = None, limit: int = 10
) -> Sequence[PlaceRow]:
    """Best first, diacritics folded («soc trang» finds «Sóc Trăng»), old and new names; `on` None takes all periods,
    present ones first. Under 20 ms among all units."""
    from dinh.spine.places import finding

    return finding.find(text, kinds=kinds, within=within, on=on, limit=limit)


def matches(text: str, *, kinds: Sequence[str] = (), limit: int = 2_000, worst: int = 5) -> Mapping[str, int]:
    """URNs by how their names match, best first, without reading the rows: 0 exactly, 1 the beginning, 2 the beginning of
    a word, 3 every word, also of the areas around, 4 inside a word, 5 by small slips, where nothing else is found. None worse than `worst` is looked for."""
    from dinh.spine.places import finding

    return finding.matches(text, kinds=kinds, limit=limit, worst=worst)


def unit_at(longitude: float, latitude: float, *, level: str = "commune", on: date | None = None) -> PlaceRow | None:
    """The unit that contains the point on that day (today by default). Under 20 ms."""
    from dinh.spine.places import shapes

    return shapes.unit_at(longitude, latitude, level=level, on=on)


def children(urn: str, *, level: str | None = None) -> Sequence[PlaceRow]:
    """The units right below; with `level` those of that level at any depth. Of the country: the provinces of today."""
    from dinh.spine.places import history

    return history.children(urn, level=level)


def ancestors(urn: str) -> Sequence[PlaceRow]:
    """Nearest first."""
    from dinh.spine.places import history

    return history.ancestors(urn)


def became(urn: str) -> Sequence[Succession]:
    """What a former unit passed to, wholes first; nothing for a unit of today. Communes pass to communes and provinces
    to provinces; districts ended without heirs but the five that had no communes (see `area` for their ground)."""
    from dinh.spine.places import history

    return history.became(urn)


def came_from(urn: str) -> Sequence[Succession]:
    """The inverse of `became`."""
    from dinh.spine.places import history

    return history.came_from(urn)


def area(urn: str) -> Sequence[PlaceRow]:
    """The present communes of an area: a province of today, or what a former province became."""
    from dinh.spine.places import history

    return history.area(urn)


def contains(outer: str, inner: str) -> bool:
    """True if `inner` is `outer` or lies below it (assets by their unit); cached, cheap."""
    from dinh.spine.places import containment

    return containment.contains(outer, inner)


def unit_of(urn: str) -> str | None:
    """The present commune URN of a place of any kind; itself for a commune."""
    from dinh.spine.places import containment

    return containment.unit_of(urn)


def units_of(urns: Iterable[str]) -> Mapping[str, str | None]:
    from dinh.spine.places import containment

    return containment.units_of(urns)


def save_place(
    *,
    kind: str,
    id: str,
    level: str,
    name_vi: str,
    name_en: str,
    longitude: float | None,
    latitude: float | None,
    parent: str | None = None,
    operator: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    simulated: bool = False,
) -> PlaceRow:
    """Creates or updates a facility or asset by id (idempotent); its commune is found from its point. Raises Invalid."""
    from dinh.spine.places import saving

    return saving.save_place(
        kind=kind, id=id, level=level, name_vi=name_vi, name_en=name_en, longitude=longitude, latitude=latitude,
        parent=parent, operator=operator, attributes=attributes, simulated=simulated,
    )  # fmt: skip


def save_places(rows: Iterable[Mapping[str, Any]]) -> ImportReport:
    """Many of them, with the keyword arguments of `save_place`, in one transaction."""
    from dinh.spine.places import saving

    return saving.save_places(rows)


def import_places(
    path: Path,
    *,
    kind: str = "asset",
    level: str | None = None,
    simulated: bool = False,
    columns: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ImportReport:
    """Facilities and assets from CSV, Parquet, GeoJSON or GeoPackage; `columns` names the column of a field where it is
    not called as usual, the other arguments stand in for what the file does not say. `progress` hears rows read."""
    from dinh.spine.places import placefiles, saving

    rows = placefiles.rows(path, kind=kind, level=level, simulated=simulated, columns=columns or {})
    return saving.save_rows(placefiles.counted(rows, progress) if progress else rows)


def assets(
    *, within: str | None = None, level: str | None = None, after: str = "", limit: int = 100
) -> Sequence[PlaceRow]:
    """By URN, for paging: pass the last URN as `after`."""
    from dinh.spine.places import standing

    return standing.assets(within=within, level=level, after=after, limit=limit)


def positions() -> Positions:
    """Every asset and facility; cached until one changes."""
    from dinh.spine.places import standing

    return standing.positions()


def boundaries(urns: Sequence[str], *, tolerance_m: float) -> bytes:
    """GeoJSON FeatureCollection; feature properties urn, name_vi, name_en, full_name_vi, level, approximate. Cached."""
    from dinh.spine.places import outlines

    return outlines.boundaries(urns, tolerance_m=tolerance_m)


def bounds(urns: Sequence[str]) -> tuple[float, float, float, float] | None:
    """west, south, east, north in degrees."""
    from dinh.spine.places import outlines

    return outlines.bounds(urns)


@dataclass(frozen=True, slots=True)
class UnitShape:
    """A unit of today with its shape in degrees (a shapely polygon or multipolygon)."""

    place: PlaceRow
    shape: Any
    approximate: bool


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """`part` is land or archipelago; `label` is where the name of an archipelago stands, longitude and latitude."""

    part: str
    name_vi: str
    name_en: str
    shape: Any
    label: tuple[float, float] | None


def units_in(box: tuple[float, float, float, float], *, level: str, tolerance_m: float) -> Sequence[UnitShape]:
    """The provinces or communes of today that touch a box (west, south, east, north in degrees), for drawing."""
    from dinh.spine.places import outlines

    return outlines.units_in(box, level=level, tolerance_m=tolerance_m)


def country_outline() -> Sequence[OutlinePart]:
    """Land and larger islands, then Hoàng Sa and Trường Sa, whose islands are drawn larger than they are."""
    from dinh.spine.places import ground

    return ground.parts()


def version(part: str) -> int:
    """A number that grows when `units`, `assets` (facilities too) or `boundaries` change, in any process; it is read
    at most once a second."""
    from dinh.spine.places import versions

    return versions.current(part)


def load_units() -> ImportReport:
    """Loads every unit of both periods from the package vietnamadminunits; run again it changes nothing."""
    from dinh.spine.places import loading

    return loading.load_units()


def import_boundaries(path: Path, *, progress: Callable[[int, int], None] | None = None) -> ImportReport:
    """GeoJSON (also gzipped) or GeoPackage; matches units by code and period, else by name and position."""
    from dinh.spine.places import importing

    return importing.import_boundaries(path, progress=progress)
