"""One family of errors, each with a stable code, its values and what to do next.

Only `dinh.project` turns a family into an HTTP status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Self


class Phrase(str):
    """Words among an error's values that are translated like its message, such as a remedy."""

    __slots__ = ()


class DinhError(Exception):
    """Base of every error that Đình raises on purpose.

    `code` is stable and machine-readable; `message` says in English what happened,
    with which value, and what to do next. `template` is the message before the
    values of `params` stand in it: what the catalogues of translations hold.
    """

    family: ClassVar[str] = "error"

    def __init__(self, code: str, message: str, /, **params: object) -> None:
        super().__init__(message.format(**params) if params else message)
        self.code = code
        self.template = message
        self.params = params

    @classmethod
    def again(cls, code: str, template: str, params: Mapping[str, object]) -> Self:
        """As another process raised it; its words stand where that was."""
        return cls(code, template, **params)

    @property
    def message(self) -> str:
        return str(self)

    def in_words(self, translate: Callable[[str], str]) -> str:
        """The message in another language, with errors and phrases among its values."""
        said = translate(self.template)
        if not self.params:
            return said
        return said.format(**{name: _in_words(value, translate) for name, value in self.params.items()})


def _in_words(value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, DinhError):
        return value.in_words(translate)
    return translate(value) if isinstance(value, Phrase) else value


class NotFound(DinhError):
    """What was asked for does not exist, or may not be known to exist."""

    family = "not_found"


class Refused(DinhError):
    """The caller may not do this."""

    family = "refused"


class Invalid(DinhError):
    """The input is wrong; the message names place, value and remedy."""

    family = "invalid"


class Conflict(DinhError):
    """The input is sound but the present state does not permit it."""

    family = "conflict"


class SourceUnavailable(DinhError):
    """Something outside (a broker, a database, another server) does not answer."""

    family = "source_unavailable"


class OutOfRange(DinhError):
    """A value lies outside the range for which the method is valid."""

    family = "out_of_range"
