"""Readings of personal data: each is a leaf of the ledger with who, whose and which fields, never with a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dinh.kernel.errors import Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import queries, security
from dinh.spine.parties.api import PERSON, Actor
from dinh.spine.parties.personal import ReadingRow, register

KIND: Final = "personal.read"
PART: Final = 500


def record(*, by: Actor, whose: str | None, about: str, fields: Sequence[str]) -> int:
    if whose and whose == by.urn:
        return -1
    security.note("personal_read", account=by.urn, username="", address="")
    known = whose if whose and whose.startswith(PERSON) else None
    return ledger.append(
        KIND, known or about, {"by": by.urn or None, "whose": known, "about": about, "fields": sorted(fields)}
    ).index


def account(username: str, *, by: Actor) -> str:
    row = queries.person(username)
    require_administer(by, row.urn, username)
    user = register.account_of(row.urn)
    email = user.email if user else ""
    if email:
        record(by=by, whose=row.urn, about=row.urn, fields=["email"])
    return email


def require_administer(by: Actor, person: str, username: str) -> None:
    """Raises NotFound for an account out of reach as for one that does not exist."""
    if person != by.urn:
        queries.person(username, by)


def require_oneself(actor: Actor) -> str:
    """A person who is signed in, not a key that acts for one."""
    if not actor.urn.startswith(PERSON) or actor.permissions is not None:
        raise Refused("parties.nobody", "only a person who is signed in has personal data here; sign in first")
    return actor.urn


def of(actor: Actor, *, limit: int) -> Sequence[ReadingRow]:
    from dinh.spine.parties.personal import consents

    person = require_oneself(actor)
    found = list(_entries(person, KIND))
    for file in register.personal_files(person):
        found += _entries(file.urn, "file.read")
    newest = sorted((entry for entry in found if entry.data.get("by") != person), key=lambda entry: -entry.index)[
        :limit
    ]
    readers = {str(entry.data["by"]) for entry in newest if entry.data.get("by")}
    named = {urn: row.name_vi for urn, row in queries.parties(readers).items()}
    named |= {urn: name.vi for urn, name in consents.recipients(sorted(readers)).items()}
    rows = []
    for entry in newest:
        by = str(entry.data.get("by") or "")
        rows.append(
            ReadingRow(
                at=entry.at,
                by=by,
                by_name=named.get(by, by),
                about=str(entry.data.get("about") or entry.subject),
                fields=tuple(entry.data.get("fields", ("file",))),
                ledger_index=entry.index,
            )
        )
    return rows


def _entries(subject: str, kind: str) -> Iterator[ledger.Entry]:
    after = -1
    while part := ledger.entries(subject=subject, kind=kind, after=after, limit=PART):
        yield from part
        after = part[-1].index
