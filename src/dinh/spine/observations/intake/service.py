"""The intake of this process: opened for good by the server, for one call by a command while no server runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
from django.db import DatabaseError

from dinh.kernel.errors import DinhError, SourceUnavailable
from dinh.spine.observations.api import Receipt
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.newest import Lanes
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.history.recent import Recent
from dinh.spine.observations.intake import recording, telling
from dinh.spine.observations.intake.json_input import Parsed
from dinh.spine.observations.intake.resolution import Resolution
from dinh.spine.observations.intake.writer import Pending, Writer, WriterThread

log = structlog.get_logger("dinh.intake")
MOST_ROWS_WAITING = 2_000_000
MOST_ROWS_UNHEARD = 20_000_000


class Intake:
    """Lanes, resolution and the writer over one open history. With threads: group commit, background telling."""

    def __init__(self, history: History, *, threads: bool) -> None:
        self.history = history
        self.lanes = Lanes()
        self.lanes.rebuild(history)
        self.resolution = Resolution(self.lanes)
        self.heard: telling.Heard | None = None
        self.notary: telling.Notary | None = None
        self._queue: WriterThread | None = None
        self._committed: list[CommittedBatch] = []
        recent = Recent()
        if threads:
            recent.load(history)
        self.writer = Writer(history, self.lanes, recent, self._tell)
        with suppress(DatabaseError):  # before the first migration there is no ledger to follow
            self.writer.last_batch = max(self.writer.last_batch, telling.last_noted())
        if threads:
            self.heard = telling.Heard()
            self.notary = telling.Notary(history)
            self._queue = WriterThread(self.writer)

    def _tell(self, batch: CommittedBatch) -> None:
        if self.heard is not None:
            self.heard.tell(batch)
        else:
            self._committed.append(batch)

    def _write(self, pending: Pending) -> tuple[int, int, int]:
        if not len(pending.at) and not pending.refused:
            return 0, 0, 0
        if self._queue is None:
            self.writer.commit([pending])
        else:
            self._queue.put(pending)
        return pending.done.result()

    def record(self, parsed: Parsed, *, sources: frozenset[str], channel: str, by: str) -> Receipt:
        self.refuse_when_full()
        return recording.record(parsed, self.resolution, self._write, sources=sources, channel=channel, by=by)

    def refuse_when_full(self) -> None:
        """Raises SourceUnavailable `observations.busy` while too much waits for the disk or the listeners."""
        waiting = self._queue.rows_waiting if self._queue else 0
        unheard = self.heard.rows_waiting if self.heard else 0
        if waiting > MOST_ROWS_WAITING or unheard > MOST_ROWS_UNHEARD:
            raise SourceUnavailable(
                "observations.busy",
                "{rows} readings wait to be written; send this again in a few seconds",
                rows=waiting + unheard,
            )

    def end(self) -> None:
        """Writes what is queued, tells of it, gives the last leaves."""
        if self._queue is not None:
            self._queue.end()
        if self.heard is not None:
            self.heard.end()
        if self.notary is not None:
            self.notary.end()
        if self._queue is None:
            self.writer.flush_counts()
            committed, self._committed = self._committed, []
            for batch in committed:
                telling.call_listeners(batch)
            telling.call_observers(committed)
            if committed:
                while telling.write_leaves(self.history):
                    pass


_guard = threading.RLock()
_running: Intake | None = None
_at_start: list[Callable[[], None]] = []


def running() -> Intake | None:
    """The intake that `start` opened in this process."""
    return _running


def on_started(callback: Callable[[], None]) -> None:
    """Registers what is done once the history is open and before `start` returns, such as judging what a
    crash left unjudged."""
    if callback not in _at_start:
        _at_start.append(callback)


def start(*, wait_s: float = 0.0) -> None:
    """Raises Conflict `observations.history_in_use` when another process owns the history and keeps it so long."""
    global _running
    with _guard:
        if _running is not None:
            return
        history = owner.open_history(wait_s=wait_s)
        try:
            _running = Intake(history, threads=True)
        except BaseException:
            owner.close_history()
            raise
    for callback in _at_start:
        try:
            callback()
        except (DinhError, DatabaseError) as error:
            log.error("start_callback_failed", error=repr(error))


def settle(timeout_s: float) -> bool:
    """An intake without threads has told its listeners by the time that it answered."""
    until = time.monotonic() + timeout_s
    while _running is not None and _running.heard is not None and _running.heard.rows_waiting:
        if time.monotonic() > until:
            return False
        time.sleep(0.0005)
    return True


def stop() -> None:
    """Writes out what is queued, tells of it, and closes the history."""
    global _running
    with _guard:
        if _running is None:
            return
        intake, _running = _running, None
        try:
            intake.end()
        finally:
            owner.close_history()


@contextmanager
def for_one_call() -> Iterator[Intake]:
    """An intake over a history that is taken for the length of the block; everything happens in this thread."""
    with owner.taken() as history:
        if _running is not None:
            yield _running
            return
        intake = Intake(history, threads=False)
        try:
            yield intake
        finally:
            intake.end()
