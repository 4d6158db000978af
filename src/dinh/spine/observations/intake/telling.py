"""After the commit: listeners in this process hear of it, and the ledger gets its leaf."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import structlog
from django.db import DatabaseError, close_old_connections, transaction

from dinh.kernel.errors import DinhError
from dinh.spine.ledger import api as ledger
from dinh.spine.observations.api import Change
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.models import LedgerCursor

log = structlog.get_logger("dinh.intake")
COALESCE_S: Final = 0.05
LEAVES_EVERY_S: Final = 1.0
BATCHES_A_LEAF: Final = 200
observers: Final[list[Callable[[Change], None]]] = []


class Heard:
    """Two threads in the owner: one calls `owner.listeners` with every batch in commit order; the other calls
    `observers` with what changed since their last call, so that a slow judge does not hold up the screen."""

    def __init__(self) -> None:
        self._batches: queue.SimpleQueue[CommittedBatch | None] = queue.SimpleQueue()
        self._fresh: list[CommittedBatch] = []
        self._wake = threading.Condition()
        self._ending = False
        self._counting = threading.Lock()
        self.rows_waiting = 0
        self._threads = [
            threading.Thread(target=self._tell_listeners, name="observations-listeners", daemon=True),
            threading.Thread(target=self._tell_observers, name="observations-observers", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def tell(self, batch: CommittedBatch) -> None:
        self._count(len(batch.series))
        self._batches.put(batch)
        if observers:
            with self._wake:
                self._fresh.append(batch)
                self._wake.notify()

    def _tell_listeners(self) -> None:
        while True:
            batch = self._batches.get()
            if batch is None:
                return
            call_listeners(batch)
            close_old_connections()
            self._count(-len(batch.series))

    def _count(self, rows: int) -> None:
        """Two threads count: without the lock one would now and then undo the other, and the sum would drift."""
        with self._counting:
            self.rows_waiting += rows

    def _tell_observers(self) -> None:
        while True:
            with self._wake:
                while not self._fresh and not self._ending:
                    self._wake.wait()
                if not self._fresh:
                    return
                fresh, self._fresh = self._fresh, []
            call_observers(fresh)
            time.sleep(COALESCE_S)

    def end(self) -> None:
        self._batches.put(None)
        with self._wake:
            self._ending = True
            self._wake.notify()
        for thread in self._threads:
            thread.join()


def call_listeners(batch: CommittedBatch) -> None:
    for listener in owner.listeners:
        with _logged(listener):
            listener(batch)


def call_observers(batches: Sequence[CommittedBatch]) -> None:
    if not observers or not batches:
        return
    change = _newest_of(batches)
    for observer in observers:
        with _logged(observer):
            observer(change)


def _newest_of(batches: Sequence[CommittedBatch]) -> Change:
    series = np.concatenate([batch.series for batch in batches])
    at = np.concatenate([batch.observed_at_us for batch in batches])
    value = np.concatenate([batch.value for batch in batches])
    order = np.argsort(at, kind="stable")
    row_of = np.full(int(series.max()) + 1, -1, np.int64)
    row_of[series[order]] = order  # of several rows of a series the last one in time stays
    last = row_of[row_of >= 0]
    return Change(series[last], at[last], value[last])


@contextmanager
def _logged(whom: Callable[..., Any]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the readings are written; whoever listens must not stop the others
        log.error("listener_failed", listener=getattr(whom, "__qualname__", repr(whom)), error=repr(error))


# --- the ledger ------------------------------------------------------------------


class Notary:
    """A thread that gives committed batches their leaf, a round a second; a round that a crash cut off is
    done at the next start."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="observations-notary", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.wait(LEAVES_EVERY_S):
            self._round()
        self._round()

    def _round(self) -> None:
        try:
            while write_leaves(self._history):
                pass
        except (DatabaseError, DinhError) as error:
            log.error("leaf_not_written", error=repr(error))
        finally:
            close_old_connections()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()


def last_noted() -> int:
    return LedgerCursor.objects.values_list("batch", flat=True).first() or 0


def write_leaves(history: History) -> int:
    """One leaf `observations.batch` with number, rows and SHA-256 of each batch since the last leaf (at most
    BATCHES_A_LEAF); returns how many batches it covers. Leaf and cursor move in one transaction."""
    after = last_noted()
    rows = history.query(
        f"SELECT id, rows, digest FROM batch WHERE id > ? ORDER BY id LIMIT {BATCHES_A_LEAF}",  # noqa: S608 - a constant
        [after],
    ).to_pylist()
    if not rows:
        return 0
    with transaction.atomic():
        cursor, _ = LedgerCursor.objects.select_for_update().get_or_create(id=1, defaults={"batch": 0})
        if cursor.batch != after:
            return 0
        batches = [{"batch": row["id"], "rows": row["rows"], "sha256": row["digest"].hex()} for row in rows]
        first, last = rows[0]["id"], rows[-1]["id"]
        subject = f"observations:batch:{first}" if first == last else f"observations:batch:{first}-{last}"
        ledger.append("observations.batch", subject, {"batches": batches})
        cursor.batch = last
        cursor.save(update_fields=["batch"])
    return len(rows)
