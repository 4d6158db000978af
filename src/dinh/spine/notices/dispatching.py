"""Sending: a message is claimed in one transaction, given to the driver outside of any, and its outcome written in another.

Whoever dies in between leaves a claim that ends by itself; the next one sends again with the same `ref`, by which the
driver, or whoever stands behind it, knows the repetition.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import DatabaseError, InterfaceError, connection, connections, transaction
from django.db.models import QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import DinhError
from dinh.spine.jobs.api import Event
from dinh.spine.notices import addresses, digests, drivers, kinds, metrics, models, timing
from dinh.spine.notices.drivers import Driver, Message, NotSent, Sent

log = structlog.get_logger("dinh.notices")
BATCH: Final = 8
CLAIM: Final = timedelta(minutes=5)
"""What a batch has left undone by then, less the time for one message, is claimed anew by somebody."""
LONGEST: Final = timedelta(seconds=90)
"""One message may take so long: a mail server may be late at each of several steps."""
CRASHED: Final = "crashed"


def dispatch_due() -> int:
    """Sends what is due, channel after channel, and returns how many messages a driver took."""
    digests.gather()
    return sum(_drain(channel) for channel in drivers.OUTSIDE)


def _drain(channel: str) -> int:
    try:
        driver = drivers.driver(channel)
    except DinhError as error:
        log.warning("a channel is set up wrongly and sends nothing", channel=channel, error=error.message)
        return 0
    if driver is None:
        return 0
    taken = 0
    while claimed := _claim(channel):
        taken += sum(_send(driver, row) for row in claimed)
    return taken


def due(channel: str, now: datetime) -> QuerySet[models.Delivery]:
    return models.Delivery.objects.filter(channel=channel, state__in=models.TO_DO, due_at__lte=now, how="now").order_by(
        "-emergency", "due_at", "pk"
    )


def _claim(channel: str) -> Sequence[models.Delivery]:
    """Some messages that nobody else sends now, marked as being sent; emergencies first."""
    now = clock.now()
    if not due(channel, now).exists():  # no write lock for nothing
        return ()
    with transaction.atomic():
        rows = due(channel, now)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        elif connection.features.has_select_for_update:
            rows = rows.select_for_update(of=("self",))
        claimed, given_up = [], False
        for row in rows[:BATCH]:
            if row.state == "sending" and row.attempts >= timing.ATTEMPTS:
                _give_up(row, CRASHED, "the process ended at each attempt")
                given_up = True
                continue
            row.state, row.claim = "sending", uuid.uuid4().hex
            row.attempts += 1
            row.due_at = now + CLAIM
            row.save(update_fields=["state", "claim", "attempts", "due_at"])
            claimed.append(row)
    # Nothing to claim although something is due: others hold it, unless it was just given up.
    return _claim(channel) if given_up and not claimed else claimed


def _send(driver: Driver, row: models.Delivery) -> bool:
    if row.due_at is None or clock.now() + LONGEST > row.due_at:
        return False  # the batch took too long; the claim ends soon and somebody takes it anew
    begun = time.monotonic()
    outcome: Sent | NotSent
    try:
        _require_of_use(row)
        outcome = driver.send(_message(row))
    except NotSent as error:
        outcome = error
    except Exception as error:  # a driver's fault must not stop the others' messages
        log.exception("a driver failed", channel=row.channel, ref=row.ref)
        outcome = NotSent("fault", f"{type(error).__name__}: {error}")
    metrics.seconds.labels(row.channel).observe(time.monotonic() - begun)
    return _write(row, outcome)


def _require_of_use(row: models.Delivery) -> None:
    if row.notice.kind in kinds.SECRET and clock.now() > row.created_at + kinds.CODE_LASTS:
        raise NotSent("discarded", "the code has expired", permanent=True)


def _message(row: models.Delivery) -> Message:
    """Where to is looked up at the last moment, so that a message follows a person to a new address."""
    notice = row.notice
    to, browsers = addresses.where(row.recipient, row.channel)
    return Message(
        ref=row.ref,
        to=to,
        title=row.title,
        body=row.body,
        link=row.link,
        language=row.language,
        kind=notice.kind,
        params=notice.params,
        emergency=row.emergency,
        browsers=browsers,
        stop=_stop(notice),
    )


def _stop(notice: models.Notice) -> str:
    """'' also for a kind that is not declared any more: what was written of it is sent all the same."""
    spec = kinds.kinds().get(notice.kind)
    return str(notice.params.get(spec.stop, "")) if spec and spec.stop else ""


def _write(claimed: models.Delivery, outcome: Sent | NotSent) -> bool:
    """The outcome, where the claim is still ours; a receipt may have come before it."""
    now = clock.now()
    with transaction.atomic():
        row = models.Delivery.objects.select_for_update().filter(pk=claimed.pk, claim=claimed.claim).first()
        if row is None:
            log.warning("the outcome of a message came after its claim had ended", ref=claimed.ref)
            return False
        if outcome.gone:
            models.Browser.objects.filter(pk__in=outcome.gone).delete()
        row.claim = ""
        if isinstance(outcome, Sent):
            row.state, row.due_at, row.sent_at = "sent", None, now
            row.error_code = row.error = ""
            row.provider_id, row.parts = outcome.provider_id[:200], outcome.parts
            if row.read_at or row.delivered_at:
                row.state = "read" if row.read_at else "delivered"
            metrics.sent.labels(row.channel).inc()
            if row.channel == "push":
                models.Browser.objects.filter(person=row.recipient).update(used_at=now)
        elif outcome.code in {"no_address", "no_person", "discarded"}:
            row.state, row.due_at = "skipped", None
            row.error_code, row.error = outcome.code, outcome.says
        elif outcome.permanent or row.attempts >= timing.ATTEMPTS:
            row.state, row.due_at = "dead", None
            row.error_code, row.error = outcome.code, outcome.says
            metrics.dead.labels(row.channel, outcome.code).inc()
        else:
            row.state, row.due_at = "failed", now + timing.pause_after(row.attempts, outcome.wait)
            row.error_code, row.error = outcome.code, outcome.says
            metrics.failed.labels(row.channel, outcome.code).inc()
        _forget_secret(row)
        row.save()
        digests.follow(row)
    return isinstance(outcome, Sent)


def _give_up(row: models.Delivery, code: str, says: str) -> None:
    row.state, row.due_at, row.claim = "dead", None, ""
    row.error_code, row.error = code, says
    _forget_secret(row)
    row.save()
    digests.follow(row)
    metrics.dead.labels(row.channel, code).inc()


def _forget_secret(row: models.Delivery) -> None:
    """A code is kept no longer than it takes to send it."""
    if row.notice.kind in kinds.SECRET and row.due_at is None:
        row.title = row.body = ""
        models.Notice.objects.filter(pk=row.notice_id).update(params={})


# --- in the worker -----------------------------------------------------------------

_running: set[str] = set()
_again: set[str] = set()
_lock = threading.Lock()


def heard(event: Event) -> None:
    """Somebody was told of something: sends once the listener's transaction is over, beside it."""
    transaction.on_commit(tick)


def tick() -> None:
    """Sends what is due in threads beside the worker, one a channel: a slow carrier holds up no other and no deadline."""
    try:
        digests.gather()
        now = clock.now()
        channels = [channel for channel in drivers.OUTSIDE if drivers.on(channel) and due(channel, now).exists()]
    except (DatabaseError, InterfaceError):
        log.exception("what is due could not be looked up and will be looked up again")
        return
    for channel in channels:
        with _lock:
            if channel in _running:
                _again.add(channel)
                continue
            _running.add(channel)
        threading.Thread(target=_beside, args=(channel,), name=f"dinh-{channel}", daemon=True).start()


def _beside(channel: str) -> None:
    try:
        while True:
            _drain(channel)
            with _lock:
                if channel not in _again:
                    _running.discard(channel)
                    return
                _again.discard(channel)
    except (DatabaseError, InterfaceError):
        log.exception("sending lost the database and goes on later", channel=channel)
    finally:
        with _lock:
            _running.discard(channel)
        connections.close_all()
