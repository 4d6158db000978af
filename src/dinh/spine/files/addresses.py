"""Signed addresses: whoever has one opens the file until it expires; nobody can make or lengthen one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from django.core.signing import BadSignature, Signer

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.spine.files import domain, models, queries, store
from dinh.spine.files.api import FileRow
from dinh.spine.ledger import api as ledger

LONGEST: Final = timedelta(days=7)
_TOKEN: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{1,16})")


def _signer() -> Signer:
    return Signer(salt="dinh.files.address", sep=".")


def signed_path(urn: str, *, lasting: timedelta) -> str:
    if not timedelta(0) < lasting <= LONGEST:
        raise Invalid(
            "files.lasting",
            "an address cannot last {value}; give more than nothing and at most 7 days",
            value=str(lasting),
        )
    stored = queries.stored(urn)
    until = int((clock.now() + lasting).timestamp())
    token = _signer().sign(f"{stored.public_id}.{until:x}")
    # Addresses stand in logs and histories: the name of a personal file does not.
    name = f"file.{stored.name.rpartition('.')[2]}" if stored.personal or not stored.name else stored.name
    return f"/files/{token}/{quote(name, safe='')}"


def opened(token: str) -> str:
    """The URN behind a token. Raises NotFound `files.no_address`, Refused `files.address_expired`."""
    try:
        # Compared in constant time by Django.
        text = _signer().unsign(token)
    except BadSignature as error:
        raise _unknown() from error
    match = _TOKEN.fullmatch(text)
    if match is None:
        raise _unknown()
    if int(match[2], 16) <= clock.now().timestamp():
        raise Refused(
            "files.address_expired",
            "this address has expired; go back to the page with the file and open it from there",
        )
    return domain.urn_of(match[1])


def give_out(urn: str, *, by: str) -> tuple[FileRow, bytes]:
    """Row and bytes; of a personal file the reading is in the ledger before a byte leaves."""
    stored: models.File = queries.stored(urn)
    content = store.content_of_file(stored)
    if stored.personal:
        ledger.append("file.read", urn, {"by": by or None, "about": stored.about})
    return queries.row_of(stored), content


def _unknown() -> NotFound:
    return NotFound(
        "files.no_address", "there is no file at this address; go back to the page with the file and open it from there"
    )
