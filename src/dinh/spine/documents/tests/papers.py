"""An office, its people, and papers to issue."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dinh.kernel import clock
from dinh.kernel.specs import DocumentKindSpec, Text
from dinh.spine.documents import api
from dinh.spine.documents.api import DocumentRow, Stamp
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant

KIND = DocumentKindSpec("test.permit", Text("Giấy phép", "Permit"), number="{sequence}/{year}/GP-UBND")
OFFICE = "urn:dinh:organisation:ubnd-thu"
LEADER = Actor("urn:dinh:person:lan", "Nguyễn Thị Lan", (Grant("leader", None),), OFFICE, is_staff=True)
OFFICIAL = Actor("urn:dinh:person:an", "Trần An", (Grant("official", None),), OFFICE, is_staff=True)
ABOUT = "urn:dinh:case:2026-000001"


def prepare_office() -> None:
    api.declare_kind(KIND)
    parties.save_organisation(id="ubnd-thu", name_vi="UBND xã Thử", name_en="People's Committee of Thử")


def drawn(stamp: Stamp) -> bytes:
    """A page of one line, small enough to be read by eye."""
    return pdf_of(f"{stamp.number} {stamp.code}")


def pdf_of(line: str) -> bytes:
    text = f"BT /F1 14 Tf 60 760 Td ({line}) Tj ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.7\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)


def issued(*, render: Callable[[Stamp], bytes] = drawn, **changes: Any) -> DocumentRow:
    values: dict[str, Any] = {
        "kind": KIND.code,
        "about": ABOUT,
        "title": Text("Giấy phép xây dựng", "Building permit"),
        "organisation": OFFICE,
        "by": LEADER,
        "render": render,
        "personal": True,
        "holder": "Phạm Văn Bình",
    }
    return api.issue(**(values | changes))


def pdfsig(content: bytes, folder: Path) -> str:
    """What Debian's own reader says of the signatures."""
    path = folder / "paper.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def certified(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, *, days: int = 365, stamps: bool = False
) -> x509.Certificate:
    """By an authority made for it, for so many days from a year ago if `days` is below 0."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "UBND xã Thử")])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cơ quan chứng thực thử")])
    first = clock.now() - (timedelta(days=400) if days < 0 else timedelta(hours=1))
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(clock.now() + timedelta(days=days))
    )
    if stamps:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return built.sign(rsa.generate_private_key(65537, 2048), hashes.SHA256())


def p12(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: str, **how: Any) -> Path:
    lock = serialization.BestAvailableEncryption(password.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", key, certified(key, **how), None, lock))
    return path
