"""What the frame of the app shows: its places, those of systems that are installed beside it, and their urgent panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from dinh.kernel.manifests import Panel, registry
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PartyRow
from dinh.spine.requests.api import FollowedRow, Moment, RequestRow
from dinh.web import assets
from dinh.web.requests import actor

register = template.Library()
HOME: Final = "/app/"
PLACES: Final = (HOME, "/app/report/", "/app/mine/", "/app/reports/")
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
    there = installed()
    places = [
        Place(HOME, pgettext("place of the app", "Home"), "house"),
        Place("/app/report/", pgettext("place of the app", "Report"), "megaphone"),
        Place("/app/mine/", pgettext("place of the app", "Mine"), "inbox"),
        Place("/services/", pgettext("place of the app", "Services"), "file-check"),
        Place("/maps/", pgettext("place of the app", "Find a way"), "route"),
        Place("/app/reports/", pgettext("place of the app", "All reports"), "list", main=False),
        Place("/news/", pgettext("place of the app", "News"), "newspaper", main=False),
    ]
    return [place for place in places if place.path.startswith(HOME) or place.path in there]


@register.simple_tag
def app_place(path: str) -> str:
    """The place that a page lies in: the longest that its address begins with."""
    under = [place for place in PLACES if path == place or (place != HOME and path.startswith(place))]
    return max(under, key=len, default="")


ICONS: Final = {
    "road_damage": "construction", "bridge": "bridge", "street_light": "lightbulb", "traffic_sign": "signpost",
    "parking": "square-parking", "flooding": "waves", "manhole": "circle-dot-dashed", "waste": "trash-2",
    "pollution": "factory", "noise": "volume-2", "tree": "trees", "erosion": "mountain", "salt_water": "droplets",
    "water_supply": "droplet", "power": "zap", "telecom": "radio-tower", "pavement_use": "store", "construction": "hammer",
    "fire_risk": "flame", "public_order": "shield", "animals": "dog", "food_safety": "utensils", "officials": "user-round",
    "public_service": "building-2",
}  # fmt: skip


@register.filter
def category_icon(code: str) -> str:
    return ICONS.get(code, "circle-help")


@register.simple_tag
def neighbour(path: str) -> bool:
    return path in installed()


@register.simple_tag(takes_context=True)
def app_panels(context: template.Context, slot: str) -> Sequence[Panel]:
    """What other systems have to say on top, by address: fragments that the page fetches by itself."""
    asking = actor(context["request"])
    return [
        panel for panel in registry.panels(slot) if panel.permission is None or parties.may(asking, panel.permission)
    ]


@register.simple_tag
def inline_styles(css: str) -> SafeString:
    """What `inline.styles_of` gathered; the view allows it by its hash."""
    return format_html("<style>{}</style>", mark_safe(css))  # noqa: S308 - our own build's files


@register.simple_tag
def scripts_of(*names: str) -> SafeString:
    """The scripts of built entries and what they import, each once, for pages that hold the styles themselves."""
    found = [built for name in names if (built := assets.asset(name))]
    preloads = dict.fromkeys(path for built in found for path in built.preloads)
    scripts = [built.script for built in found if built.script]
    return format_html_join(
        "", '<link rel="modulepreload" href="/static/built/{}">', ((path,) for path in preloads)
    ) + format_html_join("", '<script type="module" src="/static/built/{}"></script>', ((path,) for path in scripts))


@register.simple_tag
def moment_words(moment: Moment, found: RequestRow, row: FollowedRow | None = None) -> str:
    """One line of what happened; `row` tells whether what was said is one's own."""
    mine = row is not None and moment.role == row.role == "reporter"
    state = moment.state_name.in_(get_language() or "vi") if moment.state_name else ""
    words = {
        "opened": _("Reported"),
        "moved": state,
        "reopened": _("Opened again by the reporter") if moment.role == "reporter" else _("Opened again"),
        "handed_on": _("Handed on to"),
        "replied": _("The office replied"),
        "asked": _("The office asks the reporter something"),
        "answered": _("The reporter answered"),
        "joined": _("Handled together with another report of the same"),
        "split": _("Handled on its own again"),
        "fixed": _("You: it is all right") if mine else _("It is all right, says who follows it"),
        "not_fixed": _("You: it is not all right") if mine else _("It is not all right, says who follows it"),
        "comment": _("You added") if mine else _("Added by who follows it"),
        "rating": _("Your survey") if mine else _("Survey of the reporter"),
    }
    return words.get(moment.what, state)


@register.simple_tag
def office_of(moment: Moment, offices: Mapping[str, PartyRow]) -> str:
    row = offices.get(moment.organisation or "")
    return row.name(get_language() or "vi") if row else ""
