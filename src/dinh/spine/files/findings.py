"""What the scanner found: told to the ledger and to whoever listens, although the transaction of the sender fails.

A find is first written to a small file, because the sender's transaction, in which the check may run, is undone by
the refusal; it becomes a leaf and the event `security.infected_file`, once, here or by the worker seconds later.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import connection, transaction

from dinh.kernel import clock
from dinh.spine.files import domain, keys
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger

log = structlog.get_logger("dinh.files")
KIND: Final = "security.infected_file"


def note(found: str, content: bytes, *, about: str, by: str) -> None:
    told = {
        "found": found[:100],
        "about": about[:160] or None,
        "by": by[:160] or None,
        "size": len(content),
        "found_at": clock.to_microseconds(clock.now()),
    }
    where = _folder()
    path = where / secrets.token_hex(16)
    unfinished = path.with_name(f".{path.name}")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    keys.synced(where)
    log.warning("infected file refused", found=found, about=about, by=by)
    if not connection.in_atomic_block:
        tell()


def tell() -> None:
    """Every find that waits, each in a transaction of its own; again after a crash it finds its own leaf."""
    for path in sorted(_folder().glob("[0-9a-f]*")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue  # another process was here first
        with transaction.atomic():
            ledger.take_turn()
            if not ledger.entries(subject=domain.urn_of(path.name), kind=KIND, limit=1):
                ledger.append(KIND, domain.urn_of(path.name), told)
                jobs.publish(KIND, told)
        path.unlink(missing_ok=True)


def _folder() -> Path:
    found = Path(settings.FILES_HOME) / "findings"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found
