"""What the templates of planning need beside the house's tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from dinh.systems.network_5g.example_names import in_words
from dinh.web.templatetags.dinh import number, signed

register = template.Library()


@register.filter
def own(text: str) -> str:
    """A name or note in the page's language, where it is an example's and still as it was made."""
    return in_words(text, get_language() or "vi")


@register.filter
def at_key(values: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key; None where there is none."""
    return values.get(key)


@register.filter
def minus(value: float | None, other: float | None) -> float | None:
    """None where one of them is missing."""
    return None if value is None or other is None else value - other


@register.filter
def divided_by(value: float | None, whole: float | None) -> float | None:
    """None where one of them is missing or nothing."""
    return value / whole if value is not None and whole else None


@register.filter
def percent_points(value: float | None) -> str:
    """A difference of shares, in points of a hundred."""
    return signed(None if value is None else value * 100, 1)


@register.filter
def kilometres(metres: float) -> str:
    return f"{number(metres / 1000, 2)} km"


@register.filter
def add_number(value: float, other: float) -> float:
    return float(value) + float(other)


@register.filter
def plain_number(value: float | str | None) -> str:
    """As a field holds it: no more decimals than it has, the page's decimal mark; '' for nothing."""
    if value is None or value == "":
        return ""
    text = f"{float(value):.6g}"
    decimals = len(text.partition(".")[2]) if "e" not in text else 6
    return number(float(value), decimals)
