"""What keeps the store sound: sweeping, verifying, scanning again, changing the master key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.files import domain, findings, keys, models, saving, scanning, store
from dinh.spine.files.api import Verdict
from dinh.spine.ledger import api as ledger

log = structlog.get_logger("dinh.files")
LEFT_AFTER: Final = timedelta(days=1)
"""Longer than any transaction: what no row refers to by then was left by a crash or a refusal."""
_AT_ONCE: Final = 200


def sweep() -> int:
    """Removes contents that no row refers to and what uploads left behind; returns how many."""
    before = clock.now() - LEFT_AFTER
    old = list(store.blobs(before=before))
    removed = 0
    for start in range(0, len(old), _AT_ONCE):
        some = old[start : start + _AT_ONCE]
        known = set(models.Content.objects.filter(blob__in=[path.name for path in some]).values_list("blob", flat=True))
        for path in some:
            if path.name not in known:
                path.unlink(missing_ok=True)
                removed += 1
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            removed += 1
    if removed:
        log.info("files swept", removed=removed)
    return removed


def verify() -> Verdict:
    """Opens every content and compares every row with its leaf."""
    faults: list[str] = []
    contents = models.Content.objects.order_by("id")
    checked = 0
    hashes: dict[int, str] = {}
    for content in contents.iterator(chunk_size=_AT_ONCE):
        checked += 1
        try:
            store.content_of(content)
            hashes[content.pk] = keys.unwrap(bytes(content.wrapped_key), content.blob, content.key_number).sha256.hex()
        except DinhError as error:
            about = models.File.objects.filter(content=content).values_list("public_id", flat=True)
            faults.append(f"{error.message} ({', '.join(domain.urn_of(one) for one in about) or 'of no file'})")
    files = models.File.objects.exclude(state=domain.ERASED).order_by("id")
    faults += [
        f"{domain.urn_of(row.public_id)} differs from what the ledger says of it (entry {row.ledger_index})"
        for row in files.iterator(chunk_size=_AT_ONCE)
        if row.content_id in hashes and not _agrees(row, hashes[row.content_id])
    ]
    return Verdict(ok=not faults, contents=checked, faults=tuple(faults))


def _agrees(row: models.File, sha256: str) -> bool:
    try:
        entry = ledger.entry(row.ledger_index)
    except DinhError:
        return False
    return entry.subject == domain.urn_of(row.public_id) and dict(entry.data) == saving.leaf_data(row, sha256)


def rotate_key() -> tuple[int, int]:
    """Makes a new master key, wraps every data key with it and destroys the older ones; the new number and how many.

    Killed in between, nothing is lost: each content names the key that opens it. Run again, it goes on.
    """
    number = keys.make_next()
    rewrapped = 0
    while True:
        with transaction.atomic():
            # Whoever saves stands in this line before looking for the newest key, as does every change of keys: none wraps with
            # a key that another one has destroyed.
            ledger.take_turn()
            if keys.newest() != number:
                raise Conflict("files.key_changing", "another change of keys is under way; wait for its end")
            some = list(models.Content.objects.exclude(key_number=number).order_by("id")[:_AT_ONCE])
            for content in some:
                opened = keys.unwrap(bytes(content.wrapped_key), content.blob, content.key_number)
                content.wrapped_key, content.key_number = keys.wrap(opened, content.blob, number), number
                content.save(update_fields=["wrapped_key", "key_number"])
            rewrapped += len(some)
            if some:
                continue
            ledger.append("files.key_changed", "", {"number": number, "contents": rewrapped})
            transaction.on_commit(partial(_destroy_before, number))
        return number, rewrapped


def _destroy_before(number: int) -> None:
    for old in keys.numbers():
        if old < number:
            keys.destroy(old)


def scan_again() -> Iterator[str]:
    """Scans every kept file with what the scanner knows today; yields the URNs that are held back from now on."""
    for content in models.Content.objects.order_by("id").iterator(chunk_size=_AT_ONCE):
        plain = store.content_of(content)
        found = scanning.scan(plain).found
        if not found:
            continue
        with transaction.atomic():
            ledger.take_turn()
            rows = list(models.File.objects.filter(content=content, state=domain.KEPT))
            for row in rows:
                row.state = domain.QUARANTINED
                row.save(update_fields=["state"])
            ledger.append_many(
                "file.quarantined", [(domain.urn_of(row.public_id), {"found": found[:100]}) for row in rows]
            )
        for row in rows:
            findings.note(found, plain, about=domain.urn_of(row.public_id), by=row.by)
            yield domain.urn_of(row.public_id)
