"""Which series measure what, and at which place: an index of all series in memory, as parallel arrays."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.spine.observations.models import Series
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

REFORM_DATE: Final = date(2025, 7, 1)
"""Since that day there are 34 provinces without districts (Resolution 202/2025/QH15)."""
MOST_AREAS: Final = 256
REFORM: Final = clock.start_of_day(REFORM_DATE)


@dataclass(slots=True)
class Index:
    """One moment's view. `indicator` is the id in the registers; `subject` an index into `subjects`.

    `commune` is an index into `communes`, by subject; -1 where the subject lies in no present commune.
    """

    stamp: tuple[object, ...]
    series: NDArray[np.uint32]
    indicator: NDArray[np.int32]
    subject: NDArray[np.int32]
    subjects: list[str]
    numbers: dict[str, int]
    commune: NDArray[np.int32]
    communes: list[str]
    _areas: dict[str, NDArray[np.bool_]] = field(default_factory=dict)
    _by_id: NDArray[np.int64] | None = None
    _former: dict[int, str] = field(default_factory=dict)
    _provinces: dict[str, str] = field(default_factory=dict)

    def of_indicator(self, indicator_id: int) -> NDArray[np.int64]:
        """Positions of the indicator's series."""
        return np.flatnonzero(self.indicator == indicator_id)

    def position(self, series: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Positions of series by their ids; all must be known."""
        return self._positions()[series]

    def known(self, series: NDArray[np.uint32]) -> NDArray[np.bool_]:
        positions = self._positions()
        inside = series < len(positions)
        found = np.zeros(len(series), np.bool_)
        found[inside] = positions[series[inside]] >= 0
        return found

    def _positions(self) -> NDArray[np.int64]:
        """By id: the position, or -1. Ids are dense, so a table is ten times as fast as a search."""
        if self._by_id is None:
            table = np.full(int(self.series[-1]) + 1 if len(self.series) else 0, -1, np.int64)
            table[self.series] = np.arange(len(self.series))
            self._by_id = table
        return self._by_id

    def inside(self, within: str) -> NDArray[np.bool_]:
        """By subject: whether it is `within` or lies in it."""
        mask = self._areas.get(within)
        if mask is None:
            if len(self._areas) >= MOST_AREAS:
                self._areas.clear()  # anybody may ask for any area
            mask = self._areas[within] = self._find_inside(within)
        return mask

    def _find_inside(self, within: str) -> NDArray[np.bool_]:
        try:
            area = {row.urn for row in places.area(within)}
        except DinhError:
            area = set()  # a facility or an asset: only itself and what stands in it
        in_area = np.array([urn in area for urn in self.communes] + [False], np.bool_)
        mask = in_area[self.commune]
        for number, urn in enumerate(self.subjects):
            if urn == within:
                mask[number] = True
            elif not mask[number] and self.commune[number] < 0 and urn.startswith("urn:dinh:unit:"):
                mask[number] = places.contains(within, urn)
        return mask

    def place_now(self, subject: int) -> str:
        """The commune of an asset; a unit of any level or period is its own place."""
        number = self.commune[subject]
        urn = self.subjects[subject]
        return urn if number < 0 or urn.startswith("urn:dinh:unit:") else self.communes[number]

    def place_before_reform(self, subject: int) -> str:
        """The commune of before 2025-07-01 in which an asset's point lay; a unit is its own place."""
        found = self._former.get(subject)
        if found is None:
            found = self._former[subject] = self._find_former(self.subjects[subject])
        return found

    def _find_former(self, urn: str) -> str:
        if urn.startswith("urn:dinh:unit:"):
            return urn
        row = places.places([urn]).get(urn)
        if row is None or row.longitude is None or row.latitude is None:
            return urn
        unit = places.unit_at(row.longitude, row.latitude, on=REFORM_DATE - timedelta(days=1))
        return unit.urn if unit else urn

    def province(self, place: str) -> str:
        """The province above a place in the place's own period, or the place itself where there is none."""
        found = self._provinces.get(place)
        if found is None:
            above = [place_row for place_row in self._ancestors(place) if place_row.level == "province"]
            found = self._provinces[place] = above[0].urn if above else place
        return found

    def _ancestors(self, place: str) -> Sequence[places.PlaceRow]:
        known = places.places([place])
        return places.ancestors(place) if place in known else ()


_guard: Final = threading.Lock()
_held: Index | None = None


def forget() -> None:
    global _held
    with _guard:
        _held = None


def index() -> Index:
    """The present index; new series are added to what is held, a change of places builds it anew."""
    global _held
    last = Series.objects.order_by("-id").values_list("id", "created_at").first()
    stamp = (last, places.positions().version)
    held = _held
    if held is not None and held.stamp == stamp:
        return held
    with _guard:
        if _held is None or _held.stamp != stamp:
            _held = _build(stamp, _held)
        return _held


def _build(stamp: tuple[object, ...], held: Index | None) -> Index:
    grown = held is not None and held.stamp[1] == stamp[1] and _still_there(held)
    base = held if grown else None
    after = int(base.series[-1]) if base is not None and len(base.series) else 0
    rows = list(Series.objects.filter(id__gt=after).order_by("id").values_list("id", "indicator_id", "subject"))
    subjects = list(base.subjects) if base else []
    numbers = dict(base.numbers) if base else {}
    fresh: list[str] = []
    subject = np.empty(len(rows), np.int32)
    for place, (_, _, urn) in enumerate(rows):
        number = numbers.get(urn)
        if number is None:
            number = numbers[urn] = len(subjects)
            subjects.append(urn)
            fresh.append(urn)
        subject[place] = number
    communes = list(base.communes) if base else []
    commune = _communes_of(fresh, communes)
    series = np.array([row[0] for row in rows], np.uint32)
    indicator = np.array([row[1] for row in rows], np.int32)
    if base is not None:
        series = np.concatenate((base.series, series))
        indicator = np.concatenate((base.indicator, indicator))
        subject = np.concatenate((base.subject, subject))
        commune = np.concatenate((base.commune, commune))
    return Index(stamp, series, indicator, subject, subjects, numbers, commune, communes)


def _still_there(held: Index) -> bool:
    """False after a rolled-back transaction whose ids were given out again."""
    last = held.stamp[0]
    if last is None:
        return not len(held.series)
    assert isinstance(last, tuple)
    return Series.objects.filter(id=last[0], created_at=last[1]).exists()


def _communes_of(urns: Sequence[str], communes: list[str]) -> NDArray[np.int32]:
    """Extends `communes` by those that are new. A party stands where its own place is."""
    numbers = {urn: number for number, urn in enumerate(communes)}
    at = _places_of_parties([urn for urn in urns if urn.startswith(("urn:dinh:organisation:", "urn:dinh:person:"))])
    units = places.units_of({at.get(urn, urn) for urn in urns}) if urns else {}
    found = np.full(len(urns), -1, np.int32)
    for place, urn in enumerate(urns):
        unit = units.get(at.get(urn, urn))
        if unit is not None:
            number = numbers.setdefault(unit, len(communes))
            if number == len(communes):
                communes.append(unit)
            found[place] = number
    return found


def _places_of_parties(urns: Sequence[str]) -> Mapping[str, str]:
    return {urn: row.place for urn, row in parties.parties(urns).items() if row.place} if urns else {}
