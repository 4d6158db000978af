"""What is issued: signed PDF documents with a number and a code by which anyone checks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.spine.parties.api import Actor


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a paper is given before it is drawn. `url` opens its check page, `qr` is an SVG that holds the URL."""

    number: str
    code: str
    """Grouped, to be printed."""
    url: str
    qr: str
    issued_at: datetime
    organisation: Text
    self_signed: bool
    """Then the page has to say so."""


type Render = Callable[[Stamp], bytes]


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """`subject` and `issuer` in words; `fingerprint` is the SHA-256 of the certificate in hex."""

    subject: str
    issuer: str
    fingerprint: str
    not_before: datetime
    not_after: datetime
    self_signed: bool


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """`title` and `holder` name nobody: the holder stands by initials. Erased, both are ''.

    `state` is valid, withdrawn or replaced; whether its time is over is `expired`. `code` is as it is printed.
    """

    urn: str
    kind: str
    kind_name: Text
    number: str
    about: str
    organisation: str
    title: Text
    holder: str
    personal: bool
    code: str
    by: str
    by_name: str
    issued_at: datetime
    valid_until: date | None
    """The last day on which it is valid, in Vietnam."""
    expired: bool
    state: str
    ended_at: datetime | None
    """When it was withdrawn or replaced."""
    ended_reason: str
    """For staff: it may name people."""
    replaced_by: str | None
    erased_at: datetime | None
    file: str
    size: int
    sha256: str
    certificate: CertificateRow
    signed_at: datetime
    timestamped_at: datetime | None
    authority: str
    """Who stamped the time; '' where nobody did."""
    ledger_index: int

    @property
    def in_force(self) -> bool:
        return self.state == "valid" and not self.expired


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What a file is. `verdict` is genuine, appended (a genuine one with something behind it), altered (it bears the
    signature of one, its bytes differ) or unknown; `signature_holds` is None where there was nothing to check."""

    verdict: str
    document: DocumentRow | None
    signature_holds: bool | None
    sha256: str


@dataclass(frozen=True, slots=True)
class SealRow:
    """The certificate that seals now; `source` is made (by Đình itself), file or pkcs11."""

    certificate: CertificateRow
    algorithm: str
    source: str
    days_left: int


def declare_kind(spec: DocumentKindSpec) -> None:
    """For parts of the spine and tests; systems declare theirs in the manifest's `documents`.

    Raises Invalid `documents.number`, `documents.kind_twice`.
    """
    from dinh.spine.documents import kinds

    kinds.declare(spec)


def issue(
    *,
    kind: str,
    about: str,
    title: Text,
    organisation: str,
    by: Actor,
    render: Render,
    personal: bool,
    holder: str = "",
    holder_party: str = "",
    valid_until: date | None = None,
    key: str = "",
) -> DocumentRow:
    """Numbers, draws, seals and keeps one document. Call it outside of a transaction: drawing and sealing take time, and
    the number is held for it meanwhile. What fails gives its number back to the next.

    `render` draws the finished PDF for its stamp. `title` is shown to anyone who has the code and names nobody; of the
    `holder` only the initials are kept; `holder_party` is the person whose copy of their data shows it. `key` names the
    act: the same again gives the document that is there.
    Raises NotFound `documents.no_kind`, `parties.no_party`; Refused `documents.not_permitted`; Conflict
    `documents.seal_expired`, `documents.number_lost`; Invalid `documents.not_a_pdf`, `documents.seal_unreadable`;
    SourceUnavailable `documents.timestamp`, `documents.seal_failed`; and whatever `render` raises.
    """
    from dinh.spine.documents import issuing

    paper = issuing.Paper(
        kind=kind, about=about, title=title, organisation=organisation, personal=personal, holder=holder,
        holder_party=holder_party, valid_until=valid_until, key=key,
    )  # fmt: skip
    return issuing.issue(paper, by=by, render=render)


def replace(
    urn: str,
    *,
    title: Text,
    by: Actor,
    render: Render,
    reason: str,
    holder: str = "",
    valid_until: date | None = None,
    key: str = "",
) -> DocumentRow:
    """Issues another in the place of one, of its kind and about the same; the earlier one names it from then on.

    Raises as `issue` and `withdraw`.
    """
    from dinh.spine.documents import issuing

    return issuing.replace(
        urn, title=title, by=by, render=render, reason=reason, holder=holder, valid_until=valid_until, key=key
    )


def withdraw(urn: str, *, reason: str, by: Actor) -> DocumentRow:
    """It is not valid any more, from now on and for whoever checks it. The reason is for staff.

    Raises NotFound `documents.no_document`, Refused `documents.not_permitted`, Conflict `documents.ended`,
    Invalid `documents.reason`.
    """
    from dinh.spine.documents import ending

    return ending.withdraw(urn, reason=reason, by=by)


def erase(urn: str, *, reason: str, by: Actor) -> DocumentRow:
    """Destroys the PDF, the title and the holder's initials, with the salt of their commitment. Number, state, hash and
    every leaf stay: a copy in somebody's hands can still be checked. Raises as `withdraw`."""
    from dinh.spine.documents import ending

    return ending.erase(urn, reason=reason, by=by)


def document(urn: str) -> DocumentRow:
    """Raises NotFound `documents.no_document`."""
    from dinh.spine.documents import queries

    return queries.document(urn)


def documents_of(about: str) -> Sequence[DocumentRow]:
    """Oldest first. Whoever shows them asks first who may see what they are about."""
    from dinh.spine.documents import queries

    return queries.documents_of(about)


def by_code(code: str) -> DocumentRow:
    """However it was typed. One mistyped and one that was never given out are the same: NotFound `documents.no_code`."""
    from dinh.spine.documents import queries

    return queries.by_code(code)


def check(content: bytes) -> CheckRow:
    """Compares a file with everything that was issued. Only bytes that are known by their hash are read as PDF."""
    from dinh.spine.documents import checking

    return checking.check(content)


def agrees_with_ledger(urn: str) -> bool:
    """False where the register says something else than the leaves: somebody changed it behind our back."""
    from dinh.spine.documents import checking

    return checking.agrees_with_ledger(urn)


def seal() -> SealRow:
    """The present one, made at the first call where none is set. Raises Invalid `documents.seal_unreadable`."""
    from dinh.spine.documents import seal as room

    return room.row()


def renew_seal() -> SealRow:
    """A new key and certificate in the place of those that Đình made. Raises Conflict `documents.seal_not_ours` where the
    operator set one."""
    from dinh.spine.documents import seal as room

    return room.renew()


def without_timestamp(since: datetime) -> int:
    """How many documents were sealed without a stamp of time since then."""
    from dinh.spine.documents import queries

    return queries.without_timestamp(since)


def waiting_numbers() -> int:
    """Numbers that were given out and are not on any document: the next to be issued get them."""
    from dinh.spine.documents import numbering

    return numbering.waiting()
