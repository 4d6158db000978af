"""Readings in the order in which they count: late ones move nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dinh.spine.observations.rules import Transition


@dataclass(frozen=True, slots=True)
class Stream:
    """Parallel arrays of shape (n,), sorted by series and, within one, by time strictly ascending; no value is missing."""

    series: NDArray[np.uint32]
    source: NDArray[np.uint16]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    turn: NDArray[np.int64]
    """The order of commits: readings of a lower turn were known before."""

    def __len__(self) -> int:
        return len(self.series)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Stream:
        return Stream(*(getattr(self, name)[chosen] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Found:
    """One transition of one rule on one series. `reading` is the raw value behind it, `expected` the usual one."""

    turn: int
    series: int
    source: int
    transition: Transition
    reading: float | None = None
    expected: float | None = None


def accepted(
    series: NDArray[np.uint32],
    source: NDArray[np.uint16],
    at_us: NDArray[np.int64],
    value: NDArray[np.float64],
    turn: NDArray[np.int64],
    judged_us: NDArray[np.int64],
) -> Stream:
    """Leaves out what is missing, and what is not newer than everything of its series that came before it.

    `judged_us` is by series id: the newest reading judged so far.
    """
    there = np.flatnonzero(~np.isnan(value))
    order = there[np.lexsort((at_us[there], turn[there], series[there]))]
    numbers, times = series[order], at_us[order]
    if not len(order):
        return Stream(numbers, source[order], times, value[order], turn[order])
    keep = times > judged_us[numbers]
    same = numbers[1:] == numbers[:-1]
    if (same & (times[1:] <= times[:-1])).any():
        # Per series the running maximum: ranks of times, lifted by series, are exact where the times would overflow.
        _, rank = np.unique(times, return_inverse=True)
        group = np.concatenate(([0], np.cumsum(~same)))
        lifted = rank + group * (int(rank.max()) + 1)
        best = np.maximum.accumulate(lifted)
        keep[1:] &= ~same | (lifted[1:] > best[:-1])
    order = order[keep]
    return Stream(series[order], source[order], at_us[order], value[order], turn[order])
