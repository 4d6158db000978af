"""Readings of many series condensed to one value a series and step of time, in one scan of the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.durations import MONTH, YEAR
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import IndicatorSpec, Kind
from dinh.spine.observations.history import owner

SECOND_US: Final = 1_000_000
DAY_US: Final = 86_400 * SECOND_US
# Vietnam has kept UTC+7 without summer time since 1975; earlier readings are put into the same days.
VIETNAM_US: Final = 7 * 3600 * SECOND_US
_MONDAY_US: Final = 4 * DAY_US - VIETNAM_US  # 1970-01-05T00:00+07:00
_LONG_AGO_US: Final = 62_200_000_000 * SECOND_US  # before the year 1, so that quotients never turn negative
INCREASE: Final = "increase"
SHORTEST_LOOK_BACK: Final = timedelta(hours=1)


def measure(spec: IndicatorSpec) -> str:
    """How the readings of one series within a step become one value: `increase` or an Aggregation."""
    return INCREASE if spec.kind is Kind.COUNTER else spec.over_time.value


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps of one length. Days, weeks (from Monday), months and years begin at midnight in Vietnam."""

    every: timedelta

    def __post_init__(self) -> None:
        if self.every < timedelta(seconds=1):
            raise Invalid(
                "observations.bad_step", "a step of {every} is too short; give a second or more", every=self.every
            )

    @property
    def _calendar(self) -> str | None:
        return {MONTH: "month", YEAR: "year"}.get(self.every)

    @property
    def is_calendar(self) -> bool:
        """Whether steps are months or years, of unequal length."""
        return self._calendar is not None

    @property
    def length_us(self) -> int:
        return self.every // clock.MICROSECOND

    @property
    def _base_us(self) -> int:
        length = self.length_us
        first = _MONDAY_US if length % (7 * DAY_US) == 0 else -VIETNAM_US
        return first - -(-_LONG_AGO_US // length) * length

    def sql(self) -> str:
        """An expression of the step's number from `observed_at`."""
        if self._calendar:
            return f"epoch_us(date_trunc('{self._calendar}', observed_at + INTERVAL 7 HOUR)) - {VIETNAM_US}"
        return f"(epoch_us(observed_at) - {self._base_us}) // {self.length_us}"

    def start_us(self, number: NDArray[np.int64]) -> NDArray[np.int64]:
        """When steps begin, by the numbers that `sql` gives."""
        return number if self._calendar else number * self.length_us + self._base_us

    def floor_us(self, moment_us: int) -> int:
        """The start of the step that holds a moment."""
        if self._calendar is None:
            return moment_us - (moment_us - self._base_us) % self.length_us
        local = clock.from_microseconds(moment_us).astimezone(clock.VIETNAM)
        month = local.month if self._calendar == "month" else 1
        return clock.to_microseconds(datetime(local.year, month, 1, tzinfo=clock.VIETNAM).astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Steps:
    """Parallel arrays of shape (n,): one entry a series and step in which it has a reading."""

    series: NDArray[np.uint32]
    at_us: NDArray[np.int64]
    """Start of the step."""
    value: NDArray[np.float64]
    """NaN where missing."""
    missing: NDArray[np.uint8]
    """0 or the reason: a number of `schema.MISSING` or of `folding.REASONS`."""
    readings: NDArray[np.int64]
    last_us: NDArray[np.int64]
    """When the newest reading of the step was observed; the step's start where `LAST` did not matter."""

    def __len__(self) -> int:
        return len(self.series)

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Steps:
        return Steps(*(getattr(self, name)[chosen] for name in self.__slots__))

    @staticmethod
    def none() -> Steps:
        return Steps(
            np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.uint8),
            np.zeros(0, np.int64), np.zeros(0, np.int64),
        )  # fmt: skip

    @staticmethod
    def joined(parts: Sequence[Steps]) -> Steps:
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Steps.none()
        return Steps(*(np.concatenate([getattr(part, name) for part in parts]) for name in Steps.__slots__))


NOT_ADDITIVE: Final = 101
_AGGREGATES: Final = {
    "mean": "avg(value)",
    "sum": "sum(value)",
    "min": "min(value)",
    "max": "max(value)",
    "last": "arg_max(value, observed_at)",
    "none": "any_value(value)",
}


def read_steps(
    series: NDArray[np.uint32],
    measures: Sequence[str],
    *,
    start: datetime,
    end: datetime,
    grid: Grid,
    period: timedelta | None = None,
) -> dict[str, Steps]:
    """The steps of `series` from `start` until before `end`, by each of `measures`; one scan for all but INCREASE.

    Counters look back before `start` for the reading that their first increase counts from: three periods, at
    least an hour. Of several sources that write one counter the greatest increase counts.
    """
    found = {}
    plain = [name for name in dict.fromkeys(measures) if name != INCREASE]
    if plain:
        found.update(_read_plain(series, plain, start, end, grid))
    if INCREASE in measures:
        found[INCREASE] = _read_increase(series, start, end, grid, look_back(period))
    return found


def look_back(period: timedelta | None) -> timedelta:
    return max(3 * (period or timedelta(0)), SHORTEST_LOOK_BACK)


def chosen_series(series: NDArray[np.uint32]) -> tuple[str, dict[str, pa.Table]]:
    """A condition on `series` and the table it needs; a run of ids is a plain range, four times as fast to check."""
    if not len(series):
        return "false", {}
    least, most = int(series.min()), int(series.max())
    condition = f"series BETWEEN {least} AND {most}"
    if most - least + 1 == len(series):
        return condition, {}
    if len(series) <= 3:
        return f"series IN ({', '.join(str(int(number)) for number in series)})", {}
    return f"{condition} AND series IN (FROM wanted)", {"wanted": pa.table({"series": series})}


def _read_plain(
    series: NDArray[np.uint32], measures: Sequence[str], start: datetime, end: datetime, grid: Grid
) -> dict[str, Steps]:
    condition, tables = chosen_series(series)
    columns = [f"{_AGGREGATES[name]} AS {name}_" for name in measures]
    if "last" in measures:
        columns.append("epoch_us(max(observed_at)) AS last_us")
    table = owner.query(
        f"""
        SELECT series, {grid.sql()} AS step, {", ".join(columns)},
               count(value) AS present, count(*) AS readings, max(missing) AS missing
        FROM observation WHERE observed_at >= ? AND observed_at < ? AND {condition} GROUP BY ALL
        """,  # noqa: S608 - built of our own words and numbers
        [start, end],
        tables=tables,
    )
    at_us = grid.start_us(table["step"].to_numpy().astype(np.int64))
    present, readings = table["present"].to_numpy(), table["readings"].to_numpy()
    reason = np.where(present == 0, table["missing"].to_numpy(), 0).astype(np.uint8)
    last_us = table["last_us"].to_numpy() if "last" in measures else at_us
    numbers = table["series"].to_numpy()
    found = {}
    for name in measures:
        value = table[f"{name}_"].to_numpy().astype(np.float64, copy=False)
        missing = reason
        if name == "none":
            several = present > 1
            value = np.where(several, np.nan, value)
            missing = np.where(several, np.uint8(NOT_ADDITIVE), reason)
        found[name] = Steps(numbers, at_us, value, missing, readings, last_us)
    return found


def _read_increase(series: NDArray[np.uint32], start: datetime, end: datetime, grid: Grid, back: timedelta) -> Steps:
    """A fall is a reset: the counter has grown from zero to what it shows."""
    condition, tables = chosen_series(series)
    table = owner.query(
        f"""
        WITH grown AS (
            SELECT series, source, observed_at, value, missing,
                   lag(value IGNORE NULLS) OVER (PARTITION BY series, source ORDER BY observed_at) AS before
            FROM observation WHERE observed_at >= ? AND observed_at < ? AND {condition}
        ), by_source AS (
            SELECT series, source, {grid.sql()} AS step, count(*) AS readings, max(missing) AS missing,
                   sum(CASE WHEN value >= before THEN value - before
                            WHEN before IS NOT NULL AND value IS NOT NULL THEN value END) AS increase
            FROM grown WHERE observed_at >= ? GROUP BY ALL
        )
        SELECT series, step, max(increase) AS increase, sum(readings)::BIGINT AS readings, max(missing) AS missing
        FROM by_source GROUP BY ALL
        """,  # noqa: S608 - built of our own words and numbers
        [start - back, end, start],
        tables=tables,
    )
    at_us = grid.start_us(table["step"].to_numpy().astype(np.int64))
    value = table["increase"].to_numpy().astype(np.float64)
    absent = np.isnan(value)
    missing = np.where(absent, np.maximum(table["missing"].to_numpy(), 0), 0).astype(np.uint8)
    missing[absent & (missing == 0)] = NO_INCREASE
    return Steps(table["series"].to_numpy(), at_us, value, missing, table["readings"].to_numpy(), at_us)


NO_INCREASE: Final = 102
