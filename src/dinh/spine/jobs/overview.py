"""What this process has registered, beside what the registers know of it: for the page that shows what runs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count

from dinh.spine.jobs import api, delivery, models, registrations


def periodic_works() -> Sequence[api.PeriodicRow]:
    known = {row.name: row for row in models.Periodic.objects.all()}
    return [
        api.PeriodicRow(
            name=work.name,
            interval=work.interval,
            due_at=row.due_at if (row := known.get(work.name)) else None,
            done_at=row.done_at if row else None,
            error=row.error if row else "",
        )
        for work in sorted(registrations.works.values(), key=lambda work: work.name)
    ]


def listeners() -> Sequence[api.ListenerRow]:
    cursors = {row.listener: row for row in models.Cursor.objects.all()}
    failed = dict(models.Failure.objects.values_list("listener").annotate(Count("pk")))
    return [
        api.ListenerRow(
            listener=listening.listener,
            event=listening.name,
            pending=delivery.pending(listening, cursor.number if (cursor := cursors.get(listening.listener)) else 0),
            failed=failed.get(listening.listener, 0),
            attempts=cursor.attempts if cursor else 0,
            retry_at=cursor.retry_at if cursor else None,
            moved_at=cursor.moved_at if cursor else None,
        )
        for listening in sorted(registrations.listeners.values(), key=lambda listening: listening.listener)
    ]
