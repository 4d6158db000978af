"""Messages that were given up: looked at, tried once more or let go; and figures of all that was sent.

No words of a message are shown: whoever mends the sending need not read other people's letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import Final

from django.db import transaction
from django.db.models import Count, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, Refused
from dinh.kernel.masking import masked, masked_name
from dinh.kernel.specs import Text
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api, digests, drivers, kinds, models, telling
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PERMISSION: Final = "notices.manage"
MOST: Final = 500
SAMPLED: Final = 5000
TELLING: Final = 20
"""References named in one leaf."""


def require(actor: Actor) -> None:
    """Messages lie at no place: the permission must reach everywhere. Raises Refused `notices.not_permitted`."""
    if not parties.may_everywhere(actor, PERMISSION):
        raise Refused(
            "notices.not_permitted",
            "the sending of notices is managed with the permission 'notices.manage' everywhere; ask an administrator",
        )


def _dead() -> QuerySet[models.Delivery]:
    return models.Delivery.objects.filter(state="dead", digest__isnull=True)


def dead_letters(actor: Actor, *, channel: str, kind: str, error: str, offset: int, limit: int) -> api.DeadLetterPage:
    require(actor)
    every = _dead()
    found = every
    if channel:
        found = found.filter(channel=channel)
    if kind:
        found = found.filter(notice__kind=kind)
    if error:
        found = found.filter(error_code=error)
    start = max(0, offset)
    rows = list(found.select_related("notice").order_by("-wanted_at", "-pk")[start : start + min(max(0, limit), MOST)])
    people = parties.parties({row.recipient for row in rows})
    known = kinds.kinds()

    def name(recipient: str) -> str:
        party = people.get(recipient)
        if party is None:
            return masked(recipient.partition(":")[2])
        return masked_name(party.name_vi) if party.kind == "person" else party.name_vi

    tallied = every.order_by().values_list("channel", "notice__kind", "error_code").annotate(n=Count("pk"))
    seen = [(one, code, fault) for one, code, fault, _n in tallied]
    return api.DeadLetterPage(
        rows=tuple(
            api.DeadLetter(
                id=row.pk,
                kind=row.notice.kind,
                kind_name=known[row.notice.kind].name
                if row.notice.kind in known
                else Text(row.notice.kind, row.notice.kind),
                channel=row.channel,
                recipient=name(row.recipient),
                error_code=row.error_code,
                error=row.error,
                attempts=row.attempts,
                at=row.wanted_at,
                emergency=row.emergency,
            )
            for row in rows
        ),
        total=found.count() if (channel or kind or error) else sum(row[3] for row in tallied),
        channels=tuple(sorted({one for one, _code, _fault in seen})),
        kinds=tuple(
            (code, known[code].name if code in known else Text(code, code)) for code in sorted({row[1] for row in seen})
        ),
        errors=tuple(sorted({row[2] for row in seen})),
    )


def retry(actor: Actor, numbers: Sequence[int]) -> int:
    require(actor)
    with transaction.atomic():
        rows = list(
            _dead().select_for_update(of=("self",)).filter(pk__in=numbers[:MOST]).exclude(notice__kind__in=kinds.SECRET)
        )
        if not rows:
            return 0
        now = clock.now()
        for row in rows:
            row.state, row.attempts, row.due_at = "waiting", 0, now
            row.save(update_fields=["state", "attempts", "due_at"])
        models.Delivery.objects.filter(digest__in=rows, state="dead").update(state="held", error_code="")
        _leaf("notice.retried", actor, rows, {})
        jobs.publish(telling.WRITTEN, {"channels": sorted({row.channel for row in rows})})
    return len(rows)


def discard(actor: Actor, numbers: Sequence[int], *, reason: str) -> int:
    require(actor)
    why = nfc(reason)[:500]
    if not why:
        raise Invalid("notices.reason", "say why these messages need not be sent any more")
    with transaction.atomic():
        rows = list(_dead().select_for_update(of=("self",)).filter(pk__in=numbers[:MOST]))
        if not rows:
            return 0
        for row in rows:
            row.state, row.error_code, row.error = "skipped", "discarded", why
            row.save(update_fields=["state", "error_code", "error"])
            digests.follow(row)
        salt = models.Notice.objects.values_list("salt", flat=True).get(pk=rows[0].notice_id)
        _leaf("notice.discarded", actor, rows, {"reason_sha256": telling.commitment(salt, why)})
    return len(rows)


def _leaf(kind: str, actor: Actor, rows: Sequence[models.Delivery], more: dict[str, str]) -> None:
    by_channel: dict[str, int] = {}
    for row in rows:
        by_channel[row.channel] = by_channel.get(row.channel, 0) + 1
    refs = [row.ref for row in rows]
    ledger.append(
        kind,
        actor.urn,
        {"by": actor.urn, "messages": len(rows), "channels": by_channel, "refs": refs[:TELLING], **more},
    )


def figures(actor: Actor, *, window: timedelta) -> Sequence[api.ChannelFigures]:
    """Two queries; the median is that of the newest few thousand messages."""
    require(actor)
    since = clock.now() - window
    here = models.Delivery.objects.filter(created_at__gt=since)
    counts: dict[str, dict[str, int]] = {channel: {} for channel in kinds.CHANNELS}
    for channel, state, n in here.order_by().values_list("channel", "state").annotate(n=Count("pk")):
        counts[channel][state] = n
    took: dict[str, list[float]] = {}
    newest = here.filter(sent_at__isnull=False, digest__isnull=True).exclude(channel="inbox").order_by("-created_at")
    for channel, wanted_at, sent_at in newest.values_list("channel", "wanted_at", "sent_at")[:SAMPLED]:
        if sent_at is not None:
            took.setdefault(channel, []).append(max(0.0, (sent_at - wanted_at).total_seconds()))
    return tuple(
        api.ChannelFigures(
            channel=channel,
            on=drivers.on(channel),
            sent=sum(tally.get(state, 0) for state in ("sent", "delivered", "read")),
            delivered=sum(tally.get(state, 0) for state in ("delivered", "read")),
            read=tally.get("read", 0),
            waiting=sum(tally.get(state, 0) for state in ("waiting", "held", "sending")),
            failed=tally.get("failed", 0),
            dead=tally.get("dead", 0),
            skipped=tally.get("skipped", 0),
            median_s=median(took[channel]) if channel in took else None,
        )
        for channel, tally in counts.items()
    )
