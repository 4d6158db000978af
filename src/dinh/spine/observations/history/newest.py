"""The newest reading of every series and the time limits of every lane, in memory.

A lane is one series as written by one source. Beyond its newest and before its oldest reading nothing of
it can be in the history, so rows out there are new without a look; only rows between are looked up.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.spine.observations.history.owner import History

NEVER: Final = np.int64(-(2**62))
NOT_YET: Final = np.int64(2**62)


@dataclass(frozen=True, slots=True)
class Newest:
    """Parallel arrays of shape (n,), one entry a series."""

    series: NDArray[np.int64]
    observed_at_us: NDArray[np.int64]
    recorded_at_us: NDArray[np.int64]
    value: NDArray[np.float64]
    """NaN where missing."""
    missing: NDArray[np.uint8]
    source: NDArray[np.uint16]


class Lanes:
    """Written by the intake's one writer; read by anybody. Arrays grow by doubling, under the lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._numbers: dict[int, int] = {}
        self.key = np.zeros(1024, np.int64)
        """series << 16 | source."""
        self.oldest = np.full(1024, NOT_YET)
        self.newest = np.full(1024, NEVER)
        self._at = np.full(1024, NEVER)
        self._recorded_at = np.zeros(1024, np.int64)
        self._value = np.full(1024, np.nan)
        self._missing = np.zeros(1024, np.uint8)
        self._source = np.zeros(1024, np.uint16)

    def number(self, series: int, source: int) -> int:
        """The lane of a series and a source; numbers are dense and last as long as the process."""
        key = series << 16 | source
        found = self._numbers.get(key)
        if found is not None:
            return found
        with self._lock:
            found = self._numbers.get(key)
            if found is not None:
                return found
            number = len(self._numbers)
            if number >= len(self.key):
                self.key = _longer(self.key, np.int64(0))
                self.oldest = _longer(self.oldest, NOT_YET)
                self.newest = _longer(self.newest, NEVER)
            self.key[number] = key
            while series >= len(self._at):
                self._at = _longer(self._at, NEVER)
                self._recorded_at = _longer(self._recorded_at, np.int64(0))
                self._value = _longer(self._value, np.nan)
                self._missing = _longer(self._missing, np.uint8(0))
                self._source = _longer(self._source, np.uint16(0))
            # Told last: others look numbers up without the lock, and write at once to the lane they find.
            self._numbers[key] = number
            return number

    def rebuild(self, history: History) -> None:
        """Reads limits and newest readings from the history, and forgets what is not there."""
        table = history.query(
            """
            SELECT series, source, epoch_us(min(observed_at)) AS oldest, epoch_us(max(observed_at)) AS newest,
                   arg_max_null(value, observed_at) AS value, arg_max(missing, observed_at) AS missing,
                   arg_max(batch, observed_at) AS batch
            FROM observation GROUP BY series, source
            """
        )
        recorded = history.query("SELECT id, epoch_us(recorded_at) AS at FROM batch ORDER BY id")
        ids, times = recorded["id"].to_numpy(), recorded["at"].to_numpy()
        batch = table["batch"].to_numpy()
        place = np.clip(np.searchsorted(ids, batch), 0, max(len(ids) - 1, 0))
        recorded_at = times[place] if len(ids) else np.zeros(len(batch), np.int64)
        with self._lock:
            self.oldest[:], self.newest[:], self._at[:] = NOT_YET, NEVER, NEVER
            series, source = table["series"].to_pylist(), table["source"].to_pylist()
            lanes = np.array([self.number(s, o) for s, o in zip(series, source, strict=True)], np.int64)
            if not len(lanes):
                return
            newest = table["newest"].to_numpy()
            self.oldest[lanes] = table["oldest"].to_numpy()
            self.newest[lanes] = newest
            value = table["value"].to_numpy(zero_copy_only=False).astype(np.float64)
            order = np.lexsort((batch, newest))
            self._set(lanes[order], newest[order], recorded_at[order], value[order], table["missing"].to_numpy()[order])

    def committed(
        self,
        lanes: NDArray[np.int64],
        at: NDArray[np.int64],
        value: NDArray[np.float64],
        missing: NDArray[np.uint8],
        recorded_at_us: int,
    ) -> None:
        """Takes note of written rows, sorted by lane key and time, one row a lane and time."""
        if not len(lanes):
            return
        ends = np.flatnonzero(np.append(lanes[1:] != lanes[:-1], True))
        starts = np.append(0, ends[:-1] + 1)
        last = lanes[ends]
        with self._lock:
            self.oldest[last] = np.minimum(self.oldest[last], at[starts])
            self.newest[last] = np.maximum(self.newest[last], at[ends])
            order = np.argsort(at[ends], kind="stable")
            chosen = ends[order]
            self._set(lanes[chosen], at[chosen], np.full(len(chosen), recorded_at_us), value[chosen], missing[chosen])

    def _set(
        self,
        lanes: NDArray[np.int64],
        at: NDArray[np.int64],
        recorded_at: NDArray[np.int64],
        value: NDArray[np.float64],
        missing: NDArray[np.uint8],
    ) -> None:
        """Rows in ascending order of time: of two for one series the later one stays."""
        key = self.key[lanes]
        series = key >> 16
        newer = at >= self._at[series]
        series = series[newer]
        self._at[series] = at[newer]
        self._recorded_at[series] = recorded_at[newer]
        self._value[series] = value[newer]
        self._missing[series] = missing[newer]
        self._source[series] = (key[newer] & 0xFFFF).astype(np.uint16)

    def read(self, series: NDArray[np.int64] | None = None) -> Newest:
        """The newest readings of these series, or of all; series without a reading are left out."""
        with self._lock:
            if series is None:
                chosen = np.flatnonzero(self._at > NEVER)
            else:
                chosen = series[(series >= 0) & (series < len(self._at))]
                chosen = chosen[self._at[chosen] > NEVER]
            return Newest(
                chosen.astype(np.int64),
                self._at[chosen],
                self._recorded_at[chosen],
                self._value[chosen],
                self._missing[chosen],
                self._source[chosen],
            )


def _longer[T: np.generic](array: NDArray[T], fill: object) -> NDArray[T]:
    longer = np.full(len(array) * 2, fill, array.dtype)
    longer[: len(array)] = array
    return longer
