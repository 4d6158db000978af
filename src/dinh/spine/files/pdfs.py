"""PDF: whole, readable without a password, and without anything that acts by itself.

Names may be written with `#` escapes and objects may lie inside compressed object streams (ISO 32000-1,
7.3.5 and 7.5.7): both are undone before the search.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from typing import Any, Final

from dinh.kernel.errors import Invalid, Phrase
from dinh.spine.files import limits

_VERSION: Final = re.compile(rb"%PDF-[12]\.\d")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT: Final = re.compile(rb"(?<![0-9])(\d{1,10})\s+\d{1,5}\s+obj\b")
_STREAM: Final = re.compile(rb"\bstream(?:\r\n|\n|\r)")
_INDEX: Final = re.compile(rb"\s*((?:\d{1,10}\s+\d{1,10}\s+){1,20000}+)(?=[<\[(/\d]|true|false|null)")
"""How an object stream begins: pairs of an object's number and its offset, then an object (not an operator of a page)."""
_ENDS: Final = rb"(?![A-Za-z0-9])"
_ACTS: Final = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie|Sound)" + _ENDS
)
_OPENS: Final = re.compile(rb"/OpenAction\s*(\[|<<|(\d{1,10})\s+\d{1,5}\s+R)?")
_GO_TO: Final = re.compile(rb"/S\s*/GoTo" + _ENDS)
_ENCRYPTED: Final = re.compile(rb"/Encrypt" + _ENDS)
_PACKED: Final = re.compile(rb"/ObjStm" + _ENDS)
_FILTER: Final = re.compile(rb"/Filter\s*(\[[^\[\]]*\]|/[A-Za-z0-9]+)")
_PREDICTOR: Final = re.compile(rb"/Predictor\s+(?!1\b)")
_MOST_STREAMS: Final = 100_000
_SLICE: Final = 512
_PRICE: Final = 32 * 1024
"""What unpacking costs of the budget whatever comes of it: streams may lie within each other, share one end and fail there."""
_MOST_OPENING: Final = 20
"""More of either is in no office's document, only in one that is made to keep us busy."""
_END_OF_ZIP: Final = b"PK\x05\x06"
_LONGEST_ZIP_COMMENT: Final = 65_557


def check(content: bytes, name: str) -> None:
    """Raises Invalid `files.broken`, `files.locked`, `files.active`, `files.too_large`."""
    if not _VERSION.match(content) or b"startxref" not in content or not _OBJECT.search(content):
        raise _broken(name)
    end = content.rfind(b"%%EOF")
    if end < 0 or content[end + 5 :].strip(b"\r\n\t \x00\x1a") or _END_OF_ZIP in content[-_LONGEST_ZIP_COMMENT:]:
        raise Invalid(
            "files.broken",
            "'{name}' holds something behind the end of the PDF; print it to a new PDF and send that",
            name=name,
        )
    plain = _unescaped(content)
    if _ENCRYPTED.search(plain):
        raise Invalid(
            "files.locked",
            "'{name}' is protected by a password, so that it cannot be checked; take the password off and send it again",
            name=name,
        )
    objects = _packed_objects(content, name)
    if any(_ACTS.search(text) for text in (plain, *objects)):
        raise _active(
            name, Phrase("a script, an attached file, a form that sends itself or another thing that acts by itself")
        )
    opening = [(text, found) for text in (plain, *objects) for found in _OPENS.finditer(text)]
    for number, (text, found) in enumerate(opening):
        if number >= _MOST_OPENING or not _only_turns_to_a_page(found, text, (plain, *objects)):
            raise _active(name, Phrase("an action that starts when the document is opened"))


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text) if b"#" in text else text


def _packed_objects(content: bytes, name: str) -> list[bytes]:
    """What the object streams hold. Recognised by how they begin, whatever their dictionary says."""
    found: list[bytes] = []
    budget = limits.MOST_UNPACKED
    before = 0
    held = memoryview(content)
    for number, stream in enumerate(_STREAM.finditer(content)):
        if number >= _MOST_STREAMS:
            raise _broken(name)
        dictionary = _unescaped(content[max(before, stream.start() - 4096) : stream.start()].rpartition(b"obj")[2])
        packed = bool(_PACKED.search(dictionary))
        filters = _FILTER.search(dictionary)
        if packed and (
            _PREDICTOR.search(dictionary)
            or (filters and filters[1].strip(b"[] \r\n\t") not in (b"/FlateDecode", b"/Fl"))
        ):
            raise _active(name, Phrase("parts that are packed so that they cannot be checked"))
        before = stream.end()
        rest = held[stream.end() :]
        if not _is_zlib(rest):
            continue
        head, _cost = _inflated(rest[:_SLICE], 64)
        if not packed and not re.match(rb"\s*\d+\s+\d+\s", head):
            continue
        unpacked, cost = _inflated(rest, budget)
        budget -= cost
        if budget <= 0:
            raise Invalid(
                "files.too_large",
                "'{name}' unpacks into more than {most} MB; print it to a new PDF and send that",
                name=name,
                most=limits.megabytes(limits.MOST_UNPACKED),
            )
        if packed or _INDEX.match(unpacked):
            found.append(_unescaped(unpacked))
    return found


def _inflated(data: memoryview, budget: int) -> tuple[bytes, int]:
    """What a stream holds up to where it is damaged, as readers show it (they look at no checksum), and what that costs."""
    unpack, made = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    for at in range(2, len(data), _SLICE):
        before = unpack.copy()
        try:
            made += unpack.decompress(data[at : at + _SLICE], budget - len(made))
        except zlib.error:
            made += _up_to_the_fault(before, data[at : at + _SLICE], budget - len(made))
            break
        if unpack.eof or len(made) >= budget:
            break
    return bytes(made), len(made) + _PRICE


def _up_to_the_fault(unpack: Any, part: memoryview, most: int) -> bytes:
    made = bytearray()
    with suppress(zlib.error):
        for at in range(len(part)):
            made += unpack.decompress(part[at : at + 1], max(most - len(made), 1))
    return bytes(made)


def _is_zlib(data: memoryview) -> bool:
    """Whether it begins like one (RFC 1950, 2.2), without a dictionary agreed beforehand."""
    return len(data) > 2 and data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0 and not data[1] & 32


def _only_turns_to_a_page(found: re.Match[bytes], text: bytes, everywhere: tuple[bytes, ...]) -> bool:
    """Most office programs write an opening action that shows the first page: a destination, or a GoTo."""
    if found[1] is None:
        return False
    if found[1] == b"[":
        return True
    if found[1] == b"<<":
        return bool(_GO_TO.search(text[found.end() : found.end() + 200].partition(b">>")[0]))
    target = _object(int(found[2]), everywhere)
    return target.startswith(b"[") or bool(_GO_TO.search(target[:400].partition(b">>")[0]))


def _object(number: int, everywhere: tuple[bytes, ...]) -> bytes:
    """The last object of that number, as far as it is needed here; empty when there is none."""
    plain, *packed = everywhere
    for text in reversed(packed):
        index = _INDEX.match(text)
        if index is None:
            continue
        numbers = [int(part) for part in index[1].split()]
        offsets = dict(zip(numbers[::2], numbers[1::2], strict=True))
        if number in offsets:
            at = index.end() + offsets[number] - min(offsets.values())
            return text[at : at + 500].lstrip()
    found = b""
    for match in _OBJECT.finditer(plain):
        if int(match[1]) == number:
            found = plain[match.end() : match.end() + 500].lstrip()
    return found


def _broken(name: str) -> Invalid:
    return Invalid(
        "files.broken",
        "'{name}' begins like a PDF but is not whole; open it, print it to a new PDF and send that",
        name=name,
    )


def _active(name: str, what: Phrase) -> Invalid:
    return Invalid(
        "files.active",
        "'{name}' holds {what}; print it to a new PDF, which leaves that out, and send the new one",
        name=name,
        what=what,
    )
