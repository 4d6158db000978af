"""HTML of a stranger made plain words: no tags, no scripts, no pictures, no hidden signs.

Python's own parser goes over a text once for each tag that does not end, and stumbles over some declarations; this one goes over
it once, whatever it holds.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 50_000
LONGEST_TAG: Final = 2_000
_DROPPED: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math"})
_TAG: Final = re.compile(r"""<(/?)([a-zA-Z][^\s/<>"']*+|[!?])(?:"[^"]*+"|'[^']*+'|[^<>"'])*+>""")
_NUMBER: Final = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
"""More digits than any letter has, which Python refuses to read."""


def words(text: str, *, most: int) -> str:
    """At most `most` letters, cut between words and ended with «…»."""
    said = html.unescape(_NUMBER.sub(" ", "".join(_said(text[:LONGEST]))))
    normal = unicodedata.normalize("NFC", said)
    kept = "".join(" " if c.isspace() else c for c in normal if c.isspace() or unicodedata.category(c)[0] != "C")
    said = " ".join(kept.split())
    if len(said) <= most:
        return said
    cut = said[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–-") + "…"


def _said(text: str) -> Iterator[str]:
    """What stands between the tags, without what is not for reading. A tag that never ends is words."""
    at, dropping = 0, 0
    while (start := text.find("<", at)) >= 0:
        if not dropping:
            yield text[at:start]
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            if end < 0:
                return
            at = end + 3
            yield " "
            continue
        tag = _TAG.match(text, start, start + LONGEST_TAG)
        if tag is None:
            if not dropping:
                yield "<"
            at = start + 1
            continue
        at = tag.end()
        yield " "
        if tag[2].lower() in _DROPPED:
            dropping = max(0, dropping + (-1 if tag[1] else 1))
    if not dropping:
        yield text[at:]
