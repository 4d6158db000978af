"""Many series' steps become one value a place and step, as the indicator's kind permits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind
from dinh.spine.observations.history.schema import MISSING
from dinh.spine.observations.steps import NO_INCREASE, NOT_ADDITIVE, Steps

NUMERATOR_MISSING: Final = 103
DENOMINATOR_MISSING: Final = 104
DENOMINATOR_ZERO: Final = 105
NO_READINGS: Final = 106
REASONS: Final = {
    **MISSING,
    NOT_ADDITIVE: "not_additive",
    NO_INCREASE: "no_earlier_reading",
    NUMERATOR_MISSING: "numerator_missing",
    DENOMINATOR_MISSING: "denominator_missing",
    DENOMINATOR_ZERO: "denominator_zero",
    NO_READINGS: "no_readings",
}
"""Why a condensed value is missing, beside the reasons of single readings."""


def over_place(spec: IndicatorSpec) -> Aggregation:
    """An index has no sum and no mean over places; a ratio without its parts neither."""
    if spec.kind in {Kind.INDEX, Kind.RATIO} and spec.over_place in {Aggregation.MEAN, Aggregation.SUM}:
        return Aggregation.NONE
    return spec.over_place


@dataclass(frozen=True, slots=True)
class Folded:
    """Parallel arrays of shape (n,), sorted by place and step."""

    place: NDArray[np.int64]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]
    readings: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.place)


def fold(steps: Steps, place: NDArray[np.int64], own: NDArray[np.bool_], how: Aggregation) -> Folded:
    """`place` is a number per entry of `steps`; `own` tells that the entry's subject is that place itself.

    Where a place reports its own value, that value counts and those from within it do not. Missing entries are
    left out as long as another entry of the place and step has a value.
    """
    if not len(steps):
        nothing = np.zeros(0, np.int64)
        return Folded(nothing, nothing, np.zeros(0), np.zeros(0, np.uint8), nothing)
    order = np.lexsort((steps.at_us, place))
    if how is Aggregation.LAST:
        order = np.lexsort((steps.last_us, steps.at_us, place))
    places, at_us, own = place[order], steps.at_us[order], own[order]
    value, missing, readings = steps.value[order], steps.missing[order], steps.readings[order]
    if own.any() and not own.all():
        starts = _starts(places, at_us)
        group = _group_of(starts, len(places))
        better = np.maximum.reduceat((own & ~np.isnan(value)).astype(np.int8), starts)[group] > 0
        keep = own | ~better
        places, at_us, value = places[keep], at_us[keep], value[keep]
        missing, readings = missing[keep], readings[keep]
    starts = _starts(places, at_us)
    group = _group_of(starts, len(places))
    there = ~np.isnan(value)
    count = np.bincount(group, there, len(starts))
    folded = _values(value, there, group, starts, count, how)
    reason = np.where(count > 0, 0, np.maximum.reduceat(missing, starts)).astype(np.uint8)
    if how is Aggregation.NONE:
        reason[count > 1] = NOT_ADDITIVE
    folded[reason > 0] = np.nan
    return Folded(
        places[starts], at_us[starts], folded, reason, np.bincount(group, readings, len(starts)).astype(np.int64)
    )


def _values(
    value: NDArray[np.float64],
    there: NDArray[np.bool_],
    group: NDArray[np.int64],
    starts: NDArray[np.int64],
    count: NDArray[np.float64],
    how: Aggregation,
) -> NDArray[np.float64]:
    if how is Aggregation.MIN:
        return np.asarray(np.minimum.reduceat(np.where(there, value, np.inf), starts), np.float64)
    if how is Aggregation.MAX:
        return np.asarray(np.maximum.reduceat(np.where(there, value, -np.inf), starts), np.float64)
    if how is Aggregation.LAST:
        newest = np.maximum.reduceat(np.where(there, np.arange(len(value)), -1), starts)
        return value[newest]
    total = np.bincount(group, np.where(there, value, 0.0), len(starts))
    if how is Aggregation.MEAN:
        return np.asarray(total / np.maximum(count, 1), np.float64)
    return np.asarray(total, np.float64)


def _starts(places: NDArray[np.int64], at_us: NDArray[np.int64]) -> NDArray[np.int64]:
    changes = (places[1:] != places[:-1]) | (at_us[1:] != at_us[:-1])
    return np.flatnonzero(np.concatenate(([True], changes)))


def _group_of(starts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    marks = np.zeros(length, np.int64)
    marks[starts[1:]] = 1
    return np.cumsum(marks)


def pair(
    numerator: Steps, top: NDArray[np.int64], denominator: Steps, bottom: NDArray[np.int64]
) -> tuple[Steps, Steps]:
    """Leaves out, in each part, what its subject reports in that step of one part alone.

    `top` and `bottom` number the subjects. Parts that no subject reports both of (a count by station over a
    population by commune) are left as they are: they meet at the place.
    """
    if not np.isin(top, bottom).any():
        return numerator, denominator
    times, at = np.unique(np.concatenate((numerator.at_us, denominator.at_us)), return_inverse=True)
    keys, key = np.unique(np.concatenate((top, bottom)) * len(times) + at, return_inverse=True)
    whole = ~np.isnan(np.concatenate((numerator.value, denominator.value)))
    upper, lower = key[: len(top)], key[len(top) :]
    both = np.zeros(len(keys), np.int8)
    both[upper[whole[: len(top)]]] = 1
    both[lower[whole[len(top) :]]] |= 2
    return (
        _left_out(numerator, both[upper] != 3, DENOMINATOR_MISSING),
        _left_out(denominator, both[lower] != 3, NUMERATOR_MISSING),
    )


def _left_out(steps: Steps, alone: NDArray[np.bool_], reason: int) -> Steps:
    alone = alone & ~np.isnan(steps.value)
    return replace(
        steps,
        value=np.where(alone, np.nan, steps.value),
        missing=np.where(alone, np.uint8(reason), steps.missing),
    )


def divide(numerator: Folded, denominator: Folded) -> Folded:
    """Quotients by place and step. A step with one part alone is missing, with the absent part as the reason."""
    places = np.concatenate((numerator.place, denominator.place))
    at_us = np.concatenate((numerator.at_us, denominator.at_us))
    order = np.lexsort((at_us, places))
    places, at_us = places[order], at_us[order]
    if not len(places):
        return numerator
    starts = _starts(places, at_us)
    group = np.empty(len(places), np.int64)
    group[order] = _group_of(starts, len(places))
    top, bottom = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
    readings = np.zeros(len(starts), np.int64)
    why = np.zeros(len(starts), np.uint8)
    here, there = group[: len(numerator)], group[len(numerator) :]
    top[here], bottom[there] = numerator.value, denominator.value
    why[here] = numerator.missing
    readings[here] += numerator.readings
    readings[there] += denominator.readings
    missing = np.zeros(len(starts), np.uint8)
    missing[bottom == 0] = DENOMINATOR_ZERO
    missing[np.isnan(bottom)] = DENOMINATOR_MISSING
    missing[np.isnan(top) & (why != DENOMINATOR_MISSING)] = NUMERATOR_MISSING
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(missing > 0, np.nan, top / bottom)
    return Folded(places[starts], at_us[starts], value, missing, readings)
