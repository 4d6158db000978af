"""Files for the documents that are asked for: checked by content before they are kept, replaced and taken out."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.files import api as files
from dinh.spine.files.api import IMAGES
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import desk, drafts, recording, telling
from dinh.systems.public_services.domain.procedures import Document, Procedure

ACCEPT: Final = IMAGES | {
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
MOST: Final = 30
"""Files of one dossier."""
MOST_BYTES: Final = 150 * 1024 * 1024


def attach(
    row: models.Draft | models.Dossier, procedure: Procedure, document: str, *, content: bytes, name: str, by: str
) -> models.Attachment:
    """Raises NotFound `services.no_document`, Conflict as `take_out`, Invalid `services.files_many`, `services.files_large` and all
    of `files.save`."""
    asked = _asked(procedure, document)
    urn = telling.urn_of(row.pk)
    _room(row.pk, asked, len(content))
    prepared = files.prepare(content, name=name, accept=ACCEPT, about=urn, by=by)
    with transaction.atomic():
        _require_open(row, document)  # and locked: two at once do not pass the limit together
        _room(row.pk, asked, len(content))
        kept = files.save(prepared, name=name, about=urn, by=by, personal=True)
        held = models.Attachment.objects.filter(
            dossier=row.pk, document=document, file=kept.urn, dropped_at__isnull=True
        ).first()
        return held or models.Attachment.objects.create(
            dossier=row.pk, document=document, file=kept.urn, name=kept.name, size=kept.size, added_at=clock.now()
        )


def _require_open(row: models.Draft | models.Dossier, document: str) -> None:
    """Locks it. A draft that was not handed in meanwhile, or a document that was found fault with, or that the new answers bring,
    and is not completed yet."""
    if isinstance(row, models.Draft):
        drafts.locked(row)
        return
    fresh = recording.locked(row)
    sent = desk.open_return(fresh)
    if sent is None or document not in desk.documents_asked(fresh, sent, desk.procedure_of(fresh)):
        raise Conflict("services.nothing_asked", "nothing is asked of dossier {number} now", number=fresh.number)


def _asked(procedure: Procedure, document: str) -> Document:
    found = procedure.document(document)
    if found is None:
        raise NotFound("services.no_document", "this procedure asks for no document '{code}'", code=document[:40])
    return found


def _room(id: UUID, asked: Document, size: int) -> None:
    held = list(models.Attachment.objects.filter(dossier=id, dropped_at__isnull=True))
    if len([one for one in held if one.document == asked.code]) >= asked.most:
        raise Invalid(
            "services.files_many_here",
            "{most} files are enough for one document; take one out, or put pages together",
            most=asked.most,
        )
    if models.Attachment.objects.filter(dossier=id).count() >= MOST * 3 or len(held) >= MOST:
        raise Invalid("services.files_many", "a dossier takes {most} files; put pages together into one PDF", most=MOST)
    if sum(one.size for one in held) + size > MOST_BYTES:
        raise Invalid(
            "services.files_large", "a dossier takes {most} MB together; send smaller files", most=MOST_BYTES // 2**20
        )


@transaction.atomic
def take_out(row: models.Draft | models.Dossier, attachment: int, *, by: str) -> models.Attachment:
    """Of a draft the file is erased; of what was handed in it stays, out of use. Raises NotFound `services.no_file`, Conflict
    `services.handed_in`, `services.nothing_asked`."""
    held = models.Attachment.objects.filter(pk=attachment, dossier=row.pk).first()
    _require_open(row, held.document if held else "")
    found = models.Attachment.objects.select_for_update().filter(
        pk=attachment, dossier=row.pk, dropped_at__isnull=True
    ).first()  # fmt: skip
    if found is None:
        raise NotFound("services.no_file", "this file is not there any more")
    found.dropped_at = clock.now()
    found.save(update_fields=["dropped_at"])
    used = models.Attachment.objects.filter(dossier=row.pk, file=found.file, dropped_at__isnull=True).exists()
    if isinstance(row, models.Draft) and not used:
        files.erase(found.file, by=by, reason="taken out of a draft")
        found.delete()
    return found
