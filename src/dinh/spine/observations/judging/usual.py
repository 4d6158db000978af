"""The usual day, learnt from the history: what the days before read in each hour, and how far apart they lie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.spine.observations.history import owner
from dinh.spine.observations.judging.hours import DAY_US, THURSDAY, VIETNAM_US
from dinh.spine.observations.judging.measures import NORMAL, Profile
from dinh.spine.observations.steps import chosen_series

NEWS_S: Final = 48 * 3600
"""A reading that was older when it was recorded came as history, and fires nothing."""
KEPT: Final = 3


def learnt(
    series: NDArray[np.uint32], *, weeks: int, weekly: bool, least_days: int, least_spread: float, until: date | None
) -> Callable[[date], Profile]:
    """A function that gives the usual day as it was known at the start of a day, with the last few kept.

    A day's hour counts with its mean. What came only after its own day had ended is left out, so that the profile of a
    day is the same whenever it is made. With `until` the hours of all days up to it are read once, for a trial.
    """
    held: dict[date, Profile] = {}
    hours = _Hours(series, weeks)

    def profile(day: date) -> Profile:
        if day not in held:
            if len(held) >= KEPT:
                del held[min(held)]
            held[day] = hours.profile(day, weekly=weekly, least_days=least_days, least_spread=least_spread, until=until)
        return held[day]

    return profile


class _Hours:
    """Means by series and hour; read for a span of days at once."""

    def __init__(self, series: NDArray[np.uint32], weeks: int) -> None:
        self.series, self.weeks = series, weeks
        self.place = np.full(int(series.max(initial=0)) + 1, -1, np.int64)
        self.place[series] = np.arange(len(series))
        self._from: int | None = None
        self._until = 0
        self._row = self._day = self._hour = np.zeros(0, np.int64)
        self._mean = np.zeros(0)

    def profile(self, day: date, *, weekly: bool, least_days: int, least_spread: float, until: date | None) -> Profile:
        end = day.toordinal() - clock.EPOCH.date().toordinal()
        start = end - 7 * self.weeks
        if self._from is None or start < self._from or end > self._until:
            last = end if until is None else max(end, until.toordinal() - clock.EPOCH.date().toordinal())
            self._load(start, last)
        inside = (self._day >= start) & (self._day < end)
        row, mean = self._row[inside], self._mean[inside]
        slot = self._hour[inside]
        slots = 24
        if weekly:
            slots, slot = 168, slot + 24 * ((self._day[inside] + THURSDAY) % 7)
        cell = row * slots + slot
        median, count = _medians(cell, mean, len(self.series) * slots)
        spread, _ = _medians(cell, np.abs(mean - median[cell]), len(self.series) * slots)
        few = count < least_days
        median[few] = np.nan
        spread = np.maximum(NORMAL * spread, least_spread)
        shape = (len(self.series), slots)
        return Profile(self.place, median.reshape(shape), spread.reshape(shape))

    def _load(self, start: int, end: int) -> None:
        condition, tables = chosen_series(self.series)
        table = owner.query(
            f"""
            WITH written AS (
                SELECT series, observed_at, value, batch, false AS replaced FROM observation
                WHERE {condition} AND observed_at >= $start AND observed_at < $end AND value IS NOT NULL
                UNION ALL
                SELECT series, observed_at, value, batch, true AS replaced FROM superseded
                WHERE {condition} AND observed_at >= $start AND observed_at < $end AND value IS NOT NULL
            )
            SELECT series, (epoch_us(observed_at) + {VIETNAM_US}) // 3600000000 AS hour, avg(value) AS mean
            FROM written JOIN batch ON batch.id = written.batch
            WHERE (epoch_us(recorded_at) + {VIETNAM_US}) // {DAY_US} <= (epoch_us(observed_at) + {VIETNAM_US}) // {DAY_US}
               OR (observed_at <= recorded_at - INTERVAL {NEWS_S} SECOND AND NOT replaced)
            GROUP BY ALL
            """,  # noqa: S608 - built of our own words and numbers
            {"start": clock.start_of_day(_date(start)), "end": clock.start_of_day(_date(end))},
            tables=tables,
        )
        hour = table["hour"].to_numpy().astype(np.int64)
        self._row = self.place[table["series"].to_numpy()]
        self._day, self._hour = hour // 24, hour % 24
        self._mean = table["mean"].to_numpy().astype(np.float64)
        self._from, self._until = start, end


def _date(number: int) -> date:
    return clock.EPOCH.date() + timedelta(days=number)


def _medians(
    cell: NDArray[np.int64], value: NDArray[np.float64], cells: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The median of each cell's values, NaN in empty ones, and how many there are."""
    order = np.lexsort((value, cell))
    ordered = value[order]
    count = np.bincount(cell, minlength=cells).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(count)[:-1]))
    median = np.full(cells, np.nan)
    there = np.flatnonzero(count)
    low = first[there] + (count[there] - 1) // 2
    high = first[there] + count[there] // 2
    median[there] = (ordered[low] + ordered[high]) / 2
    return median, count
