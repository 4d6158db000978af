"""The commune that a page is for: asked for, remembered, or that of the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest

from dinh.spine.parties import api as parties
from dinh.spine.places.api import PlaceRow
from dinh.systems.local_news.queries import placing
from dinh.web.requests import actor

COOKIE: Final = "dinh_commune"
ALL: Final = "all"
YEAR_S: Final = 365 * 24 * 3600


def known(text: str) -> str:
    """A commune of the area by its URN or its code, else ''."""
    communes = placing.ground().communes
    if text in communes:
        return text
    return next((urn for urn, row in communes.items() if row.code == text), "") if text else ""


def remembered(request: HttpRequest) -> str:
    return known(request.COOKIES.get(COOKIE, ""))


def chosen(request: HttpRequest) -> str:
    """'' is the whole area."""
    asked = request.GET.get("unit", "")[:160]
    if asked:
        return known(asked)
    held = request.COOKIES.get(COOKIE, "")
    return known(held) if held else of_account(request)


def of_account(request: HttpRequest) -> str:
    who = actor(request)
    if not who.urn.startswith(parties.PERSON):
        return ""
    row = parties.parties([who.urn]).get(who.urn)
    return known(row.place or "") if row else ""


def choices(language: str) -> Sequence[PlaceRow]:
    return sorted(placing.ground().communes.values(), key=lambda row: row.name(language))


def names(urns: Sequence[str], language: str) -> str:
    """Names of communes as one line; the area's where it is the whole of it."""
    held = placing.ground()
    if held.row is not None and (held.area in urns or (held.communes and held.communes.keys() <= set(urns))):
        return held.row.name(language)
    return ", ".join(sorted(held.communes[urn].name(language) for urn in urns if urn in held.communes))
