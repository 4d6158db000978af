"""Tags of the news' own templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template

from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.systems.local_news.queries.alerts import AlertRow
from dinh.systems.local_news.queries.news import NewsRow
from dinh.systems.local_news.web import places, words
from dinh.web.templatetags.dinh import language

register = template.Library()
_SHAPES = {"Extreme": "critical", "Severe": "major", "Moderate": "minor"}
_NAMES = {
    "severity": words.severities,
    "urgency": words.urgencies,
    "certainty": words.certainties,
    "category": words.categories,
    "response": words.responses,
    "feed": words.feed_kinds,
    "news": words.news_kinds,
    "publication": words.publication_kinds,
    "placed": words.placed_by,
    "version": words.version_states,
}


@register.filter
def named(code: str, what: str) -> str:
    """The word for a value: `{{ row.severity|named:"severity" }}`."""
    return str(_NAMES[what]().get(code, code))


@register.filter
def shape(severity: str) -> str:
    """The house's severity whose colour and shape a degree of CAP takes."""
    return _SHAPES.get(severity, "information")


@register.filter
def said(row: AlertRow) -> Mapping[str, str]:
    return row.words(language())


@register.filter
def tongue(row: AlertRow) -> str:
    """The language of the words where it is not the page's."""
    code = row.language(language())
    return "" if code == language()[:2] else code


@register.filter
def onset(row: AlertRow) -> datetime:
    try:
        return clock.parse_moment(row.words(language()).get("onset", ""))
    except Invalid:
        return row.from_at


@register.filter
def communes(units: Iterable[str]) -> str:
    return places.names(list(units), language())


@register.filter
def some_communes(units: Iterable[str]) -> str:
    return places.names(list(units), language(), most=4)


@register.filter
def told(row: NewsRow) -> str:
    return row.told(language())


@register.filter
def told_by(row: NewsRow) -> str:
    return row.told_by(language())


@register.filter
def in_words(texts: Mapping[str, str]) -> str:
    """A text by language in that of the page."""
    return texts.get(language()[:2]) or texts.get("vi") or ""


@register.filter
def state_of(code: str, what: str) -> tuple[str, str]:
    """The word for a state and the kind of its badge."""
    known: Mapping[str, tuple[str, str]] = words.feed_states() if what == "feed" else words.alert_states()
    return known.get(code, (code, ""))


@register.filter
def begins(block: Mapping[str, Any]) -> datetime:
    return clock.parse_moment(block["from"])


@register.filter
def ends(block: Mapping[str, Any]) -> datetime:
    return clock.parse_moment(block["until"])
