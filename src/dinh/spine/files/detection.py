"""What a file is, by its content alone; what it then must satisfy is with each kind."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from dinh.kernel.errors import Invalid
from dinh.spine.files import domain, limits, office, pdfs, texts
from dinh.spine.files.api import IMAGES, Prepared

_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_TABULAR: Final = (".csv", ".tsv")


def prepare(content: bytes, *, name: str, accept: Collection[str], strip_position: bool) -> Prepared:
    shown = domain.shown_name(name)
    limits.check_size(len(content), shown)
    media_type = kind_of(content, shown, accept)
    if media_type in IMAGES:
        from dinh.spine.files import images

        picture = images.rewritten(content, media_type, shown, strip_position=strip_position)
        limits.check_size(len(picture.content), shown)
        called = domain.clean_name(name, picture.media_type)
        return Prepared(picture.content, called, picture.media_type, picture.width, picture.height)
    return Prepared(content, domain.clean_name(name, media_type), media_type)


def kind_of(content: bytes, name: str, accept: Collection[str]) -> str:
    """The media type, checked in full but for images, which are checked by being written anew.

    Raises Invalid as `api.save` says.
    """
    media_type = _by_first_bytes(content)
    if media_type == "zip":
        media_type = office.kind_of(content, name)
    elif media_type == "application/pdf":
        _check_accepted(media_type, name, accept)
        pdfs.check(content, name)
    elif media_type is None:
        texts.check(content, name)
        media_type = _kind_of_text(name, accept)
    _check_accepted(media_type, name, accept)
    return media_type


def _by_first_bytes(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "image/heic"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return "zip"
    return None


def _kind_of_text(name: str, accept: Collection[str]) -> str:
    tabular = name.lower().endswith(_TABULAR)
    if tabular and "text/csv" in accept:
        return "text/csv"
    if "text/plain" not in accept and "text/csv" in accept:
        return "text/csv"
    return "text/csv" if tabular else "text/plain"


def _check_accepted(media_type: str, name: str, accept: Collection[str]) -> None:
    if media_type not in accept:
        raise Invalid(
            "files.kind",
            "'{name}' is {kind}, which is not taken here; send one of {kinds}",
            name=name,
            kind=domain.KINDS[media_type],
            kinds=domain.kinds_in_words(frozenset(accept)),
        )
