"""Bringing events to listeners: each listener in its own transaction, with its own place in the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet

from dinh.kernel import clock
from dinh.spine.jobs import api, models
from dinh.spine.jobs.outbox import row_of
from dinh.spine.jobs.registrations import Listening, listeners

log = structlog.get_logger("dinh.jobs")

ATTEMPTS: Final = 6
"""In place, before the event is set aside and the listener goes on: half a second, one, two … after each."""
FIRST_PAUSE: Final = timedelta(milliseconds=500)
LATER_ATTEMPTS: Final = 20
LATER_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=6)
KEPT_FOR: Final = timedelta(days=3)


def deliver_pending(*, go_on: Callable[[], bool] = lambda: True) -> int:
    """Round after round over the listeners until nobody has an event that can be tried now."""
    delivered = 0
    moved = True
    while moved and go_on():
        moved = False
        for listening in tuple(listeners.values()):
            while go_on() and (handled := deliver_next(listening)) is not None:
                delivered += handled
                moved = True
    return delivered


def deliver_next(listening: Listening) -> int | None:
    """Handles the listener's next event together with the mark that it is past it: 1, or 0 where the event
    was set aside. None when there is no event, it must wait, or another process is at it."""
    cursor = _cursor(listening)
    if _waits(cursor) or not _after(listening, cursor.number).exists():
        return None
    with transaction.atomic():
        locked = _lock(listening)
        if locked is None or _waits(locked):
            return None
        stored = _after(listening, locked.number).first()
        if stored is None:
            return None
        try:
            with transaction.atomic():
                listening.handler(row_of(stored))
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept and tried again
            return 0 if _set_aside(locked, stored, error) else None
        locked.number, locked.attempts, locked.retry_at = stored.number, 0, None
        locked.save()
    return 1


def next_retry_at() -> datetime | None:
    """When the first of the listeners that wait may be tried again."""
    waiting = models.Cursor.objects.filter(listener__in=listeners, retry_at__isnull=False)
    return waiting.order_by("retry_at").values_list("retry_at", flat=True).first()


def retry_failed(*, all_of_them: bool = False) -> int:
    """Tries the events that were set aside and are due again; returns how many succeeded."""
    due = models.Failure.objects.order_by("event_id")
    if not all_of_them:
        due = due.filter(retry_at__lte=clock.now())
    return sum(_retry(number) for number in due.values_list("pk", flat=True))


def _retry(failure_pk: int) -> bool:
    with transaction.atomic():
        failure = models.Failure.objects.select_for_update().filter(pk=failure_pk).first()
        if failure is None or failure.listener not in listeners:
            return False
        try:
            with transaction.atomic():
                listeners[failure.listener].handler(row_of(failure.event))
        except Exception as error:  # noqa: BLE001 - kept and tried again
            failure.attempts += 1
            failure.error = _told(error)
            pause = min(LATER_PAUSE * 2 ** max(0, failure.attempts - ATTEMPTS), LONGEST_PAUSE)
            failure.retry_at = clock.now() + pause if failure.attempts < LATER_ATTEMPTS else None
            failure.save()
            return False
        failure.delete()
    return True


def backlog() -> api.Backlog:
    cursors = dict(models.Cursor.objects.values_list("listener", "number"))
    pending = 0
    oldest: datetime | None = None
    for listening in tuple(listeners.values()):
        waiting = _after(listening, cursors.get(listening.listener, 0))
        count = waiting.count()
        pending += count
        first = waiting.first() if count else None
        if first and (oldest is None or first.at < oldest):
            oldest = first.at
    failed_tasks = models.Task.objects.filter(state="failed").count()
    failed = models.Failure.objects.count()
    return api.Backlog(pending=pending, failed=failed, oldest_at=oldest, failed_tasks=failed_tasks)


def pending(listening: Listening, number: int) -> int:
    return _after(listening, number).count()


def purge() -> None:
    """Removes events that are older than three days and past every listener; what failed stays."""
    old = models.Event.objects.filter(at__lt=clock.now() - KEPT_FOR)
    cursors = dict(models.Cursor.objects.values_list("listener", "number"))
    kept = models.Failure.objects.values("event_id")
    for name in old.order_by().values_list("name", flat=True).distinct():
        passed = [cursors.get(at.listener, 0) for at in tuple(listeners.values()) if at.hears(name)]
        gone = old.filter(name=name).exclude(pk__in=kept)
        if passed:
            gone = gone.filter(number__lte=min(passed))
        gone.delete()


def _after(listening: Listening, number: int) -> QuerySet[models.Event]:
    found = models.Event.objects.filter(number__gt=number)
    if listening.name != "*":
        found = found.filter(name=listening.name)
    return found.order_by("number")


def _cursor(listening: Listening) -> models.Cursor:
    return models.Cursor.objects.filter(pk=listening.listener).first() or models.Cursor(pk=listening.listener)


def _lock(listening: Listening) -> models.Cursor | None:
    """The cursor, held until the transaction ends; None while another process holds it."""
    models.Cursor.objects.bulk_create([models.Cursor(pk=listening.listener)], ignore_conflicts=True)
    rows = models.Cursor.objects.filter(pk=listening.listener)
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True).first()
    return rows.select_for_update().first()


def _waits(cursor: models.Cursor) -> bool:
    return cursor.retry_at is not None and cursor.retry_at > clock.now()


def _set_aside(cursor: models.Cursor, stored: models.Event, error: Exception) -> bool:
    """Notes the failure; True when it was the last in place and the listener goes on."""
    now = clock.now()
    cursor.attempts += 1
    log.warning(
        "listener failed", listener=cursor.listener, event_name=stored.name, number=stored.number,
        attempt=cursor.attempts, error=_told(error),
    )  # fmt: skip
    if cursor.attempts < ATTEMPTS:
        cursor.retry_at = now + FIRST_PAUSE * 2 ** (cursor.attempts - 1)
    else:
        models.Failure.objects.create(
            listener=cursor.listener,
            event=stored,
            attempts=cursor.attempts,
            error=_told(error),
            failed_at=now,
            retry_at=now + LATER_PAUSE,
        )
        cursor.number, cursor.attempts, cursor.retry_at = stored.number, 0, None
    cursor.save()
    return cursor.attempts == 0


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def failures(limit: int) -> Sequence[api.FailureRow]:
    found = models.Failure.objects.select_related("event").order_by("-failed_at")[:limit]
    return [
        api.FailureRow(
            listener=row.listener,
            event=row_of(row.event),
            attempts=row.attempts,
            error=row.error,
            failed_at=row.failed_at,
            retry_at=row.retry_at,
        )
        for row in found
    ]
