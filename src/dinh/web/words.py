"""Errors in the words of whoever looks at the screen; machines and logs read `error.message`, which is English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import get_language, gettext, override

from dinh.kernel.errors import DinhError


def told(error: DinhError) -> str:
    """What happened and what to do next, in the active language."""
    return error.in_words(gettext)


_in_language: Final[Callable[[str], str]] = gettext


def in_catalogue(english: str, language: str) -> str:
    """What the catalogue of that language has for the English words; these where it has nothing."""
    if get_language() == language:
        return _in_language(english)
    with override(language):
        return _in_language(english)


def said(words: str) -> str:
    """A sentence that stands elsewhere in the code, such as a Phrase or what gettext_noop marks, in the active language."""
    return _in_language(words)
