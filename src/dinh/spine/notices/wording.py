"""Templates of notices: `{name}` and nothing else, so that no template reaches into an object."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from dinh.kernel.errors import Invalid
from dinh.kernel.specs import NoticeSpec, Text
from dinh.kernel.vietnamese_text import format_number, nfc

LANGUAGES: Final = ("vi", "en")
TITLE: Final = 300
VALUE: Final = 2000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@lru_cache(maxsize=1024)
def fields(template: str) -> frozenset[str]:
    """Names in a template. Raises Invalid `notices.template` for anything but `{name}`."""
    found: set[str] = set()
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        raise _broken(template) from error
    for _text, name, spec, conversion in parsed:
        if name is None:
            continue
        if spec or conversion or not _NAME.fullmatch(name):
            raise _broken(template)
        found.add(name)
    return frozenset(found)


def _broken(template: str) -> Invalid:
    return Invalid(
        "notices.template",
        "the template '{template}' has more than plain {{name}} places; write each value's name in braces alone",
        template=template[:200],
    )


def check_spec(spec: NoticeSpec) -> None:
    """Both languages name the same values. Raises Invalid `notices.template`, `notices.languages`."""
    for pair in (spec.title, spec.body):
        if fields(pair.vi) != fields(pair.en):
            raise Invalid(
                "notices.languages",
                "the Vietnamese and the English text of the notice '{kind}' name different values; give both the same",
                kind=spec.code,
            )


def check(spec: NoticeSpec, params: Mapping[str, Any]) -> None:
    """Every value that the templates name is there and can be written. Raises Invalid `notices.params`."""
    missing = sorted((fields(spec.title.vi) | fields(spec.body.vi)) - params.keys())
    if missing:
        raise Invalid(
            "notices.params",
            "the notice '{kind}' lacks {names}; give a value for each",
            kind=spec.code,
            names=", ".join(missing),
        )
    for name, value in params.items():
        if not _writable(value):
            raise Invalid(
                "notices.value",
                "the value '{name}' of the notice '{kind}' is no text, number or pair of vi and en texts",
                name=name[:100],
                kind=spec.code,
            )


def _writable(value: object) -> bool:
    if isinstance(value, Mapping):
        return set(value) == set(LANGUAGES) and all(isinstance(text, str) for text in value.values())
    if isinstance(value, float):
        return value == value and abs(value) != float("inf")
    return isinstance(value, str | int) and not isinstance(value, bool)


def kept(params: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored: texts in NFC on one line, of bounded length."""

    def one(value: Any) -> Any:
        if isinstance(value, str):
            return nfc(_CONTROL.sub(" ", value))[:VALUE]
        if isinstance(value, Mapping):
            return {language: one(str(value[language])) for language in LANGUAGES}
        return value

    return {name: one(value) for name, value in params.items()}


def fill(template: Text, params: Mapping[str, Any], language: str) -> str:
    """The text with its values, which are put in once: braces in a value stay what they are."""
    text = template.in_(language)
    parts: list[str] = []
    for literal, name, _spec, _conversion in string.Formatter().parse(text):
        parts.append(literal)
        if name is not None:
            parts.append(_written(params[name], language))
    return "".join(parts).strip()


def title_of(spec: NoticeSpec, params: Mapping[str, Any], language: str) -> str:
    title = " ".join(fill(spec.title, params, language).split())
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _written(value: Any, language: str) -> str:
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, float):
        places = min(3, len(repr(value).partition(".")[2])) if value != int(value) else 0
        return format_number(value, places, language)
    return str(value)
