"""The ledger: RFC 6962 section 2.1 hashing over canonical JSON leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One leaf: `leaf_hash` = SHA-256(0x00 || canonical JSON of {index, kind, subject, at, data})."""

    index: int
    kind: str
    subject: str
    at: datetime
    data: Mapping[str, Any]
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class TreeHead:
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything that a stranger needs: recompute the leaf from `entry`, walk `path`, compare with `head.root`."""

    entry: Entry
    head: TreeHead
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`ok`, the size checked, and in words what differs and where."""

    ok: bool
    size: int
    root: bytes
    faults: Sequence[str]


def append(kind: str, subject: str, data: Mapping[str, Any]) -> Entry:
    """Adds one leaf in the present transaction (or its own). `data` is JSON without floats NaN/inf.

    On PostgreSQL other appenders wait until the transaction ends: lock other rows first, append last.
    Raises Invalid `ledger.not_json`.
    """
    from dinh.spine.ledger import actions

    return actions.append_many(kind, [(subject, data)])[0]


def append_many(kind: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Sequence[Entry]:
    from dinh.spine.ledger import actions

    return actions.append_many(kind, rows)


def take_turn() -> None:
    """Waits for, and holds until the present transaction ends, the one place among all that append.

    Whoever needs an order of commits (the outbox) stands in the same line, so that two
    lines can never wait for each other.
    """
    from dinh.spine.ledger import actions

    actions.take_turn()


def head() -> TreeHead:
    from dinh.spine.ledger import queries

    return queries.head()


def head_at(size: int) -> TreeHead:
    """The head when the log had `size` entries; raises OutOfRange `ledger.no_such_size`."""
    from dinh.spine.ledger import queries

    return queries.head_at(size)


def entry(index: int) -> Entry:
    """Raises NotFound `ledger.no_entry`."""
    from dinh.spine.ledger import queries

    return queries.entry(index)


def entries(
    *, subject: str | None = None, kind: str | None = None, after: int = -1, limit: int = 100
) -> Sequence[Entry]:
    """Oldest first."""
    from dinh.spine.ledger import queries

    return queries.entries(subject=subject, kind=kind, after=after, limit=limit)


def latest_entries(*, limit: int = 100) -> Sequence[Entry]:
    from dinh.spine.ledger import queries

    return queries.latest_entries(limit=limit)


def inclusion_proof(index: int, size: int | None = None) -> Proof:
    """RFC 6962 section 2.1.1; raises NotFound, OutOfRange."""
    from dinh.spine.ledger import queries

    return queries.inclusion_proof(index, size)


def consistency_proof(first: int, second: int | None = None) -> Sequence[bytes]:
    """RFC 6962 section 2.1.2."""
    from dinh.spine.ledger import queries

    return queries.consistency_proof(first, second)


def check_proof(proof: Proof) -> bool:
    """Recomputes the root from the entry and the path alone."""
    from dinh.spine.ledger import queries

    return queries.check_proof(proof)


def check_consistency(first: TreeHead, second: TreeHead, path: Sequence[bytes]) -> bool:
    """True if the first tree is a beginning of the second, by the path alone."""
    from dinh.engines import merkle

    return merkle.consistency_holds(first.size, second.size, path, first.root, second.root)


def leaf_text(entry: Entry) -> str:
    """The canonical JSON that was hashed: what a stranger hashes, whatever the language."""
    from dinh.spine.ledger import domain

    data = domain.canonical(dict(entry.data))
    return domain.leaf_text(index=entry.index, kind=entry.kind, subject=entry.subject, at=entry.at, data=data)


def verify() -> Verdict:
    """Recomputes every leaf and the root from the stored entries."""
    from dinh.spine.ledger import verification

    return verification.verify()


def export() -> Iterator[str]:
    """The log as NDJSON lines, for a copy in other hands."""
    from dinh.spine.ledger import queries

    return queries.export()
