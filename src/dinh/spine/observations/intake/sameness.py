"""Which rows are new, which are there already, which replace another value. Arrays only, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

NEW: Final = 0
DUPLICATE: Final = 1
CORRECTION: Final = 2
MOST_WINDOWS: Final = 8
GAP_US: Final = 15 * 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Sorted:
    """Rows by key (series << 16 | source) and time; equal ones in the order of arrival. Shape (n,)."""

    order: NDArray[np.int64]
    """Position of each row before sorting."""
    key: NDArray[np.int64]
    lane: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]
    first: NDArray[np.bool_]
    """The first row of its key and time."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the history holds for some sorted rows: position `n`, its row there, value, missing. Shape (m,)."""

    n: NDArray[np.int64]
    row: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]

    @classmethod
    def nothing(cls) -> Known:
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64), np.empty(0, np.uint8))

    @classmethod
    def from_table(cls, table: pa.Table) -> Known:
        return cls(
            table["n"].to_numpy(),
            table["row"].to_numpy(),
            table["value"].to_numpy().astype(np.float64),
            table["missing"].to_numpy(),
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """`status` of every sorted row; positions to write; what they replace in the history and among the rows."""

    status: NDArray[np.uint8]
    written: NDArray[np.int64]
    replaced_rowids: NDArray[np.int64]
    replaced_here: NDArray[np.int64]


def sort_rows(
    key: NDArray[np.int64],
    lane: NDArray[np.int64],
    at: NDArray[np.int64],
    value: NDArray[np.float64],
    missing: NDArray[np.uint8],
) -> Sorted:
    order = np.lexsort((at, key))
    key, at = key[order], at[order]
    first = np.ones(len(order), np.bool_)
    np.logical_or(key[1:] != key[:-1], at[1:] != at[:-1], out=first[1:])
    return Sorted(order, key, lane[order], at, value[order], missing[order], first)


def settle(rows: Sorted, known: Known) -> Settled:
    """Judges every row against the history and against earlier rows of the same key and time."""
    status = np.zeros(len(rows.at), np.uint8)
    replaced_rowids = known.row[:0]
    if len(known.n):
        same = _same(rows.value[known.n], rows.missing[known.n], known.value, known.missing)
        status[known.n[same]] = DUPLICATE
        status[known.n[~same]] = CORRECTION
        replaced_rowids = known.row[~same]
    if rows.first.all():
        return Settled(status, np.flatnonzero(status != DUPLICATE), replaced_rowids, known.n[:0])
    return _settle_repeats(rows, known, status)


def _same(
    value: NDArray[np.float64], missing: NDArray[np.uint8], other: NDArray[np.float64], other_missing: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_] = (missing == other_missing) & ((missing > 0) | (value == other))
    return equal


def _settle_repeats(rows: Sorted, known: Known, status: NDArray[np.uint8]) -> Settled:
    """The rare case: one key and time several times in one group. Each such run is walked in order of arrival."""
    here: list[int] = []
    written = (status != DUPLICATE) & rows.first
    held = {int(n): place for place, n in enumerate(known.n.tolist())}
    starts = np.flatnonzero(rows.first)
    ends = np.append(starts[1:], len(rows.at))
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        place = held.get(start)
        current = start if place is None or status[start] == CORRECTION else None
        for row in range(start + 1, end):
            if current is None:
                assert place is not None
                value, missing = known.value[place], known.missing[place]
            else:
                value, missing = rows.value[current], rows.missing[current]
            if rows.missing[row] == missing and (missing > 0 or rows.value[row] == value):
                status[row] = DUPLICATE
                continue
            status[row] = CORRECTION
            written[row] = True
            if current is not None:
                written[current] = False
                here.append(current)
            current = row
    # A version in the history is replaced wherever its run ends with a written row.
    run = np.repeat(np.arange(len(starts)), ends - starts)
    run_written = np.zeros(len(starts), np.bool_)
    run_written[run[written]] = True
    replaced = known.row[run_written[run[known.n]]] if len(known.n) else known.row
    return Settled(status, np.flatnonzero(written), replaced, np.array(here, np.int64))


def windows(at: NDArray[np.int64]) -> list[tuple[pa.Scalar, pa.Scalar]]:
    """At most MOST_WINDOWS closed intervals that cover the times, parted at the widest gaps."""
    times = np.unique(at)
    gaps = np.diff(times)
    wide = np.flatnonzero(gaps > GAP_US)
    if len(wide) >= MOST_WINDOWS:
        wide = np.sort(wide[np.argsort(gaps[wide])[-(MOST_WINDOWS - 1) :]])
    starts = np.append(0, wide + 1)
    ends = np.append(wide, len(times) - 1)
    moment = pa.timestamp("us")
    return [
        (pa.scalar(int(times[start]), moment), pa.scalar(int(times[end]), moment))
        for start, end in zip(starts, ends, strict=True)
    ]
