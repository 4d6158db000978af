"""Text typed in the fonts that came before Unicode: TCVN3 (ABC) and VNI, read as if it were Western European.

Source: TCVN 5712:1993, third form (VN3), as the «ABC» fonts draw it; the published key chart of VNI-Windows. In both a
document holds bytes that mean Vietnamese letters only through the font; opened without it, «Sóc Trăng» reads
«Sãc Tr¨ng» (TCVN3) or «Soùc Traêng» (VNI). The functions take such text and know no files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_TCVN3_BYTES: Final = (
    "a1:Ă a2:Â a3:Ê a4:Ô a5:Ơ a6:Ư a7:Đ a8:ă a9:â aa:ê ab:ô ac:ơ ad:ư ae:đ b5:à b6:ả b7:ã b8:á b9:ạ bb:ằ bc:ẳ bd:ẵ be:ắ "
    "c6:ặ c7:ầ c8:ẩ c9:ẫ ca:ấ cb:ậ cc:è ce:ẻ cf:ẽ d0:é d1:ẹ d2:ề d3:ể d4:ễ d5:ế d6:ệ d7:ì d8:ỉ dc:ĩ dd:í de:ị df:ò e1:ỏ "
    "e2:õ e3:ó e4:ọ e5:ồ e6:ổ e7:ỗ e8:ố e9:ộ ea:ờ eb:ở ec:ỡ ed:ớ ee:ợ ef:ù f1:ủ f2:ũ f3:ú f4:ụ f5:ừ f6:ử f7:ữ f8:ứ f9:ự "
    "fa:ỳ fb:ỷ fc:ỹ fd:ý fe:ỵ"
)
TCVN3: Final = {int(pair[:2], 16): pair[3:] for pair in _TCVN3_BYTES.split()}

# What follows a letter: the plain tones, then the tones on a roof (â ê ô) and on a breve (ă).
_TONES: Final = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_ROOF: Final = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_BREVE: Final = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE: Final = {"ô": "ơ", "ö": "ư", "ñ": "đ", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for vowel in "aeouy":
        table |= {vowel + mark: vowel + tone for mark, tone in _TONES.items()}
    for typed, vowel in (("ô", "ơ"), ("ö", "ư")):
        table |= {typed + mark: vowel + tone for mark, tone in _TONES.items()}
    for vowel in "aeo":
        table |= {vowel + mark: vowel + "\u0302" + tone for mark, tone in _ROOF.items()}
    table |= {"a" + mark: "a\u0306" + tone for mark, tone in _BREVE.items()}
    # A mark of the other case is set by the careless: «Ñaù», «ÑAù».
    for typed, letter in list(table.items()):
        table[typed.upper()] = letter.upper()
        if len(typed) == 2:
            table[typed[0].upper() + typed[1]] = letter.upper()
    return {typed: unicodedata.normalize("NFC", letter) for typed, letter in table.items()}


VNI: Final = _vni_table()
_VNI_PATTERN: Final = re.compile("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_WORD: Final = re.compile(r"[^\W\d_]+(?:\u0300-\u036f)*")
_CAPITAL_FONT: Final = re.compile(r"\S+")

FONTS: Final = ("tcvn3", "vni")

_SYLLABLE: Final = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:uyê|uya|iê|yê|ia|ươ|ưa|uô|ua|oa|oă|oe|uâ|uê|uơ|uy|oo|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnptiouy])?"
)
_TONE_MARKS: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")


def from_tcvn3(text: str) -> str:
    """Words in the capital form of the fonts («.VnTimeH») become capitals."""
    read = text.translate(TCVN3)
    return _CAPITAL_FONT.sub(lambda word: _as_capitals(word[0], text[word.start() : word.end()]), read)


def _as_capitals(read: str, typed: str) -> str:
    plain = [letter for letter in typed if letter.isascii() and letter.isalpha()]
    return read.upper() if len(plain) > 1 and all(letter.isupper() for letter in plain) else read


def from_vni(text: str) -> str:
    return _VNI_PATTERN.sub(lambda found: VNI[found[0]], text)


def to_unicode(text: str, font: str) -> str:
    """`font` is one of FONTS; any other leaves the text as it is."""
    if text.isascii():
        return text
    return from_tcvn3(text) if font == "tcvn3" else from_vni(text) if font == "vni" else text


def to_tcvn3(text: str) -> str:
    """The inverse, for letters that the form has; capitals with a tone become small letters, as typists had it."""
    back = {letter: chr(byte) for byte, letter in TCVN3.items()}
    return "".join(back.get(letter, back.get(letter.lower(), letter)) for letter in unicodedata.normalize("NFC", text))


def to_vni(text: str) -> str:
    back = {
        letter: typed
        for typed, letter in reversed(VNI.items())
        if len(typed) == 1 or typed[1].islower() == typed[0].islower()
    }
    return "".join(back.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


def is_syllable(word: str) -> bool:
    """True for what can be a Vietnamese syllable: one onset, one rime, at most one tone, capitals only in front or all."""
    if not (word.islower() or word.isupper() or word.istitle() or (word[:1].isupper() and word[1:].islower())):
        return False
    letters, tones = [], 0
    for letter in unicodedata.normalize("NFD", word.lower()):
        if letter in _TONE_MARKS:
            tones += 1
        else:
            letters.append(letter)
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", "".join(letters))) is not None


def marked_words(texts: Iterable[str], *, most: int = 2000) -> list[str]:
    """Runs of letters and Latin-1 signs that hold something beyond ASCII; ordinary words decide nothing."""
    found: list[str] = []
    for text in texts:
        if not text.isascii():
            found += [word for word in re.split(r"[\s\d.,;:()/\\\"'“”«»–_+\-]+", text) if word and not word.isascii()]
        if len(found) >= most:
            break
    return found[:most]


def plausibility(words: Iterable[str]) -> tuple[int, int]:
    """How many of the words can be Vietnamese syllables, and how many cannot."""
    good = bad = 0
    for word in words:
        if is_syllable(unicodedata.normalize("NFC", word)):
            good += 1
        else:
            bad += 1
    return good, bad


def font_of(texts: Iterable[str]) -> tuple[str, float]:
    """The old font that a column's texts were typed in, or '' for Unicode, with the share of words that then read as
    Vietnamese. A font is found only where the texts as they stand read badly and read well through it."""
    # Marks such as «¨» and «®» separate no words here: in TCVN3 they are letters.
    words = [word for text in texts if not text.isascii() for word in re.split(r"[\s\d.,;:()/\\\"'_+\-]+", text)]
    words = [word for word in words if word and not word.isascii()][:2000]
    if not words:
        return "", 1.0
    as_it_stands = _share(words)
    best, share = "", as_it_stands
    for font in FONTS:
        through = _share([to_unicode(word, font) for word in words])
        if through > share + 0.2 or (through > share and best):
            best, share = font, through
    return best, share


def _share(words: list[str]) -> float:
    good, bad = plausibility(words)
    return good / (good + bad)
