"""Sealing and reading seals: PAdES B-B, and B-T where a time-stamp server is set (ETSI EN 319 142-1).

The seal certifies (DocMDP, no changes permitted), so that every reader tells of whatever is added afterwards. What was sealed is
read back before it is kept: neither a token nor a time-stamp server is believed.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.spine.documents import stamping, token
from dinh.spine.documents.seal import Key, Seal

FIELD: Final = "Seal"
log = structlog.get_logger("dinh.documents")


@dataclass(frozen=True, slots=True)
class Read:
    """What a seal says: `signature_holds` is that it covers the whole file, unchanged; `stamp_holds` is None without a stamp."""

    signature_holds: bool
    stamp_holds: bool | None
    fingerprint: str
    """Of the signer's certificate, SHA-256 in hex."""
    signature_sha256: str
    signed_at: datetime | None
    timestamped_at: datetime | None
    authority: str

    @property
    def holds(self) -> bool:
        return self.signature_holds and self.stamp_holds is not False


@dataclass(frozen=True, slots=True)
class Sealed:
    content: bytes
    read: Read


class _KeySigner(signers.Signer):
    """Signs with a key that is open: pyHanko's own would open it anew each time, which takes ten times as long."""

    def __init__(self, key: Key, seal: Seal) -> None:
        self._key = key
        own = asn1_x509.Certificate.load(seal.der)
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(own)
        for other in seal.others:
            store.register(asn1_x509.Certificate.load(other.public_bytes(Encoding.DER)))
        mechanism = "sha256_ecdsa" if isinstance(key, ec.EllipticCurvePrivateKey) else "sha256_rsa"
        super().__init__(
            signing_cert=own,
            cert_registry=store,
            signature_mechanism=SignedDigestAlgorithm({"algorithm": mechanism}),
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            # The longest that a P-256 signature gets in DER.
            return bytes(72) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def seal_pdf(content: bytes, seal: Seal, *, organisation: str, reason: str) -> Sealed:
    """Raises Invalid `documents.not_a_pdf`, SourceUnavailable `documents.timestamp`, `documents.seal_failed`."""
    url = settings.TIMESTAMP_URL
    try:
        return _sealed(content, seal, organisation, reason, url)
    except SourceUnavailable as error:
        if error.code != "documents.timestamp" or settings.TIMESTAMP_FAILURE != "sign":
            raise
        log.warning("sealed without a stamp of time", says=error.message)
    return _sealed(content, seal, organisation, reason, "")


def _sealed(content: bytes, seal: Seal, organisation: str, reason: str, url: str) -> Sealed:
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        name=organisation,
        reason=reason,
    )
    if not content.startswith(b"%PDF-"):
        raise _not_a_pdf()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        if writer.prev.embedded_signatures:
            raise _not_a_pdf()
    except (PdfError, ValueError) as error:
        raise _not_a_pdf() from error
    try:
        with token.signer_of(seal) if seal.key is None else nullcontext(_KeySigner(seal.key, seal)) as signer:
            worker = signers.PdfSigner(meta, signer, timestamper=stamping.server(url) if url else None)
            done = _run(lambda: worker.async_sign_pdf(writer))
    except stamping.FAULTS as error:
        raise stamping.unavailable(error) from error
    except (SigningError, PdfError, ValueError) as error:
        raise _failed(str(error)) from error
    made: bytes = done.getvalue()
    read = read_seal(made)
    if read is None or not read.signature_holds or read.fingerprint != seal.fingerprint:
        raise _failed("what was sealed does not hold when it is read back")
    if url and not read.stamp_holds:
        raise stamping.unavailable(ValueError("the stamp that it gave does not hold"))
    return Sealed(made, read)


def read_seal(content: bytes) -> Read | None:
    """The seal of a PDF that this house issued; None where it bears none or several. Give it no bytes from elsewhere."""
    try:
        found = PdfFileReader(io.BytesIO(content)).embedded_signatures
        if len(found) != 1:
            return None
        (embedded,) = found
        certificate = embedded.signer_cert
        status: PdfSignatureStatus = _run(lambda: async_validate_pdf_signature(embedded, _context(certificate)))
    except (PdfError, SignatureValidationError, ValueError) as error:
        log.warning("a seal could not be read", says=str(error))
        return None
    whole = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
    stamp = status.timestamp_validity
    return Read(
        signature_holds=status.intact and status.valid and whole and status.docmdp_ok is not False,
        stamp_holds=None if stamp is None else stamp.intact and stamp.valid,
        fingerprint=hashlib.sha256(certificate.dump()).hexdigest(),
        signature_sha256=hashlib.sha256(embedded.pkcs7_content).hexdigest(),
        signed_at=embedded.self_reported_timestamp,
        timestamped_at=None if stamp is None else stamp.timestamp,
        authority="" if stamp is None else str(stamp.signing_cert.subject.human_friendly)[:300],
    )


def _context(certificate: asn1_x509.Certificate) -> ValidationContext:
    """Nothing is fetched. Whether the certificate is ours is told by its fingerprint, not by a chain."""
    return ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=clock.now())


def _run[T](work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """In a thread of its own where this one has an event loop already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work())
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def _not_a_pdf() -> Invalid:
    return Invalid(
        "documents.not_a_pdf",
        "what was drawn is no whole, unsigned PDF, so that it cannot be sealed; correct what draws it",
    )


def _failed(why: str) -> SourceUnavailable:
    return SourceUnavailable(
        "documents.seal_failed",
        "the document could not be sealed: {why}; look at dinh seal show and try again",
        why=why,
    )
