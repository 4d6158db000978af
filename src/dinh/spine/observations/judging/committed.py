"""Readings out of the history as the judge met them: batch by batch, and what came late as late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.spine.observations.history import owner
from dinh.spine.observations.judging.stream import Stream, accepted
from dinh.spine.observations.rules import NEVER_US
from dinh.spine.observations.steps import chosen_series

NEWS_FOR: Final = timedelta(hours=48)
"""A reading that was older when it was recorded is history: it is kept and fires nothing."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Parallel arrays of shape (n,); `upto` is the last batch they are from."""

    upto: int
    series: NDArray[np.uint32]
    source: NDArray[np.uint16]
    at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    """NaN where missing."""
    batch: NDArray[np.int64]

    def where(self, chosen: NDArray[np.bool_]) -> Rows:
        return Rows(
            self.upto, self.series[chosen], self.source[chosen], self.at_us[chosen], self.value[chosen],
            self.batch[chosen],
        )  # fmt: skip

    def accepted(self, judged_us: NDArray[np.int64]) -> Stream:
        return accepted(self.series, self.source, self.at_us, self.value, self.batch, judged_us)


def as_committed(series: NDArray[np.uint32], *, after: int, upto: int, since_us: int) -> Rows:
    """Readings of batches (after, upto] as they were when committed, corrected since or not; news only."""
    condition, tables = chosen_series(series)
    limit = "" if since_us == NEVER_US else f"AND observed_at >= make_timestamp({since_us})"
    table = owner.query(
        f"""
        WITH written AS (
            SELECT series, source, observed_at, value, batch FROM observation
            WHERE batch > $after AND batch <= $upto AND {condition} {limit}
            UNION ALL
            SELECT series, source, observed_at, value, batch FROM superseded
            WHERE batch > $after AND batch <= $upto AND superseded_by > batch AND {condition} {limit}
        )
        SELECT series, source, epoch_us(observed_at) AS at, value, batch
        FROM written JOIN batch ON batch.id = written.batch
        WHERE observed_at > recorded_at - INTERVAL {int(NEWS_FOR.total_seconds())} SECOND
        ORDER BY batch, series, observed_at
        """,  # noqa: S608 - built of our own words and numbers
        {"after": after, "upto": upto},
        tables=tables,
    )
    return Rows(
        upto,
        table["series"].to_numpy(),
        table["source"].to_numpy(),
        table["at"].to_numpy(),
        table["value"].to_numpy().astype(np.float64),
        table["batch"].to_numpy().astype(np.int64),
    )


def for_trial(series: NDArray[np.uint32], *, since_us: int, until_us: int) -> Rows:
    """Readings of a span as the judge would have met them. What was recorded as history long after takes part as if
    it had come in time, before the rest: so a rule can be tried on an archive."""
    condition, tables = chosen_series(series)
    span = f"observed_at >= make_timestamp({since_us}) AND observed_at < make_timestamp({until_us})"
    old = f"observed_at <= recorded_at - INTERVAL {int(NEWS_FOR.total_seconds())} SECOND"
    table = owner.query(
        f"""
        WITH written AS (
            SELECT series, source, observed_at, value, batch, false AS replaced FROM observation
            WHERE {condition} AND {span} AND value IS NOT NULL
            UNION ALL
            SELECT series, source, observed_at, value, batch, true AS replaced FROM superseded
            WHERE {condition} AND {span} AND value IS NOT NULL AND superseded_by > batch
        )
        SELECT series, source, epoch_us(observed_at) AS at, value, CASE WHEN {old} THEN 0 ELSE batch END AS turn
        FROM written JOIN batch ON batch.id = written.batch WHERE NOT (replaced AND {old})
        """,  # noqa: S608 - built of our own words and numbers
        tables=tables,
    )
    return Rows(
        0,
        table["series"].to_numpy(),
        table["source"].to_numpy(),
        table["at"].to_numpy(),
        table["value"].to_numpy().astype(np.float64, copy=False),
        table["turn"].to_numpy().astype(np.int64, copy=False),
    )
