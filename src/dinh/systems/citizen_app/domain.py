"""Why a report may have been held back: what of its words an official should look at first. No Django."""

from __future__ import annotations

import re
from typing import Final

LINK: Final = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|net|xyz|top|vip|shop|info|link|click)\b", re.IGNORECASE)
DIGITS: Final = re.compile(r"(?<!\d)\+?\d(?:[\s.]?\d){8,11}(?!\d)")


def clues(words: str) -> tuple[str, ...]:
    """link and number, as far as the words have them; whoever looks judges, this only points."""
    found = []
    if LINK.search(words):
        found.append("link")
    if DIGITS.search(words):
        found.append("number")
    return tuple(found)
