"""A certificate for `dinh serve --tls`: the operator's own, or one that Đình makes for this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid


def obtain(cert: Path | None, key: Path | None, home: Path, host: str) -> tuple[Path, Path]:
    """The given pair, or the self-signed one of `home`, made when absent. Raises Invalid `tls.half_a_pair`."""
    if cert or key:
        if not (cert and key and cert.is_file() and key.is_file()):
            raise Invalid("tls.half_a_pair", "--cert and --key must both name a readable PEM file")
        return cert, key
    cert, key = home / "tls.crt", home / "tls.key"
    if not (cert.exists() and key.exists()):
        _make(cert, key, host)
    return cert, key


def _make(cert: Path, key: Path, host: str) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, socket.gethostname()[:64])])
    alternatives: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.DNSName(socket.gethostname())]
    alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    try:
        address = ipaddress.ip_address(host)
        if not address.is_unspecified and not address.is_loopback:
            alternatives.append(x509.IPAddress(address))
    except ValueError:
        alternatives.append(x509.DNSName(host))
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(hours=1))
        .not_valid_after(now() + timedelta(days=397))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(pem)
    cert.write_bytes(built.public_bytes(serialization.Encoding.PEM))
