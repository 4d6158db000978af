"""Issuing: a number is taken, the paper is drawn and sealed, and then everything is kept in one transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.masking import masked_name
from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.kernel.vietnamese_text import slug
from dinh.spine.documents import domain, ending, kinds, models, numbering, queries, scope, signing
from dinh.spine.documents import seal as seals
from dinh.spine.documents.api import DocumentRow, Render, Stamp
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, PartyRow

PDF = frozenset({"application/pdf"})


@dataclass(frozen=True, slots=True)
class Paper:
    """What `api.issue` is told."""

    kind: str
    about: str
    title: Text
    organisation: str
    personal: bool
    holder: str
    holder_party: str
    valid_until: date | None
    key: str


@dataclass(frozen=True, slots=True)
class Replacing:
    document: models.Document
    reason: str


def issue(paper: Paper, *, by: Actor, render: Render, replacing: Replacing | None = None) -> DocumentRow:
    spec = kinds.kind(paper.kind)
    organisation = parties.party(paper.organisation)
    scope.require(by, spec.permission, organisation)
    _check(paper)
    if there := _there(paper.key):
        return there
    seal = seals.usable()
    at, code = clock.now(), domain.new_code()
    taken = numbering.take(paper.organisation, spec.series or spec.code, at.astimezone(VIETNAM).year)
    try:
        stamp = _stamp(spec, taken, code, at, organisation, seal)
        sealed = signing.seal_pdf(
            render(stamp), seal, organisation=organisation.name_vi, reason=f"{spec.name.vi} {stamp.number}"
        )
        prepared = files.prepare(sealed.content, name=f"{slug(stamp.number)}.pdf", accept=PDF)
        with transaction.atomic():
            row = _keep(paper, by, stamp, taken, code, seal, sealed, prepared, replacing)
    except IntegrityError:
        _give_back(taken)
        if there := _there(paper.key):
            return there  # the same act was done by somebody else in this moment
        raise
    except BaseException:
        _give_back(taken)
        raise
    return queries.document(domain.urn_of(row.public_id))


def replace(
    urn: str, *, title: Text, by: Actor, render: Render, reason: str, holder: str, valid_until: date | None, key: str
) -> DocumentRow:
    old = queries.stored(urn)
    if there := _there(key):
        return there
    ending.check_may_end(old, reason=reason, by=by)
    paper = Paper(
        kind=old.kind, about=old.about, title=title, organisation=old.organisation, personal=old.personal,
        holder=holder, holder_party=old.holder_party, valid_until=valid_until, key=key,
    )  # fmt: skip
    return issue(paper, by=by, render=render, replacing=Replacing(old, reason))


def _there(key: str) -> DocumentRow | None:
    found = models.Document.objects.filter(key=key).first() if key else None
    return queries.row_of(found) if found else None


def _check(paper: Paper) -> None:
    if not paper.title.vi.strip() or max(len(paper.title.vi), len(paper.title.en)) > 300:
        raise Invalid(
            "documents.title", "'{title}' is no title of a document; give 1 to 300 letters", title=paper.title.vi[:100]
        )
    if paper.valid_until is not None and paper.valid_until < clock.today():
        raise Invalid(
            "documents.valid_until",
            "the document would be valid until {day}, which is over; give a day to come",
            day=paper.valid_until,
        )


def _stamp(
    spec: DocumentKindSpec, taken: numbering.Taken, code: str, at: datetime, organisation: PartyRow, seal: seals.Seal
) -> Stamp:
    url = settings.PUBLIC_URL + (registry.link_path("document_code", code) or "")
    return Stamp(
        number=domain.number_text(spec.number, sequence=taken.sequence, year=taken.year),
        code=domain.grouped(code),
        url=url,
        qr=qr(url),
        issued_at=at,
        organisation=Text(organisation.name_vi, organisation.name_en),
        self_signed=seals.certificate_row(seal.certificate).self_signed,
    )


def qr(url: str) -> str:
    """An SVG without a size of its own; still read with a seventh of it dirty."""
    drawn = BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, omitsize=True, border=2)
    return drawn.getvalue().decode("utf-8").strip()


def _keep(
    paper: Paper, by: Actor, stamp: Stamp, taken: numbering.Taken, code: str, seal: seals.Seal,
    sealed: signing.Sealed, prepared: files.Prepared, replacing: Replacing | None,
) -> models.Document:  # fmt: skip
    public_id = secrets.token_hex(12)
    urn = domain.urn_of(public_id)
    numbering.use(taken)
    old = None if replacing is None else ending.lock(replacing.document)
    read, sha256 = sealed.read, hashlib.sha256(sealed.content).hexdigest()
    held = files.save(prepared, name=prepared.name, about=urn, by=paper.organisation, personal=paper.personal)
    row = models.Document(
        public_id=public_id, key=paper.key, kind=paper.kind, number=stamp.number, counted_id=taken.id,
        about=paper.about, organisation=paper.organisation, title_vi=paper.title.vi, title_en=paper.title.en,
        holder=masked_name(paper.holder)[:200], holder_party=paper.holder_party, personal=paper.personal, code=code,
        by=by.urn, by_name=by.name[:200], issued_at=stamp.issued_at, valid_until=paper.valid_until, file=held.urn,
        size=len(sealed.content), sha256=sha256, signature_sha256=read.signature_sha256,
        certificate=_certificate(seal), signed_at=read.signed_at or stamp.issued_at,
        timestamped_at=read.timestamped_at, authority=read.authority,
    )  # fmt: skip
    row.salt, commitment = ledger.commit(said(row))
    told = leaf_data(row, seal.fingerprint, commitment)
    row.ledger_index = ledger.append("document.issued", urn, told).index
    row.save()
    if old is not None and replacing is not None:
        ending.end(old, state=domain.REPLACED, reason=replacing.reason, by=by, successor=row)
    jobs.publish("document.issued", {"urn": urn, "about": paper.about, "kind": paper.kind})
    return row


def leaf_data(row: models.Document, fingerprint: str, commitment: str) -> dict[str, Any]:
    """What the leaf of a document holds. Anyone with its code may read it, so that who and for whom are a commitment;
    the hash of a sealed file tells nothing of it, since nobody can make the seal again."""
    return {
        "number": row.number,
        "kind": row.kind,
        "organisation": row.organisation,
        "issued_at": row.issued_at.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "sha256": row.sha256,
        "size": row.size,
        "certificate_sha256": fingerprint,
        "words_commitment": commitment,
    }


def said(row: models.Document) -> str:
    """What the commitment of the leaf is to."""
    words = {"about": row.about, "by": row.by, "holder": row.holder, "title_en": row.title_en, "title_vi": row.title_vi}
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _certificate(seal: seals.Seal) -> models.Certificate:
    told = seals.certificate_row(seal.certificate)
    row, _made = models.Certificate.objects.get_or_create(
        fingerprint=told.fingerprint,
        defaults={
            "der": seal.der, "subject": told.subject, "issuer": told.issuer, "not_before": told.not_before,
            "not_after": told.not_after, "self_signed": told.self_signed,
        },
    )  # fmt: skip
    return row


def _give_back(taken: numbering.Taken) -> None:
    try:
        numbering.give_back(taken)
    except DatabaseError:
        signing.log.warning("a number waits until it is free by itself", sequence=taken.sequence)
