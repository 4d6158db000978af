"""From what a reading names to the lane it is written in: indicator, subject, source, unit and dimensions.

Each distinct combination is looked up in the registers once. Unknown things are refused, never made; a series
of known things is made at its first reading.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from django.db import connection
from numpy.typing import NDArray

from dinh.kernel import clock, units
from dinh.kernel.errors import Invalid
from dinh.kernel.urns import parse_urn
from dinh.spine.observations import catalogue
from dinh.spine.observations.history.newest import Lanes
from dinh.spine.observations.intake.columns import Columns
from dinh.spine.observations.models import Series
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

AT_ONCE: Final = 500
"""Combinations per SQL statement; SQLite takes a thousand parameters."""
MOST_CODES: Final = 1 << 16
"""Combinations of words that are counted in a table of their own; more are hashed."""
SUGGESTIONS: Final = 20
"""Unknown names of a batch that are told what is near; looking for it takes milliseconds a name."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A combination without its subject, by its texts."""

    indicator: str
    source: str
    unit: str
    dimensions: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Arrays of shape (n,), one entry a row; -1 in `lane` where the row is refused."""

    lane: NDArray[np.int64]
    profile: NDArray[np.int64]
    """Index into `terms`."""
    terms: Sequence[Terms]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for all rows of a profile: conversion into the indicator's unit, and what can be true in it."""

    factor: float
    offset: float
    valid_min: float
    valid_max: float
    unit: str
    refusal: tuple[str, str] | None = None


class _Found:
    """What is known under one stamp of the catalogue."""

    def __init__(self, stamp: str) -> None:
        self.stamp = stamp
        self.number_of: dict[str, int] = {}
        """A small number for each subject that was found."""
        self.terms_of: dict[Profile, Terms] = {}
        self.series: dict[tuple[int, str, str], int] = {}
        self._stretch_of: dict[Profile, tuple[int, int]] = {}
        """Where in `_lanes` the lanes of a profile lie, by the subject's number: start and length."""
        self._lanes = np.full(1024, -1, np.int64)
        """All stretches one after another, so that rows of many profiles are found in one step; -1 is not known yet."""
        self._used = 0
        self._guard = threading.Lock()

    def keep(self, profile: Profile, subject: str, lane: int) -> None:
        with self._guard:
            number = self.number_of.setdefault(subject, len(self.number_of))
            start, length = self._stretch_of.get(profile, (0, 0))
            if number >= length:
                start, length = self._longer(profile, start, length, max(64, 2 * number))
            self._lanes[start + number] = lane

    def _longer(self, profile: Profile, start: int, length: int, wanted: int) -> tuple[int, int]:
        """Moves a profile's stretch to the end; what it leaves behind is never more than what it takes."""
        while self._used + wanted > len(self._lanes):
            self._lanes = np.concatenate([self._lanes, np.full(len(self._lanes), -1, np.int64)])
        self._lanes[self._used : self._used + length] = self._lanes[start : start + length]
        self._stretch_of[profile] = self._used, wanted
        self._used += wanted
        return self._stretch_of[profile]

    def lanes(
        self, profiles: Sequence[Profile], profile_of: NDArray[np.int64], number: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The lane of each row by its profile and its subject's number (-1 is none); -1 where it is not known."""
        with self._guard:
            stretches = [self._stretch_of.get(profile, (0, 0)) for profile in profiles]
            held = self._lanes
        start = np.array([start for start, _ in stretches], np.int64)
        length = np.array([length for _, length in stretches], np.int64)
        inside = (number >= 0) & (number < length[profile_of])
        found: NDArray[np.int64] = held[np.where(inside, start[profile_of] + number, 0)]
        found[~inside] = -1
        return found


class Resolution:
    """Keeps what it has found for as long as the catalogue's stamp stays the same."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._found = _Found("")

    def resolve(self, columns: Columns, *, sources: frozenset[str]) -> Resolved:
        """The lane of each row; refuses rows in `columns.reasons`. `sources` are those allowed, empty is all."""
        known = catalogue.current()
        cache = self._cache(known.stamp)
        good = columns.reasons.good
        rows = len(good)
        lane = np.full(rows, -1, np.int64)
        profile_of = np.zeros(rows, np.int64)
        if not good.any():
            return Resolved(lane, profile_of, ())
        reasons = columns.reasons
        profiles, profile_of = _profiles(columns, good)
        terms: list[Terms] = []
        for profile in profiles:
            refused = sum(term.refusal is not None for term in terms)
            terms.append(self._terms(profile, known, cache, sources, suggest=refused < SUGGESTIONS))
        for place, term in enumerate(terms):
            if term.refusal is not None:
                reasons.refuse(good & (profile_of == place), *term.refusal)
        subjects = columns.subject.words
        number_of = cache.number_of.get
        numbers = np.array([number_of(word, -1) for word in subjects], np.int64)
        sought = reasons.good
        lane = np.where(sought, cache.lanes(profiles, profile_of, numbers[columns.subject.codes]), -1)
        unknown: dict[tuple[int, int], NDArray[np.int64]] = {}
        lost = np.flatnonzero(sought & (lane < 0))
        for place, chosen in _by_profile(profile_of, lost):
            codes = columns.subject.codes[chosen]
            unknown |= {(place, code): chosen[codes == code] for code in np.unique(codes).tolist()}
        if unknown:
            asked = [(profiles[place], subjects[code]) for place, code in unknown]
            for rows_of, answer in zip(unknown.values(), self._look_up(asked, known, cache), strict=True):
                if isinstance(answer, int):
                    lane[rows_of] = answer
                else:
                    marked = np.zeros(rows, np.bool_)
                    marked[rows_of] = True
                    reasons.refuse(marked, *answer)
        return Resolved(lane, profile_of, terms)

    def _cache(self, stamp: str) -> _Found:
        if connection.in_atomic_block:
            return _Found(stamp)  # what is made here may be rolled back, so it is not remembered
        if self._found.stamp != stamp:
            self._found = _Found(stamp)
        return self._found

    def _terms(
        self,
        profile: Profile,
        known: catalogue.Catalogue,
        cache: _Found,
        sources: frozenset[str],
        *,
        suggest: bool,
    ) -> Terms:
        if sources and profile.source not in sources:
            told = f"source '{profile.source[:80]}' is not one this key may write for; it may for {', '.join(sorted(sources))}"
            return _refusal("source.not_permitted", told)
        found = cache.terms_of.get(profile)
        if found is None:
            found = _terms_of(profile, known, suggest=suggest)
            if found.refusal is None:
                cache.terms_of[profile] = found
        return found

    def _look_up(
        self, asked: Sequence[tuple[Profile, str]], known: catalogue.Catalogue, cache: _Found
    ) -> Sequence[int | tuple[str, str]]:
        """A lane for each combination, or why there is none; makes series that are new."""
        subjects = {text: _subject(text) for text in {subject for _, subject in asked}}
        names = {name for name in subjects.values() if isinstance(name, str)}
        existing = _existing(names)
        wanted: dict[tuple[int, str, str], str] = {}
        answers: list[int | tuple[str, str]] = []
        keys: list[tuple[int, str, str] | None] = []
        for profile, text in asked:
            name = subjects[text]
            if not isinstance(name, str) or name not in existing:
                keys.append(None)
                continue
            combination = (known.indicator_ids[profile.indicator], name, profile.dimensions)
            keys.append(combination)
            if combination not in cache.series:
                wanted[combination] = profile.source
        if wanted:
            cache.series.update(_series_of(wanted))
        for (profile, text), key in zip(asked, keys, strict=True):
            name = subjects[text]
            if key is None:
                answers.append(name if not isinstance(name, str) else _unknown_subject(text))
                continue
            lane = self._lanes.number(cache.series[key], known.source_ids[profile.source])
            cache.keep(profile, text, lane)
            answers.append(lane)
        return answers


def _refusal(code: str, message: str) -> Terms:
    return Terms(1.0, 0.0, -np.inf, np.inf, "", (code, message))


def _terms_of(profile: Profile, known: catalogue.Catalogue, *, suggest: bool) -> Terms:
    spec = known.indicators.get(profile.indicator)
    if spec is None:
        near = catalogue.nearest(profile.indicator, known.indicators) if suggest else ""
        told = f"indicator '{profile.indicator[:80]}' is not in the catalogue{near}; declare it, then replay these rows"
        return _refusal("indicator.unknown", told)
    if profile.indicator in known.formulas and profile.source not in catalogue.FORMULA_SOURCES:
        told = f"indicator '{profile.indicator[:80]}' is worked out by a formula and takes no readings; send those of its parts"
        return _refusal("indicator.worked_out", told)
    if profile.source not in known.source_ids:
        near = catalogue.nearest(profile.source, known.source_ids) if suggest else ""
        told = f"source '{profile.source[:80]}' is not registered{near}; register it, then replay these rows"
        return _refusal("source.unknown", told)
    try:
        conversion = units.conversion(profile.unit or spec.unit, spec.unit)
    except Invalid as error:
        return _refusal(error.code, f"unit of {profile.indicator}: {error.message}")
    low = -np.inf if spec.valid_min is None else spec.valid_min
    high = np.inf if spec.valid_max is None else spec.valid_max
    return Terms(conversion.factor, conversion.offset, low, high, spec.unit)


def _subject(text: str) -> str | tuple[str, str]:
    try:
        return str(parse_urn(text))
    except Invalid as error:
        return error.code, f"subject: {error.message}"


def _unknown_subject(text: str) -> tuple[str, str]:
    told = f"subject '{text[:120]}' is neither a place nor a party that exists; create it, then replay these rows"
    return "subject.unknown", told


def _existing(names: Iterable[str]) -> set[str]:
    """Those that are places or parties."""
    ordered = sorted(names)
    found: set[str] = set()
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        found.update(places.places(some))
        others = [name for name in some if name not in found]
        if others:
            found.update(parties.parties(others))
    return found


def _series_of(wanted: Mapping[tuple[int, str, str], str]) -> dict[tuple[int, str, str], int]:
    """Ids of the series, made where they are not there yet."""
    found: dict[tuple[int, str, str], int] = {}
    keys = list(wanted)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found.update(_stored(some))
        new = [key for key in some if key not in found]
        if new:
            now = clock.now()
            rows = [
                Series(
                    indicator_id=indicator,
                    subject=subject,
                    dimensions=dimensions,
                    source=wanted[indicator, subject, dimensions],
                    created_at=now,
                )
                for indicator, subject, dimensions in new
            ]
            # Another process may make the same one at this moment: the database decides, the reading back tells.
            Series.objects.bulk_create(rows, ignore_conflicts=True)
            found.update(_stored(new))
    return found


def _stored(keys: Sequence[tuple[int, str, str]]) -> dict[tuple[int, str, str], int]:
    asked = set(keys)
    rows = Series.objects.filter(
        indicator_id__in={key[0] for key in keys}, subject__in={key[1] for key in keys}
    ).values_list("indicator_id", "subject", "dimensions", "id")
    return {
        (indicator, subject, dimensions): number
        for indicator, subject, dimensions, number in rows
        if (indicator, subject, dimensions) in asked
    }


def _profiles(columns: Columns, good: NDArray[np.bool_]) -> tuple[list[Profile], NDArray[np.int64]]:
    """The distinct profiles among good rows, and each row's; refused rows point anywhere."""
    parts = [columns.indicator, *(part for part in (columns.source, columns.unit, columns.dimensions) if part.words)]
    code = parts[0].codes + 1
    size = len(parts[0].words) + 1
    for part in parts[1:]:
        if size * (len(part.words) + 1) > MOST_CODES:
            first, code = _numbered(code, size)
            size = len(first)
        code = code * (len(part.words) + 1) + (part.codes + 1)
        size *= len(part.words) + 1
    first, number = _numbered(code, size)
    if not good.all():
        # A profile of refused rows only is not asked for.
        kept = np.unique(number[good])
        renumbered = np.zeros(len(first), np.int64)
        renumbered[kept] = np.arange(len(kept))
        first, number = first[kept], renumbered[number]
    words = (columns.indicator, columns.source, columns.unit, columns.dimensions)
    profiles = [
        Profile(*(part.words[part.codes[row]] if part.codes[row] >= 0 else "" for part in words))
        for row in first.tolist()
    ]
    return profiles, number


def _numbered(code: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each distinct code out of `size`, and the number of each row's code."""
    if size > MOST_CODES:
        encoded = pa.array(code).dictionary_encode()
        number = encoded.indices.to_numpy().astype(np.int64)
        first = np.empty(len(encoded.dictionary), np.int64)
        first[number[::-1]] = np.arange(len(code) - 1, -1, -1)
        return first, number
    first_of = np.full(size, -1, np.int64)
    first_of[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    seen = np.flatnonzero(first_of >= 0)
    number_of = np.zeros(size, np.int64)
    number_of[seen] = np.arange(len(seen))
    return first_of[seen], number_of[code]


def _by_profile(profile_of: NDArray[np.int64], rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The rows of each profile that has any."""
    if not len(rows):
        return
    profile = profile_of[rows]
    order = np.argsort(profile, kind="stable")
    places, starts = np.unique(profile[order], return_index=True)
    yield from zip(places.tolist(), np.split(rows[order], starts[1:]), strict=True)


def dimensions_of(text: str) -> dict[str, str]:
    """The inverse of the canonical text."""
    parsed: dict[str, str] = json.loads(text) if text else {}
    return parsed
