"""Finds names of places in a headline: written with or without marks, the longest name first, old names too.

A name counts where each of its words begins with a capital letter, or where its rank stands before it («xã an ninh»):
«An Ninh» is a commune, «an ninh» is security. Marks that are written must be the name's own, wherever in the syllable
they stand («Hòa», «Hoà»).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

RANKS: Final[Mapping[tuple[str, ...], str]] = {
    ("xa",): "commune", ("phuong",): "commune", ("thi", "tran"): "commune", ("dac", "khu"): "commune",
    ("commune",): "commune", ("ward",): "commune",
    ("huyen",): "district", ("quan",): "district", ("thi", "xa"): "district",
    ("thanh", "pho"): "city", ("tp",): "city", ("tinh",): "province",
}  # fmt: skip
"""Words before a name, folded, and what they say of it; a city is a district or a province."""
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_LEAST: Final = 2
"""Words of a name: a single syllable is also a surname, a verb, a fruit."""

type Key = tuple[str, ...]


class Name:
    """A name with the level that it has and the units of today that it stands for."""

    __slots__ = ("level", "ranked", "units", "words")

    def __init__(self, text: str, level: str, units: Iterable[str], *, ranked: bool = False) -> None:
        self.words = tuple(_Word(word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))
        self.level = level
        self.units = frozenset(units)
        self.ranked = ranked
        """Counts only with its rank before it: the name is also that of something larger."""


class _Word:
    __slots__ = ("bare", "base", "capital", "marks")

    def __init__(self, text: str) -> None:
        decomposed = unicodedata.normalize("NFD", text.casefold())
        letters = [c for c in decomposed if not unicodedata.combining(c)]
        self.base = "".join(letters).replace("đ", "d")
        self.marks = "".join(sorted(c for c in decomposed if unicodedata.combining(c))) + "đ" * letters.count("đ")
        self.bare = not self.marks
        self.capital = text[0].isupper() or text[0].isdigit()

    def is_of(self, name: _Word) -> bool:
        return self.base == name.base and (self.bare or self.marks == name.marks)


class Names:
    def __init__(self, names: Iterable[Name]) -> None:
        self._by_first: dict[str, list[Name]] = {}
        for name in names:
            if len(name.words) >= _LEAST and not any(word.base.isdigit() for word in name.words):
                self._by_first.setdefault(name.words[0].base, []).append(name)
        for found in self._by_first.values():
            found.sort(key=lambda name: -len(name.words))

    def units_in(self, text: str) -> frozenset[str]:
        """The units that the text names; nothing where it names none that is known."""
        said = [_Word(word) for word in _WORD.findall(unicodedata.normalize("NFC", text[:4000]))]
        found: set[str] = set()
        at = 0
        while at < len(said):
            length = 0
            for name in self._by_first.get(said[at].base, ()):
                if at + len(name.words) > len(said):
                    continue
                part = said[at : at + len(name.words)]
                if not all(word.is_of(own) for word, own in zip(part, name.words, strict=True)):
                    continue
                if length and len(name.words) < length:
                    break  # the longest decides; its namesakes of the same length are looked at too
                if self._counts(name, part, _rank_before(said, at)):
                    found |= name.units
                    length = len(name.words)
            at += length or 1
        return frozenset(found)

    @staticmethod
    def _counts(name: Name, part: Sequence[_Word], rank: str) -> bool:
        if rank:
            return rank == name.level or (rank == "city" and name.level in ("district", "province"))
        # Where the text is written in small letters a name without its rank cannot be told from other words.
        return not name.ranked and all(word.capital for word in part)


def _rank_before(said: Sequence[_Word], at: int) -> str:
    for count in (2, 1):
        if at >= count and (rank := RANKS.get(tuple(word.base for word in said[at - count : at]))):
            return rank
    return ""


def names_of(rows: Iterable[tuple[str, str, Iterable[str]]], larger: Iterable[str]) -> Iterator[Name]:
    """Of (text, level, units); `larger` are names that mean the whole area unless a rank says otherwise."""
    known = [(text, level, tuple(units)) for text, level, units in rows]
    whole = {text.casefold() for text in larger}
    communes = {text.casefold() for text, level, _ in known if level == "commune"}
    for text, level, units in known:
        # A commune is called by its bare name, the former district of the same name with its rank.
        other = text.casefold() in (whole | communes if level == "district" else whole)
        yield Name(text, level, units, ranked=level != "province" and other)
