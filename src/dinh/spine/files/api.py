"""Files: checked by content, size and name before they are kept; encrypted at rest, content-addressed, erasable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

IMAGES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
DOCUMENTS: Final = IMAGES | {
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/plain",
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """`about` is the URN of what it is attached to; `state` is kept, quarantined or erased."""

    urn: str
    name: str
    media_type: str
    """By content, never by what the sender says."""
    size: int
    sha256: str
    """Of the bytes as they are given out, in hex."""
    about: str
    by: str
    created_at: datetime
    state: str
    personal: bool
    width: int | None = None
    height: int | None = None

    @property
    def id(self) -> str:
        return self.urn.rpartition(":")[2]


def save(
    content: bytes,
    *,
    name: str,
    about: str,
    by: str,
    accept: Collection[str] = DOCUMENTS,
    strip_position: bool = True,
    personal: bool = False,
) -> FileRow:
    """Keeps a file in the present transaction. Images are written anew, so that nothing but the picture is left.

    The same content about the same thing again returns the row that exists. `by` is a party's URN, or ''.
    Raises Invalid `files.empty`, `files.too_large`, `files.kind`, `files.name`, `files.broken`, `files.infected`.
    """
    from dinh.spine.files import saving

    return saving.save(
        content, name=name, about=about, by=by, accept=accept, strip_position=strip_position, personal=personal
    )


def file(urn: str) -> FileRow:
    """Raises NotFound `files.no_file`."""
    from dinh.spine.files import queries

    return queries.file(urn)


def files_of(about: str) -> Sequence[FileRow]:
    """Oldest first, erased ones too."""
    from dinh.spine.files import queries

    return queries.files_of([about]).get(about, ())


def files_of_each(about: Iterable[str]) -> Mapping[str, Sequence[FileRow]]:
    """One query for all."""
    from dinh.spine.files import queries

    return queries.files_of(about)


def read(urn: str) -> bytes:
    """The bytes, checked against their hash. Raises NotFound, Refused `files.not_given_out`, SourceUnavailable."""
    from dinh.spine.files import store

    return store.read(urn)


def signed_path(urn: str, *, lasting: timedelta = timedelta(minutes=10)) -> str:
    """An address below /files/ that opens this file for whoever has it, until it expires."""
    from dinh.spine.files import addresses

    return addresses.signed_path(urn, lasting=lasting)


def erase(urn: str, *, by: str, reason: str) -> FileRow:
    """Destroys the key of the content, and the content where nobody else refers to it; the row and the leaves stay."""
    from dinh.spine.files import saving

    return saving.erase(urn, by=by, reason=reason)
