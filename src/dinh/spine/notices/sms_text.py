"""Text messages: how many parts a text takes, and the same text without marks."""

from __future__ import annotations

import unicodedata
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""3GPP TS 23.038, 6.2.1: the default alphabet; and, in 6.2.1.1, what takes two places."""
_DOUBLE: Final = frozenset("^{}\\[~]|€\f")
_SIGNS: Final = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "«": '"', "»": '"', "đ": "d", "Đ": "D"}
    | {"\u00a0": " ", "\u202f": " ", "₫": "d", "−": "-", "·": "-", "•": "-", "→": "->"}
)


def plain(text: str) -> str:
    """Without diacritics: «Độ mặn vượt ngưỡng» as «Do man vuot nguong». What has no plain form becomes «?»."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.translate(_SIGNS)) if not unicodedata.combining(c))
    return "".join(c if c in _BASIC or c in _DOUBLE else "?" for c in bare)


def parts(text: str) -> int:
    """How many messages a phone company counts: 160 and 153 places in the default alphabet, 70 and 67 otherwise."""
    if all(c in _BASIC or c in _DOUBLE for c in text):
        places, single, joined = sum(2 if c in _DOUBLE else 1 for c in text), 160, 153
    else:
        places, single, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= single else -(-places // joined)


def message(title: str, body: str, link: str, *, most: int, without_marks: bool) -> str:
    """Title, body and link in at most `most` parts: the body is cut, never the link."""
    dress = plain if without_marks else (lambda text: unicodedata.normalize("NFC", text))
    words = f"{title.rstrip('.')}. {body}" if body and body != title else title
    words = dress(" ".join(words.split()))
    ending = f" {link}" if link else ""
    if parts(words + ending) <= most:
        return words + ending
    if parts(ending) > most:
        return ending.strip()
    low, high = 0, len(words)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        if parts(words[:middle].rstrip() + "..." + ending) <= most:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "..." + ending
