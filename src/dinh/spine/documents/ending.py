"""What ends a document: it is withdrawn, another takes its place, or what it says of somebody is erased."""

from __future__ import annotations

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.documents import domain, models, queries, scope
from dinh.spine.documents.api import DocumentRow
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor


def withdraw(urn: str, *, reason: str, by: Actor) -> DocumentRow:
    row = queries.stored(urn)
    check_may_end(row, reason=reason, by=by)
    with transaction.atomic():
        end(lock(row), state=domain.WITHDRAWN, reason=reason, by=by)
    return queries.document(urn)


def check_may_end(row: models.Document, *, reason: str, by: Actor) -> None:
    scope.require(by, scope.WITHDRAW, parties.party(row.organisation))
    if not reason.strip():
        raise Invalid("documents.reason", "say why; the reason stays with the document and is shown to staff")
    _check_valid(row)


def lock(row: models.Document) -> models.Document:
    """The row as it is now, held until the transaction ends."""
    fresh = models.Document.objects.select_for_update().get(pk=row.pk)
    _check_valid(fresh)
    return fresh


def end(row: models.Document, *, state: str, reason: str, by: Actor, successor: models.Document | None = None) -> None:
    row.state, row.replaced_by, row.ended_at = state, successor, clock.now()
    row.ended_by, row.ended_reason = by.urn, reason.strip()
    row.ended_salt, commitment = ledger.commit(row.ended_reason)
    row.save()
    urn = domain.urn_of(row.public_id)
    told = {"by": by.urn or None, "reason_commitment": commitment}
    if successor is not None:
        told["replaced_by"] = domain.urn_of(successor.public_id)
    ledger.append(f"document.{state}", urn, told)
    jobs.publish(f"document.{state}", {"urn": urn, "about": row.about, "kind": row.kind})


def erase(urn: str, *, reason: str, by: Actor) -> DocumentRow:
    row = queries.stored(urn)
    scope.require(by, scope.WITHDRAW, parties.party(row.organisation))
    if not reason.strip():
        raise Invalid("documents.reason", "say why; the reason stays with the document and is shown to staff")
    with transaction.atomic():
        row = models.Document.objects.select_for_update().get(pk=row.pk)
        if row.erased_at is None:
            row.title_vi = row.title_en = row.holder = row.holder_party = row.salt = ""
            row.ended_reason = row.ended_salt = ""
            row.erased_at = clock.now()
            row.save()
            files.erase(row.file, by=by.urn, reason=reason)
            ended = [entry.index for entry in ledger.entries(subject=urn) if "reason_commitment" in entry.data]
            ledger.record_erasure(urn, entries=[row.ledger_index, *ended], by=by.urn)
    return queries.document(urn)


def _check_valid(row: models.Document) -> None:
    if row.state != domain.VALID:
        raise Conflict(
            "documents.ended",
            "{number} was withdrawn or replaced already; look at the document for the present one",
            number=row.number,
        )
