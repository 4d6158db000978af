"""From bytes to text: which encoding a file is in, judged by its marks and by whether the words can be Vietnamese."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from dinh.engines.tables import legacy_fonts
from dinh.kernel.errors import Invalid

ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "windows-1258", "windows-1252", "tcvn3", "vni")
"""What a person may choose; the last two are bytes that an old font draws as Vietnamese."""
_SAMPLE: Final = 200_000
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Guess:
    """`confidence` is 0..1; `mark` tells whether the file says so itself by a byte order mark."""

    encoding: str
    confidence: float
    mark: bool = False


def guess(data: bytes) -> Guess:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Guess(encoding, 1.0, mark=True)
    sample = data[:_SAMPLE]
    wide = _without_mark(sample)
    if wide:
        return Guess(wide, 0.95)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=len(sample) == len(data))
    except UnicodeDecodeError as error:
        # A slip in a long UTF-8 file is no other encoding: by chance, so much would never be valid.
        if len(re.findall(rb"[\xc3-\xc6\xe1][\x80-\xbf]", sample)) > 20 and _broken_share(sample) < 0.02:
            return Guess("utf-8", 0.8)
        del error
        return _eight_bits(sample)
    return Guess("utf-8", 1.0)


def _broken_share(sample: bytes) -> float:
    text = sample.decode("utf-8", "replace")
    beyond = sum(not letter.isascii() for letter in text)
    return text.count("\N{REPLACEMENT CHARACTER}") / max(beyond, 1)


def _without_mark(sample: bytes) -> str:
    """UTF-16 by its zero bytes: every delimiter, digit and line end has one, on the same side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half < 2 or max(even, odd) < half * 0.2 or min(even, odd) > max(even, odd) * 0.1:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _eight_bits(sample: bytes) -> Guess:
    western = sample.decode("cp1252", "replace")
    shares = {"windows-1252": 0.0}
    words = legacy_fonts.marked_words([western])
    if not words:
        return Guess("windows-1252", 0.5)
    shares["windows-1252"] = _plausible(western) - 0.1  # without any preference, Vietnamese is what is expected
    shares["windows-1258"] = _plausible(unicodedata.normalize("NFC", sample.decode("cp1258", "replace")))
    for font in legacy_fonts.FONTS:
        shares[font] = _plausible(legacy_fonts.to_unicode(_latin(sample), font))
    best = max(shares, key=lambda name: shares[name])
    rest = max(share for name, share in shares.items() if name != best)
    if shares[best] < 0.3:
        return Guess("windows-1252", 0.3)
    return Guess(best, round(min(0.99, 0.5 + (shares[best] - rest)), 2))


def _latin(data: bytes) -> str:
    return data.decode("latin-1")


def _plausible(text: str) -> float:
    words = legacy_fonts.marked_words([text])
    if not words:
        return 0.0
    good, bad = legacy_fonts.plausibility(words)
    return good / (good + bad)


def decode(data: bytes, encoding: str) -> tuple[str, int]:
    """The text in NFC, and how many characters could not be read. Raises Invalid `tables.encoding`."""
    for mark, marked in _MARKS:
        if marked == encoding and data.startswith(mark):
            data = data[len(mark) :]
            break
    if encoding in legacy_fonts.FONTS:
        return legacy_fonts.to_unicode(_latin(data), encoding), 0
    codec = {"windows-1258": "cp1258", "windows-1252": "cp1252"}.get(encoding, encoding)
    if encoding not in ENCODINGS:
        raise Invalid(
            "tables.encoding",
            "'{encoding}' is no encoding that Đình reads; choose one of {known}",
            encoding=encoding[:40],
            known=", ".join(ENCODINGS),
        )
    text = data.decode(codec, "replace")
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text, lost
