"""Files: checked by content, size and name before they are kept; encrypted at rest, content-addressed, erasable."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    """`about` is the URN of what it is attached to; `state` is kept, quarantined or erased. Erased, `name` and `sha256` are ''."""

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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was checked, written anew and scanned, and may be saved."""

    content: bytes
    name: str
    media_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many contents were opened, and in words what is wrong and where."""

    ok: bool
    contents: int
    faults: Sequence[str]


def prepare(
    content: bytes,
    *,
    name: str,
    accept: Collection[str] = DOCUMENTS,
    strip_position: bool = True,
    about: str = "",
    by: str = "",
) -> Prepared:
    """All of `save` that takes time and touches no register: call it before the transaction that saves.

    Raises as `save`; `about` and `by` stand in the leaf that tells of an infected file.
    """
    from dinh.spine.files import saving

    return saving.prepare(content, name=name, accept=accept, strip_position=strip_position, about=about, by=by)


def save(
    content: bytes | Prepared,
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
    Of what is `Prepared` the name and all checks stand; `name`, `accept` and `strip_position` are not looked at again.
    Raises Invalid `files.empty`, `files.too_large`, `files.kind`, `files.name`, `files.broken`, `files.locked` (a password),
    `files.active` (macros, scripts, things inside), `files.infected`; SourceUnavailable `files.scanner`, `files.disk`.
    """
    from dinh.spine.files import saving

    return saving.save(
        content, name=name, about=about, by=by, accept=accept, strip_position=strip_position, personal=personal
    )


def mark_personal(urns: Iterable[str]) -> None:
    """From then on each reading of them is a leaf, and their addresses tell no name; in the present transaction."""
    from dinh.spine.files import saving

    saving.mark_personal(urns)


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


def files_by(party: str) -> Sequence[FileRow]:
    """What a person or an organisation sent, oldest first, erased ones too: for the export and deletion of their data."""
    from dinh.spine.files import queries

    return queries.files_by(party)


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


def opened_by(token: str) -> str:
    """The URN of the file that a signed address opens. Raises NotFound `files.no_address`, Refused `files.address_expired`."""
    from dinh.spine.files import addresses

    return addresses.opened(token)


def give_out(urn: str, *, by: str) -> tuple[FileRow, bytes]:
    """Row and bytes for a person; of a personal file the reading is a leaf, `by` whom ('' is anyone). Raises as `read`."""
    from dinh.spine.files import addresses

    return addresses.give_out(urn, by=by)


def charset(content: bytes) -> str:
    """utf-8, utf-16 or windows-1258, whichever decodes a text; '' when none does."""
    from dinh.spine.files import texts

    return texts.charset(content)


def limits() -> tuple[int, int]:
    """The most bytes of a file and the most pixels of a picture."""
    from dinh.spine.files import limits as room

    return room.file_bytes(), room.image_pixels()


def check_size(size: int, name: str) -> None:
    """What can be known before a byte is read. Raises Invalid `files.empty`, `files.too_large`."""
    from dinh.spine.files import domain
    from dinh.spine.files import limits as room

    room.check_size(size, domain.shown_name(name))


def scanner() -> str:
    """How the virus scanner calls itself, '' where none is set. Raises SourceUnavailable `files.scanner`."""
    from dinh.spine.files import scanning

    return scanning.ping()


def verify() -> Verdict:
    """Opens every content, checks it against its hash and every row against its leaf."""
    from dinh.spine.files import upkeep

    return upkeep.verify()


def rotate_key() -> tuple[int, int]:
    """A new master key for all data keys, the older ones destroyed; its number and how many contents it opens."""
    from dinh.spine.files import upkeep

    return upkeep.rotate_key()


def scan_again() -> Iterator[str]:
    """Scans all that is kept once more; yields the URN of each file that is held back from now on."""
    from dinh.spine.files import upkeep

    return upkeep.scan_again()
