"""The commune that a page is for: asked for, remembered, or that of the account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def whole(language: str) -> str:
    """What the area is called where it stands beside its communes, one of which may bear the same name."""
    row = placing.ground().row
    return _("All of %(name)s") % {"name": row.name(language)} if row else ""


def names(urns: Sequence[str], language: str, *, most: int = 0) -> str:
    """Names of communes as one line, `most` of them with the number of the others; the area's where it is whole."""
    held = placing.ground()
    if held.row is not None and (held.area in urns or (held.communes and held.communes.keys() <= set(urns))):
        return whole(language)
    known = sorted(held.communes[urn].name(language) for urn in urns if urn in held.communes)
    if most and len(known) > most:
        others = len(known) - most
        said = ngettext("%(names)s and %(count)d other", "%(names)s and %(count)d others", others)
        return said % {"names": ", ".join(known[:most]), "count": others}
    return ", ".join(known)
