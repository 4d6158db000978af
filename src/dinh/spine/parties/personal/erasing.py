"""Erasing a person: asked for, waiting for a time of grace, then done holder by holder, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound, Refused
from dinh.kernel.specs import Text
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import domain, keys
from dinh.spine.parties.api import SYSTEM, Actor
from dinh.spine.parties.models import Erasure, GrantRecord, User
from dinh.spine.parties.personal import ErasureRow, Outcome, register
from dinh.spine.parties.personal.reading import require_oneself

log = structlog.get_logger("dinh.parties")
TASK: Final = "parties.erase"
ASKED: Final = "person.erasure_asked"
GRACE: Final = timedelta(days=7)
MANAGE: Final = "parties.manage"


def outlook(actor: Actor) -> Sequence[tuple[Text, Outcome]]:
    person = require_oneself(actor)
    return [(holder.name, holder.outlook(person)) for holder in register.all_of_them()]


def ask(by: Actor) -> ErasureRow:
    person = require_oneself(by)
    _refuse_last_administrator(person)
    try:
        with transaction.atomic():
            there = _open(person)
            if there is None:
                now = clock.now()
                there = Erasure.objects.create(person=person, asked_at=now, due_at=now + GRACE)
                ledger.append("person.erasure_asked", person, {"by": person})
                jobs.publish(ASKED, {"erasure": there.pk, "person": person, "due_at": there.due_at.isoformat()})
            return _row(there)
    except IntegrityError:  # asked twice in one moment
        found = _open(person)
        assert found is not None
        return _row(found)


def withdraw(by: Actor) -> None:
    person = require_oneself(by)
    with transaction.atomic():
        row = _open(person, lock=True)
        if row is None:
            raise NotFound("parties.no_erasure", "no erasure of your data is waiting")
        if row.began_at is not None:
            raise Conflict("parties.erasure_began", "the erasure has begun and cannot be withdrawn any more")
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        ledger.append("person.erasure_withdrawn", person, {"by": person})


def waiting(person: str) -> ErasureRow | None:
    row = _open(person)
    return _row(row) if row else None


def _open(person: str, *, lock: bool = False) -> Erasure | None:
    rows = Erasure.objects.select_for_update() if lock else Erasure.objects.all()
    return rows.filter(person=person, withdrawn_at__isnull=True, done_at__isnull=True).first()


def _row(row: Erasure) -> ErasureRow:
    return ErasureRow(row.asked_at, row.due_at, row.began_at is not None)


def is_last_administrator(person: str) -> bool:
    """True where nobody else with an open account manages people without bounds."""
    managing = GrantRecord.objects.filter(
        role__in=domain.roles_with(MANAGE), place="", system__in=("", MANAGE.partition(".")[0]), user__is_active=True
    )
    people = {user.urn for user in User.objects.filter(pk__in=managing.values("user"))}
    return people == {person}


def _refuse_last_administrator(person: str) -> None:
    if is_last_administrator(person):
        raise Refused(
            "parties.last_administrator",
            "you are the last administrator who manages people everywhere; give that role to somebody else first",
        )


def start_due() -> int:
    """Puts what is due into the queue; returns how many."""
    started = 0
    due = Erasure.objects.filter(done_at__isnull=True, withdrawn_at__isnull=True, due_at__lte=clock.now())
    for row in due.order_by("due_at"):
        if row.began_at is None and is_last_administrator(row.person):
            log.warning("an erasure waits: the person is the last administrator", erasure=row.pk)
            continue
        key = f"erase:{row.pk}"
        task = jobs.start(TASK, {"erasure": row.pk}, title=_("Erasing personal data"), by=row.person, key=key)
        if task.state in ("failed", "cancelled"):  # the person's wish stands, whoever stopped it or whatever failed
            log.error("an erasure has stopped and is taken up again", erasure=row.pk, state=task.state)
            jobs.retry(task.id, by=SYSTEM.urn)
        started += 1
    return started


def run(running: jobs.Running) -> Mapping[str, Any]:
    """Holder by holder; after a crash, or where an earlier attempt failed, with those that are left."""
    number = int(running.task.params["erasure"])
    if not _begin(number, running):
        return {}
    asked = register.all_of_them()
    for done, holder in enumerate(asked):
        running.report(done, len(asked))
        with transaction.atomic():
            row = Erasure.objects.select_for_update().get(pk=number)
            if holder.code in row.done:
                continue
            # The task's row is locked before the holder may join the ledger's line.
            running.save({"done": sorted([*row.done, holder.code])})
            row.done[holder.code] = _told(holder.erase(row.person, row.person))
            row.save(update_fields=["done"])
    with transaction.atomic():
        row = Erasure.objects.select_for_update().get(pk=number)
        running.save({"done": sorted(row.done)})
        if row.done_at is None:
            row.done_at = clock.now()
            row.save(update_fields=["done_at"])
            ledger.append("person.erased", row.person, {"by": row.person, "holders": sorted(row.done)})
    return {"holders": len(row.done)}


def _begin(number: int, running: jobs.Running) -> bool:
    """Closes the account, so that nothing new is written in the person's name; False where nothing is to be done."""
    with transaction.atomic():
        row = Erasure.objects.select_for_update().filter(pk=number).first()
        if row is None or row.withdrawn_at is not None or row.done_at is not None or row.due_at > clock.now():
            return False
        running.save({"done": sorted(row.done)})
        if row.began_at is None:
            _refuse_last_administrator(row.person)
            row.began_at = clock.now()
            row.save(update_fields=["began_at"])
            user = register.account_of(row.person)
            if user is not None and user.is_active:
                user.is_active = False
                user.save(update_fields=["is_active"])
                ledger.append("person.closed", row.person, {"by": row.person})
                keys.forget()
    return True


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "gone": [[counted.what.vi, counted.count] for counted in outcome.gone if counted.count],
        "kept": [[counted.what.vi, counted.count] for counted in outcome.kept if counted.count],
    }
