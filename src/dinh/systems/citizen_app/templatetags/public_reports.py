"""Marks of reports: what state one is in, by colour, by shape, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy

from dinh.systems.citizen_app.reading import Card
from dinh.web.templatetags import dinh as house

register = template.Library()
SHAPES: Final[Mapping[str, str]] = {
    "open": "M6 .4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 6 .4Z",
    "late": "M6 .6 12 11.4H0Z",
    "waiting": "M1.6 .8h3.2v10.4H1.6Zm5.6 0h3.2v10.4H7.2Z",
    "fixed": "M4.6 10.8 .4 6.4 2.3 4.5 4.6 6.9 9.7 1.4 11.6 3.3Z",
    "unfixed": "M2.4 .6 6 4.2 9.6 .6 11.4 2.4 7.8 6 11.4 9.6 9.6 11.4 6 7.8 2.4 11.4.6 9.6 4.2 6 .6 2.4Z",
    "rejected": "M.8 4.4h10.4v3.2H.8Z",
    "joined": "M6 .4a5.6 5.6 0 1 0 0 11.2A5.6 5.6 0 0 0 6 .4Zm0 3a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2Z",
}
"""On a grid of 12 × 12; the map draws the same ones (`frontend/public/marks.ts`)."""
COLOURS: Final[Mapping[str, str]] = {
    "open": "information", "late": "critical", "waiting": "", "fixed": "done", "unfixed": "minor", "rejected": "", "joined": "",
}  # fmt: skip
NAMES: Final = {
    "open": gettext_lazy("being handled"), "late": gettext_lazy("overdue"), "waiting": gettext_lazy("waiting"),
    "fixed": gettext_lazy("fixed"), "unfixed": gettext_lazy("closed, not fixed"), "rejected": gettext_lazy("nothing to act on"),
    "joined": gettext_lazy("handled with another"),
}  # fmt: skip


@register.filter
def mark_name(mark: str) -> str:
    return str(NAMES.get(mark, mark))


@register.simple_tag
def report_mark(mark: str) -> SafeString:
    """The shape alone: its word stands beside it."""
    return _shape(mark)


@lru_cache
def _shape(mark: str) -> SafeString:
    return format_html(
        '<span class="rmark rmark--{}"><svg viewBox="0 0 12 12" width="10" height="10" fill="currentColor" aria-hidden="true"><path fill-rule="evenodd" d="{}"/></svg></span>',
        mark,
        SHAPES.get(mark, SHAPES["open"]),
    )


@register.simple_tag
def report_chip(card: Card, language: str = "") -> SafeString:
    """The state in the words of its kind, behind its mark."""
    words = (
        capfirst(mark_name("joined"))
        if card.mark == "joined"
        else card.request.state_name.in_(language or get_language() or "vi")
    )
    colour = COLOURS[card.mark]
    return format_html(
        '<span class="badge{}">{}{}</span>',
        f" badge--{colour}" if colour else " badge--waiting",
        _shape(card.mark),
        words,
    )


@register.filter
def hours(value: float | None) -> str:
    """A span of hours as people say it: 45 phút, 3,5 giờ, 2 ngày."""
    return house.minutes(None if value is None else value * 60)
