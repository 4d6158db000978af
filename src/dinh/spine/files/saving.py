"""Keeping and erasing. The content is durable before its row is; the ledger's line is joined last."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.files import detection, domain, findings, keys, models, queries, scanning, store
from dinh.spine.files.api import FileRow, Prepared
from dinh.spine.ledger import api as ledger

_TRIES: Final = 3


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
    with transaction.atomic():
        held = _held(ready.content)
        same = models.File.objects.select_for_update().filter(about=about, content=held).first()
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
            content=held,
        )
        sha256 = hashlib.sha256(ready.content).hexdigest()
        row.ledger_index = ledger.append("file.saved", domain.urn_of(row.public_id), leaf_data(row, sha256)).index
        _keep_up_with_the_newest_key(held)
        row.save()
    return queries.row_of(row)


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


def _held(content: bytes) -> models.Content:
    """The one content of these bytes, locked; written where there is none yet."""
    sameness = keys.sameness(hashlib.sha256(content).digest())
    for _ in range(_TRIES):
        found = models.Content.objects.select_for_update().filter(sameness=sameness).first()
        if found is not None and store.path_of(found.blob).exists():
            return found
        blob, opened = store.write(content)
        number = keys.newest()
        wrapped = keys.wrap(opened, blob, number)
        if found is not None:
            # Its blob was lost; the same bytes have come again, so that every file of them is whole again.
            found.blob, found.wrapped_key, found.key_number = blob, wrapped, number
            found.save(update_fields=["blob", "wrapped_key", "key_number"])
            return found
        try:
            with transaction.atomic():
                return models.Content.objects.create(
                    sameness=sameness,
                    blob=blob,
                    wrapped_key=wrapped,
                    key_number=number,
                    size=len(content),
                    created_at=clock.now(),
                )
        except IntegrityError:
            store.remove(blob)  # somebody else sent the same bytes in this moment
    raise Conflict("files.busy", "the same file is being sent and erased at this moment; send it again")


def _keep_up_with_the_newest_key(content: models.Content) -> None:
    """Called with the ledger's line held: a change of keys that ended before now has destroyed the older ones, and one that
    begins later finds this row."""
    newest = keys.newest()
    if content.key_number != newest:
        opened = keys.unwrap(bytes(content.wrapped_key), content.blob, content.key_number)
        content.wrapped_key, content.key_number = keys.wrap(opened, content.blob, newest), newest
        content.save(update_fields=["wrapped_key", "key_number"])


def erase(urn: str, *, by: str, reason: str) -> FileRow:
    if not reason.strip():
        raise Invalid("files.reason", "say why the file is erased; the reason stays with its row")
    with transaction.atomic():
        # The content is locked before the file, as in saving: neither waits for the other in a circle.
        held = queries.stored(urn).content
        content = models.Content.objects.select_for_update().filter(pk=held.pk).first() if held else None
        row = queries.stored(urn, locked=True)
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
