"""Whether a file is one that was issued. It is told by hashes: no byte that is not known already is read as PDF, so that a
file made to break a reader meets none."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from dinh.spine.documents import domain, models, queries
from dinh.spine.documents.api import CheckRow
from dinh.spine.ledger import api as ledger

GENUINE, APPENDED, ALTERED, UNKNOWN = "genuine", "appended", "altered", "unknown"
_SIGNATURE: Final = re.compile(rb"/Contents\s*<([0-9A-Fa-f]{1000,200000})>")
_MOST: Final = 5
"""More signatures than anybody issued: the rest is not looked at."""


def check(content: bytes) -> CheckRow:
    sha256 = hashlib.sha256(content).hexdigest()
    row = models.Document.objects.filter(sha256=sha256).first()
    if row is not None:
        return _row(GENUINE, row, sha256, _signature_holds(content, row))
    row = _bearing_a_signature_of(content)
    if row is None:
        return _row(UNKNOWN, None, sha256, None)
    if hashlib.sha256(content[: row.size]).hexdigest() == row.sha256:
        return _row(APPENDED, row, sha256, False)
    return _row(ALTERED, row, sha256, False)


def agrees_with_ledger(urn: str) -> bool:
    """Whether number, hash, times and state stand in the register as they do in the leaves."""
    row = queries.stored(urn)
    told = {entry.kind: entry.data for entry in ledger.entries(subject=urn)}
    issued = told.get("document.issued", {})
    same = (
        issued.get("number") == row.number
        and issued.get("kind") == row.kind
        and issued.get("organisation") == row.organisation
        and issued.get("sha256") == row.sha256
        and issued.get("issued_at") == row.issued_at.isoformat()
        and issued.get("valid_until") == (row.valid_until.isoformat() if row.valid_until else None)
    )
    ended = {state for state in (domain.WITHDRAWN, domain.REPLACED) if f"document.{state}" in told}
    return same and ended == {row.state} - {domain.VALID}


def _signature_holds(content: bytes, row: models.Document) -> bool:
    from dinh.spine.documents import signing

    read = signing.read_seal(content)
    return read is not None and read.holds and read.fingerprint == row.certificate.fingerprint


def _bearing_a_signature_of(content: bytes) -> models.Document | None:
    for found, _number in zip(_SIGNATURE.finditer(content), range(_MOST), strict=False):
        digits = found[1]
        signature = bytes.fromhex((digits if len(digits) % 2 == 0 else digits[:-1]).decode("ascii"))
        row = models.Document.objects.filter(signature_sha256=hashlib.sha256(signature).hexdigest()).first()
        if row is not None:
            return row
    return None


def _row(verdict: str, row: models.Document | None, sha256: str, holds: bool | None) -> CheckRow:
    return CheckRow(verdict, queries.row_of(row) if row else None, holds, sha256)
