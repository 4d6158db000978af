"""What a rule holds against its limit, for each reading: the value, its change, its distance from the usual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.spine.observations.judging.hours import DAY_US, THURSDAY, VIETNAM_US
from dinh.spine.observations.judging.stream import Stream

HOUR_US: Final = 3_600_000_000
NORMAL: Final = 1.4826
"""The median absolute deviation times this is the standard deviation of a normal distribution."""

type Measured = tuple[NDArray[np.float64], NDArray[np.float64] | None]
"""The measure, NaN where it cannot be told; and the usual value, where the kind knows one."""


class Measure(Protocol):
    def __call__(self, rows: Stream) -> Measured: ...


class Value:
    def __call__(self, rows: Stream) -> Measured:
        return rows.value, None


@dataclass(slots=True)
class Rate:
    """The change in `per_us` from the oldest reading of the last `window_us` to the newest. Where less than half of the
    window lies between them, or a counter has begun anew, nothing is said."""

    window_us: int
    per_us: int
    counter: bool
    _series: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    _at: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _value: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __call__(self, rows: Stream) -> Measured:
        size = int(max(rows.series.max(initial=0), self._series.max(initial=0))) + 1
        present = np.zeros(size, np.bool_)
        present[rows.series] = True
        kept = present[self._series]
        series = np.concatenate((self._series[kept], rows.series))
        at = np.concatenate((self._at[kept], rows.at_us))
        value = np.concatenate((self._value[kept], rows.value))
        order = np.lexsort((at, series))
        series, at, value = series[order], at[order], value[order]
        group = np.concatenate(([0], np.cumsum(series[1:] != series[:-1])))
        offset = at - int(at.min()) + self.window_us
        key = group * (int(offset.max()) + 1) + offset
        first = np.searchsorted(key, key - self.window_us, side="left")
        apart = at - at[first]
        change = value - value[first]
        known = (2 * apart >= self.window_us) & (apart > 0)
        if self.counter:
            known &= change >= 0
        rate = np.full(len(at), np.nan)
        rate[known] = change[known] / apart[known] * self.per_us
        newest = np.full(size, -(2**62), np.int64)
        np.maximum.at(newest, series, at)
        held = at > newest[series] - self.window_us
        away = ~kept
        self._series = np.concatenate((self._series[away], series[held]))
        self._at = np.concatenate((self._at[away], at[held]))
        self._value = np.concatenate((self._value[away], value[held]))
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return rate[back[int(kept.sum()) :]], None


@dataclass(frozen=True, slots=True)
class Profile:
    """The usual day of many series: `median` and `spread` of shape (series, slots), NaN where too few days are known.
    `place` gives a series' row by its id, -1 without one."""

    place: NDArray[np.int64]
    median: NDArray[np.float64]
    spread: NDArray[np.float64]


def slot_of(at_us: NDArray[np.int64], *, weekly: bool) -> NDArray[np.int64]:
    """The hour of the Vietnamese day, or of the week that begins on Monday."""
    local = at_us + VIETNAM_US
    slot = local % DAY_US // HOUR_US
    return slot + 24 * ((local // DAY_US + THURSDAY) % 7) if weekly else slot


@dataclass(slots=True)
class Unusual:
    """How many times the usual spread a reading lies from the usual value of its hour."""

    profile: Callable[[date], Profile]
    """The usual day as known when that day began."""
    side: str
    weekly: bool

    def __call__(self, rows: Stream) -> Measured:
        days = (rows.at_us + VIETNAM_US) // DAY_US
        slot = slot_of(rows.at_us, weekly=self.weekly)
        measured, expected = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
        for day in np.unique(days).tolist():
            usual = self.profile(date.fromordinal(clock.EPOCH.date().toordinal() + day))
            here = np.flatnonzero((days == day) & (rows.series < len(usual.place)))
            row = usual.place[rows.series[here]]
            here, row = here[row >= 0], row[row >= 0]
            expected[here] = usual.median[row, slot[here]]
            measured[here] = (rows.value[here] - expected[here]) / usual.spread[row, slot[here]]
        if self.side == "low":
            measured = -measured
        elif self.side == "both":
            measured = np.abs(measured)
        return measured, expected
