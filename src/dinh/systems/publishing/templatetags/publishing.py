"""Tags of the publications' own templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from dinh.systems.publishing.web import words as names
from dinh.systems.publishing.web.words import LICENCE_PAGES
from dinh.web.templatetags.dinh import language, number

register = template.Library()
register.filter("warning_degree", names.warning_degree)


@register.filter
def said(words: Mapping[str, str] | None) -> str:
    """A text in the language of the page, or in the other one where it is not there."""
    if not words:
        return ""
    code = "en" if (get_language() or "vi").startswith("en") else "vi"
    return words.get(code) or words.get("vi") or words.get("en") or ""


@register.filter
def cells(row: Any, numeric: Any) -> list[tuple[Any, bool]]:
    """Each cell with whether its column holds numbers."""
    return list(zip(row, numeric, strict=False))


@register.filter
def licence_page(code: str) -> str:
    return LICENCE_PAGES.get(code, "")


@register.filter
def getitem(block: Mapping[str, Any], name: str) -> Any:
    """A field whose name is also that of a method, such as `items`."""
    return block.get(name, ())


@register.simple_tag
def target_of(item: Mapping[str, Any]) -> str:
    """A whole target is written without decimals."""
    target = item.get("target")
    return number(target, 0 if target is None or target == int(target) else int(item["places"]))


@register.filter
def warning_span(block: Mapping[str, Any]) -> str:
    return names.warning_span(block, language())
