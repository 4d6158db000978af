"""Plain text and CSV: must decode, must hold no controls, must not be a program or a page in disguise."""

from __future__ import annotations

import codecs
import re
from typing import Final

from dinh.kernel.errors import Invalid

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")
"""Tab, line ends, form feed and the old end-of-file mark may stand; DEL and the others are no text."""
_MARKUP_AT_FIRST: Final = re.compile(r"\s*<[a-z!?/]", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<(?:!doctype\s+html|html|svg|script|iframe|object|embed)[\s>/]", re.IGNORECASE)
_PROGRAMS: Final = ("#!", "{\\rtf", "%!PS", "MIME-Version:", "@echo off")
_PDF: Final = "%PDF-"
_HEAD: Final = 4096
_WIDE: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def charset(content: bytes) -> str:
    """utf-8, utf-16 (by its mark) or windows-1258, whichever decodes; '' when none does."""
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            return encoding if _decodes(content, encoding) else ""
    for encoding in ("utf-8", "windows-1258"):
        if _decodes(content, encoding):
            return encoding
    return ""


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def check(content: bytes, name: str) -> None:
    """Raises Invalid `files.kind` for what is no text or is a page or a program."""
    encoding = charset(content)
    text = content.decode(encoding).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}") if encoding else ""
    if not encoding or _CONTROLS.search(text):
        raise Invalid(
            "files.kind",
            "'{name}' is of no kind that is taken here and is no text either; send JPEG, PNG, WebP, HEIC, PDF, "
            "docx, xlsx, CSV or text in UTF-8",
            name=name,
        )
    head = text[:_HEAD]
    if _PDF in head:
        raise Invalid(
            "files.broken",
            "'{name}' holds something before the beginning of the PDF; print it to a new PDF and send that",
            name=name,
        )
    if _MARKUP_AT_FIRST.match(head) or _MARKUP.search(head):
        raise Invalid(
            "files.kind",
            "'{name}' is a web page or a drawing in SVG, which is not taken; send it as PDF or as a picture",
            name=name,
        )
    if head.lstrip().lower().startswith(tuple(start.lower() for start in _PROGRAMS)):
        raise Invalid(
            "files.kind",
            "'{name}' is a program or a document of a kind that is not taken; send it as PDF or as plain text",
            name=name,
        )
