"""Remembers, in little memory, which (series, source, time) were written lately, so that late rows that are new
need no look into the history.

Two Bloom filters of 2**28 bits, 32 MiB each: the present one takes what is written, the one before is forgotten
once the present one is full. A row that neither knows, and that is not older than `since_us`, is certainly not in the
history. Each row sets six bits of one word, so that it costs one access to memory; with ROWS rows in a filter about
one in 25,000 strangers is taken for known and looked up for nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.spine.observations.history.newest import NEVER, NOT_YET
from dinh.spine.observations.history.owner import History

WORD_BITS: Final = 22
ROWS: Final = 4_000_000
"""Rows that one filter takes."""
SPANS: Final = ("30 days", "7 days", "1 day", "6 hours", "1 hour", "10 minutes")
_MULTIPLIERS: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SIX: Final = np.uint64(63)
_ONE: Final = np.uint64(1)


class _Filter:
    def __init__(self) -> None:
        self.words = np.full(
            1 << WORD_BITS, 0, np.uint64
        )  # written at once: faults of fresh pages would fall on the writer
        self.rows = 0
        self.newest_us = int(NEVER)

    def add(self, hashes: NDArray[np.uint64], at: NDArray[np.int64]) -> None:
        word, bits = _words(hashes)
        while len(word):
            # Of two rows for one word the latter wins; the loser is seen by its absence and goes again. Five times
            # as fast as `np.bitwise_or.at`.
            self.words[word] |= bits
            absent = (self.words[word] & bits) != bits
            word, bits = word[absent], bits[absent]
        self.rows += len(at)
        self.newest_us = max(self.newest_us, int(at.max()))

    def may_hold(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        word, bits = _words(hashes)
        held: NDArray[np.bool_] = (self.words[word] & bits) == bits
        return held


class Recent:
    """Used by the one writer alone."""

    def __init__(self) -> None:
        self._now = _Filter()
        self._before = _Filter()
        self.since_us = int(NOT_YET)
        """Rows observed since then are known for certain; before `load` none are."""

    def load(self, history: History) -> None:
        """Takes in the newest readings of the history, at most ROWS of them."""
        self._now, self._before = _Filter(), _Filter()
        total = history.query("SELECT count(*) AS n FROM observation")["n"][0].as_py()
        self.since_us = int(NEVER)
        if total > ROWS:
            self.since_us = self._start_of_recent(history)
        if not total or self.since_us >= NOT_YET:
            return
        condition = "" if total <= ROWS else f"WHERE observed_at >= make_timestamp({self.since_us})"
        table = history.query(
            "SELECT (series::BIGINT << 16) | source::BIGINT AS key, epoch_us(observed_at) AS us "  # noqa: S608 - a number of ours
            f"FROM observation {condition}"
        )
        for batch in table.to_batches(max_chunksize=250_000):
            self.add(batch["key"].to_numpy(), batch["us"].to_numpy())

    def _start_of_recent(self, history: History) -> int:
        for span in SPANS:
            row = history.query(
                f"""
                WITH start AS (SELECT max(observed_at) - INTERVAL '{span}' AS moment FROM observation)
                SELECT epoch_us(any_value(moment)) AS us, count(*) AS n
                FROM observation, start WHERE observed_at >= moment
                """  # noqa: S608 - a span of ours
            ).to_pylist()[0]
            if row["n"] <= ROWS:
                since: int = row["us"]
                return since
        return int(NOT_YET)

    def add(self, key: NDArray[np.int64], at: NDArray[np.int64]) -> None:
        """Takes note of rows that were written."""
        if not len(at):
            return
        if self._now.rows + len(at) > ROWS:
            if self._before.rows:
                self.since_us = max(self.since_us, self._before.newest_us + 1)
            self._before, self._now = self._now, _Filter()
        self._now.add(_hashes(key, at), at)

    def certainly_new(self, key: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Rows that cannot be in the history."""
        new = at >= self.since_us
        if new.any():
            hashes = _hashes(key, at)
            new &= ~self._now.may_hold(hashes)
            if self._before.rows:
                new &= ~self._before.may_hold(hashes)
        return new


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64."""
    value = (value ^ (value >> np.uint64(30))) * _MULTIPLIERS[1]
    value = (value ^ (value >> np.uint64(27))) * _MULTIPLIERS[2]
    mixed: NDArray[np.uint64] = value ^ (value >> np.uint64(31))
    return mixed


def _hashes(key: NDArray[np.int64], at: NDArray[np.int64]) -> NDArray[np.uint64]:
    return _mixed(_mixed(key.astype(np.uint64) * _MULTIPLIERS[0]) + at.astype(np.uint64))


def _words(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The filter's word for each hash, by its upper bits, and six bits in it, by its lower ones."""
    bits = np.zeros(len(hashes), np.uint64)
    for place in range(6):
        bits |= _ONE << ((hashes >> np.uint64(6 * place)) & _SIX)
    return (hashes >> np.uint64(64 - WORD_BITS)).astype(np.int64), bits
