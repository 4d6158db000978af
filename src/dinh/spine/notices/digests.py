"""Digests: what a person wanted gathered becomes one message a channel, and its parts follow what happens to it."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.vietnamese_text import format_moment
from dinh.spine.notices import choosing, drivers, kinds, models, telling, timing, wording

LISTED: Final = 30
"""Lines of one digest; how many more there are is said below them."""
AT_A_TIME: Final = 500


def gather() -> int:
    """Makes the digests that are due; returns how many."""
    now = clock.now()
    due = (
        models.Delivery.objects.filter(
            channel__in=drivers.OUTSIDE, due_at__lte=now, state="held", how="digest", digest__isnull=True
        )
        .order_by()
        .values_list("recipient", "channel")
        .distinct()
    )
    return sum(_gather_for(recipient, channel, now) for recipient, channel in due[:AT_A_TIME])


def _gather_for(recipient: str, channel: str, now: datetime) -> int:
    with transaction.atomic():
        waiting = models.Delivery.objects.select_for_update().filter(
            recipient=recipient, channel=channel, state="held", how="digest", digest__isnull=True, due_at__lte=now
        )
        held = list(waiting.order_by("created_at", "pk"))
        if not held:
            return 0
        times = choosing.wishes_of([recipient]).times.get(recipient, choosing.Times())
        at = timing.quiet_until(now, times.quiet_from, times.quiet_to) or now
        message = _message(held, recipient, channel, at, now)
        models.Delivery.objects.filter(pk__in=[row.pk for row in held]).update(digest=message, due_at=None)
    return 1


def _message(
    held: Sequence[models.Delivery], recipient: str, channel: str, at: datetime, now: datetime
) -> models.Delivery:
    language = held[-1].language
    title, body = _words(held, language)
    # One of a person, channel and moment; its parts can be in no other, because they point at it.
    key = f"digest:{now.astimezone(VIETNAM):%Y-%m-%dT%H:%M:%S}:{held[0].ref}"
    notice = models.Notice.objects.create(
        key=key, kind=kinds.DIGEST, params={"count": len(held)}, salt=secrets.token_hex(16), created_at=now
    )
    return models.Delivery.objects.create(
        notice=notice,
        key=key,
        recipient=recipient,
        channel=channel,
        ref=uuid.uuid4().hex,
        state="waiting" if at <= now else "held",
        language=language,
        title=title,
        body=body,
        link=telling.page_link(),
        created_at=now,
        wanted_at=at,
        due_at=at,
    )


def _words(held: Sequence[models.Delivery], language: str) -> tuple[str, str]:
    spec = kinds.kind(kinds.DIGEST)
    params = {"count": len(held), "list": _listed(held, language)}
    return wording.title_of(spec, params, language), wording.fill(spec.body, params, language)


def tell_anew(numbers: Iterable[int]) -> Sequence[int]:
    """The words of these digests from those of their parts that still have some; returns the digests without any."""
    empty = []
    for digest in models.Delivery.objects.select_for_update().filter(pk__in=list(numbers)):
        rest = list(models.Delivery.objects.filter(digest=digest).exclude(title="").order_by("created_at", "pk"))
        if rest:
            digest.title, digest.body = _words(rest, digest.language)
            digest.save(update_fields=["title", "body"])
        else:
            empty.append(digest.pk)
    return empty


def _listed(held: Sequence[models.Delivery], language: str) -> str:
    lines = [f"- {format_moment(row.created_at, language)}: {row.title}" for row in held[:LISTED]]
    more = len(held) - LISTED
    if more > 0:
        lines.append(f"… và {more} thông báo khác" if language == "vi" else f"… and {more} more")
    return "\n".join(lines)


def follow(digest: models.Delivery) -> None:
    """The parts of a digest that was just sent, read or given up, in the same transaction."""
    if digest.notice.kind != kinds.DIGEST or digest.state in models.TO_DO:
        return
    changed: dict[str, Any] = {
        "state": digest.state,
        "sent_at": digest.sent_at,
        "delivered_at": digest.delivered_at,
        "read_at": digest.read_at,
        "error_code": digest.error_code,
    }
    models.Delivery.objects.filter(digest=digest).exclude(state="skipped").update(**changed)
