"""What people say of alerts: notes and acknowledgements, each with a name and a leaf in the ledger."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Final

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.observations.api import AlertNoteRow
from dinh.spine.observations.models import Alert, AlertNote
from dinh.spine.parties import api as parties

LONGEST: Final = 4000


def commitment(salt: str, text: str) -> str:
    """SHA-256 over salt and text; without the salt a guess at the words cannot be checked."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()


def checked(text: str) -> str:
    """Raises Invalid `observations.note_too_long`."""
    clean = nfc(text).strip()
    if len(clean) > LONGEST:
        raise Invalid(
            "observations.note_too_long",
            "the note has {count} letters; write at most {most}",
            count=len(clean),
            most=LONGEST,
        )
    return clean


def write(alert: Alert, what: str, text: str, by: parties.Actor) -> AlertNote:
    """In the transaction of the act; the ledger's line is joined last."""
    note = AlertNote(
        alert=alert,
        what=what,
        text=checked(text),
        by=by.urn,
        by_name=by.name[:200],
        at=clock.now(),
        salt=secrets.token_hex(16),
    )
    data = {"by": by.urn} | ({"text_sha256": commitment(note.salt, note.text)} if note.text else {})
    note.ledger_index = ledger.append(f"alert.{what}", str(alert), data).index
    note.save()
    return note


def notes(alert: Alert) -> Sequence[AlertNoteRow]:
    return tuple(
        AlertNoteRow(row.what, row.text, row.by, row.by_name, row.at)
        for row in AlertNote.objects.filter(alert=alert).order_by("id")
    )
