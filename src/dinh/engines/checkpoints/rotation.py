"""Keys that follow one another: each new key is signed by the one before, so that whoever trusts one can trust the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from dinh.engines.checkpoints.notes import Key, Signer, read_note, signed, trusted
from dinh.kernel.clock import parse_moment
from dinh.kernel.errors import DinhError, Invalid, Refused

FIRST: Final = "dinh-ledger-key-1"


@dataclass(frozen=True, slots=True)
class Succession:
    """What a statement says: from `at` on the log `origin` signs with `key`."""

    origin: str
    key: Key
    at: datetime
    statement: str


def succeeded(origin: str, new: Signer, old: Signer | None, at: datetime) -> Succession:
    """A statement of the new key about itself, signed by itself (it is held) and by the old key (it is meant)."""
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    text = f"{FIRST}\n{origin}\n{new.key.text}\n{moment}\n"
    return Succession(origin, new.key, parse_moment(moment), signed(text, [new] if old is None else [old, new]))


def read_succession(statement: str, old: Key | None) -> Succession:
    """Raises Invalid `checkpoints.statement`, Refused `checkpoints.statement_unsigned`, `checkpoints.forged`."""
    note = read_note(statement)
    lines = note.text.split("\n")
    if len(lines) != 5 or lines[0] != FIRST:
        raise Invalid("checkpoints.statement", "'{text}' does not introduce a key of a log", text=note.text[:60])
    key = Key.read(lines[2])
    wanted = [key] if old is None else [old, key]
    if len(trusted(note, wanted)) != len(wanted):
        raise Refused(
            "checkpoints.statement_unsigned",
            "the key {key} was not signed by the key before it; do not trust it",
            key=key.text,
        )
    return Succession(lines[1], key, parse_moment(lines[3]), statement)


def chain_fault(statements: Sequence[str]) -> DinhError | None:
    """What is wrong with a chain of statements, oldest first; None where each key was signed by the one before."""
    old: Key | None = None
    origin = ""
    for statement in statements:
        try:
            found = read_succession(statement, old)
        except DinhError as error:
            return error
        if origin and found.origin != origin:
            return Invalid(
                "checkpoints.statement", "'{text}' does not introduce a key of a log", text=found.origin[:60]
            )
        old, origin = found.key, found.origin
    return None
