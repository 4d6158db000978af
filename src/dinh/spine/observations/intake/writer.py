"""The one writer: joins what waits into one transaction, finds duplicates and corrections, answers after COMMIT.

DuckDB syncs its write-ahead log at COMMIT, so a request that was answered is on the disk. There is no key
in the history; sameness is found by the lanes' time limits (see `history.newest`), for late rows inside the limits by
what was written lately (see `history.recent`), and for the rest by a join restricted to the time windows in which they lie.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import structlog
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.errors import SourceUnavailable
from dinh.spine.observations import metrics
from dinh.spine.observations.history.newest import Lanes
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.history.recent import Recent
from dinh.spine.observations.intake.sameness import Known, Sorted, settle, sort_rows, windows

log = structlog.get_logger("dinh.intake")
ROWS_A_GROUP: Final = 400_000


@dataclass(slots=True)
class Pending:
    """Good rows of one request: arrays of shape (n,), and how many rows of it were refused by source id."""

    lane: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    missing: NDArray[np.uint8]
    refused: Mapping[int, int] = field(default_factory=dict)
    done: Future[tuple[int, int, int]] = field(default_factory=Future)
    """accepted, duplicates, corrections."""


class Writer:
    """Commits groups of pending rows into the history. `commit` is called by one thread at a time."""

    def __init__(self, history: History, lanes: Lanes, recent: Recent, tell: Callable[[CommittedBatch], None]) -> None:
        self.history = history
        self.lanes = lanes
        self.recent = recent
        self._tell = tell
        self.last_batch = 0
        self._last_at = clock.EPOCH
        self._read_last()
        self._counts: Counter[tuple[int, str]] = Counter()
        """What no transaction carried yet: refusals and duplicates of groups that wrote nothing."""

    def _read_last(self) -> None:
        last = self.history.query("SELECT max(id) AS id, max(recorded_at) AS at FROM batch").to_pylist()[0]
        self.last_batch = max(self.last_batch, last["id"] or 0)
        if last["at"] is not None:
            self._last_at = max(self._last_at, last["at"].replace(tzinfo=clock.EPOCH.tzinfo))

    def commit(self, group: Sequence[Pending]) -> None:
        """Writes the group and answers each of its requests, with an error where the file fails."""
        started = time.perf_counter()
        counts = self._counts.copy()
        try:
            answers = self._commit(group)
        except Exception as error:  # noqa: BLE001 - whatever it is: who waits must be answered, and the thread live on
            log.error("history_failed", error=repr(error))
            self._counts = counts
            self._recover()
            for pending in group:
                pending.done.set_exception(
                    SourceUnavailable(
                        "observations.history_failed",
                        "the history could not be written ({says}); nothing of this batch is certain, send it again",
                        says=(str(error) or repr(error)).splitlines()[0],
                    )
                )
            return
        metrics.commit_seconds.observe(time.perf_counter() - started)
        for pending, answer in zip(group, answers, strict=True):
            pending.done.set_result(answer)

    def _commit(self, group: Sequence[Pending]) -> list[tuple[int, int, int]]:
        if len(group) == 1:
            only = group[0]
            lane, at, value, missing = only.lane, only.at, only.value, only.missing
        else:
            lane = np.concatenate([pending.lane for pending in group])
            at = np.concatenate([pending.at for pending in group])
            value = np.concatenate([pending.value for pending in group])
            missing = np.concatenate([pending.missing for pending in group])
        rows = sort_rows(self.lanes.key[lane], lane, at, value, missing)
        cursor = self.history.cursor()
        cursor.execute("BEGIN")
        try:
            batch = self.last_batch + 1
            settled = settle(rows, self._known(cursor, rows))
            recorded_at = max(clock.now(), self._last_at)
            written = settled.written
            self._count(group, rows, settled.status)
            if len(written):
                if settled.replaced_rowids.size or settled.replaced_here.size:
                    self._supersede(cursor, rows, settled.replaced_rowids, settled.replaced_here, batch)
                self._insert(cursor, rows, written, batch, recorded_at)
                self._insert_counts(cursor, recorded_at)
            cursor.execute("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):
                cursor.execute("ROLLBACK")
            raise
        if len(written):
            self.last_batch, self._last_at = batch, recorded_at
            self._counts.clear()
            self.lanes.committed(
                rows.lane[written],
                rows.at[written],
                rows.value[written],
                rows.missing[written],
                clock.to_microseconds(recorded_at),
            )
            key = rows.key[written]
            self.recent.add(key, rows.at[written])
            self._tell(
                CommittedBatch(
                    batch,
                    (key >> 16).astype(np.uint32),
                    (key & 0xFFFF).astype(np.uint16),
                    rows.at[written],
                    rows.value[written],
                    rows.missing[written],
                )
            )
        return _shares(group, rows, settled.status)

    def _known(self, cursor: duckdb.DuckDBPyConnection, rows: Sorted) -> Known:
        """What the history holds of the rows that lie within their lane's limits."""
        inside = np.flatnonzero(
            rows.first & (rows.at >= self.lanes.oldest[rows.lane]) & (rows.at <= self.lanes.newest[rows.lane])
        )
        inside = inside[~self.recent.certainly_new(rows.key[inside], rows.at[inside])]
        if not len(inside):
            return Known.nothing()
        asked = pa.table(
            {
                "n": inside,
                "series": (rows.key[inside] >> 16).astype(np.uint32),
                "source": (rows.key[inside] & 0xFFFF).astype(np.uint16),
                "at": pa.array(rows.at[inside]).view(pa.timestamp("us")),
            }
        )
        found = []
        for start, end in windows(rows.at[inside]):
            span = asked.filter((pa.compute.field("at") >= start) & (pa.compute.field("at") <= end))
            cursor.register("asked", span)
            try:
                found.append(
                    cursor.sql(
                        """
                        SELECT asked.n AS n, o.rowid AS row, o.value AS value, o.missing AS missing
                        FROM observation o JOIN asked
                          ON o.series = asked.series AND o.source = asked.source AND o.observed_at = asked.at
                        WHERE o.observed_at BETWEEN ? AND ?
                        """,
                        params=[start.as_py(), end.as_py()],
                    ).to_arrow_table()
                )
            finally:
                cursor.unregister("asked")
        return Known.from_table(pa.concat_tables(found))

    def _supersede(
        self,
        cursor: duckdb.DuckDBPyConnection,
        rows: Sorted,
        rowids: NDArray[np.int64],
        here: NDArray[np.int64],
        batch: int,
    ) -> None:
        """Moves replaced versions out of `observation`; versions replaced within this very batch go straight."""
        if rowids.size:
            cursor.register("replaced", pa.table({"row": rowids}))
            try:
                cursor.execute(
                    "INSERT INTO superseded SELECT series, source, observed_at, value, missing, batch, ? "
                    "FROM observation o SEMI JOIN replaced ON o.rowid = replaced.row",
                    [batch],
                )
                cursor.execute("DELETE FROM observation WHERE rowid IN (SELECT row FROM replaced)")
            finally:
                cursor.unregister("replaced")
        if here.size:
            table = _table(rows, here, batch).append_column(
                "superseded_by", pa.array(np.full(len(here), batch, np.uint64))
            )
            _append(cursor, "superseded", table)

    def _insert(
        self, cursor: duckdb.DuckDBPyConnection, rows: Sorted, written: NDArray[np.int64], batch: int, at: datetime
    ) -> None:
        _append(cursor, "observation", _table(rows, written, batch))
        digest = canonical_digest(rows.key[written], rows.at[written], rows.value[written], rows.missing[written])
        cursor.execute("INSERT INTO batch VALUES (?, ?, ?, ?)", [batch, at.replace(tzinfo=None), len(written), digest])

    def _count(self, group: Sequence[Pending], rows: Sorted, status: NDArray[np.uint8]) -> None:
        # Three counts a source, in one pass: numbers of sources are small.
        counted = np.bincount((rows.key & 0xFFFF) * 3 + status).tolist()
        for place, count in enumerate(counted):
            if count:
                self._counts[place // 3, ("accepted", "duplicates", "corrections")[place % 3]] += count
        for pending in group:
            for number, count in pending.refused.items():
                self._counts[number, "refused"] += count

    def _insert_counts(self, cursor: duckdb.DuckDBPyConnection, at: datetime) -> None:
        hour = at.replace(minute=0, second=0, microsecond=0, tzinfo=None)
        sources = sorted({number for number, _ in self._counts})
        values = [
            [
                hour,
                number,
                *(self._counts[number, name] for name in ("accepted", "duplicates", "corrections", "refused")),
            ]
            for number in sources
        ]
        marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(values))
        cursor.execute(f"INSERT INTO intake_count VALUES {marks}", [cell for row in values for cell in row])  # noqa: S608 - marks only

    def flush_counts(self) -> None:
        """Writes counts that no transaction carried: nothing of their batches was taken."""
        if not self._counts:
            return
        try:
            self._insert_counts(self.history.cursor(), clock.now())
            self._counts.clear()
        except duckdb.Error as error:
            log.error("history_failed", error=str(error))

    def _recover(self) -> None:
        """After a failed commit nobody knows what reached the disk: limits and the last number are read anew from the
        file. A batch that did reach it must not share its number with the next."""
        try:
            self._read_anew()
        except duckdb.Error:
            with suppress(duckdb.Error, OSError):
                self.history.reopen()
                self._read_anew()

    def _read_anew(self) -> None:
        self.lanes.rebuild(self.history)
        self.recent.load(self.history)
        self._read_last()


def _table(rows: Sorted, chosen: NDArray[np.int64], batch: int) -> pa.Table:
    key, value, missing = rows.key[chosen], rows.value[chosen], rows.missing[chosen]
    absent = missing > 0
    return pa.table(
        {
            "series": (key >> 16).astype(np.uint32),
            "source": (key & 0xFFFF).astype(np.uint16),
            "observed_at": pa.array(rows.at[chosen]).view(pa.timestamp("us")),
            "value": pa.array(value, mask=absent) if absent.any() else pa.array(value),
            "missing": missing,
            "batch": np.full(len(chosen), batch, np.uint64),
        }
    )


def _append(cursor: duckdb.DuckDBPyConnection, into: str, table: pa.Table) -> None:
    cursor.register("incoming", table)
    try:
        cursor.execute(f"INSERT INTO {into} SELECT * FROM incoming")  # noqa: S608 - a name of ours
    finally:
        cursor.unregister("incoming")


def canonical_digest(
    key: NDArray[np.int64], at: NDArray[np.int64], value: NDArray[np.float64], missing: NDArray[np.uint8]
) -> bytes:
    """SHA-256 of the readings sorted by series, source and time: the columns series << 16 | source (int64),
    microseconds (int64), value (float64, absent ones 0.0, no -0.0) and missing (uint8), little-endian, in this order."""
    digest = hashlib.sha256()
    digest.update(np.ascontiguousarray(key, "<i8"))
    digest.update(np.ascontiguousarray(at, "<i8"))
    digest.update(np.ascontiguousarray(np.where(missing > 0, 0.0, value) + 0.0, "<f8"))
    digest.update(np.ascontiguousarray(missing))
    return digest.digest()


def _shares(group: Sequence[Pending], rows: Sorted, status: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Each request's counts out of the group's."""
    if len(group) == 1:
        counted = np.bincount(status, minlength=3).tolist()
        return [(counted[0], counted[1], counted[2])]
    given = np.empty_like(status)
    given[rows.order] = status
    answers, start = [], 0
    for pending in group:
        counted = np.bincount(given[start : start + len(pending.at)], minlength=3).tolist()
        answers.append((counted[0], counted[1], counted[2]))
        start += len(pending.at)
    return answers


class WriterThread:
    """Feeds the writer from a queue: whatever came while one transaction was written joins the next."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._waiting: list[Pending] = []
        self._wake = threading.Condition()
        self._ending = False
        self.rows_waiting = 0
        self._thread = threading.Thread(target=self._run, name="observations-writer", daemon=True)
        self._thread.start()

    def put(self, pending: Pending) -> None:
        with self._wake:
            if self._ending:
                raise SourceUnavailable(
                    "observations.stopping", "the history is being closed; send it again in a moment"
                )
            self._waiting.append(pending)
            self.rows_waiting += len(pending.at)
            metrics.queue_rows.set(self.rows_waiting)
            self._wake.notify()

    def _take(self) -> list[Pending]:
        with self._wake:
            if not self._waiting and not self._ending:
                self._wake.wait(timeout=1.0)
            group: list[Pending] = []
            rows = 0
            while self._waiting and (not group or rows + len(self._waiting[0].at) <= ROWS_A_GROUP):
                group.append(self._waiting.pop(0))
                rows += len(group[-1].at)
            self.rows_waiting -= rows
            metrics.queue_rows.set(self.rows_waiting)
            return group

    def _run(self) -> None:
        while True:
            group = self._take()
            if group:
                self.writer.commit(group)
            elif self._ending:
                break
            else:
                self.writer.flush_counts()
        self.writer.flush_counts()

    def end(self) -> None:
        """Writes what waits, then stops."""
        with self._wake:
            self._ending = True
            self._wake.notify()
        self._thread.join()


def digest_of(history: History, batch: int) -> bytes:
    """The digest of a batch from the readings in the history, for comparison with its leaf in the ledger."""
    table = history.query(
        """
        SELECT (series::BIGINT << 16) | source::BIGINT AS key, epoch_us(observed_at) AS us,
               coalesce(value, 0.0) AS value, missing
        FROM (SELECT series, source, observed_at, value, missing FROM observation WHERE batch = $batch
              UNION ALL
              SELECT series, source, observed_at, value, missing FROM superseded
              WHERE batch = $batch AND superseded_by <> $batch)
        ORDER BY key, us
        """,
        {"batch": batch},
    )
    return canonical_digest(*(table[name].to_numpy() for name in ("key", "us", "value", "missing")))
