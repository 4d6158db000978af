"""Work done every so often: once per interval, whichever process gets to it first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connections, transaction

from dinh.kernel import clock
from dinh.spine.jobs import models
from dinh.spine.jobs.registrations import Work, works

log = structlog.get_logger("dinh.jobs")
LOOK_S: Final = 0.2


def run_until(stop: Callable[[], bool], active: Callable[[], bool]) -> None:
    """Runs what is due while `active`; in a thread of its own, so that long work delays no event."""
    looked_at: dict[str, datetime] = {}
    resting = threading.Event()
    try:
        while not stop():
            if active():
                for work in tuple(works.values()):
                    if stop():
                        break
                    if looked_at.get(work.name, clock.EPOCH) <= clock.now():
                        looked_at[work.name] = _run_if_due(work)
            resting.wait(LOOK_S)
    finally:
        connections.close_all()


def _run_if_due(work: Work) -> datetime:
    """When to look again."""
    try:
        due_at = claim(work)
        if due_at is not None:
            return due_at
        _run(work)
    except (DatabaseError, InterfaceError):
        log.exception("periodic work lost the database and will be tried again", name=work.name)
        connections.close_all()
    return clock.now() + work.interval


def claim(work: Work) -> datetime | None:
    """None when this process is to do it now; otherwise when it is next due."""
    now = clock.now()
    due_at = models.Periodic.objects.filter(pk=work.name).values_list("due_at", flat=True).first()
    if due_at is not None and due_at > now:
        return min(due_at, now + work.interval)
    with transaction.atomic():
        models.Periodic.objects.bulk_create([models.Periodic(name=work.name, due_at=now)], ignore_conflicts=True)
        row = models.Periodic.objects.select_for_update().get(pk=work.name)
        if row.due_at > now:
            return min(row.due_at, now + work.interval)
        row.due_at = now + work.interval
        row.save(update_fields=["due_at"])
    return None


def _run(work: Work) -> None:
    try:
        work.run()
    except Exception as error:  # told, kept, and done again after the interval
        log.exception("periodic work failed", name=work.name)
        says = f"{type(error).__name__}: {error}"[:2000]
        models.Periodic.objects.filter(pk=work.name).update(error=says)
    else:
        models.Periodic.objects.filter(pk=work.name).update(error="", done_at=clock.now())
