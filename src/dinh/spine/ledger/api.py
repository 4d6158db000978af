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
    """Adds one leaf in the present transaction (or its own). `data` is JSON without floats NaN/inf."""
    raise NotImplementedError


def append_many(kind: str, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Sequence[Entry]:
    raise NotImplementedError


def head() -> TreeHead:
    raise NotImplementedError


def entry(index: int) -> Entry:
    """Raises NotFound `ledger.no_entry`."""
    raise NotImplementedError


def entries(*, subject: str | None = None, kind: str | None = None, after: int = -1, limit: int = 100) -> Sequence[Entry]:
    """Oldest first."""
    raise NotImplementedError


def latest_entries(*, limit: int = 100) -> Sequence[Entry]:
    raise NotImplementedError


def inclusion_proof(index: int, size: int | None = None) -> Proof:
    """RFC 6962 section 2.1.1; raises NotFound, OutOfRange."""
    raise NotImplementedError


def consistency_proof(first: int, second: int | None = None) -> Sequence[bytes]:
    """RFC 6962 section 2.1.2."""
    raise NotImplementedError


def check_proof(proof: Proof) -> bool:
    """Recomputes the root from the entry and the path alone."""
    raise NotImplementedError


def verify() -> Verdict:
    """Recomputes every leaf and the root from the stored entries."""
    raise NotImplementedError


def export() -> Iterator[str]:
    """The log as NDJSON lines, for a copy in other hands."""
    raise NotImplementedError
