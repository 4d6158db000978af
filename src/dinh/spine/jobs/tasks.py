"""Long work as people see it: put into the queue, looked at, cancelled, tried again. How it runs is `running`'s."""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.jobs import api, models, outbox, registrations
from dinh.spine.ledger import api as ledger

KEPT_FOR: Final = timedelta(days=30)
TITLE_LENGTH: Final = 300
PURGED_AT_ONCE: Final = 500


def register(kind: str, run: api.Run, *, attempts: int) -> None:
    registrations.kinds[kind] = registrations.TaskKind(kind, run, max(1, attempts))


def start(kind: str, params: Mapping[str, Any], *, title: str, by: str, key: str, at: datetime | None) -> api.TaskRow:
    if kind not in registrations.kinds:
        raise Invalid(
            "jobs.no_kind",
            "there is no kind of work '{kind}'; it is registered by the system that does it, which may be unplugged",
            kind=kind,
        )
    now = clock.now()
    made = models.Task(
        kind=kind,
        title=shortened(title, TITLE_LENGTH),
        params=as_json(params),
        key=key,
        by=by,
        created_at=now,
        due_at=at or now,
        salt=secrets.token_hex(16),
    )
    with transaction.atomic():
        if key and (there := models.Task.objects.filter(kind=kind, key=key).first()):
            return row_of(there)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            there = models.Task.objects.filter(kind=kind, key=key).first() if key else None
            if there is None:
                raise
            return row_of(there)  # somebody else was faster by a moment
        record("task.started", made, by=by)
        transaction.on_commit(registrations.wake)
    return row_of(made)


def task(id: str, *, by: str = "") -> api.TaskRow:
    found = models.Task.objects.filter(pk=_key(id)).first()
    if found is None or (by and found.by != by):
        raise _unknown(id)
    return row_of(found)


def tasks(*, states: Sequence[str], kind: str, by: str, offset: int, limit: int) -> Sequence[api.TaskRow]:
    found = _chosen(states, kind, by).order_by("-created_at", "-pk")
    return [row_of(row) for row in found[offset : offset + limit]]


def count(*, states: Sequence[str], kind: str, by: str) -> Mapping[str, int]:
    """By state, only those there are."""
    found = _chosen(states, kind, by).order_by().values_list("state").annotate(Count("pk"))
    return dict(found)


def kinds_there(by: str) -> Mapping[str, bool]:
    there = _chosen((), "", by).order_by().values_list("kind", flat=True).distinct()
    return {kind: kind in registrations.kinds for kind in sorted(there)}


def cancel(id: str, *, by: str) -> api.TaskRow:
    with transaction.atomic():
        row = _locked(id)
        if row.state in models.ENDED:
            raise Conflict(
                "jobs.task_ended",
                "'{title}' has ended and cannot be cancelled any more; what it did stays",
                title=row.title,
            )
        if row.state == "waiting":
            record("task.cancelled", row, by=by)
            end(row, "cancelled")
        elif not row.cancelling:
            row.cancelling = True
            row.save(update_fields=["cancelling"])
            record("task.cancelled", row, by=by)
        return row_of(row)


def retry(id: str, *, by: str) -> api.TaskRow:
    """Also what waits after a failure need not wait longer."""
    with transaction.atomic():
        row = _locked(id)
        if row.state not in {"failed", "cancelled"} and not (row.state == "waiting" and row.attempts):
            raise Conflict(
                "jobs.task_not_failed",
                "'{title}' has neither failed nor been cancelled; only such work is tried again",
                title=row.title,
            )
        row.state, row.attempts, row.error, row.cancelling = "waiting", 0, "", False
        row.due_at, row.ended_at = clock.now(), None
        row.save()
        record("task.retried", row, by=by)
        transaction.on_commit(registrations.wake)
        return row_of(row)


def run_due() -> int:
    from dinh.spine.jobs import running

    ran = 0
    while (held := running.claim()) is not None:
        held.run()
        ran += 1
    return ran


def end(row: models.Task, state: str) -> None:
    """Saves the outcome of a locked row and tells others; in the caller's transaction."""
    row.state, row.ended_at = state, clock.now()
    row.holder, row.lease_until, row.cancelling = "", None, False
    row.save()
    record("task.ended", row, by=row.by)
    outbox.publish(
        "task.ended", {"id": str(row.pk), "urn": urn_of(row), "kind": row.kind, "state": state, "by": row.by}
    )


def record(leaf: str, row: models.Task, *, by: str) -> None:
    """A leaf about an act; title and params may tell of people, so that a salted commitment stands for them."""
    words = json.dumps([row.title, row.params], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    said = hashlib.sha256(bytes.fromhex(row.salt) + words.encode("utf-8")).hexdigest()
    data = {"kind": row.kind, "state": row.state, "attempts": row.attempts, "by": by or None, "words_sha256": said}
    ledger.append(leaf, urn_of(row), data)


def purge() -> None:
    """Removes what ended a month ago, its words and its salt with it; the leaves stay."""
    old = models.Task.objects.filter(ended_at__lt=clock.now() - KEPT_FOR).order_by("ended_at")
    while keys := list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE]):
        models.Task.objects.filter(pk__in=keys).delete()


def erase_words(by: str) -> int:
    """The salt goes too: nobody can check a guess at the words against the ledger any more."""
    ended = models.Task.objects.filter(by=by, state__in=models.ENDED).exclude(salt="")
    return ended.update(title="–", note="", params={}, checkpoint={}, result={}, error="", salt="")


def as_json(value: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping as it will be read back. Raises Invalid `jobs.not_json`."""
    try:
        read: dict[str, Any] = json.loads(json.dumps(dict(value), ensure_ascii=False, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise Invalid(
            "jobs.not_json",
            "what a task is given, saves and answers must be JSON: {why}; write times and numbers as text",
            why=str(error),
        ) from error
    return read


def shortened(text: str, length: int) -> str:
    text = unicodedata.normalize("NFC", text)
    return text if len(text) <= length else text[: length - 1] + "…"


def urn_of(row: models.Task) -> str:
    return f"urn:dinh:task:{row.pk}"


def row_of(row: models.Task) -> api.TaskRow:
    return api.TaskRow(
        id=str(row.pk),
        kind=row.kind,
        title=row.title,
        state=row.state,
        done=row.done,
        total=row.total,
        note=row.note,
        by=row.by,
        created_at=row.created_at,
        due_at=row.due_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        attempts=row.attempts,
        error=row.error,
        params=row.params,
        result=row.result,
        cancelling=row.cancelling,
    )


def _chosen(states: Sequence[str], kind: str, by: str) -> QuerySet[models.Task]:
    found = models.Task.objects.all()
    if states:
        found = found.filter(state__in=states)
    if kind:
        found = found.filter(kind=kind)
    if by:
        found = found.filter(by=by)
    return found


def _locked(id: str) -> models.Task:
    row = models.Task.objects.select_for_update().filter(pk=_key(id)).first()
    if row is None:
        raise _unknown(id)
    return row


def _key(id: str) -> uuid.UUID:
    try:
        return uuid.UUID(id)
    except ValueError:
        raise _unknown(id) from None


def _unknown(id: str) -> NotFound:
    return NotFound(
        "jobs.no_task", "there is no task '{id}'; what ended is kept for {days} days", id=id[:80], days=KEPT_FOR.days
    )
