"""The worker: one at a time per database, by a lease that outlives no kill."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db.models import Max

from dinh.kernel import clock
from dinh.spine.jobs import delivery, models, periodic, registrations
from dinh.spine.jobs.outbox import row_of
from dinh.spine.jobs.pool import Pool

log = structlog.get_logger("dinh.jobs")

POLL_S: Final = 0.4
LEASE: Final = timedelta(seconds=6)
RENEWED_EVERY: Final = timedelta(seconds=2)
PAUSE_AFTER_FAULT_S: Final = 1.0


class Lease:
    """Held by whoever wrote the row last and keeps renewing it."""

    def __init__(self, name: str = "worker") -> None:
        self.name = name
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"[:64]
        self.held = False
        self._renew_at = clock.EPOCH

    def hold(self) -> bool:
        """Takes or renews the lease where due; True while it is ours."""
        now = clock.now()
        if self.held and now < self._renew_at:
            return True
        if not self.held and models.Lease.objects.filter(pk=self.name, expires_at__gt=now).exists():
            return False
        with transaction.atomic():
            models.Lease.objects.bulk_create(
                [models.Lease(name=self.name, holder=self.holder, expires_at=now)], ignore_conflicts=True
            )
            row = models.Lease.objects.select_for_update().get(pk=self.name)
            self.held = row.holder == self.holder or row.expires_at <= now
            if self.held:
                row.holder, row.expires_at = self.holder, now + LEASE
                row.save()
        self._renew_at = now + RENEWED_EVERY
        return self.held

    def release(self) -> None:
        if self.held:
            models.Lease.objects.filter(pk=self.name, holder=self.holder).delete()
            self.held = False


class Tail:
    """Tells this process's observers of events that other processes published."""

    def __init__(self) -> None:
        self.number = _newest()

    def follow(self, newest: int) -> None:
        if newest > self.number and registrations.observers:
            for stored in models.Event.objects.filter(number__gt=self.number, number__lte=newest).order_by("number"):
                registrations.tell(row_of(stored), again=False)
        self.number = newest


def work_until(stop: Callable[[], bool]) -> None:
    lease = Lease()
    waker = threading.Event()
    registrations.add_waker(waker)
    beside = threading.Thread(target=periodic.run_until, args=(stop, lambda: lease.held), name="dinh-periodic")
    beside.start()
    pool = Pool(stop)
    pool.start()
    try:
        _loop(stop, lease, waker)
    finally:
        registrations.drop_waker(waker)
        beside.join()
        pool.join()
        try:
            lease.release()
        except (DatabaseError, InterfaceError):
            log.warning("the lease was not given back and will expire", holder=lease.holder)
        connections.close_all()


def watch_until(stop: Callable[[], bool]) -> None:
    """Only tells observers; for a process that serves while another one works."""
    waker = threading.Event()
    registrations.add_waker(waker)
    tail: Tail | None = None
    try:
        while not stop():
            try:
                tail = tail or Tail()
                tail.follow(_newest())
            except (DatabaseError, InterfaceError):
                log.exception("the watcher lost the database and tries again")
                connections.close_all()
            waker.wait(POLL_S)
            waker.clear()
    finally:
        registrations.drop_waker(waker)
        connections.close_all()


def _loop(stop: Callable[[], bool], lease: Lease, waker: threading.Event) -> None:
    tail: Tail | None = None
    scanned = -1
    while not stop():
        pause = POLL_S
        try:
            tail = tail or Tail()
            newest = _newest()
            retry_at = delivery.next_retry_at()
            if lease.hold() and (newest != scanned or (retry_at and retry_at <= clock.now())):
                delivery.deliver_pending(go_on=lambda: not stop() and lease.hold())
                scanned = newest
                retry_at = delivery.next_retry_at()
            tail.follow(max(newest, _newest()) if registrations.observers else newest)
            if retry_at:
                pause = min(pause, max(0.01, (retry_at - clock.now()).total_seconds()))
        except (DatabaseError, InterfaceError):
            log.exception("the worker lost the database and tries again")
            connections.close_all()
            lease.held, scanned, pause = False, -1, PAUSE_AFTER_FAULT_S
        waker.wait(pause)
        waker.clear()


def _newest() -> int:
    return models.Event.objects.aggregate(newest=Max("number"))["newest"] or 0
