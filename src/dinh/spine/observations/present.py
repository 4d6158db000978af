"""The value that counts at a moment, of every series of some indicators.

A level (a gauge, an index) is its newest reading. A flow (a counter's increase, amounts that are summed over
time) is what came together in 24 hours, or in the last period where periods are longer than a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.durations import MONTH, YEAR
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.catalogue import Catalogue
from dinh.spine.observations.history import owner, reading
from dinh.spine.observations.step_cache import Wanted, cache, starts_before
from dinh.spine.observations.steps import INCREASE, Grid, Steps, chosen_series, measure, read_steps

DAY: Final = timedelta(days=1)
STEP: Final = timedelta(minutes=15)
LEAST_STEPS: Final = 12
FRESH_PERIODS: Final = 3


@dataclass(frozen=True, slots=True)
class Window:
    """How finely and how far back an indicator is shown: 24 hours in quarters of an hour, or 12 longer periods."""

    grid: Grid
    steps: int

    @classmethod
    def of(cls, spec: IndicatorSpec) -> Window:
        every = max(STEP, spec.period or STEP)
        every = next((step for step in (MONTH, YEAR) if abs(every - step) <= step / 10), every)
        return cls(Grid(every), max(LEAST_STEPS, min(96, -(-DAY // every))))

    @property
    def is_slow(self) -> bool:
        return self.grid.every >= DAY

    @property
    def change_after(self) -> timedelta:
        return max(DAY, self.grid.every)


def is_flow(spec: IndicatorSpec) -> bool:
    return measure(spec) in {INCREASE, Aggregation.SUM.value}


def fresh_for(spec: IndicatorSpec) -> timedelta:
    return max(FRESH_PERIODS * (spec.period or STEP), timedelta(minutes=3))


def kept_for(spec: IndicatorSpec) -> timedelta:
    """How old a level may be to be shown at all."""
    return max(fresh_for(spec), DAY)


@dataclass(frozen=True, slots=True)
class Values:
    """Parallel arrays of shape (n,), one entry a series with a reading; `at_us` is that of its newest reading."""

    series: NDArray[np.uint32]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]
    source: NDArray[np.uint16]
    stale: bool = False

    def __len__(self) -> int:
        return len(self.series)

    def where(self, chosen: NDArray[np.bool_]) -> Values:
        return Values(
            self.series[chosen], self.at_us[chosen], self.value[chosen], self.missing[chosen], self.source[chosen],
            self.stale,
        )  # fmt: skip

    def steps(self) -> Steps:
        """As steps of one and the same time, for folding."""
        same = np.zeros(len(self), np.int64)
        return Steps(self.series, same, self.value, self.missing, np.ones(len(self), np.int64), self.at_us)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a picture needs to know: the indicators with the parts of ratios, and their series."""

    known: Catalogue
    index: Index
    specs: Sequence[IndicatorSpec]

    def series(self, spec: IndicatorSpec) -> NDArray[np.uint32]:
        return self.index.series[self.index.of_indicator(self.known.indicator_ids[spec.code])]


def with_parts(known: Catalogue, specs: Sequence[IndicatorSpec]) -> list[IndicatorSpec]:
    """The indicators and the parts of those that are ratios, each once."""
    found = {spec.code: spec for spec in specs}
    for spec in specs:
        if spec.kind is Kind.RATIO and spec.numerator and spec.denominator:
            for code in (spec.numerator, spec.denominator):
                found.setdefault(code, known.indicator(code))
    return list(found.values())


def values_at(
    asked: Asked, moment: datetime, *, live: bool, fallback: bool = True, fresh_first: bool = True
) -> Mapping[str, Values]:
    """By code. `live` takes the newest readings from memory; `fallback` looks for levels older than fresh ones.
    With `fresh_first` a level that fell silent does not count as long as another is fresh."""
    newest = _newest(asked, moment, live=live, fallback=fallback)
    found = {}
    flows: dict[Window, list[IndicatorSpec]] = {}
    for spec in asked.specs:
        if is_flow(spec):
            flows.setdefault(Window.of(spec), []).append(spec)
        else:
            level = newest[spec.code]
            found[spec.code] = _fresh_first(level, spec, moment) if fresh_first else level
    for window, specs in flows.items():
        for code, steps in _flows(asked, window, specs, moment, live=live).items():
            found[code] = _summed(steps, newest[code], asked.known.indicator(code), moment)
    return found


def _newest(asked: Asked, moment: datetime, *, live: bool, fallback: bool) -> dict[str, Values]:
    if live:
        every = {spec.code: asked.series(spec) for spec in asked.specs}
        ids = np.concatenate(list(every.values())) if every else np.zeros(0, np.uint32)
        newest = reading.newest_of(ids.astype(np.int64))
        values = Values(
            newest.series.astype(np.uint32), newest.observed_at_us, newest.value, newest.missing, newest.source
        )
        return _by_code(asked, values, moment)
    reach = max(2 * STEP, *(fresh_for(spec) for spec in asked.specs), timedelta(0))
    found = _by_code(asked, _read_newest(asked.index, asked.specs, asked, moment, reach), moment)
    absent = [spec for spec in asked.specs if not len(found[spec.code])]
    if absent and fallback:
        longer = max(kept_for(spec) for spec in absent)
        found.update(_by_code(Asked(asked.known, asked.index, absent), _read_newest(
            asked.index, absent, asked, moment, longer), moment))  # fmt: skip
    return found


def _read_newest(
    index: Index, specs: Sequence[IndicatorSpec], asked: Asked, moment: datetime, reach: timedelta
) -> Values:
    ids = np.unique(np.concatenate([asked.series(spec) for spec in specs])) if specs else np.zeros(0, np.uint32)
    condition, tables = chosen_series(ids)
    table = owner.query(
        f"""
        SELECT series, epoch_us(max(observed_at)) AS at, arg_max_null(value, observed_at) AS value,
               arg_max(missing, observed_at) AS missing, arg_max(source, observed_at) AS source
        FROM observation WHERE observed_at > ? AND observed_at <= ? AND {condition} GROUP BY series
        """,  # noqa: S608 - built of our own words and numbers
        [moment - reach, moment],
        tables=tables,
    )
    return Values(
        table["series"].to_numpy(),
        table["at"].to_numpy(),
        table["value"].to_numpy().astype(np.float64),
        table["missing"].to_numpy(),
        table["source"].to_numpy(),
    )


def _by_code(asked: Asked, values: Values, moment: datetime) -> dict[str, Values]:
    """Splits by indicator and leaves out what is too old to be shown."""
    indicator = asked.index.indicator[asked.index.position(values.series)]
    age_us = clock.to_microseconds(moment) - values.at_us
    return {
        spec.code: values.where(
            (indicator == asked.known.indicator_ids[spec.code]) & (age_us <= kept_for(spec) // clock.MICROSECOND)
        )
        for spec in asked.specs
    }


def _fresh_first(values: Values, spec: IndicatorSpec, moment: datetime) -> Values:
    fresh = values.at_us >= clock.to_microseconds(moment - fresh_for(spec))
    if fresh.any():
        return values.where(fresh)
    return Values(values.series, values.at_us, values.value, values.missing, values.source, stale=bool(len(values)))


# --- flows -------------------------------------------------------------------


def _flows(
    asked: Asked, window: Window, specs: Sequence[IndicatorSpec], moment: datetime, *, live: bool
) -> dict[str, Steps]:
    """The steps whose sum is the value at the moment; the one that holds the moment only up to it."""
    count = 1 if window.is_slow else -(-DAY // window.grid.every)
    moment_us = clock.to_microseconds(moment)
    starts = starts_before(window.grid, moment_us, count + (1 if window.is_slow else 0))
    wanted = [Wanted(spec.code, measure(spec), asked.series(spec), spec.period) for spec in specs]
    if live:
        found = cache.read(wanted, window.grid, starts)
        return {item.code: found[item.code, item.measure] for item in wanted}
    whole = cache.read(wanted, window.grid, starts[:-1])
    begun: dict[str, Steps] = {}
    for item in wanted:
        part = Steps.none()
        if starts[-1] < moment_us and len(item.series):
            part = read_steps(
                item.series,
                [item.measure],
                start=clock.from_microseconds(starts[-1]),
                end=moment,
                grid=window.grid,
                period=item.period,
            )[item.measure]
        begun[item.code] = Steps.joined([whole[item.code, item.measure], part])
    return begun


def _summed(steps: Steps, newest: Values, spec: IndicatorSpec, moment: datetime) -> Values:
    window = Window.of(spec)
    if window.is_slow and len(steps):
        steps = steps.where(steps.at_us == steps.at_us[~np.isnan(steps.value)].max(initial=steps.at_us.min()))
    series, group = np.unique(steps.series, return_inverse=True)
    there = ~np.isnan(steps.value)
    total = np.bincount(group, np.where(there, steps.value, 0.0), len(series))
    count = np.bincount(group, there, len(series))
    reason = np.zeros(len(series), np.uint8)
    np.maximum.at(reason, group, steps.missing)
    at_us = np.full(len(series), np.int64(-(2**62)))
    np.maximum.at(at_us, group, steps.last_us)
    source = np.zeros(len(series), np.uint16)
    if len(newest):
        order = np.argsort(newest.series)
        place = order[np.minimum(np.searchsorted(newest.series[order], series), len(newest) - 1)]
        same = newest.series[place] == series
        at_us = np.where(same, newest.at_us[place], at_us)
        source = np.where(same, newest.source[place], source).astype(np.uint16)
    stale = bool(len(series)) and bool(at_us.max(initial=-(2**62)) < clock.to_microseconds(moment - fresh_for(spec)))
    return Values(
        series.astype(np.uint32),
        at_us,
        np.where(count > 0, total, np.nan),
        np.where(count > 0, 0, reason).astype(np.uint8),
        source,
        stale,
    )
