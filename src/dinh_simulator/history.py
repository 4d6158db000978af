"""The day before the start, hour by hour, in large batches."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dinh_simulator.noise import HOUR
from dinh_simulator.readings import Readings, Sampler, joined

ROWS_A_BATCH = 50_000


def hours(sampler: Sampler, start: int, end: int) -> Iterator[Readings]:
    """Everything that was observed from `start` until before `end`, milliseconds, an hour at a time."""
    for begin in range(start, end, HOUR):
        until = min(begin + HOUR, end)
        parts = []
        for number, measure in enumerate(sampler.measures):
            period = measure.period_ms
            bases = np.arange((begin - period) // period * period, until, period, dtype=np.int64)
            at = bases[None, :] + measure.phase(period)[:, None]
            readings = sampler.sample(number, np.arange(len(measure.group)), at)
            parts.append(readings.where((readings.at >= begin) & (readings.at < until)))
        hour = joined(parts)
        yield joined([hour, hour.where(hour.repeated)])


def batches(readings: Readings) -> Iterator[Readings]:
    for first in range(0, len(readings), ROWS_A_BATCH):
        yield readings.where(np.arange(first, min(first + ROWS_A_BATCH, len(readings))))
