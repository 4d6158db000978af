"""The outbox: events written in the same transaction as the change they tell of.

`publish` inside a transaction; each listener gets each event at least once, in
order, and `handled` makes it exactly once for listeners that write to the registers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """`number` grows with every event; `payload` is JSON."""

    number: int
    name: str
    payload: Mapping[str, Any]
    at: datetime


type Handler = Callable[[Event], None]


def publish(name: str, payload: Mapping[str, Any]) -> None:
    """Writes an event into the outbox of the present transaction and wakes the worker on commit.

    Raises Conflict `jobs.no_transaction` outside of a transaction.
    """
    raise NotImplementedError


def listen(name: str, listener: str, handler: Handler) -> None:
    """Registers a handler, by the listener's stable name, for events `name` ('*' hears all).

    Spine parts call it from AppConfig.ready, project for manifests' listeners. The handler runs
    inside a transaction together with the mark that this listener is past the event.
    """
    raise NotImplementedError


def every(interval: timedelta, name: str, run: Callable[[], None]) -> None:
    """Registers work that the worker does once per interval, on one process only."""
    raise NotImplementedError


def on_delivered(observer: Callable[[Event], None]) -> None:
    """Registers an in-process observer of events (live updates); called after commit, may be lost at a crash."""
    raise NotImplementedError


def deliver_pending() -> int:
    """Delivers every event that waits, in order, and returns how many; failures are kept, retried with
    back-off, and never hold up other listeners."""
    raise NotImplementedError


def work_until(stop: Callable[[], bool]) -> None:
    """The worker: delivers events as they come and does periodic work until `stop()`; one at a time per database."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits and what failed, for /readyz, metrics and the watchdog."""

    pending: int
    failed: int
    oldest_at: datetime | None


def backlog() -> Backlog:
    raise NotImplementedError
