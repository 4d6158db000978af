"""What the frame of the app shows: its places, those of systems that are installed beside it, and their urgent panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from dinh.kernel.manifests import Panel, registry
from dinh.spine.parties import api as parties
from dinh.web import assets
from dinh.web.requests import actor

register = template.Library()
HOME: Final = "/app/"
NEIGHBOURS: Final = ("/services/", "/maps/", "/news/")
"""Addresses of other systems that the app leads to, where they are installed."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the bar; `main` are those that stand under the thumb on a phone."""

    path: str
    label: str
    icon_name: str
    main: bool = True


def installed() -> frozenset[str]:
    return frozenset(system.path for system in registry.systems()) & frozenset(NEIGHBOURS)


@register.simple_tag
def app_places() -> Sequence[Place]:
    """Each `icon_name` is written as `icon="…"`, by which the build finds the icons to take in."""
    there = installed()
    places = [
        Place(HOME, pgettext("place of the app", "Home"), _named(icon="house")),
        Place("/app/report/", pgettext("place of the app", "Report"), _named(icon="megaphone")),
        Place("/app/mine/", pgettext("place of the app", "Mine"), _named(icon="inbox")),
        Place("/services/", pgettext("place of the app", "Services"), _named(icon="file-check")),
        Place("/maps/", pgettext("place of the app", "Find a way"), _named(icon="route")),
        Place("/app/reports/", pgettext("place of the app", "All reports"), _named(icon="list"), main=False),
        Place("/news/", pgettext("place of the app", "News"), _named(icon="newspaper"), main=False),
    ]
    return [place for place in places if place.path.startswith(HOME) or place.path in there]


def _named(*, icon: str) -> str:
    return icon


@register.simple_tag
def app_place(path: str) -> str:
    """The place that a page lies in: the longest that its address begins with."""
    under = [place.path for place in app_places() if path == place.path or (place.path != HOME and path.startswith(place.path))]
    return max(under, key=len, default="")


@register.simple_tag
def neighbour(path: str) -> bool:
    return path in installed()


@register.simple_tag(takes_context=True)
def app_panels(context: template.Context, slot: str = "citizen.top") -> Sequence[Panel]:
    """What other systems have to say on top, by address: fragments that the page fetches by itself."""
    asking = actor(context["request"])
    return [
        panel for panel in registry.panels(slot) if panel.permission is None or parties.may(asking, panel.permission)
    ]


@register.simple_tag(takes_context=True)
def inline_styles(context: template.Context, *names: str) -> SafeString:
    """The styles of built entries within the page itself, so that its first picture waits for no second answer."""
    paths = dict.fromkeys(path for name in names if (found := assets.asset(name)) for path in found.styles)
    css = "".join((assets.BUILT / path).read_text(encoding="utf-8") for path in paths)
    nonce: Any = context.get("csp_nonce", "")
    return format_html('<style nonce="{}">{}</style>', nonce, mark_safe(css))  # noqa: S308 - our own build's file


@register.simple_tag
def scripts_of(*names: str) -> SafeString:
    """The scripts of built entries without their styles, for pages that hold these themselves."""
    tags = [
        format_html('<script type="module" src="/static/built/{}"></script>', found.script)
        for name in names
        if (found := assets.asset(name))
    ]
    return SafeString("".join(tags))
