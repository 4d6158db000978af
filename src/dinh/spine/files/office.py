"""Word and Excel in Office Open XML (ECMA-376): a sound ZIP of known parts, without macros, embedded objects or bombs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from dinh.kernel.errors import Invalid, Phrase
from dinh.spine.files import limits
from dinh.spine.files.domain import DOCX, XLSX

_END: Final = b"PK\x05\x06"
_END_LENGTH: Final = 22
_MAIN: Final = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
}
_TYPES: Final = "[Content_Types].xml"
_XML: Final = frozenset({"xml", "rels", "vml", "psmdcp"})
_PARTS: Final = _XML | {
    "jpeg", "jpg", "png", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "webp", "wdp", "odttf", "fntdata",
}  # fmt: skip
_SETTINGS: Final = re.compile(r"xl/printerSettings/[^/]+\.bin")
_ACTIVE_PART: Final = re.compile(r"(?i)vbaProject|vbaData|macrosheets?/|dialogsheets?/|activeX|embeddings/|oleObject")
_ACTIVE_TYPE: Final = re.compile(r"(?i)macroEnabled|vbaProject|oleObject|activeX|\.template\.main")
_ACTIVE_LINK: Final = re.compile(
    r"(?i)/(oleObject|package|control|vbaProject|attachedTemplate|frame|subDocument|aFChunk|xlMacrosheet|dialogsheet)\Z"
)
_RELATIVE: Final = re.compile(r"[^/\\:][^\\:]*\Z")
_NESTED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"%PDF-", b"Rar!", b"7z\xbc\xaf")
_FIELD: Final = re.compile(rb"<w:instrText[^<>]*>([^<]*)|w:instr=\"([^\"]*)\"")
_REACHES_OUT: Final = re.compile(rb"(?i)\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b")
_LINKED: Final = re.compile(rb"<(?:\w+:)?(ddeLink|oleLink)\b")
_CHUNK: Final = 1024 * 1024


def kind_of(content: bytes, name: str) -> str:
    """The media type. Raises Invalid `files.kind`, `files.broken`, `files.active`, `files.locked`, `files.too_large`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_frame(content, archive, name)
            media_type = _kind(archive, name)
            for part in archive.infolist():
                _check_part(archive, part, name)
            return media_type
    except (DefusedXmlException, ParseError) as error:
        raise _broken(name) from error
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError,
        ValueError, LookupError,
    ) as error:  # fmt: skip
        raise _broken(name) from error


def _check_frame(content: bytes, archive: zipfile.ZipFile, name: str) -> None:
    """One ZIP and nothing else: nothing before, nothing behind, every name once, nothing that unpacks without end."""
    parts = archive.infolist()
    end = content.rfind(_END)
    if end < 0 or end + _END_LENGTH != len(content) or not parts or min(part.header_offset for part in parts) != 0:
        raise _broken(name)
    if len(parts) > limits.MOST_PARTS or sum(part.file_size for part in parts) > limits.MOST_UNPACKED:
        raise _too_large(name)
    seen: set[str] = set()
    for part in parts:
        if part.flag_bits & 0x1:
            raise Invalid(
                "files.locked",
                "'{name}' is protected by a password, so that it cannot be checked; take the password off and send it again",
                name=name,
            )
        steps = part.filename.split("/")
        if part.filename.lower() in seen or ".." in steps or "\\" in part.filename or part.filename.startswith("/"):
            raise _broken(name)
        seen.add(part.filename.lower())
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _broken(name)
        if part.file_size > limits.MIB and part.file_size > limits.WORST_RATIO * max(part.compress_size, 1):
            raise _too_large(name)


def _kind(archive: zipfile.ZipFile, name: str) -> str:
    names = set(archive.namelist())
    if _TYPES not in names or "_rels/.rels" not in names:
        raise Invalid(
            "files.kind",
            "'{name}' is a ZIP archive; unpack it and send the documents one by one",
            name=name,
        )
    declared = [element.get("ContentType", "") for element in _read_xml(archive, _TYPES, name)]
    if any(_ACTIVE_TYPE.search(content_type) for content_type in declared):
        raise _active(name, Phrase("macros or embedded objects"))
    kinds = {_MAIN[content_type] for content_type in declared if content_type in _MAIN}
    main = {DOCX: "word/", XLSX: "xl/"}
    if len(kinds) != 1 or not any(part.startswith(main[kind]) for kind in kinds for part in names):
        raise Invalid(
            "files.kind",
            "'{name}' is neither a Word nor an Excel document of today (docx, xlsx); save it as one of these or as PDF",
            name=name,
        )
    return kinds.pop()


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    if part.is_dir():
        return
    if _ACTIVE_PART.search(part.filename):
        raise _active(name, Phrase("macros or embedded objects"))
    extension = part.filename.rpartition(".")[2].lower()
    if extension not in _PARTS and not _SETTINGS.fullmatch(part.filename):
        raise _active(name, Phrase("a part of a kind that documents do not need"))
    for number, chunk in enumerate(_chunks(archive, part)):
        if number == 0 and chunk.startswith(_NESTED):
            raise _active(name, Phrase("another file inside"))
    if extension in _XML:
        _check_prolog(archive, part)
    if extension == "rels":
        _check_links(archive, part.filename, name)
    if part.filename.startswith(("xl/externalLinks/", "word/")) and part.file_size > limits.MOST_READ:
        raise _too_large(name)
    if part.filename.startswith("xl/externalLinks/") and _LINKED.search(archive.read(part)):
        raise _active(name, Phrase("a link to another program"))
    if part.filename.startswith("word/") and extension == "xml":
        fields = b"".join(match[1] or match[2] or b"" for match in _FIELD.finditer(archive.read(part)))
        if _REACHES_OUT.search(fields):
            raise _active(name, Phrase("a field that fetches from elsewhere"))


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The whole part, so that its checksum is checked."""
    with archive.open(part) as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Entities can be declared before the first element only: no need to read a sheet of a million rows."""
    with archive.open(part) as opened:
        for _ in iterparse(opened, events=("start",), forbid_dtd=True):
            return


def _read_xml(archive: zipfile.ZipFile, part: str, name: str) -> Element:
    if archive.getinfo(part).file_size > limits.MOST_XML:
        raise _too_large(name)
    root: Element = fromstring(archive.read(part), forbid_dtd=True)
    return root


def _check_links(archive: zipfile.ZipFile, part: str, name: str) -> None:
    for link in _read_xml(archive, part, name):
        kind, target = link.get("Type", ""), link.get("Target", "")
        if _ACTIVE_LINK.search(kind):
            raise _active(name, Phrase("macros or embedded objects"))
        if link.get("TargetMode", "").lower() != "external" or kind.endswith("/hyperlink"):
            continue
        if kind.lower().endswith(("/externallinkpath", "/externallink")) and _RELATIVE.match(target):
            continue  # another workbook in the same folder, which Excel asks about
        raise _active(name, Phrase("a part that is fetched from elsewhere"))


def _broken(name: str) -> Invalid:
    return Invalid(
        "files.broken",
        "'{name}' begins like a Word or Excel document but is not sound; open it, save it anew and send that",
        name=name,
    )


def _too_large(name: str) -> Invalid:
    return Invalid(
        "files.too_large",
        "'{name}' unpacks into far more than it seems (at most {most} MB); send its content as PDF or in parts",
        name=name,
        most=limits.megabytes(limits.MOST_UNPACKED),
    )


def _active(name: str, what: Phrase) -> Invalid:
    return Invalid(
        "files.active",
        "'{name}' holds {what}; save it as docx or xlsx without that, or as PDF, and send it again",
        name=name,
        what=what,
    )
