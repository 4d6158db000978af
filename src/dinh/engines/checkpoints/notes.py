"""Signed notes and the tree heads in them.

Sources: C2SP signed-note (text, blank line, lines `— name base64(key hash || signature)`; the key hash is the first four
bytes of SHA-256(name || 0x0A || 0x01 || public key) for Ed25519) and C2SP tlog-checkpoint (origin, size and root as the
first three lines of the text).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dinh.kernel.errors import Invalid, Refused

ED25519: Final = 1
LARGEST: Final = 100_000
_MARK: Final = "— "
_NAME: Final = re.compile(r"[^\s+]{1,200}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under the name of whoever signs; `public` is 32 bytes of Ed25519."""

    name: str
    public: bytes

    @property
    def hash(self) -> bytes:
        """Four bytes that tell which key a signature is of; not proof of anything."""
        return sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """`name+hash+base64`, as verifiers of transparency logs take it."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(bytes([ED25519]) + self.public).decode()}"

    @classmethod
    def read(cls, text: str) -> Key:
        """Raises Invalid `checkpoints.key`."""
        parts = text.strip().split("+", 2)
        fault = Invalid(
            "checkpoints.key", "'{key}' is not a public key; it looks like name+0a1b2c3d+AbCd…", key=text.strip()[:120]
        )
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
            raise fault
        body = _decoded(parts[2])
        if body is None or len(body) != 33 or body[0] != ED25519:
            raise fault
        key = cls(parts[0], body[1:])
        if key.hash.hex() != parts[1]:
            raise fault
        return key

    def signed(self, text: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode("utf-8"))
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key, and the name it signs under; never shown."""

    name: str
    seed: bytes

    @property
    def key(self) -> Key:
        return Key(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode("utf-8"))


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends with a newline; `signatures` are (name, key hash, signature), nothing of which has been checked."""

    text: str
    signatures: Sequence[tuple[str, bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head in the name of a log (`origin`); `more` are further lines that the signature covers."""

    origin: str
    size: int
    root: bytes
    more: Sequence[str] = ()

    @property
    def text(self) -> str:
        return "".join(
            f"{line}\n" for line in (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.more)
        )


def signed(text: str, signers: Sequence[Signer]) -> str:
    """The note: the text, a blank line and a line of signature for each signer."""
    lines = (
        f"{_MARK}{signer.name} {base64.b64encode(signer.key.hash + signer.sign(text)).decode()}\n" for signer in signers
    )
    return f"{text}\n{''.join(lines)}"


def read_note(note: str) -> Note:
    """Takes a note apart and believes nothing of it. Raises Invalid `checkpoints.note`."""
    head, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if len(note) > LARGEST or _CONTROL.search(note) or not blank or not head or len(lines) < 2 or lines[-1]:
        raise _not_a_note(note)
    signatures = []
    for line in lines[:-1]:
        name, space, encoded = line.removeprefix(_MARK).partition(" ")
        body = _decoded(encoded)
        if not line.startswith(_MARK) or not space or not _NAME.fullmatch(name) or body is None or len(body) < 5:
            raise _not_a_note(note)
        signatures.append((name, body[:4], body[4:]))
    return Note(f"{head}\n", signatures)


def trusted(note: Note, keys: Iterable[Key]) -> Sequence[Key]:
    """Those of the keys whose signature is on the note. Raises Refused `checkpoints.forged` where a known key's does not hold."""
    known = {(key.name, key.hash): key for key in keys}
    found = []
    for name, hashed, signature in note.signatures:
        key = known.get((name, hashed))
        if key is None:
            continue
        if not key.signed(note.text, signature):
            raise Refused(
                "checkpoints.forged",
                "the signature of {name} on the checkpoint does not hold: its text was changed, or the signature made up",
                name=name,
            )
        found.append(key)
    return found


def read_checkpoint(text: str) -> Checkpoint:
    """The text of a note as a tree head. Raises Invalid `checkpoints.note`."""
    lines = text.split("\n")
    root = _decoded(lines[2]) if len(lines) > 3 else None
    if root is None or len(root) != 32 or not lines[0] or not _SIZE.fullmatch(lines[1]) or not all(lines[3:-1]):
        raise _not_a_note(text)
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:-1]))


def opened(note: str, keys: Iterable[Key]) -> Checkpoint:
    """The checkpoint of a note that one of the keys signed.

    Raises Invalid `checkpoints.note`, Refused `checkpoints.forged`, `checkpoints.unknown_key`.
    """
    found = read_note(note)
    checkpoint = read_checkpoint(found.text)
    held = list(keys)
    if not trusted(found, held):
        signers = ", ".join(f"{name}+{hashed.hex()}" for name, hashed, _ in found.signatures)
        raise Refused(
            "checkpoints.unknown_key",
            "the checkpoint is signed by {signers}, none of which is a key that you trust; "
            "give the public key of the log, or get a checkpoint that it signed",
            signers=signers,
        )
    return checkpoint


def split(text: str) -> Iterator[str]:
    """The notes of a file that holds one after another, with or without blank lines between; an unfinished last one
    is left out."""
    body: list[str] = []
    tail: list[str] = []
    for line in text.splitlines(keepends=True):
        if tail and not line.startswith(_MARK):
            yield "".join([*body, *tail])
            body, tail = [], []
            if line == "\n":
                continue
        if line.startswith(_MARK) and body and line.endswith("\n"):
            tail.append(line)
        elif not tail and (body or line != "\n"):
            body.append(line)
    if tail:
        yield "".join([*body, *tail])


def _decoded(text: str) -> bytes | None:
    """Base64 in its one canonical form; None for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode() == text else None


def _not_a_note(note: str) -> Invalid:
    return Invalid(
        "checkpoints.note",
        "'{note}' is not a signed checkpoint; give the file as it was published, from the name of the log to the line "
        "that begins with —",
        note=note.strip()[:60],
    )
