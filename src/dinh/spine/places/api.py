"""Places: lookup by URN, name and point; what a unit became; assets and their positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


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

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


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


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import took, changed, left as it was and refused, each refusal with place, value and remedy."""

    taken: int
    changed: int
    unchanged: int
    refused: Sequence[str]
    note: str = ""


def place(urn: str) -> PlaceRow:
    """Raises NotFound `places.no_place`."""
    raise NotImplementedError


def places(urns: Iterable[str]) -> Mapping[str, PlaceRow]:
    """Those that exist; one query."""
    raise NotImplementedError


def find(text: str, *, kinds: Sequence[str] = (), within: str | None = None, on: date | None = None, limit: int = 10) -> Sequence[PlaceRow]:
    """Best first, diacritics folded («soc trang» finds «Sóc Trăng»), old and new names; `on` None takes all periods,
    present ones first. Under 20 ms among all units."""
    raise NotImplementedError


def unit_at(longitude: float, latitude: float, *, level: str = "commune", on: date | None = None) -> PlaceRow | None:
    """The unit that contains the point on that day (today by default). Under 20 ms."""
    raise NotImplementedError


def children(urn: str, *, level: str | None = None) -> Sequence[PlaceRow]:
    raise NotImplementedError


def ancestors(urn: str) -> Sequence[PlaceRow]:
    """Nearest first."""
    raise NotImplementedError


def became(urn: str) -> Sequence[Succession]:
    raise NotImplementedError


def came_from(urn: str) -> Sequence[Succession]:
    raise NotImplementedError


def area(urn: str) -> Sequence[PlaceRow]:
    """The present communes of an area: a province of today, or what a former province became."""
    raise NotImplementedError


def contains(outer: str, inner: str) -> bool:
    """True if `inner` is `outer` or lies below it (assets by their unit); cached, cheap."""
    raise NotImplementedError


def unit_of(urn: str) -> str | None:
    """The present commune URN of a place of any kind; itself for a commune."""
    raise NotImplementedError


def units_of(urns: Iterable[str]) -> Mapping[str, str | None]:
    raise NotImplementedError


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
    raise NotImplementedError


def save_places(rows: Iterable[Mapping[str, Any]]) -> ImportReport:
    """Many of them, with the keyword arguments of `save_place`, in one transaction."""
    raise NotImplementedError


def assets(*, within: str | None = None, level: str | None = None, after: str = "", limit: int = 100) -> Sequence[PlaceRow]:
    """By URN, for paging: pass the last URN as `after`."""
    raise NotImplementedError


def positions() -> Positions:
    """Every asset and facility; cached until one changes."""
    raise NotImplementedError


def boundaries(urns: Sequence[str], *, tolerance_m: float) -> bytes:
    """GeoJSON FeatureCollection; feature properties urn, name_vi, name_en, full_name_vi, level, approximate. Cached."""
    raise NotImplementedError


def bounds(urns: Sequence[str]) -> tuple[float, float, float, float] | None:
    """west, south, east, north in degrees."""
    raise NotImplementedError


def load_units() -> ImportReport:
    """Loads every unit of both periods from the package vietnamadminunits; run again it changes nothing."""
    raise NotImplementedError


def import_boundaries(path: Path, *, progress: Callable[[int, int], None] | None = None) -> ImportReport:
    """GeoJSON (also gzipped) or GeoPackage; matches units by code and period, else by name and position."""
    raise NotImplementedError
