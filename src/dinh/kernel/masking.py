"""Personal data as a list may show it: enough to recognise what one knows already, too little to learn it.

Each form says what it shows; nothing else of the value, not even its length, can be told from it.
"""

from __future__ import annotations

import re
from typing import Final

from dinh.kernel.vietnamese_text import nfc

DOTS: Final = "•••"
HIDDEN: Final = "•••••"
SHOWN_DIGITS: Final = 3
FEWEST_DIGITS: Final = 8
"""A shorter number is hidden whole: three digits of it would be too much of it."""
_MAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE: Final = re.compile(r"\+?[\d\s.()\-]+")


def masked_name(name: str) -> str:
    """The first letter of each word: «Nguyễn Thị Đào» is «N••• T••• Đ•••»; '' stays ''."""
    return " ".join(f"{word[:1]}{DOTS}" for word in nfc(name).split())


def masked_email(address: str) -> str:
    """The first letter and the domain: «dao@example.vn» is «d•••@example.vn»; what is no address is hidden whole."""
    if not address:
        return ""
    if not _MAIL.fullmatch(address):
        return HIDDEN
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}{DOTS}@{domain}"


def masked_phone(number: str) -> str:
    """The last three digits: «0912 345 678» is «••• 678»; what has fewer than eight digits is hidden whole."""
    if not number:
        return ""
    digits = re.sub(r"\D", "", number)
    return f"{DOTS} {digits[-SHOWN_DIGITS:]}" if len(digits) >= FEWEST_DIGITS else HIDDEN


def masked_citizen_id(number: str) -> str:
    """The first digit and the last three of the twelve: «0********123»; anything else is hidden whole."""
    if not number:
        return ""
    return f"{number[0]}{'*' * 8}{number[-SHOWN_DIGITS:]}" if re.fullmatch(r"[0-9]{12}", number) else HIDDEN


def masked(value: object) -> str:
    """A value that is not known to be a name: an address or a number by its shape, anything else hidden whole."""
    if value in (None, "", [], {}):
        return ""
    text = str(value).strip()
    if _MAIL.fullmatch(text):
        return masked_email(text)
    return masked_phone(text) if isinstance(value, str) and _PHONE.fullmatch(text) else HIDDEN


def masked_address(address: str) -> str:
    """A `mailto:` or `tel:` address, its scheme kept; a URN names nobody in words and stays as it is."""
    scheme, colon, rest = address.partition(":")
    return f"{scheme}:{masked(rest)}" if colon and scheme in ("mailto", "tel") else address
