"""What the pages look up in the ledger, and how a file compares with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dinh.engines.checkpoints import Key, opened
from dinh.kernel.errors import DinhError
from dinh.spine.documents import api as documents
from dinh.spine.documents.api import CheckRow, DocumentRow
from dinh.spine.ledger import api as ledger
from dinh.spine.ledger.api import Entry, TreeHead
from dinh.systems.verification.domain import Consistency, Inclusion

CASE_NUMBER = re.compile(r"\d{4}-\d{6,9}")
MOST_ENTRIES = 200


class Known(StrEnum):
    """How a root in a file stands to this ledger."""

    OURS = "ours"
    NOT_OURS = "not_ours"
    LATER = "later"
    """The file speaks of more entries than this ledger has."""


def known(head: TreeHead) -> Known:
    if head.size > ledger.head().size:
        return Known.LATER
    try:
        ours = ledger.head_at(head.size)
    except DinhError:
        return Known.NOT_OURS
    return Known.OURS if ours.root == head.root else Known.NOT_OURS


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: `holds` None where it could not be."""

    what: str
    holds: bool | None


def checks_of(found: Inclusion | Consistency) -> Sequence[Check]:
    """In the order in which a person would do them; `what` is a code that the page says in words."""
    if isinstance(found, Inclusion):
        place = known(TreeHead(found.size, found.root))
        return (
            Check("leaf", found.leaf_agrees if found.leaf is not None else None),
            Check("path", found.path_leads_to_root),
            Check("signed", signature_of(found)),
            Check("ours", None if place is Known.LATER else place is Known.OURS),
        )
    first, second = known(TreeHead(*found.first)), known(TreeHead(*found.second))
    unknown = Known.LATER in (first, second)
    return (
        Check("consistent", found.holds),
        Check("both_ours", None if unknown else first is second is Known.OURS),
    )


@dataclass(frozen=True, slots=True)
class Written:
    """A proof as a file, and the size of the tree that it leads to."""

    size: int
    file: Mapping[str, Any]


def proof(index: int, size: int | None, *, content: bool) -> Written:
    """Leads to the newest checkpoint that covers the entry, if any; with `size` to the tree of that size."""
    newest = ledger.checkpoints(limit=1)
    if size is None and newest and newest[0].size > index:
        size = newest[0].size
    found = ledger.inclusion_proof(index, size)
    file = ledger.proof_file(found, content=content)
    signed = ledger.checkpoint_of(found.head.size)
    return Written(found.head.size, file if signed is None else {**file, "checkpoint": signed.note})


def consistency(first: int, second: int | None) -> dict[str, Any]:
    heads = ledger.head_at(first), ledger.head() if second is None else ledger.head_at(second)
    file = ledger.consistency_file(*heads, ledger.consistency_proof(heads[0].size, heads[1].size))
    for name, head in zip(("first", "second"), heads, strict=True):
        signed = ledger.checkpoint_of(head.size)
        if signed is not None:
            file[name] = {**file[name], "checkpoint": signed.note}
    return file


def bundle(index: int, *, content: bool) -> Written:
    """The proof, that the ledger only grew since the first checkpoint over the entry, the keys, and a word on erasure."""
    found = proof(index, None, content=content)
    first = ledger.first_checkpoint_over(index)
    erased = ledger.erasure_of(ledger.entry(index))
    file: dict[str, Any] = {
        "format": "dinh-bundle-1",
        "proof": found.file,
        "keys": [{"key": row.key, "statement": row.statement} for row in ledger.public_keys()],
    }
    if first is not None and first.size < found.size:
        file["consistency"] = consistency(first.size, found.size)
    if erased is not None:
        file["erased_at"] = erased.at.isoformat()
    return Written(found.size, file)


def signature_of(found: Inclusion) -> bool | None:
    """Whether a key of this house signed the checkpoint in the file; None where the file holds none."""
    if found.note is None:
        return None
    try:
        signed = opened(found.note, [Key.read(row.key) for row in ledger.public_keys()])
    except DinhError:
        return False
    return (signed.size, signed.root) == (found.size, found.root)


def entries_of_case(number: str) -> Sequence[Entry]:
    return ledger.entries(subject=f"urn:dinh:case:{number}", limit=MOST_ENTRIES)


class Standing(StrEnum):
    """What is said first of a document; the gravest that is true."""

    UNKNOWN = "unknown"
    ALTERED = "altered"
    APPENDED = "appended"
    BROKEN = "broken"
    """The file is the one that was issued, but its seal does not hold."""
    DISAGREES = "disagrees"
    """The register says something else than the ledger."""
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"
    VALID = "valid"


def standing(row: DocumentRow | None, file: CheckRow | None) -> Standing:
    """Of a document that was found by its code, or of a `file` that was compared."""
    if row is None:
        return Standing.UNKNOWN
    if file is not None and file.verdict in (Standing.ALTERED, Standing.APPENDED):
        return Standing(file.verdict)
    if file is not None and not file.signature_holds:
        return Standing.BROKEN
    if not documents.agrees_with_ledger(row.urn):
        return Standing.DISAGREES
    if row.state in (Standing.WITHDRAWN, Standing.REPLACED):
        return Standing(row.state)
    return Standing.EXPIRED if row.expired else Standing.VALID
