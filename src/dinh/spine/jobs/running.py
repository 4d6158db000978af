"""Long work while it runs: taken with a lease, fenced by its holder's name, ended once.

Each taking has a holder's name of its own. Whatever is written about a task is written under that name, in the
transaction that does the work: a process that was too slow and lost its task finds out at its next `save` or at
its end, and its transaction goes back.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Conflict
from dinh.spine.jobs import api, metrics, models, registrations, tasks

log = structlog.get_logger("dinh.jobs")

LEASE = timedelta(seconds=10)
"""After a kill the task is taken again when it has passed."""
RENEWED_EVERY_S = 2.5
WRITTEN_EVERY_S: Final = 0.5
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
NOTE_LENGTH: Final = 300
CUT_OFF: Final = "the process that ran it ended before it was done"


class Stopped(api.Cancelled):
    """Raised out of a running task when the worker is to end: it waits again, and goes on from its checkpoint."""


def claim(*, but: Collection[str] = (), stop: Callable[[], bool] = lambda: False) -> Held | None:
    """Takes the task that is due the longest, of a kind that this process knows and that is not among `but`."""
    while _due(but).exists():
        with transaction.atomic():
            row = _next(but)
            if row is None:
                return None
            held = _take(row, stop)
        if held is not None:
            return held
    return None


def set_back() -> None:
    """What was cut off and is of a kind that nobody here knows any more waits, for the page to tell."""
    lost = models.Task.objects.filter(state="running", lease_until__lt=clock.now() - LEASE)
    lost.exclude(kind__in=tuple(registrations.kinds)).update(state="waiting", holder="", lease_until=None)


def _due(but: Collection[str]) -> QuerySet[models.Task]:
    now = clock.now()
    known = [kind for kind in registrations.kinds if kind not in but]
    ready = Q(state="waiting", due_at__lte=now) | Q(state="running", lease_until__lte=now)
    return models.Task.objects.filter(ready, kind__in=known).order_by("due_at", "created_at")


def _next(but: Collection[str]) -> models.Task | None:
    due = _due(but)
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True).first()
    return due.select_for_update().first()


def _take(row: models.Task, stop: Callable[[], bool]) -> Held | None:
    """None where the row is to be ended instead of run."""
    kind = registrations.kinds[row.kind]
    if row.state == "running":
        log.warning("task was cut off", task=str(row.pk), kind=row.kind, holder=row.holder, attempt=row.attempts)
        if row.cancelling:
            tasks.end(row, "cancelled")
            return None
        if row.moved:
            row.attempts = max(0, row.attempts - 1)
        row.error = CUT_OFF
        if row.attempts >= kind.attempts:
            tasks.end(row, "failed")
            return None
    now = clock.now()
    row.state, row.moved = "running", False
    row.attempts += 1
    row.started_at = row.started_at or now
    row.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex}"
    row.lease_until = now + LEASE
    row.save()
    return Held(row, kind, stop)


class Held:
    """A task that this process has taken; what the function of its kind is given as `Running`."""

    def __init__(self, row: models.Task, kind: registrations.TaskKind, stop: Callable[[], bool]) -> None:
        self.task = tasks.row_of(row)
        self.holder = row.holder
        self._kind = kind
        self._stop = stop
        self._checkpoint: Mapping[str, Any] = row.checkpoint
        self._cancelled = row.cancelling
        self._lost = False
        self._said: dict[str, Any] = {}
        self._written_at = 0.0
        self._over = threading.Event()

    @property
    def checkpoint(self) -> Mapping[str, Any]:
        return dict(self._checkpoint)

    def report(self, done: int, total: int | None = None, note: str = "") -> None:
        total = self._said.get("total") if total is None else total
        self._said = {"done": max(0, done), "total": total, "note": tasks.shortened(note, NOTE_LENGTH)}
        self._heed()
        moment = time.monotonic()
        if moment - self._written_at >= WRITTEN_EVERY_S:
            self._written_at = moment
            self._write()
            self._heed()

    def save(self, checkpoint: Mapping[str, Any]) -> None:
        if not connection.in_atomic_block:
            raise Conflict(
                "jobs.save_alone",
                "the checkpoint of '{title}' was saved outside of a transaction; save it in the one that does the work",
                title=self.task.title,
            )
        saved = tasks.as_json(checkpoint)
        row = models.Task.objects.select_for_update().filter(pk=self.task.id).first()
        if row is None or row.state != "running" or row.holder != self.holder:
            self._lost = True
            raise self._taken()
        self._cancelled = row.cancelling
        self._heed()
        row.checkpoint = saved
        row.moved = row.moved or saved != self._checkpoint
        row.lease_until = clock.now() + LEASE
        for name, value in self._said.items():
            setattr(row, name, value)
        row.save(update_fields=["checkpoint", "moved", "lease_until", *self._said])

    def run(self) -> None:
        """Runs the function and writes how it ended. Whatever the function raises ends here."""
        beat = threading.Thread(target=self._beat, name=f"dinh-task-{self.task.id[:8]}", daemon=True)
        beat.start()
        try:
            self._run()
        finally:
            self._over.set()

    def _run(self) -> None:
        structlog.contextvars.bind_contextvars(task=self.task.id, kind=self.task.kind)
        try:
            result = tasks.as_json(self._kind.run(self) or {})
        except Stopped:
            self._finish(lambda row: self._wait_again(row))
        except api.Cancelled:
            self._finish(lambda row: tasks.end(row, "cancelled"))
        except Exception as error:  # whatever a kind of work raises is told, kept and tried again
            if self._lost:
                log.warning("task was taken by another process", holder=self.holder)
                return
            log.exception("task failed", attempt=self.task.attempts)
            says = f"{type(error).__name__}: {error}"[:2000]
            self._finish(lambda row: self._fail(row, says))
        else:
            self._finish(lambda row: self._succeed(row, result))
        finally:
            structlog.contextvars.unbind_contextvars("task", "kind")

    def _finish(self, write: Callable[[models.Task], None]) -> None:
        with transaction.atomic():
            held = models.Task.objects.select_for_update().filter(pk=self.task.id, state="running", holder=self.holder)
            row = held.first()
            if row is None:
                log.warning("task was taken by another process", holder=self.holder)
                return
            for name, value in self._said.items():
                setattr(row, name, value)
            write(row)
        metrics.attempts.labels(self.task.kind, row.state).inc()

    def _succeed(self, row: models.Task, result: dict[str, Any]) -> None:
        row.result, row.error = result, ""
        tasks.end(row, "done")

    def _fail(self, row: models.Task, says: str) -> None:
        row.error = says
        if row.moved:  # it gets on, as after a kill: a web that is started anew now and then fails no long import
            row.attempts = max(1, row.attempts - 1)
            row.moved = False
        if row.attempts >= self._kind.attempts:
            tasks.end(row, "failed")
        elif row.cancelling:
            tasks.end(row, "cancelled")
        else:
            pause = min(FIRST_PAUSE * 4 ** (row.attempts - 1), LONGEST_PAUSE)
            self._release(row, pause)

    def _wait_again(self, row: models.Task) -> None:
        row.attempts = max(0, row.attempts - 1)
        if row.cancelling:
            tasks.end(row, "cancelled")
        else:
            self._release(row, timedelta())

    def _release(self, row: models.Task, pause: timedelta) -> None:
        row.state, row.holder, row.lease_until = "waiting", "", None
        row.due_at = clock.now() + pause
        row.save()

    def _heed(self) -> None:
        if self._lost:
            raise self._taken()
        if self._cancelled:
            raise api.Cancelled
        if self._stop():
            raise Stopped

    def _write(self) -> None:
        """Renews the lease, tells how far it is, and hears whether somebody cancelled."""
        mine = models.Task.objects.filter(pk=self.task.id, state="running", holder=self.holder)
        if not mine.update(lease_until=clock.now() + LEASE, **self._said):
            self._lost = True
            return
        self._cancelled = bool(mine.values_list("cancelling", flat=True).first())

    def _beat(self) -> None:
        try:
            while not self._over.wait(RENEWED_EVERY_S) and not self._lost:
                try:
                    self._write()
                except (DatabaseError, InterfaceError):
                    log.warning("the lease of a task could not be renewed and is tried again", task=self.task.id)
                    connections.close_all()
        finally:
            connections.close_all()

    def _taken(self) -> Conflict:
        return Conflict(
            "jobs.task_taken",
            "another process has taken '{title}' over meanwhile; this one lets go of it",
            title=self.task.title,
        )
