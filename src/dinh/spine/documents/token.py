"""Seals whose key never leaves its token (PKCS#11, RFC 7512), where the package python-pkcs11 is installed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from dinh.spine.documents.seal import TOKEN, Seal, checked, password, unreadable


@dataclass(frozen=True, slots=True)
class Address:
    """`pkcs11:token=…;object=…?module-path=…`: the token's label, that of key and certificate, and the library."""

    token: str
    label: str
    library: str


def read_address(uri: str) -> Address:
    """Raises Invalid `documents.seal_unreadable`."""
    parts = urlsplit(uri)
    said = {name: unquote(value) for name, _, value in (part.partition("=") for part in parts.path.split(";"))}
    library = dict(parse_qsl(parts.query)).get("module-path", "")
    missing = [
        name
        for name, value in (("token", said.get("token")), ("object", said.get("object")), ("module-path", library))
        if not value
    ]
    if missing:
        raise unreadable(f"the PKCS#11 address lacks {', '.join(missing)}")
    return Address(said["token"], said["object"], library)


def seal(uri: str) -> Seal:
    """The certificate alone; the key stays in the token."""
    address = read_address(uri)
    with _session(address) as session:
        import pkcs11

        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: address.label}
        found = [bytes(one[pkcs11.Attribute.VALUE]) for one in session.get_objects(wanted)]
    if len(found) != 1:
        raise unreadable(f"the token holds {len(found)} certificates '{address.label}', wanted is one")
    certificate = x509.load_der_x509_certificate(found[0])
    checked(certificate.public_key(), uri)
    return Seal(TOKEN, certificate)


@contextmanager
def signer_of(seal: Seal) -> Iterator[Any]:
    """What pyHanko signs with while the token is open."""
    address = read_address(str(settings.SEAL))
    with _session(address) as session:
        from asn1crypto import x509 as asn1_x509
        from pyhanko.sign.pkcs11 import PKCS11Signer

        certificate = asn1_x509.Certificate.load(seal.der)
        # Hashed here: many tokens sign with P-256 and know no mechanism that hashes as well.
        raw = isinstance(seal.certificate.public_key(), ec.EllipticCurvePublicKey)
        yield PKCS11Signer(session, key_label=address.label, signing_cert=certificate, use_raw_mechanism=raw)


_logged_in: Final = threading.Lock()
"""A token knows one log-in of a process: who seals in another thread meanwhile waits."""


@contextmanager
def _session(address: Address) -> Iterator[Any]:
    try:
        import pkcs11
    except ImportError as error:
        raise unreadable("a PKCS#11 token needs the package python-pkcs11, which is not installed") from error
    try:
        token = pkcs11.lib(address.library).get_token(token_label=address.token)
        with _logged_in, token.open(user_pin=password() or None) as session:
            yield session
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        raise unreadable(
            f"the token '{address.token}' does not answer: {str(error) or type(error).__name__}"
        ) from error
