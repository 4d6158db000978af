"""The ledger: RFC 6962 section 2.1 hashing over canonical JSON leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dinh.kernel.errors import DinhError


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


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A signed tree head; `note` is what was exported, `key` the public key that signed it."""

    size: int
    root: bytes
    at: datetime
    key: str
    note: str


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A public key of the house, introduced by the leaf `index`; `follows` tells whether the key before signed it."""

    key: str
    since: datetime
    index: int
    statement: str
    follows: bool


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """A second place and how far it has the checkpoints; `waiting` of them it lacks."""

    place: str
    sent_size: int
    sent_at: datetime | None
    waiting: int
    attempts: int
    error: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """`fault` tells that the ledger is not the one that an earlier checkpoint speaks of."""

    latest: CheckpointRow | None
    entries_since: int
    fault: DinhError | None
    places: Sequence[WitnessRow]


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


def proof_file(proof: Proof, *, content: bool) -> dict[str, Any]:
    """An inclusion proof as JSON for strangers; without `content` it shows a hash and nothing of what was done."""
    said: dict[str, Any] = {
        "format": "dinh-proof-1",
        "leaf_index": proof.entry.index,
        "leaf_hash": proof.entry.leaf_hash.hex(),
        "tree_size": proof.head.size,
        "root": proof.head.root.hex(),
        "path": [step.hex() for step in proof.path],
    }
    return {**said, "leaf": leaf_text(proof.entry)} if content else said


def consistency_file(first: TreeHead, second: TreeHead, path: Sequence[bytes]) -> dict[str, Any]:
    """A consistency proof as JSON for strangers."""
    return {
        "format": "dinh-consistency-1",
        "first": {"tree_size": first.size, "root": first.root.hex()},
        "second": {"tree_size": second.size, "root": second.root.hex()},
        "path": [step.hex() for step in path],
    }


def verify(*, against: Sequence[str] = (), keys: Sequence[str] = ()) -> Verdict:
    """Recomputes every leaf and the root from the stored entries, and compares the recomputed roots with the signed
    checkpoints in `against`: so that a log rewritten as a whole from a point is found as well.

    `keys` are the public keys to believe, and with them those that they introduced; without, the house's own.
    Raises Invalid `checkpoints.key`.
    """
    from dinh.spine.ledger import verification

    return verification.verify(against=against, keys=keys)


def checkpoint() -> CheckpointRow | None:
    """Signs the present head, keeps it and appends it to the file; None where nothing was added since the last one.

    Not within a transaction. Raises Conflict `ledger.rewritten` where the ledger is not what an earlier checkpoint says
    (nothing is signed then), `ledger.key_lost`; OSError where the file cannot be written.
    """
    from dinh.spine.ledger import checkpoints

    return checkpoints.make()


def send_checkpoints(*, timeout_s: float = 15.0, now: bool = False) -> int:
    """Sends what the second places lack, and returns how many arrived; failures are kept and tried again.
    `now` does not wait for the next attempt. Raises Invalid `ledger.checkpoint_to`."""
    from dinh.spine.ledger import witnesses

    return witnesses.send(timeout_s=timeout_s, now=now)


def letters_by(send: Callable[[str, str, str], None]) -> None:
    """Who carries checkpoints to `mailto:` places: given address, subject and text, raises OSError or a DinhError."""
    from dinh.spine.ledger import witnesses

    witnesses.postman.send = send


def check_witness_setting() -> None:
    """Raises Invalid `ledger.checkpoint_to`."""
    from dinh.spine.ledger import witnesses

    witnesses.places()


def checkpoint_state() -> CheckpointState:
    """The newest checkpoint, whether history still agrees with it, and how far the second places are."""
    from dinh.spine.ledger import checkpoints

    return checkpoints.state()


def checkpoints(*, before: int | None = None, limit: int = 50) -> Sequence[CheckpointRow]:
    """Newest first; pass the size of the last one as `before`."""
    from dinh.spine.ledger import checkpoints as room

    return room.listed(before=before, limit=limit)


def checkpoint_of(size: int) -> CheckpointRow | None:
    from dinh.spine.ledger import checkpoints as room

    return room.of_size(size)


def first_checkpoint_over(index: int) -> CheckpointRow | None:
    """The earliest checkpoint that covers the entry `index`."""
    from dinh.spine.ledger import checkpoints as room

    return room.first_over(index)


def checkpoint_notes() -> Iterator[str]:
    """Every note, oldest first."""
    from dinh.spine.ledger import checkpoints as room

    return room.all_notes()


def exported_checkpoints() -> str:
    """The text of the house's own file of checkpoints; empty before the first."""
    from dinh.spine.ledger import witnesses

    file = witnesses.own_file().path
    return file.read_text(encoding="utf-8") if file.exists() else ""


def public_keys() -> Sequence[KeyRow]:
    """The chain of the house's public keys, oldest first; the last one signs now."""
    from dinh.spine.ledger import signing

    return signing.rows()


def rotate_key(*, by: str, lost: bool = False) -> KeyRow:
    """A new key, signed by the present one, which is then forgotten. With `lost` no earlier key signs it: whoever
    trusted the earlier one must be told. Raises Conflict `ledger.key_lost`."""
    from dinh.spine.ledger import signing

    return signing.rotate(by=by, lost=lost)


def commitment(salt: str, words: str) -> str:
    """What a leaf holds in place of words about people; `salt` is hexadecimal and stays beside the words."""
    from dinh.spine.ledger import commitments

    return commitments.commitment(salt, words)


def commit(words: str) -> tuple[str, str]:
    """A fresh salt and the commitment to the words under it."""
    from dinh.spine.ledger import commitments

    return commitments.commit(words)


def commitment_holds(salt: str, words: str, committed: str) -> bool:
    """False also where the salt was erased."""
    from dinh.spine.ledger import commitments

    return commitments.commitment_holds(salt, words, committed)


def record_erasure(subject: str, *, entries: Sequence[int], by: str) -> Entry:
    """A leaf which tells that words and salts behind the commitments of these entries are gone; in the transaction
    that erases them. Raises Invalid `ledger.nothing_erased`, NotFound `ledger.no_entry`."""
    from dinh.spine.ledger import erasure

    return erasure.record(subject, entries=entries, by=by)


def erasure_of(entry: Entry) -> Entry | None:
    """The leaf that tells of the erasure of what `entry` commits to."""
    from dinh.spine.ledger import erasure

    return erasure.of(entry)


def export() -> Iterator[str]:
    """The log as NDJSON lines, for a copy in other hands."""
    from dinh.spine.ledger import queries

    return queries.export()
