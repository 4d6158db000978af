"""Every place that can be found, in memory: built anew only when the register of places changed."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds

PREFIX: Final = "urn:dinh:facility:"
_building: Final = threading.Lock()
"""After a change of the register the first to look something up builds it for all."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Parallel sequences; `place_of` is the position by URN, `alphabet` the order of the names."""

    urns: Sequence[str]
    longitude: NDArray[np.float64]
    latitude: NDArray[np.float64]
    level: NDArray[np.int32]
    levels: Sequence[str]
    names_vi: Sequence[str]
    names_en: Sequence[str]
    place_of: Mapping[str, int]
    alphabet: NDArray[np.int64]
    version: int

    def of_kind(self, code: str) -> NDArray[np.bool_]:
        if code not in self.levels:
            return np.zeros(len(self.urns), dtype=np.bool_)
        found: NDArray[np.bool_] = self.level == self.levels.index(code)
        return found

    def counts(self) -> Mapping[str, int]:
        """How many there are of each kind that people look for."""
        counted = np.bincount(self.level, minlength=len(self.levels)).tolist()
        return {
            code: count for code, count in zip(self.levels, counted, strict=True) if count and code in kinds.BY_CODE
        }


def homes(held: Catalogue) -> Sequence[str | None]:
    """The commune of each place."""
    with _building:
        return _homes(held)


@lru_cache(maxsize=1)
def _homes(held: Catalogue) -> Sequence[str | None]:
    units = places.units_of(held.urns)
    return [units.get(urn) for urn in held.urns]


def catalogue() -> Catalogue:
    held = _Held(places.positions())
    with _building:
        return _built(held)


class _Held:
    """The positions as a key: the same version is the same register."""

    def __init__(self, positions: places.Positions) -> None:
        self.positions = positions

    def __hash__(self) -> int:
        return hash(self.positions.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.positions is self.positions


@lru_cache(maxsize=1)
def _built(held: _Held) -> Catalogue:
    positions = held.positions
    gone = positions.levels.index(kinds.GONE) if kinds.GONE in positions.levels else -1
    facility = np.fromiter(
        (urn.startswith(PREFIX) for urn in positions.urns), dtype=np.bool_, count=len(positions.urns)
    )
    chosen = np.flatnonzero(facility & (positions.kinds != gone))
    at = chosen.tolist()
    urns = tuple(positions.urns[i] for i in at)
    names_vi = tuple(positions.names_vi[i] for i in at)
    order: NDArray[Any] = np.empty(len(urns), dtype=np.int64)
    folded = {name: fold(name) for name in set(names_vi)}
    order[sorted(range(len(urns)), key=lambda i: folded[names_vi[i]])] = np.arange(len(urns))
    return Catalogue(
        urns=urns,
        longitude=positions.longitude[chosen],
        latitude=positions.latitude[chosen],
        level=positions.kinds[chosen],
        levels=positions.levels,
        names_vi=names_vi,
        names_en=tuple(positions.names_en[i] for i in at),
        place_of={urn: i for i, urn in enumerate(urns)},
        alphabet=order,
        version=positions.version,
    )
