"""What was refused is kept as it came, looked at, and tried again after what was wrong has been mended."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.spine.observations.api import RejectedBatch, Rejection
from dinh.spine.observations.intake.json_input import sound
from dinh.spine.observations.models import Rejected, Source
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

KEPT: Final = 10_000
"""Rows kept of one batch; those beyond are counted."""
BYTES: Final = 8 * 1024 * 1024
"""Of one batch's kept rows, before they are packed: with BATCHES of them nobody can fill the disk."""
MANAGE: Final = "observations.manage"
NOT_PERMITTED: Final = "source.not_permitted"
BATCHES: Final = 5_000
"""Batches kept; the oldest go first."""


def keep(rejected: Sequence[Rejection], rows: Sequence[Any], *, channel: str, source: str, by: str) -> None:
    lines: list[bytes] = []
    left = BYTES
    for rejection, row in zip(rejected[:KEPT], rows, strict=False):
        said = [rejection.line, rejection.code, sound(rejection.message), sound(row)]
        lines.append(msgspec.json.encode(said, enc_hook=_plain))
        left -= len(lines[-1])
        if left < 0:
            lines.pop()
            break
    sample = lines[0].decode("utf-8", "replace") if lines else ""
    row = Rejected.objects.create(
        received_at=clock.now(),
        channel=channel[:64],
        source=sound(source[:64].replace("\x00", "")),
        by=by[:160],
        rows=len(rejected),
        codes=dict(Counter(rejection.code for rejection in rejected)),
        kept=zlib.compress(b"\n".join(lines), 1),
        sample=sample[:400].replace("\x00", ""),
    )
    if row.pk % 100 == 0:
        Rejected.objects.filter(pk__lte=row.pk - BATCHES).delete()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _seen_by(actor: Actor | None) -> QuerySet[Rejected]:
    """All for whoever manages indicators everywhere; else what they, their organisation and its people sent, or what came
    under the name of a source of theirs: the rows tell of any place."""
    if actor is None or parties.may_everywhere(actor, MANAGE):
        return Rejected.objects.all()
    if not parties.may(actor, MANAGE):
        return Rejected.objects.none()
    if actor.organisation is None:
        return Rejected.objects.filter(by=actor.urn)
    senders = {actor.urn, actor.organisation, *(row.urn for row in parties.members(actor.organisation))}
    own = Source.objects.filter(owner=actor.organisation).values("code")
    return Rejected.objects.filter(Q(by__in=senders) | Q(source__in=own))


def batches(limit: int, actor: Actor | None = None) -> Sequence[RejectedBatch]:
    """Newest first."""
    return tuple(_row(batch) for batch in _seen_by(actor).defer("kept").order_by("-id")[:limit])


def _row(batch: Rejected) -> RejectedBatch:
    return RejectedBatch(
        batch.pk,
        batch.received_at,
        batch.channel,
        batch.source,
        batch.rows,
        batch.codes,
        batch.sample,
        batch.replayed_at,
    )


def batch(number: int, actor: Actor | None = None) -> Rejected:
    found = _seen_by(actor).filter(pk=number).first()
    if found is None:
        raise NotFound(
            "observations.no_rejected", "there is no kept batch {number}; old ones are dropped", number=number
        )
    return found


def row(number: int, actor: Actor | None = None) -> RejectedBatch:
    return _row(batch(number, actor))


def rows(number: int, actor: Actor | None = None) -> Sequence[tuple[Mapping[str, Any], Rejection]]:
    """Each kept row with its reason; a line that was no object is {'text': the line}."""
    kept = zlib.decompress(bytes(batch(number, actor).kept))
    found = []
    for line in kept.split(b"\n") if kept else ():
        place, code, message, row = msgspec.json.decode(line)
        found.append((row if isinstance(row, dict) else {"text": row}, Rejection(place, code, message)))
    return tuple(found)


def withheld(number: int) -> Sequence[tuple[Mapping[str, Any], Rejection]]:
    """The kept rows that stay refused: those of a source that the key may not write for."""
    return tuple(kept for kept in rows(number) if kept[1].code == NOT_PERMITTED)


def to_try_again(number: int) -> Sequence[Mapping[str, Any]]:
    """The other kept rows as readings. A malformed line is given back as it came and will be refused again, unless
    it is an object's text."""
    readings = []
    for row, rejection in rows(number):
        if rejection.code == NOT_PERMITTED:
            continue
        reading: Any = row
        if set(row) == {"text"}:
            try:
                reading = msgspec.json.decode(str(row["text"]).encode())
            except msgspec.DecodeError:
                reading = row
        readings.append(
            {name: value for name, value in reading.items() if value is not None or name == "value"}
            if isinstance(reading, dict)
            else reading
        )
    return readings


def mark_replayed(number: int) -> None:
    Rejected.objects.filter(pk=number).update(replayed_at=clock.now())
