"""The outbox: events written in the same transaction as the change they tell of.

`publish` inside a transaction; each listener gets each event, in the order of commits. Its
handler runs in one transaction with the mark that it is past the event, so that what it writes
to the registers happens exactly once, also when the process is killed in between. A handler that
fails is tried again with growing pauses; after six attempts the event is set aside, kept and
tried ever more rarely, and the listener goes on. No listener holds up another one.
A listener that is new hears the events of the last three days first; `Event.at` says how old one is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    from dinh.spine.jobs import outbox

    outbox.publish(name, payload)


def listen(name: str, listener: str, handler: Handler) -> None:
    """Registers a handler, by the listener's stable name, for events `name` ('*' hears all).

    Spine parts call it from AppConfig.ready, project for manifests' listeners. The handler runs
    inside a transaction together with the mark that this listener is past the event. Registered
    again under the same listener's name, the newer handler counts.
    """
    from dinh.spine.jobs import registrations

    registrations.listeners[listener] = registrations.Listening(name, listener, handler)


def every(interval: timedelta, name: str, run: Callable[[], None]) -> None:
    """Registers work that the worker does once per interval, on one process only."""
    from dinh.spine.jobs import registrations

    registrations.works[name] = registrations.Work(interval, name, run)


def on_delivered(observer: Callable[[Event], None]) -> None:
    """Registers an in-process observer of events (live updates); called after commit, may be lost at a crash."""
    from dinh.spine.jobs import registrations

    registrations.observers.append(observer)


def deliver_pending() -> int:
    """Delivers every event that waits, in order, and returns how many; failures are kept, retried with
    back-off, and never hold up other listeners."""
    from dinh.spine.jobs import delivery

    return delivery.deliver_pending()


def work_until(stop: Callable[[], bool]) -> None:
    """The worker: delivers events as they come and does periodic work until `stop()`; one at a time per database."""
    from dinh.spine.jobs import worker

    worker.work_until(stop)


def watch_until(stop: Callable[[], bool]) -> None:
    """Only tells this process's observers of what other processes publish; for serving without working."""
    from dinh.spine.jobs import worker

    worker.watch_until(stop)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits and what failed, for /readyz, metrics and the watchdog."""

    pending: int
    failed: int
    oldest_at: datetime | None


def backlog() -> Backlog:
    from dinh.spine.jobs import delivery

    return delivery.backlog()


@dataclass(frozen=True, slots=True)
class FailureRow:
    """An event that a listener could not handle; `retry_at` None: not tried again by itself."""

    listener: str
    event: Event
    attempts: int
    error: str
    failed_at: datetime
    retry_at: datetime | None


def failures(*, limit: int = 100) -> Sequence[FailureRow]:
    """Newest first."""
    from dinh.spine.jobs import delivery

    return delivery.failures(limit)


def retry_failed() -> int:
    """Tries every event that was set aside once more, after what was wrong has been mended; returns how many
    succeeded."""
    from dinh.spine.jobs import delivery

    return delivery.retry_failed(all_of_them=True)
