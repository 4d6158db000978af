"""The house's seal: a key and a certificate that the operator was given by an authority, or ones that Đình made for itself.

Read once and kept in memory until the file changes: opening a PKCS#12 takes a tenth of a second on purpose.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid
from dinh.spine.documents.api import CertificateRow, SealRow

type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

MADE, FILE, TOKEN = "made", "file", "pkcs11"
LASTING: Final = timedelta(days=3 * 365)
SHORTEST_RSA: Final = 2048
_PKCS11: Final = "pkcs11:"


@dataclass(frozen=True, slots=True)
class Seal:
    """`key` is None where it lies in a token, which is opened for each signature."""

    source: str
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()
    key: Key | None = None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in hex."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def present() -> Seal:
    """Raises Invalid `documents.seal_unreadable`."""
    set_to = str(settings.SEAL)
    if set_to.startswith(_PKCS11):
        from dinh.spine.documents import token

        return token.seal(set_to)
    path = Path(set_to) if set_to else _own()
    if not set_to and not path.exists():
        _keep(path, over=False)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise unreadable(f"{path}: {error.strerror}") from error
    return _read(path, str(settings.SEAL_PASSWORD_FILE), changed, made=not set_to)


def usable() -> Seal:
    """The present one, if it may seal today. Raises Conflict `documents.seal_expired` besides."""
    seal = present()
    now = clock.now()
    first, last = seal.certificate.not_valid_before_utc, seal.certificate.not_valid_after_utc
    if not first <= now <= last:
        raise Conflict(
            "documents.seal_expired",
            "the certificate of the seal is valid from {first} to {last}, so that nothing can be issued now; "
            "set a newer one as DINH_SEAL, or run dinh seal renew where Đình made it",
            first=first.date(),
            last=last.date(),
        )
    return seal


def row() -> SealRow:
    seal = present()
    left = seal.certificate.not_valid_after_utc - clock.now()
    return SealRow(certificate_row(seal.certificate), _algorithm(seal), seal.source, left.days)


def renew() -> SealRow:
    if settings.SEAL:
        raise Conflict(
            "documents.seal_not_ours",
            "the seal is set by DINH_SEAL; ask whoever gave it to you for a newer one and set that",
        )
    _keep(_own(), over=True)
    return row()


def certificate_row(certificate: x509.Certificate) -> CertificateRow:
    return CertificateRow(
        subject=in_words(certificate.subject),
        issuer=in_words(certificate.issuer),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        self_signed=certificate.subject == certificate.issuer,
    )


def in_words(name: x509.Name) -> str:
    """Common name, organisation: what a person recognises."""
    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    parts = [str(part.value) for kind in kinds for part in name.get_attributes_for_oid(kind)]
    return ", ".join(dict.fromkeys(parts)) or name.rfc4514_string()


def unreadable(why: str) -> Invalid:
    return Invalid(
        "documents.seal_unreadable",
        "the seal cannot be opened: {why}; correct DINH_SEAL and DINH_SEAL_PASSWORD_FILE, then run dinh seal show",
        why=why,
    )


def _algorithm(seal: Seal) -> str:
    public = seal.certificate.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        return f"RSA-{public.key_size}, SHA-256"
    return "ECDSA P-256, SHA-256"


def _own() -> Path:
    return Path(settings.SEAL_HOME) / "seal.pem"


def password() -> str:
    if not settings.SEAL_PASSWORD_FILE:
        return ""
    path = Path(settings.SEAL_PASSWORD_FILE)
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(f"the password file {path} cannot be read") from error


@lru_cache(maxsize=4)
def _read(path: Path, password_file: str, changed: int, *, made: bool) -> Seal:
    try:
        content = path.read_bytes()
        if made:
            key: Any = serialization.load_pem_private_key(content, password=None)
            certificate: x509.Certificate | None = x509.load_pem_x509_certificate(content)
            others: list[x509.Certificate] = []
        else:
            key, certificate, others = pkcs12.load_key_and_certificates(content, password().encode("utf-8") or None)
    except (OSError, ValueError) as error:
        raise unreadable(f"{path} is no PKCS#12 file, or its password is another") from error
    if key is None or certificate is None:
        raise unreadable(f"{path} holds no key with its certificate")
    if certificate.public_key() != key.public_key():
        raise unreadable(f"{path} holds a certificate of another key")
    return Seal(MADE if made else FILE, certificate, tuple(others), checked(key, str(path)))


def checked(key: object, where: str) -> Key:
    """What may seal: RSA of 2048 bits and more, or P-256. Works on public keys as well."""
    if isinstance(key, (rsa.RSAPrivateKey, rsa.RSAPublicKey)) and key.key_size >= SHORTEST_RSA:
        return key  # type: ignore[return-value]
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)) and isinstance(key.curve, ec.SECP256R1):
        return key  # type: ignore[return-value]
    raise unreadable(f"the key of {where} is neither RSA of {SHORTEST_RSA} bits or more nor ECDSA P-256")


def _keep(path: Path, *, over: bool) -> None:
    """Key and certificate in one file, which only its owner reads, whole or not at all; without `over` what is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_made())
        file.flush()
        os.fsync(file.fileno())
    if over:
        os.replace(fresh, path)
        return
    with suppress(FileExistsError):
        os.link(fresh, path)
    os.unlink(fresh)


def _made() -> bytes:
    private = ec.generate_private_key(ec.SECP256R1())
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{host} (tự ký / self-signed)"[-64:]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Đình"),
        ]
    )
    now = clock.now()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTING)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem + certificate.public_bytes(serialization.Encoding.PEM)
