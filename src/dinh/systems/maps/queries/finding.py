"""Places by name and kind, the best or the nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.domain.geometry import Point, distances_m
from dinh.systems.maps.domain.kinds import Asked, Kind
from dinh.systems.maps.queries.catalogue import Catalogue, catalogue, homes

PAGE: Final = 20
DOTS: Final = 400
"""Points on the map beside the list."""
LONGEST: Final = 80
_MATCHES: Final = 5_000
_NOT: Final = 99
_BEYOND: Final = 1e9
"""More metres than the earth has, and more names than a register."""
_OF_KIND, _OF_KIND_THERE = 1, 3
"""A kind's name counts like the beginning of a name; a kind with the name of a commune like all words."""
_NEAR: Final = np.array([0, 1, 1, 1, 2, 3] + [_NOT] * (_NOT - 5))
"""With a point to be near to, distance decides among all that match about as well."""


@dataclass(frozen=True, slots=True)
class Hit:
    place: places.PlaceRow
    kind: Kind | None
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the map."""

    urn: str
    name: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits; `nearby` says that the words ask for what is near, `kind` what kind they ask for."""

    hits: Sequence[Hit]
    total: int
    dots: Sequence[Dot]
    kind: Kind | None
    nearby: bool
    meant: bool = False
    """The words found nothing; `kind` is what they come nearest to."""


def find(text: str = "", *, kind: str = "", near: Point | None = None, page: int = 1, language: str = "vi") -> Found:
    """With neither text nor kind everything, which is of use near a point only."""
    held = catalogue()
    text = text[:LONGEST]
    asked = kinds.asked(text)
    rank = _ranks(held, text, asked)
    instead = kinds.meant(text) if not (rank < _NOT).any() and asked.kind is None else None
    if instead is not None:
        asked = Asked(instead, "", asked.nearby)
        rank[held.of_kind(instead.code)] = _OF_KIND
    if kind:
        rank[~held.of_kind(kind)] = _NOT
    start = (max(1, page) - 1) * PAGE
    order, total, apart_m = _order(held, rank, near, max(DOTS, start + PAGE))
    shown = order[start : start + PAGE].tolist()
    rows = places.places([held.urns[i] for i in shown])
    hits = [
        Hit(
            rows[held.urns[i]],
            kinds.BY_CODE.get(rows[held.urns[i]].level),
            None if apart_m is None else float(apart_m[i]),
        )
        for i in shown
        if held.urns[i] in rows
    ]
    names = held.names_vi if language.startswith("vi") else held.names_en
    dots = [
        Dot(held.urns[i], names[i], round(float(held.longitude[i]), 6), round(float(held.latitude[i]), 6))
        for i in order[:DOTS].tolist()
    ]
    return Found(hits, total, dots, asked.kind, asked.nearby, meant=instead is not None)


def _ranks(held: Catalogue, text: str, asked: Asked) -> NDArray[np.int64]:
    if not fold(text) or (asked.nearby and asked.kind is None and not asked.rest):
        return np.zeros(len(held.urns), dtype=np.int64)
    rank = np.full(len(held.urns), _NOT, dtype=np.int64)
    words = text if not asked.nearby else f"{asked.kind.name.vi if asked.kind else ''} {asked.rest}"
    for urn, how in places.matches(words, kinds=("facility",), limit=_MATCHES).items():
        at = held.place_of.get(urn)
        if at is not None:
            rank[at] = how
    if asked.kind is None:
        return rank
    of_kind = held.of_kind(asked.kind.code)
    if not asked.rest:
        rank[of_kind] = np.minimum(rank[of_kind], _OF_KIND if asked.by_name else _OF_KIND_THERE)
    elif (area := _area(asked.rest)) is not None:
        units = homes(held)
        candidates: list[int] = np.flatnonzero(of_kind & (rank > _OF_KIND_THERE)).tolist()
        inside = _communes(area, {units[i] for i in candidates})
        rank[[i for i in candidates if units[i] in inside]] = _OF_KIND_THERE
    return rank


def _area(name: str) -> str | None:
    """The unit of that very name: those of today before those of the past, communes as well as provinces."""
    return next(iter(places.matches(name, kinds=("unit",), limit=1, worst=0)), None)


def _communes(area: str, among: AbstractSet[str | None]) -> AbstractSet[str | None]:
    row = places.places([area]).get(area)
    if row is not None and row.level == "commune" and row.valid_to is None:
        return {area}
    return {unit for unit in among if unit is not None and places.contains(area, unit)}


def _order(
    held: Catalogue, rank: NDArray[np.int64], near: Point | None, most: int
) -> tuple[NDArray[np.int64], int, NDArray[np.floating[Any]] | None]:
    """Positions of the first `most` that match, best first, how many match in all, and the distance of every place."""
    chosen = np.flatnonzero(rank < _NOT)
    apart_m = None if near is None else distances_m(near, held.longitude, held.latitude)
    groups = rank[chosen] if apart_m is None else _NEAR[rank[chosen]]
    second = held.alphabet[chosen] if apart_m is None else apart_m[chosen]
    first = np.arange(len(chosen))
    if len(chosen) > most:
        # To sort all of 100,000 for a page takes twice as long as everything else.
        first = np.argpartition(groups * _BEYOND + second, most)[:most]
    order = first[np.lexsort((held.alphabet[chosen][first], second[first], groups[first]))]
    return chosen[order], len(chosen), apart_m


def in_commune(urn: str) -> Sequence[places.PlaceRow]:
    """Every place of a commune, by kind and name."""
    held = catalogue()
    urns = [place for place, home in zip(held.urns, homes(held), strict=True) if home == urn]
    return sorted(places.places(urns).values(), key=lambda row: (row.level, row.name_vi.casefold(), row.urn))
