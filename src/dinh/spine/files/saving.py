"""Keeping and erasing. The content is durable before its row is.

Whatever changes rows of this part holds the ledger's line first, so that two transactions with several files each can never
wait for each other.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.spine.files import detection, domain, findings, keys, models, queries, scanning, store
from dinh.spine.files.api import FileRow, Prepared
from dinh.spine.ledger import api as ledger


def save(
    content: bytes | Prepared,
    *,
    name: str,
    about: str,
    by: str,
    accept: Collection[str],
    strip_position: bool,
    personal: bool,
) -> FileRow:
    if not about or len(about) > models.URN or len(by) > models.URN:
        raise Invalid(
            "files.about",
            "'{about}' is nothing that a file can be attached to; give the name of a thing",
            about=about[:200],
        )
    ready = (
        content
        if isinstance(content, Prepared)
        else prepare(content, name=name, accept=accept, strip_position=strip_position, about=about, by=by)
    )
    sha256 = hashlib.sha256(ready.content)
    sameness = keys.sameness(sha256.digest())
    with transaction.atomic():
        # Sealed and synced before the line is joined: others wait only while rows are written.
        fresh = None if _is_held(sameness) else store.write(ready.content)
        ledger.take_turn()
        content_row = _held(sameness, ready.content, fresh)
        same = models.File.objects.filter(about=about, content=content_row).first()
        if same is not None:
            if personal and not same.personal:
                same.personal = True
                same.save(update_fields=["personal"])
            return queries.row_of(same)
        row = models.File(
            public_id=secrets.token_hex(16),
            name=ready.name,
            media_type=ready.media_type,
            size=len(ready.content),
            width=ready.width,
            height=ready.height,
            about=about,
            by=by,
            created_at=clock.now(),
            state=domain.KEPT,
            personal=personal,
            salt=secrets.token_hex(16),
            content=content_row,
        )
        told = leaf_data(row, sha256.hexdigest())
        row.ledger_index = ledger.append("file.saved", domain.urn_of(row.public_id), told).index
        row.save()
    return queries.row_of(row)


def mark_personal(urns: Iterable[str]) -> None:
    with transaction.atomic():
        ledger.take_turn()
        models.File.objects.filter(public_id__in=[urn.removeprefix(domain.FILE) for urn in urns]).update(personal=True)


def prepare(
    content: bytes, *, name: str, accept: Collection[str], strip_position: bool, about: str, by: str
) -> Prepared:
    """Checked, written anew and scanned."""
    ready = detection.prepare(content, name=name, accept=accept, strip_position=strip_position)
    # What was sent is scanned, not what was made of it: a find says something about the sender's device.
    verdict = scanning.scan(content)
    if verdict.found:
        findings.note(verdict.found, content, about=about, by=by)
        raise scanning.infected(ready.name, verdict.found)
    return ready


def leaf_data(row: models.File, sha256: str) -> Mapping[str, Any]:
    """What the leaf of a file holds: hash and name as commitments only."""
    return {
        "about": row.about,
        "by": row.by or None,
        "media_type": row.media_type,
        "size": row.size,
        "content_commitment": domain.commitment(row.salt, sha256),
        "name_commitment": domain.commitment(row.salt, row.name),
    }


def _is_held(sameness: str) -> bool:
    found = models.Content.objects.filter(sameness=sameness).first()
    return found is not None and store.path_of(found.blob).exists()


def _held(sameness: str, content: bytes, fresh: tuple[str, keys.Opened] | None) -> models.Content:
    """The one content of these bytes, with the ledger's line held: nobody else keeps, erases or changes keys meanwhile."""
    found = models.Content.objects.filter(sameness=sameness).first()
    if found is not None and store.path_of(found.blob).exists():
        if fresh is not None:
            store.remove(fresh[0])  # somebody else sent the same bytes in this moment
        return found
    blob, opened = fresh or store.write(content)
    number = keys.newest()
    row = found or models.Content(sameness=sameness, size=len(content), created_at=clock.now())
    # Where a blob was lost the same bytes have come again: every file of them is whole again.
    row.blob, row.wrapped_key, row.key_number = blob, keys.wrap(opened, blob, number), number
    row.save()
    return row


def erase(urn: str, *, by: str, reason: str) -> FileRow:
    if not reason.strip():
        raise Invalid("files.reason", "say why the file is erased; the reason stays with its row")
    with transaction.atomic():
        ledger.take_turn()
        row = queries.stored(urn)
        content = row.content
        if row.state == domain.ERASED:
            return queries.row_of(row)
        row.state, row.name, row.salt, row.content = domain.ERASED, "", "", None
        row.erased_at, row.erased_by, row.erased_reason = clock.now(), by, reason.strip()
        row.erased_salt = secrets.token_hex(16)
        row.save()
        if content is not None and not models.File.objects.filter(content=content).exists():
            models.Content.objects.filter(pk=content.pk).update(wrapped_key=b"\0" * len(content.wrapped_key))
            models.Content.objects.filter(pk=content.pk).delete()
            blob = content.blob
            transaction.on_commit(lambda: store.remove(blob))
        told = {"by": by or None, "reason_commitment": domain.commitment(row.erased_salt, row.erased_reason)}
        ledger.append("file.erased", urn, told)
    return queries.row_of(row)
