"""Vietnamese text: NFC at the door, folded keys for search, numbers as an official writes them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from dinh.kernel.clock import VIETNAM

_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]+")
NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def nfc(text: str) -> str:
    """The text in Unicode normal form C, with runs of white space made one space."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """The search key of a text: lower case, no diacritics, đ = d, punctuation as space.

    >>> fold("Sóc Trăng – Đường Hùng Vương")
    'soc trang duong hung vuong'
    """
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


def slug(text: str) -> str:
    """A folded text with hyphens, for addresses and file names."""
    return fold(text).replace(" ", "-").replace("_", "-")


def format_number(value: float | Decimal, places: int, language: str) -> str:
    """A number with its group and decimal marks: vi `1.234,5`, en `1,234.5`.

    `places` counts decimals, 0 to 9; halves round away from zero.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,.{places}f}"
    if language.startswith("vi"):
        text = text.translate(str.maketrans(",.", ".,"))
    return text.replace("-", "\N{MINUS SIGN}")


def format_date(day: date, language: str) -> str:
    """vi `22/11/2026`, en `22 Nov 2026`."""
    if language.startswith("vi"):
        return f"{day:%d/%m/%Y}"
    return f"{day.day} {day:%b %Y}"


def format_moment(moment: datetime, language: str) -> str:
    """Time and date in Vietnam: vi `11:42 22/11/2026`, en `11:42, 22 Nov 2026`."""
    local = moment.astimezone(VIETNAM)
    separator = " " if language.startswith("vi") else ", "
    return f"{local:%H:%M}{separator}{format_date(local.date(), language)}"
