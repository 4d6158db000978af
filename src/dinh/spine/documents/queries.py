"""Reading rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.kernel.specs import Text
from dinh.spine.documents import domain, kinds, models
from dinh.spine.documents.api import CertificateRow, DocumentRow


def stored(urn: str) -> models.Document:
    found = (
        _rows().filter(public_id=urn.removeprefix(domain.DOCUMENT)).first() if urn.startswith(domain.DOCUMENT) else None
    )
    if found is None:
        raise NotFound(
            "documents.no_document", "there is no document '{urn}'; look at what it was issued for", urn=urn[:160]
        )
    return found


def document(urn: str) -> DocumentRow:
    return row_of(stored(urn))


def documents_of(about: str) -> Sequence[DocumentRow]:
    return [row_of(row) for row in _rows().filter(about=about).order_by("id")] if about else ()


def by_code(typed: str) -> DocumentRow:
    """What cannot be a code is looked for as well, so that its answer takes as long as that of a code nobody has."""
    found = _rows().filter(code=domain.read_code(typed) or "").first()
    if found is None:
        raise NotFound(
            "documents.no_code",
            "no document has this code; compare each letter with the paper, there are 20 in 5 groups",
        )
    return row_of(found)


def without_timestamp(since: datetime) -> int:
    return models.Document.objects.filter(timestamped_at=None, issued_at__gte=since).count()


def _rows() -> QuerySet[models.Document]:
    return models.Document.objects.select_related("certificate", "replaced_by")


def row_of(row: models.Document) -> DocumentRow:
    certificate = row.certificate
    return DocumentRow(
        urn=domain.urn_of(row.public_id),
        kind=row.kind,
        kind_name=kinds.name(row.kind),
        number=row.number,
        about=row.about,
        organisation=row.organisation,
        title=Text(row.title_vi, row.title_en or row.title_vi),
        holder=row.holder,
        personal=row.personal,
        code=domain.grouped(row.code),
        by=row.by,
        by_name=row.by_name,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        expired=row.valid_until is not None and row.valid_until < clock.today(),
        state=row.state,
        ended_at=row.ended_at,
        ended_reason=row.ended_reason,
        replaced_by=domain.urn_of(row.replaced_by.public_id) if row.replaced_by else None,
        erased_at=row.erased_at,
        file=row.file,
        size=row.size,
        sha256=row.sha256,
        certificate=CertificateRow(
            subject=certificate.subject,
            issuer=certificate.issuer,
            fingerprint=certificate.fingerprint,
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            self_signed=certificate.self_signed,
        ),
        signed_at=row.signed_at,
        timestamped_at=row.timestamped_at,
        authority=row.authority,
        ledger_index=row.ledger_index,
    )
