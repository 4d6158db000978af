"""What a file may be called, and what its kinds are called by others; no Django, no bytes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

from dinh.kernel.errors import Invalid

FILE: Final = "urn:dinh:file:"
KEPT: Final = "kept"
QUARANTINED: Final = "quarantined"
ERASED: Final = "erased"

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS: Final = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    "text/csv": ("csv", "tsv"),
    "text/plain": ("txt", "log", "md"),
}
"""The first is given to a file whose name says otherwise."""
KINDS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/heic": "HEIC",
    "application/pdf": "PDF",
    DOCX: "Word (docx)",
    XLSX: "Excel (xlsx)",
    "text/csv": "CSV",
    "text/plain": "TXT",
}
LONGEST_NAME: Final = 150

_EXTENSION: Final = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,4})\Z")
_SPACES: Final = re.compile(r"\s+")
_UNWELCOME: Final = re.compile(r'[<>:"|?*]')
"""Letters that a name may not hold on Windows, where most offices will save the file."""
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Controls, overrides of direction, letters without width, halves of pairs."""


def urn_of(public_id: str) -> str:
    return FILE + public_id


def kinds_in_words(media_types: frozenset[str]) -> str:
    return ", ".join(words for media_type, words in KINDS.items() if media_type in media_types)


def clean_name(name: str, media_type: str) -> str:
    """The last part of a path, NFC, at most 150 letters, without what cannot be seen, with the content's extension.

    Raises Invalid `files.name` when nothing is left.
    """
    bare = _without_the_unseen(name.replace("\\", "/").rpartition("/")[2])
    bare = _SPACES.sub(" ", _UNWELCOME.sub("-", unicodedata.normalize("NFC", bare)))
    stem, extension = _split(_trimmed(bare), EXTENSIONS[media_type])
    stem = _trimmed(stem[: LONGEST_NAME - len(extension) - 1])
    if _DEVICES.match(stem):
        stem = f"_{stem}"[: LONGEST_NAME - len(extension) - 1]
    if not stem.strip("-_ "):
        raise Invalid(
            "files.name",
            "the file is called '{name}', of which no letter is left; give it a name and send it again",
            name=_without_the_unseen(name)[:100],
        )
    return f"{stem}.{extension}"


def shown_name(name: str) -> str:
    """The name as it may stand in a message: what was sent, without what cannot be seen."""
    return _without_the_unseen(unicodedata.normalize("NFC", name)).strip()[-LONGEST_NAME:] or "?"


def _without_the_unseen(name: str) -> str:
    return "".join(
        " " if c in "\t\n\r" else c for c in name if c in "\t\n\r" or unicodedata.category(c) not in _INVISIBLE
    )


def _trimmed(text: str) -> str:
    return text.strip(" .")


def _split(name: str, permitted: tuple[str, ...]) -> tuple[str, str]:
    """Stem and extension; an extension of another kind is taken off, so that `x.pdf.exe` with a PDF in it is `x.pdf`."""
    found = _EXTENSION.search(name)
    if found is None:
        return name, permitted[0]
    extension = found[1].lower()
    stem = name[: found.start()]
    if extension not in permitted:
        extension = permitted[0]
    while (again := _EXTENSION.search(stem)) and again[1].lower() in permitted:
        stem = stem[: again.start()]
    return stem, extension


def commitment(salt: str, text: str) -> str:
    """SHA-256 over salt and text; without the salt a guess at the text cannot be checked."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode("utf-8")).hexdigest()
