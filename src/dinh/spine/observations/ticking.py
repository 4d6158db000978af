"""Lets the judge see time pass, in the process that owns the history."""

from __future__ import annotations

import threading
from typing import Final

import duckdb
import structlog
from django.db import DatabaseError, close_old_connections

from dinh.kernel.errors import DinhError
from dinh.spine.observations import judge
from dinh.spine.observations.history import owner

log = structlog.get_logger("dinh.judge")
TICK_EVERY_S: Final = 20.0
GRACE_S: Final = 60.0
"""Sources that Đình's own stop cut off get this long to come back before they are called silent."""


class Clock:
    """The thread that lets the judge see time pass, as long as this process owns the history it was started for."""

    def __init__(self) -> None:
        self._history = owner.owned()
        threading.Thread(target=self._run, name="observations-clock", daemon=True).start()

    def _run(self) -> None:
        pause = threading.Event()
        pause.wait(GRACE_S)
        while not pause.wait(TICK_EVERY_S):
            if owner.owned() is not self._history:
                return
            try:
                judge.tick()
            except (DatabaseError, DinhError, duckdb.Error) as error:
                judge.forget()
                log.warning("tick_failed", error=repr(error))
            finally:
                close_old_connections()


def started() -> None:
    """What the owner does when it has opened the history."""
    judge.catch_up()
    Clock()
