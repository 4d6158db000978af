"""A copy of what is kept about a person: asked for, made as long work, opened by its person alone, erased after a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dinh.kernel import clock
from dinh.kernel.errors import NotFound, Refused
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties.api import PERSON, SYSTEM, Actor
from dinh.spine.parties.models import DataCopy
from dinh.spine.parties.personal import CopyRow, archive, register
from dinh.spine.parties.personal.reading import require_administer, require_oneself

log = structlog.get_logger("dinh.parties")
TASK: Final = "parties.copy"
READY: Final = "person.copy_ready"
KEPT_FOR: Final = timedelta(days=7)
NAME: Final = "du-lieu-ca-nhan.zip"


def ask(person: str, *, by: Actor) -> CopyRow:
    username = person.removeprefix(PERSON)
    if by.urn == person:
        require_oneself(by)
    require_administer(by, person, username)
    user = register.account_of(person)
    if user is None or user.erased_at is not None:
        raise NotFound("parties.no_person", "there is no account '{username}'", username=username[:100])
    try:
        with transaction.atomic():
            return _row(_begin(person, by))
    except IntegrityError:  # somebody asked in the same moment
        return _row(DataCopy.objects.get(person=person, ended_at__isnull=True))


def _begin(person: str, by: Actor) -> DataCopy:
    there = DataCopy.objects.select_for_update().filter(person=person, ended_at__isnull=True).first()
    if there is not None and _state(there) == "making":
        return there
    if there is not None:
        _end(there, reason="a newer copy was asked for")
    made = DataCopy.objects.create(person=person, asked_by=by.urn, asked_at=clock.now())
    task = jobs.start(TASK, {"copy": made.pk}, title=_("A copy of personal data"), by=by.urn, key=f"copy:{made.pk}")
    made.task = task.id
    made.save(update_fields=["task"])
    ledger.append("person.copy_asked", person, {"by": by.urn})
    return made


def make(running: jobs.Running) -> Mapping[str, Any]:
    """Everything is gathered before the transaction that keeps it, so that nobody waits for it."""
    number = int(running.task.params["copy"])
    row = DataCopy.objects.filter(pk=number).first()
    if row is None or row.ready_at is not None or row.ended_at is not None:
        return {}
    person = row.person
    user = register.account_of(person)
    asked = register.all_of_them()
    parts = []
    for done, holder in enumerate(asked):
        running.report(done, len(asked))
        parts.append((holder.code, holder.name, holder.export(person)))
    now = clock.now()
    content = archive.packed(parts, language="en" if user and user.language == "en" else "vi", at=now)
    with transaction.atomic():
        row = DataCopy.objects.select_for_update().get(pk=number)
        if row.ready_at is None and row.ended_at is None:
            running.save({"kept": True})
            # Made here of what was checked when it came: there is nothing to check or to scan again.
            prepared = files.Prepared(content, NAME, "application/zip")
            kept = files.save(prepared, name=NAME, about=person, by=SYSTEM.urn, personal=True)
            row.file, row.ready_at, row.expires_at = kept.urn, now, now + KEPT_FOR
            row.save()
            jobs.publish(READY, {"copy": row.pk, "person": person})
    return {"bytes": len(content)}


def copies(actor: Actor) -> Sequence[CopyRow]:
    person = require_oneself(actor)
    return [_row(row) for row in DataCopy.objects.filter(person=person).order_by("-pk")[:20]]


def opened(number: int, *, by: Actor) -> tuple[files.FileRow, bytes]:
    person = require_oneself(by)
    row = DataCopy.objects.filter(pk=number, person=person).first()
    if row is None or not row.file:
        raise NotFound("parties.no_copy", "there is no such copy of your data; ask for a new one")
    if row.ended_at is not None or row.expires_at is None or row.expires_at <= clock.now():
        raise Refused("parties.copy_expired", "this copy was kept for 7 days and is erased; ask for a new one")
    return files.give_out(row.file, by=person)


def expire() -> int:
    """Erases what has been kept for long enough; returns how many."""
    over = DataCopy.objects.filter(ended_at__isnull=True, expires_at__lte=clock.now()).values_list("pk", flat=True)
    for number in list(over):
        with transaction.atomic():
            row = DataCopy.objects.select_for_update().get(pk=number)
            if row.ended_at is None:
                _end(row, reason="kept for 7 days")
    return len(over)


def erase_all(person: str, *, by: str) -> int:
    """Every copy there is, in the present transaction."""
    rows = list(DataCopy.objects.select_for_update().filter(person=person, ended_at__isnull=True))
    for row in rows:
        _end(row, reason="the person's data is erased", by=by)
    return len(rows)


def _end(row: DataCopy, *, reason: str, by: str = SYSTEM.urn) -> None:
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    if row.file:
        files.erase(row.file, by=by, reason=reason)


def _state(row: DataCopy) -> str:
    if row.ended_at is not None or (row.expires_at is not None and row.expires_at <= clock.now()):
        return "gone"
    if row.ready_at is not None:
        return "ready"
    try:
        state = jobs.task(row.task).state if row.task else "waiting"
    except NotFound:
        state = "failed"
    return "failed" if state in ("failed", "cancelled") else "making"


def _row(row: DataCopy) -> CopyRow:
    return CopyRow(row.pk, row.asked_at, row.asked_by, _state(row), row.ready_at, row.expires_at)
