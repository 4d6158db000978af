"""From what a reading names to the lane it is written in: indicator, subject, source, unit and dimensions.

Each distinct combination is looked up in the registers once. Unknown things are refused, never made; a series
of known things is made at its first reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
        self.lane_of: dict[Profile, dict[str, int]] = {}
        self.terms_of: dict[Profile, Terms] = {}
        self.series: dict[tuple[int, str, str], int] = {}


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
        profiles, profile_of = _profiles(columns, good)
        terms = [self._terms(profile, known, cache, sources) for profile in profiles]
        combined, number = _distinct(profile_of, columns.subject.codes, len(columns.subject.words) + 1)
        combined_profile, combined_subject = combined
        subjects = columns.subject.words
        lanes = np.full(len(combined_profile), -1, np.int64)
        unknown: list[int] = []
        present = np.zeros(len(combined_profile), np.bool_)
        present[number[good]] = True
        for place, profile in enumerate(profiles):
            if terms[place].refusal is not None:
                continue
            chosen = np.flatnonzero((combined_profile == place) & present)
            found = cache.lane_of.setdefault(profile, {})
            names = combined_subject[chosen].tolist()
            numbers = [found.get(subjects[name], -1) for name in names]
            lanes[chosen] = numbers
            if -1 in numbers:
                unknown += [int(chosen[i]) for i, found_lane in enumerate(numbers) if found_lane < 0]
        refusals: dict[int, tuple[str, str]] = {}
        if unknown:
            asked = [(profiles[combined_profile[i]], subjects[combined_subject[i]]) for i in unknown]
            for i, answer in zip(unknown, self._look_up(asked, known, cache), strict=True):
                if isinstance(answer, int):
                    lanes[i] = answer
                else:
                    refusals[i] = answer
        lane = np.where(good, lanes[number], -1)
        reasons = columns.reasons
        for place, term in enumerate(terms):
            if term.refusal is not None:
                reasons.refuse(good & (profile_of == place), *term.refusal)
        if refusals:
            bad = good & (lane < 0) & reasons.good
            reasons.refuse_each(bad, lambda row: refusals[int(number[row])])
        lane[~reasons.good] = -1
        return Resolved(lane, profile_of, terms)

    def _cache(self, stamp: str) -> _Found:
        if connection.in_atomic_block:
            return _Found(stamp)  # what is made here may be rolled back, so it is not remembered
        if self._found.stamp != stamp:
            self._found = _Found(stamp)
        return self._found

    def _terms(self, profile: Profile, known: catalogue.Catalogue, cache: _Found, sources: frozenset[str]) -> Terms:
        if sources and profile.source not in sources:
            told = f"source '{profile.source[:80]}' is not one this key may write for; it may for {', '.join(sorted(sources))}"
            return _refusal("source.not_permitted", told)
        found = cache.terms_of.get(profile)
        if found is None:
            found = _terms_of(profile, known)
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
            cache.lane_of.setdefault(profile, {})[text] = lane
            answers.append(lane)
        return answers


def _refusal(code: str, message: str) -> Terms:
    return Terms(1.0, 0.0, -np.inf, np.inf, "", (code, message))


def _terms_of(profile: Profile, known: catalogue.Catalogue) -> Terms:
    spec = known.indicators.get(profile.indicator)
    if spec is None:
        near = catalogue.nearest(profile.indicator, known.indicators)
        told = f"indicator '{profile.indicator[:80]}' is not in the catalogue{near}; declare it, then replay these rows"
        return _refusal("indicator.unknown", told)
    if profile.source not in known.source_ids:
        near = catalogue.nearest(profile.source, known.source_ids)
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
    code = columns.indicator.codes
    for words in (columns.source, columns.unit, columns.dimensions):
        if len(words.words):
            combined = (code + 1) * (len(words.words) + 1) + (words.codes + 1)
            code = pa.array(combined).dictionary_encode().indices.to_numpy().astype(np.int64)
    first, number = _numbered(code)
    if not good.all():
        # A profile of refused rows only is not asked for.
        kept = np.unique(number[good])
        renumbered = np.zeros(len(first), np.int64)
        renumbered[kept] = np.arange(len(kept))
        first, number = first[kept], renumbered[number]
    profiles = [
        Profile(
            columns.indicator.words[columns.indicator.codes[row]] if columns.indicator.codes[row] >= 0 else "",
            columns.source.words[columns.source.codes[row]] if columns.source.codes[row] >= 0 else "",
            columns.unit.words[columns.unit.codes[row]] if columns.unit.codes[row] >= 0 else "",
            columns.dimensions.words[columns.dimensions.codes[row]] if columns.dimensions.codes[row] >= 0 else "",
        )
        for row in first.tolist()
    ]
    return profiles, number


def _numbered(code: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each distinct code, and the number of each row's code."""
    encoded = pa.array(code).dictionary_encode()
    number = encoded.indices.to_numpy().astype(np.int64)
    first = np.empty(len(encoded.dictionary), np.int64)
    first[number[::-1]] = np.arange(len(code) - 1, -1, -1)
    return first, number


def _distinct(
    profile: NDArray[np.int64], subject: NDArray[np.int64], width: int
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]:
    """Distinct pairs of profile and subject, and the pair of each row."""
    encoded = pa.array(profile * width + (subject + 1)).dictionary_encode()
    pairs = encoded.dictionary.to_numpy()
    return (pairs // width, pairs % width - 1), encoded.indices.to_numpy().astype(np.int64)


def dimensions_of(text: str) -> dict[str, str]:
    """The inverse of the canonical text."""
    parsed: dict[str, str] = json.loads(text) if text else {}
    return parsed
