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
from typing import Any, Protocol


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
    failed_tasks: int = 0
    """Long work that failed within the last month and waits for a person: nothing that a restart would help."""


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


@dataclass(frozen=True, slots=True)
class ListenerRow:
    """Who hears which events ('*': all), how many it has not heard yet and how many it could not handle."""

    listener: str
    event: str
    pending: int
    failed: int
    attempts: int
    """Failures at the next event, which is tried again at `retry_at`."""
    retry_at: datetime | None
    moved_at: datetime | None


def listeners() -> Sequence[ListenerRow]:
    """Those that this process knows, by name."""
    from dinh.spine.jobs import overview

    return overview.listeners()


@dataclass(frozen=True, slots=True)
class PeriodicRow:
    """`error`: why it failed the last time; '' when it did not. Times are None before the first time."""

    name: str
    interval: timedelta
    due_at: datetime | None
    done_at: datetime | None
    error: str


def periodic_works() -> Sequence[PeriodicRow]:
    """Those that this process knows, by name."""
    from dinh.spine.jobs import overview

    return overview.periodic_works()


# --- long work -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Long work: `state` is waiting, running, done, failed or cancelled; `done` of `total` (None: not known)."""

    id: str
    kind: str
    title: str
    state: str
    done: int
    total: int | None
    note: str
    by: str
    created_at: datetime
    due_at: datetime
    """When it is to begin, or to be tried again."""
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    error: str
    params: Mapping[str, Any]
    result: Mapping[str, Any]
    cancelling: bool = False


class Running(Protocol):
    """What the function of a kind is given while it runs."""

    task: TaskRow

    @property
    def checkpoint(self) -> Mapping[str, Any]:
        """What the last attempt saved; empty at first. After a crash the work goes on from here."""

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tells how far it is, for the screen; written at most twice a second. Raises Cancelled when asked to stop."""

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        """Call it inside the transaction that does a part of the work: both are there after a crash, or neither.

        Raises Cancelled, and Conflict `jobs.task_taken` where another process has taken the work over meanwhile, so that
        nothing is done twice.
        """


class Cancelled(Exception):
    """Raised out of a running task that somebody cancelled; let it pass."""


type Run = Callable[[Running], Mapping[str, Any] | None]


def task_kind(kind: str, run: Run, *, attempts: int = 3) -> None:
    """Registers what a kind of long work does; its answer becomes `TaskRow.result`. Failures are tried again with
    growing pauses, `attempts` times in all."""
    from dinh.spine.jobs import tasks

    tasks.register(kind, run, attempts=attempts)


def start(
    kind: str, params: Mapping[str, Any], *, title: str, by: str, key: str = "", at: datetime | None = None
) -> TaskRow:
    """Puts long work into the queue in the present transaction; with the same `key` again, returns the one that is there.

    `at` schedules it. Raises Invalid `jobs.no_kind`.
    """
    from dinh.spine.jobs import tasks

    return tasks.start(kind, params, title=title, by=by, key=key, at=at)


def task(id: str, *, by: str = "") -> TaskRow:
    """Raises NotFound `jobs.no_task`; with `by` in the same words for what somebody else started."""
    from dinh.spine.jobs import tasks

    return tasks.task(id, by=by)


def tasks(
    *, states: Sequence[str] = (), kind: str = "", by: str = "", offset: int = 0, limit: int = 100
) -> Sequence[TaskRow]:
    """Newest first."""
    from dinh.spine.jobs import tasks as room

    return room.tasks(states=states, kind=kind, by=by, offset=offset, limit=limit)


def task_kinds(*, by: str = "") -> Mapping[str, bool]:
    """The kinds of the tasks there are, by name, and whether this process knows what to do for them."""
    from dinh.spine.jobs import tasks as room

    return room.kinds_there(by)


def task_counts(*, states: Sequence[str] = (), kind: str = "", by: str = "") -> Mapping[str, int]:
    """How many `tasks` there are in each state; a state without any is absent."""
    from dinh.spine.jobs import tasks as room

    return room.count(states=states, kind=kind, by=by)


def cancel(id: str, *, by: str) -> TaskRow:
    """Ends what waits, asks what runs to stop. Raises Conflict `jobs.task_ended`."""
    from dinh.spine.jobs import tasks

    return tasks.cancel(id, by=by)


def retry(id: str, *, by: str) -> TaskRow:
    """Puts what failed or was cancelled into the queue again, from its last checkpoint; what waits after a failure
    need not wait longer. Raises Conflict `jobs.task_not_failed`."""
    from dinh.spine.jobs import tasks

    return tasks.retry(id, by=by)


def erase_words(by: str) -> int:
    """Takes title, parameters and outcome out of what somebody started and what has ended; that it was done stays.
    Returns how many. For the erasure of a person's data."""
    from dinh.spine.jobs import tasks

    return tasks.erase_words(by)


def run_due_tasks() -> int:
    """Runs every task that is due, here and now, one after another; returns how many. For tests and commands."""
    from dinh.spine.jobs import tasks

    return tasks.run_due()
