"""Appending. One appender at a time: SQLite by IMMEDIATE transactions, PostgreSQL by a lock on the head's row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from dinh.engines.merkle import Node, grow
from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.ledger import api, domain, models
from dinh.spine.ledger.rows import WIDTH, row_of

_KIND_LENGTH = 64
_SUBJECT_LENGTH = 160


def take_turn() -> models.Head:
    """The head, locked until the present transaction ends."""
    found = models.Head.objects.select_for_update().filter(pk=1).first()
    if found is None:
        models.Head.objects.bulk_create([models.Head(pk=1)], ignore_conflicts=True)
        found = models.Head.objects.select_for_update().get(pk=1)
    return found


def append_many(kind: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Sequence[api.Entry]:
    """Adds leaves in the order given, all or none."""
    texts = [(_subject(subject), domain.canonical(dict(data))) for subject, data in rows]
    if not kind or len(kind) > _KIND_LENGTH:
        raise Invalid("ledger.kind", "'{kind}' is not a kind of leaf; give 1 to 64 letters", kind=kind[:100])
    if not texts:
        return ()
    with transaction.atomic():
        head = take_turn()
        at = clock.now()
        size = head.size
        joined = bytes(head.peaks)
        peaks: Sequence[bytes] = [joined[n : n + WIDTH] for n in range(0, len(joined), WIDTH)]
        entries: list[models.Entry] = []
        closed: list[tuple[Node, bytes]] = []
        for subject, text in texts:
            hashed = domain.leaf_hash(index=size, kind=kind, subject=subject, at=at, data=text)
            entries.append(models.Entry(index=size, kind=kind, subject=subject, at=at, data=text, leaf_hash=hashed))
            growth = grow(size, peaks, hashed)
            closed.extend(growth.closed)
            peaks = growth.peaks
            size += 1
        models.Entry.objects.bulk_create(entries, batch_size=500)
        models.Node.objects.bulk_create(
            [models.Node(level=node.level, number=node.number, hash=value) for node, value in closed], batch_size=500
        )
        models.Head.objects.filter(pk=1).update(size=size, peaks=b"".join(peaks))
    return [row_of(entry) for entry in entries]


def _subject(subject: str) -> str:
    if len(subject) > _SUBJECT_LENGTH:
        raise Invalid(
            "ledger.subject",
            "'{subject}' is too long to be the subject of a leaf; give a URN of at most 160 characters",
            subject=subject[:200],
        )
    return subject
