"""Proof files: how they are read and checked; nothing but the file is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from dinh.engines import merkle
from dinh.kernel.errors import Invalid, Phrase

INCLUSION: Final = "dinh-proof-1"
CONSISTENCY: Final = "dinh-consistency-1"
LARGEST: Final = 200_000
_LONGEST_PATH: Final = 128


class Head(NamedTuple):
    """A tree by its number of leaves and its root."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A file that says: this leaf stands at this place in a tree of this size and root."""

    leaf_index: int
    leaf_hash: bytes
    leaf: str | None
    size: int
    root: bytes
    path: Sequence[bytes]
    note: str | None = None
    """The signed checkpoint of that tree, where the file holds it."""

    @property
    def leaf_agrees(self) -> bool:
        """True where the content is left out (then there is nothing to compare) or has the hash."""
        return self.leaf is None or merkle.hash_leaf(self.leaf.encode("utf-8")) == self.leaf_hash

    @property
    def path_leads_to_root(self) -> bool:
        return merkle.inclusion_holds(self.leaf_hash, self.leaf_index, self.size, self.path, self.root)

    @property
    def content(self) -> Mapping[str, str]:
        """The leaf's fields as text; empty where it is left out or is no object."""
        try:
            found = json.loads(self.leaf or "{}")
            if not isinstance(found, dict):
                return {}
            return {
                name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                for name, value in found.items()
            }
        except (ValueError, RecursionError):
            return {}


@dataclass(frozen=True, slots=True)
class Consistency:
    """A file that says: the first tree is a beginning of the second; nothing before was changed or removed."""

    first: Head
    second: Head
    path: Sequence[bytes] = field(default_factory=tuple)
    first_note: str | None = None
    second_note: str | None = None

    @property
    def holds(self) -> bool:
        return merkle.consistency_holds(self.first.size, self.second.size, self.path, self.first.root, self.second.root)


def read_proof(text: str) -> Inclusion | Consistency:
    """Raises Invalid `checkpoints.file` with the field, its value and what it should hold."""
    if len(text) > LARGEST:
        raise _fault("file", f"{len(text)} letters", f"≤ {LARGEST}")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _fault("file", text[:40], Phrase("the JSON text of a proof file")) from error
    if not isinstance(said, dict):
        raise _fault("file", type(said).__name__, Phrase("one JSON object"))
    form = said.get("format")
    if form == INCLUSION:
        leaf = said.get("leaf")
        if leaf is not None and not isinstance(leaf, str):
            raise _fault("leaf", leaf, Phrase("the text of the leaf, as it was hashed"))
        return Inclusion(
            leaf_index=_size(said, "leaf_index"),
            leaf_hash=_hash(said.get("leaf_hash"), "leaf_hash"),
            leaf=leaf,
            size=_size(said, "tree_size"),
            root=_hash(said.get("root"), "root"),
            path=_path(said),
            note=_note(said, "checkpoint"),
        )
    if form == CONSISTENCY:
        return Consistency(
            first=_head(said, "first"),
            second=_head(said, "second"),
            path=_path(said),
            first_note=_note(said["first"], "checkpoint"),
            second_note=_note(said["second"], "checkpoint"),
        )
    raise _fault("format", form, f"{INCLUSION} / {CONSISTENCY}")


def _head(said: Mapping[str, Any], name: str) -> Head:
    head = said.get(name)
    if not isinstance(head, dict):
        raise _fault(name, head, Phrase("an object with tree_size and root"))
    return Head(_size(head, "tree_size"), _hash(head.get("root"), f"{name}.root"))


def _note(said: Mapping[str, Any], name: str) -> str | None:
    note = said.get(name)
    if note is not None and not isinstance(note, str):
        raise _fault(name, note, Phrase("the text of a signed checkpoint"))
    return note


def _size(said: Mapping[str, Any], name: str) -> int:
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise _fault(name, value, Phrase("a whole number from 0"))
    return value


def _hash(value: object, name: str) -> bytes:
    try:
        found = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        found = b""
    if len(found) != 32:
        raise _fault(name, value, Phrase("64 hexadecimal digits"))
    return found


def _path(said: Mapping[str, Any]) -> Sequence[bytes]:
    path = said.get("path")
    if not isinstance(path, list) or len(path) > _LONGEST_PATH:
        raise _fault("path", path, Phrase("a list of hashes"))
    return [_hash(step, f"path[{number}]") for number, step in enumerate(path)]


def _fault(name: str, value: object, wanted: str) -> Invalid:
    return Invalid(
        "checkpoints.file",
        "the field '{field}' of the proof file is {value}; it should be {wanted}",
        field=name,
        value=repr(value)[:80],
        wanted=wanted,
    )
