"""One series through time, thinned for a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
import pyarrow as pa

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, OutOfRange
from dinh.spine.observations.api import Point
from dinh.spine.observations.history import owner

MOST_STEPS: Final = 10_000
_NOW: Final = "SELECT observed_at, value FROM observation WHERE series = $series"
# Batches are numbered in the order in which they were recorded, so «known then» is a range of batches.
_THEN: Final = """
    SELECT observed_at, value FROM observation WHERE series = $series AND batch <= $batch
    UNION ALL
    SELECT observed_at, value FROM superseded
    WHERE series = $series AND batch <= $batch AND superseded_by > $batch
"""


def history(
    series_id: int, *, start: datetime, end: datetime, steps: int = 600, as_of: datetime | None = None
) -> Sequence[Point]:
    """See `api.history`. A step with one reading gives that reading; one with several gives their mean at the time
    of the first, with least and greatest; one whose readings are all missing gives a point without a value."""
    if not 1 <= steps <= MOST_STEPS:
        raise OutOfRange(
            "observations.bad_steps", "{steps} steps were asked for; give 1 to {most}", steps=steps, most=MOST_STEPS
        )
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid("time.no_zone", "from and to need a time zone, like 2026-11-22T00:00:00+07:00")
    if start >= end:
        raise Invalid("observations.empty_span", "from {start} is not before to {end}", start=start, end=end)
    known = _NOW
    params: dict[str, object] = {"series": int(series_id), "start": start, "end": end}
    if as_of is not None:
        last = owner.query("SELECT max(id) AS id FROM batch WHERE recorded_at <= ?", [as_of])["id"][0].as_py()
        if last is None:
            return ()
        known, params["batch"] = _THEN, last
    start_us = clock.to_microseconds(start)
    width_us = max(-(-(clock.to_microseconds(end) - start_us) // steps), 1)
    table = owner.query(
        f"""
        SELECT epoch_us(min(observed_at)) AS at, avg(value) AS value, min(value) AS low, max(value) AS high,
               count(*) AS readings, (epoch_us(observed_at) - {start_us}) // {width_us} AS step
        FROM ({known}) WHERE observed_at >= $start AND observed_at < $end GROUP BY step ORDER BY step
        """,  # noqa: S608 - built of our own words and numbers
        params,
    )
    readings = table["readings"].to_numpy()
    if readings.sum() <= steps and (readings > 1).any():
        table = owner.query(
            f"""
            SELECT epoch_us(observed_at) AS at, value, value AS low, value AS high, 1 AS readings
            FROM ({known}) WHERE observed_at >= $start AND observed_at < $end ORDER BY observed_at
            """,  # noqa: S608 - built of our own words
            params,
        )
    return _points(table)


def _points(table: pa.Table) -> Sequence[Point]:
    several = (table["readings"].to_numpy() > 1).tolist()
    at = table["at"].to_numpy().astype(np.int64).tolist()
    columns = (table[name].to_pylist() for name in ("value", "low", "high"))
    return tuple(
        Point(clock.from_microseconds(when), value, low, high) if many else Point(clock.from_microseconds(when), value)
        for when, many, value, low, high in zip(at, several, *columns, strict=True)
    )
