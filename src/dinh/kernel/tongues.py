"""Names that are kept in Vietnamese and English, in whichever language a page is in.

A house may bring a catalogue of a third language. It carries declared names, and those of offices and places, like any other
sentence: under their English words. Who reads catalogues says so by `use`; without one, and for what it lacks, English stands.
"""

from __future__ import annotations

from collections.abc import Callable

type Catalogue = Callable[[str, str], str]

_catalogue: Catalogue | None = None


def use(catalogue: Catalogue | None) -> None:
    """English words and the code of a language -> the words in that language, or the English ones."""
    global _catalogue
    _catalogue = catalogue


def named(vi: str, en: str, language: str) -> str:
    if language.startswith("vi"):
        return vi
    if language.startswith("en") or not en or _catalogue is None:
        return en
    return _catalogue(en, language)
