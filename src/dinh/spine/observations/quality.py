"""«Đúng, đủ, sạch, sống»: the four measures of each source, from the intake's counts and the history."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from dinh.kernel import clock
from dinh.kernel.errors import OutOfRange
from dinh.spine.observations import attachment, catalogue
from dinh.spine.observations.api import Quality
from dinh.spine.observations.catalogue import Catalogue
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.newest import NEVER
from dinh.spine.observations.intake import service

MOST_HOURS: Final = 24 * 366
KEPT_FOR_US: Final = 60_000_000
RETIRED_AFTER: Final = timedelta(days=7)
"""A series that was silent for so long before the span, and for ten periods, is expected no more."""


@dataclass(slots=True)
class _Tally:
    accepted: int = 0
    duplicates: int = 0
    corrections: int = 0
    refused: int = 0
    readings: int = 0
    filled: int = 0
    """Periods with a value, out of those `expected`."""
    expected: int = 0
    timed: int = 0
    in_time: int = 0
    """Readings recorded within one period of their time, out of those whose period is known, `timed`."""
    last_us: int = 0

    def add(self, other: _Tally) -> None:
        for name in (field.name for field in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))


_guard: Final = threading.Lock()
_held: dict[tuple[object, ...], Sequence[Quality]] = {}


def quality(*, at: datetime | None = None, hours: int = 24) -> Sequence[Quality]:
    """See `api.quality`; sources by code, then all together. The span ends at `at` and begins `hours` before.

    valid: taken ÷ (taken + refused). complete: periods with a value ÷ periods since a series' first reading.
    unrepeated: 1 - duplicates ÷ (taken + duplicates). on_time: readings recorded within one period of their
    time ÷ readings. The intake's counts are by the hour: a begun hour counts whole. Kept for a minute.
    """
    if not 1 <= hours <= MOST_HOURS:
        raise OutOfRange(
            "observations.bad_hours", "{hours} hours were asked for; give 1 to {most}", hours=hours, most=MOST_HOURS
        )
    end = at or clock.now()
    known = catalogue.current()
    key = (hours, clock.to_microseconds(end) // KEPT_FOR_US, known.stamp, owner.owned())
    held = _held.get(key)
    if held is None or owner.owned() is None:
        held = _measure(known, end - timedelta(hours=hours), end)
        with _guard:
            if len(_held) > 16:
                _held.clear()
            _held[key] = held
    return held


def _measure(known: Catalogue, start: datetime, end: datetime) -> Sequence[Quality]:
    tallies = {number: _Tally() for number in known.source_ids.values()}
    strangers = _Tally()
    _count_intake(tallies, strangers, start, end)
    _count_readings(tallies, known, start, end)
    total = _Tally()
    for tally in (*tallies.values(), strangers):
        last = max(total.last_us, tally.last_us)
        total.add(tally)
        total.last_us = last
    rows = [_row(code, tallies[number]) for code, number in sorted(known.source_ids.items())]
    return (*rows, _row("", total))


def _count_intake(tallies: dict[int, _Tally], strangers: _Tally, start: datetime, end: datetime) -> None:
    first = start.replace(minute=0, second=0, microsecond=0)
    counts = ("accepted", "duplicates", "corrections", "refused")
    table = owner.query(
        f"SELECT source, {', '.join(f'sum({name})::BIGINT AS {name}' for name in counts)} "  # noqa: S608 - our own words
        "FROM intake_count WHERE hour >= ? AND hour <= ? GROUP BY source",
        [first, end],
    )
    for row in table.to_pylist():
        tallies.get(row["source"], strangers).add(_Tally(**{name: row[name] for name in counts}))


def _count_readings(tallies: dict[int, _Tally], known: Catalogue, start: datetime, end: datetime) -> None:
    index = attachment.index()
    by_indicator = {known.indicator_ids[code]: spec.period for code, spec in known.indicators.items()}
    by_source = {known.source_ids[code]: row.period for code, row in known.sources.items()}
    lanes = _lanes()
    inside = index.known(lanes.series)
    series, source = lanes.series[inside], lanes.source[inside]
    oldest, newest = lanes.oldest_us[inside], lanes.newest_us[inside]
    indicator = index.indicator[index.position(series)]
    pairs = list(zip(indicator.tolist(), source.tolist(), strict=True))
    # A source without a period promises nothing: an archive that was filled in is neither late nor incomplete.
    periods = {
        pair: by_source.get(pair[1]) and (by_indicator.get(pair[0]) or by_source[pair[1]]) for pair in set(pairs)
    }
    period_us = np.array([(periods[pair] or timedelta(0)) // clock.MICROSECOND for pair in pairs], np.int64)
    table = owner.query(
        """
        SELECT o.series, o.source, count(*) AS readings, count(o.value) AS there,
               epoch_us(max(o.observed_at)) AS last_us,
               count(*) FILTER (epoch_us(b.recorded_at) - epoch_us(o.observed_at) <= l.period_us) AS in_time
        FROM observation o JOIN batch b ON b.id = o.batch
        JOIN lanes l ON l.series = o.series AND l.source = o.source
        WHERE o.observed_at >= ? AND o.observed_at < ? GROUP BY o.series, o.source
        """,
        [start, end],
        tables={"lanes": pa.table({"series": series, "source": source, "period_us": period_us})},
    )
    key = series.astype(np.int64) << 16 | source
    order = np.argsort(key)
    found = table["series"].to_numpy().astype(np.int64) << 16 | table["source"].to_numpy()
    place = order[np.searchsorted(key[order], found)]
    readings, there, in_time, last_us = (np.zeros(len(key), np.int64) for _ in range(4))
    for column, name in ((readings, "readings"), (there, "there"), (in_time, "in_time"), (last_us, "last_us")):
        column[place] = table[name].to_numpy()
    start_us, end_us = clock.to_microseconds(start), clock.to_microseconds(end)
    retired_us = np.maximum(RETIRED_AFTER // clock.MICROSECOND, 10 * period_us)
    expected = np.where(
        (period_us > 0) & (oldest < end_us) & (newest >= start_us - retired_us),
        np.maximum(end_us - np.maximum(oldest, start_us), 0) // np.maximum(period_us, 1),
        0,
    )
    for number in np.unique(source).tolist():
        mine = source == number
        tally = tallies.get(number)
        if tally is None:
            continue
        timed = mine & (period_us > 0)
        tally.readings += int(readings[mine].sum())
        tally.expected += int(expected[mine].sum())
        tally.filled += int(np.minimum(there, expected)[mine].sum())
        tally.timed += int(readings[timed].sum())
        tally.in_time += int(in_time[timed].sum())
        tally.last_us = int(last_us[mine].max())


@dataclass(frozen=True, slots=True)
class _Lanes:
    """A lane is a series as written by one source. Arrays of shape (n,)."""

    series: np.ndarray[tuple[int], np.dtype[np.uint32]]
    source: np.ndarray[tuple[int], np.dtype[np.uint16]]
    oldest_us: np.ndarray[tuple[int], np.dtype[np.int64]]
    newest_us: np.ndarray[tuple[int], np.dtype[np.int64]]


def _lanes() -> _Lanes:
    intake = service.running()
    if intake is not None:
        lanes = intake.lanes
        key, oldest, newest = lanes.key.copy(), lanes.oldest.copy(), lanes.newest.copy()
        size = min(len(key), len(oldest), len(newest))
        there = np.flatnonzero(newest[:size] > NEVER)
        key = key[there]
        return _Lanes((key >> 16).astype(np.uint32), (key & 0xFFFF).astype(np.uint16), oldest[there], newest[there])
    table = owner.query(
        "SELECT series, source, epoch_us(min(observed_at)) AS oldest, epoch_us(max(observed_at)) AS newest "
        "FROM observation GROUP BY series, source"
    )
    return _Lanes(*(table[name].to_numpy() for name in ("series", "source", "oldest", "newest")))


def _row(code: str, tally: _Tally) -> Quality:
    taken = tally.accepted + tally.corrections
    return Quality(
        source=code,
        valid=_share(taken, taken + tally.refused),
        complete=_share(tally.filled, tally.expected),
        unrepeated=_share(taken, taken + tally.duplicates),
        on_time=_share(tally.in_time, tally.timed),
        readings=tally.readings,
        last_at=clock.from_microseconds(tally.last_us) if tally.last_us else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
