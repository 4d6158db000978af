"""Writing the notices of an event, in the transaction of the event."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.specs import NoticeSpec
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import fold
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import choosing, kinds, models, wording
from dinh.spine.parties.api import SYSTEM

WRITTEN: Final = "notice.written"


def notify(
    kind: str,
    *,
    to: Iterable[str],
    key: str,
    about: str | None,
    params: Mapping[str, Any],
    emergency: bool | None,
    language: str = "vi",
) -> int:
    if not connection.in_atomic_block:
        raise Conflict(
            "notices.no_transaction",
            "the notice '{kind}' was written outside of a transaction; write it together with the event it tells of",
            kind=kind[:100],
        )
    spec = kinds.kind(kind)
    wording.check(spec, params)
    if not key or len(key) > 200:
        raise Invalid("notices.key", "the key of an event has 1 to 200 characters, '{key}' has not", key=key[:200])
    if about is not None:
        parse_urn(about)
    urgent = spec.emergency if emergency is None else emergency
    now = clock.now()
    wanted = choosing.chosen(spec, to, urgent=urgent, now=now, language=language)
    if not wanted:
        return 0
    notice = _notice(spec, key, about, params, urgent=urgent, now=now)
    recipients = {one.recipient for one in wanted}
    told = set(models.Delivery.objects.filter(key=key, recipient__in=recipients).values_list("recipient", flat=True))
    rows = _deliveries(spec, notice, [one for one in wanted if one.recipient not in told], now)
    if not rows:
        return 0
    models.Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    if urgent:
        _seal(notice, rows)
    jobs.publish(WRITTEN, {"channels": sorted({row.channel for row in rows if row.state != "skipped"})})
    return sum(row.state != "skipped" for row in rows)


def _notice(
    spec: NoticeSpec, key: str, about: str | None, params: Mapping[str, Any], *, urgent: bool, now: datetime
) -> models.Notice:
    """The one of this event and kind, held until the transaction ends: whoever tells of the same event waits."""
    fresh = models.Notice(
        key=key,
        kind=spec.code,
        about=about or "",
        params=wording.kept(params),
        emergency=urgent,
        salt=secrets.token_hex(16),
        created_at=now,
    )
    models.Notice.objects.bulk_create([fresh], ignore_conflicts=True)
    return models.Notice.objects.select_for_update().get(key=key, kind=spec.code)


def _deliveries(
    spec: NoticeSpec, notice: models.Notice, wanted: Iterable[choosing.Chosen], now: datetime
) -> list[models.Delivery]:
    link = link_of(notice.about)
    texts: dict[str, tuple[str, str]] = {}
    rows = []
    for one in wanted:
        if one.language not in texts:
            texts[one.language] = (
                wording.title_of(spec, notice.params, one.language),
                wording.fill(spec.body, notice.params, one.language),
            )
        title, body = texts[one.language]
        row = models.Delivery(
            notice=notice,
            key=notice.key,
            recipient=one.recipient,
            channel=one.channel,
            ref=uuid.uuid4().hex,
            how=one.how,
            emergency=notice.emergency,
            language=one.language,
            title=title,
            body=body,
            link=link,
            created_at=now,
            wanted_at=one.due_at or now,
            due_at=one.due_at,
        )
        if one.skipped:
            row.state, row.error_code, row.due_at = "skipped", one.skipped, None
        elif one.channel == "inbox":
            row.state, row.sent_at, row.delivered_at = "delivered", now, now
            row.search = fold(f"{title} {body}")
        else:
            row.state = "held" if row.how == "digest" or row.wanted_at > now else "waiting"
        rows.append(row)
    return rows


def link_of(about: str) -> str:
    """The absolute address of what a notice is about; '' where no installed system shows it."""
    try:
        name = parse_urn(about) if about else None
    except DinhError:
        return ""
    path = registry.link_path(name.kind, name.id) if name else None
    return settings.PUBLIC_URL + path if path else ""


def page_link(path: str = "") -> str:
    """The absolute address of the pages that show notices; '' where no installed system does."""
    found = registry.link_path("notices", path)
    return settings.PUBLIC_URL + found if found is not None else ""


def commitment(salt: str, text: str) -> str:
    return hashlib.sha256(bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()


def _seal(notice: models.Notice, rows: Iterable[models.Delivery]) -> None:
    """An emergency is on record: who was to be told of what, as commitments; the words are nobody's business."""
    recipients = sorted({f"{row.recipient} {row.channel}" for row in rows})
    ledger.append(
        "notice.emergency",
        notice.about or SYSTEM.urn,
        {
            "kind": notice.kind,
            "event_sha256": commitment(notice.salt, notice.key),
            "words_sha256": commitment(notice.salt, repr(sorted(notice.params.items()))),
            "recipients_sha256": commitment(notice.salt, "\n".join(recipients)),
            "messages": len(recipients),
        },
    )


def tell_oneself(kind: str, *, to: str, key: str, params: Mapping[str, Any]) -> int:
    """For what a person asked for a moment ago, in a transaction of its own."""
    with transaction.atomic():
        return notify(kind, to=[to], key=key, about=None, params=params, emergency=None)
