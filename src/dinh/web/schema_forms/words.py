"""Titles, choices and values as a schema names them, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dinh.kernel.masking import HIDDEN, masked
from dinh.kernel.vietnamese_text import format_date, format_number

type Schema = Mapping[str, Any]


def in_vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


def _said(schema: Schema, key: str, otherwise: str) -> str:
    vi = str(schema.get(key, otherwise))
    return vi if in_vietnamese() else str(schema.get(f"{key}_en", vi))


def title_of(name: str, schema: Schema) -> str:
    return _said(schema, "title", name)


def help_of(schema: Schema) -> str:
    return _said(schema, "description", "")


def choices(schema: Schema, *, empty: bool = True) -> list[tuple[str, str]]:
    """`enum` with names in `x-names` (Vietnamese) and `x-names-en`."""
    names = schema.get("x-names" if in_vietnamese() else "x-names-en", {})
    named = [(str(value), str(names.get(str(value), value))) for value in schema["enum"]]
    return [("", "–"), *named] if empty else named


def is_group(schema: Schema) -> bool:
    return schema.get("type") == "array" and schema.get("items", {}).get("type") == "object"


def in_words(schema: Schema, value: Any) -> str:
    """A value as people read it; a dash for nothing."""
    if value in (None, "", []):
        return "–"
    if "enum" in schema:
        return dict(choices(schema)).get(str(value), str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return "; ".join(in_words(schema.get("items", {}), one) for one in value)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if in_vietnamese() else f"{value:g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return format_number(Decimal(value), 0, "vi" if in_vietnamese() else "en")
    if schema.get("format") == "date":
        try:
            return format_date(date.fromisoformat(str(value)), "vi" if in_vietnamese() else "en")
        except ValueError:
            return str(value)
    return str(value)


def personal_names(schema: Schema) -> frozenset[str]:
    """Fields that tell of people; a repeated group whole, where one of its fields does."""

    def tells(part: Schema) -> bool:
        inner = part.get("items", {}).get("properties", {}) if is_group(part) else {}
        return part.get("x-personal") is True or any(tells(one) for one in inner.values())

    return frozenset(name for name, part in schema.get("properties", {}).items() if tells(part))


@dataclass(frozen=True, slots=True)
class Told:
    """A field in words. `of` is the field of the schema that it belongs to: the group's name for a part of a group."""

    name: str
    title: str
    value: str
    of: str = ""
    personal: bool = False


def told_values(schema: Schema, values: Mapping[str, Any], *, hide: bool = False) -> Sequence[Told]:
    """What is filled in, in the order of the schema; with `hide` what tells of people is masked."""
    found: list[Told] = []
    for name, part in schema.get("properties", {}).items():
        if name in values:
            found += _told(name, part, values[name], hide)
    return found


def _hidden(part: Schema, value: Any) -> str:
    """A day or a choice is hidden whole: three digits of it would be too much of it."""
    return HIDDEN if "enum" in part or part.get("format") == "date" else masked(value)


def _told(name: str, part: Schema, value: Any, hide: bool) -> Iterator[Told]:
    title = title_of(name, part)
    if is_group(part) and isinstance(value, list):
        inner = part["items"].get("properties", {})
        for number, row in enumerate(value, start=1):
            for sub, sub_part in inner.items():
                if isinstance(row, Mapping) and sub in row:
                    personal = sub_part.get("x-personal") is True
                    said = _hidden(sub_part, row[sub]) if hide and personal else in_words(sub_part, row[sub])
                    heading = f"{title} {number}: {title_of(sub, sub_part)}"
                    yield Told(f"{name}-{number}-{sub}", heading, said, name, personal)
        return
    personal = part.get("x-personal") is True
    yield Told(name, title, _hidden(part, value) if hide and personal else in_words(part, value), name, personal)
