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
_REACHES_OUT: Final = re.compile(rb"(?i)\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT)\b")
_TELLING: Final = re.compile(rb"instrText|instr\s*=|ddeLink|oleLink")
"""Names have no references in XML: in UTF-8 they stand in the bytes as they are."""
_WIDE: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_ENCODING: Final = re.compile(rb"\s*<\?xml\b[^<>]*?\bencoding\s*=\s*[\"']([\w.-]+)")
_ENCODINGS: Final = re.compile(rb"(?i)utf-8|utf-16|us-ascii|iso-8859-\d+|windows-125\d")
_TEXT: Final = re.compile(r"<(?:[^\s<>/=:]++:)?instrText\b[^<>]*+>")
_ATTRIBUTE: Final = re.compile(r"""\binstr\s*=\s*(?:"([^"<]*+)"|'([^'<]*+)')""")
_LINK: Final = re.compile(r"<(?:[^\s<>/=:]++:)?(?:ddeLink|oleLink)\b")
_AS_IT_IS: Final = "<![CDATA["
_ENDS: Final = {"<!--": "-->", "<?": "?>", _AS_IT_IS: "]]>"}
_LETTER: Final = re.compile(r"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}));")
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
    before, telling = b"", False
    for number, chunk in enumerate(_chunks(archive, part)):
        if number == 0 and chunk.startswith(_NESTED):
            raise _active(name, Phrase("another file inside"))
        telling |= number == 0 and _is_wide(chunk, name)
        telling |= _TELLING.search(before + chunk) is not None
        before = chunk[-64:]
    if extension in _XML:
        _check_prolog(archive, part)
        if telling:
            if part.file_size > limits.MOST_READ:
                raise _too_large(name)
            _check_acts(archive.read(part), name)
    if extension == "rels":
        _check_links(archive, part.filename, name)
    if part.filename.startswith(("xl/externalLinks/", "word/")) and part.file_size > limits.MOST_READ:
        raise _too_large(name)


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


def _is_wide(head: bytes, name: str) -> bool:
    """Of two bytes a letter. Raises Invalid for an encoding that ECMA-376 does not know, and in which words could hide."""
    if head[:2] in _WIDE:
        return True
    said = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if said and not _ENCODINGS.fullmatch(said[1]):
        raise _broken(name)
    return False


def _check_acts(content: bytes, name: str) -> None:
    """Fields and links as programs read them: in either encoding, under any prefix, with references for letters, in any folder.

    By searching and not by a parser, whose every element would cost: what is no XML is searched as well.
    """
    text = content.decode(_WIDE.get(content[:2], "utf-8"), "replace")
    if _LINK.search(text):
        raise _active(name, Phrase("a link to another program"))
    starts = [*_TEXT.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    said = [_words(text[start.end() : end]) for start, end in zip(starts, ends, strict=False)]
    said += [match[1] or match[2] or "" for match in _ATTRIBUTE.finditer(text)]
    if _REACHES_OUT.search(_LETTER.sub(_letter, "".join(said)).encode("utf-8", "replace")):
        raise _active(name, Phrase("a field that fetches from elsewhere"))


def _words(text: str) -> str:
    """What an element says up to its end, without comments and the marks of CDATA."""
    kept, at = [], 0
    while (start := text.find("<", at)) >= 0:
        kept.append(text[at:start])
        opens = next((opens for opens in _ENDS if text.startswith(opens, start)), "")
        end = text.find(_ENDS[opens], start) if opens else -1
        if end < 0:
            return "".join(kept)
        if opens == _AS_IT_IS:
            kept.append(text[start + len(opens) : end])
        at = end + len(_ENDS[opens])
    return "".join([*kept, text[at:]])


def _letter(reference: re.Match[str]) -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return chr(number) if 0 < number < 0xD800 else " "


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
