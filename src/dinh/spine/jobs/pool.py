"""The threads of a worker that run tasks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connections

from dinh.spine.jobs import registrations, running

log = structlog.get_logger("dinh.jobs")

THREADS: Final = 2
LOOK_S: Final = 0.4
PAUSE_AFTER_FAULT_S: Final = 1.0
STOP_WITHIN_S = 15.0


class Pool:
    """A few threads that run tasks, never two of one kind at once in this process: long imports leave room."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._busy: set[str] = set()
        self._taking = threading.Lock()
        self._wakers = [threading.Event() for _ in range(THREADS)]
        self._threads = [
            threading.Thread(target=self._loop, args=(waker,), name=f"dinh-tasks-{number}", daemon=True)
            for number, waker in enumerate(self._wakers)
        ]

    def start(self) -> None:
        for waker in self._wakers:
            registrations.add_waker(waker)
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """A task that tells nothing for long is left behind, as a kill would: its lease passes."""
        ends = time.monotonic() + STOP_WITHIN_S
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))
            if thread.is_alive():
                log.warning("a task did not stop in time and will be taken up again", thread=thread.name)
        for waker in self._wakers:
            registrations.drop_waker(waker)

    def _loop(self, waker: threading.Event) -> None:
        try:
            while not self._stop():
                pause = LOOK_S
                try:
                    if self._run_one():
                        continue
                except (DatabaseError, InterfaceError):
                    log.exception("the tasks lost the database and go on soon")
                    connections.close_all()
                    pause = PAUSE_AFTER_FAULT_S
                waker.wait(pause)
                waker.clear()
        finally:
            connections.close_all()

    def _run_one(self) -> bool:
        with self._taking:
            held = running.claim(but=frozenset(self._busy), stop=self._stop)
            if held is None:
                return False
            self._busy.add(held.task.kind)
        try:
            held.run()
        finally:
            with self._taking:
                self._busy.discard(held.task.kind)
        for waker in self._wakers:
            waker.set()
        return True
