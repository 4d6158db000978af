"""HTML of a stranger made plain words: no tags, no scripts, no pictures, no hidden signs."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser
from typing import Final

_DROPPED: Final = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math"})


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _DROPPED:
            self.dropping += 1
        self.said.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED and self.dropping:
            self.dropping -= 1
        self.said.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.said.append(data)


def words(text: str, *, most: int) -> str:
    """At most `most` letters, cut between words and ended with «…»."""
    reader = _Words()
    reader.feed(text[:50_000])
    reader.close()
    normal = unicodedata.normalize("NFC", "".join(reader.said))
    kept = "".join(" " if c.isspace() else c for c in normal if c.isspace() or unicodedata.category(c)[0] != "C")
    said = " ".join(kept.split())
    if len(said) <= most:
        return said
    cut = said[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–-") + "…"
