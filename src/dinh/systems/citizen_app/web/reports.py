"""The public list with its map, and the public page of a report."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import segno
from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import registry
from dinh.spine.files import api as files
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestRow, ServiceRow
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.templatetags.public_reports import mark_name
from dinh.systems.citizen_app.web.answers import compressed, name_of, public
from dinh.systems.citizen_app.web.photos import may_moderate
from dinh.systems.citizen_app.web.public_filters import DAYS, SIZE, STATUSES, Filters
from dinh.web import limits, uploads
from dinh.web.page_cache import public_page
from dinh.web.requests import actor, for_anybody, language
from dinh.web.words import told

MOST_POINTS: Final = 2000
COUNTED_S: Final = 10
A_PERSON: Final = limits.Bucket(per_second=5 / 86_400, burst=5)
"""Links that go to one address in a day, whoever asks for them: so nobody's phone rings for another's clicks."""


def order_names() -> dict[str, str]:
    return {
        "newest": _("Newest first"), "updated": _("Last changed first"), "oldest": _("Oldest first"),
        "due": _("Nearest deadline first"),
    }  # fmt: skip


def grouped(services: list[ServiceRow], tongue: str) -> list[tuple[str, list[ServiceRow]]]:
    """In the order of the manifests."""
    found: dict[str, list[ServiceRow]] = {}
    for row in services:
        found.setdefault(row.group.in_(tongue), []).append(row)
    return list(found.items())


@require_safe
@public_page(10)
@compressed
def listing(request: HttpRequest) -> HttpResponse:
    filters = Filters.of(request)
    query, counted = filters.query(), _counts(filters)
    who = actor(request)

    def communes() -> list[PlaceRow]:
        found = list(reading.communes())
        chosen = reading.place_or_none(filters.unit)
        if chosen is not None and all(row.urn != chosen.urn for row in found):
            found.insert(0, chosen)
        return found

    context = {
        "filters": filters,
        "stamps": requests.stamps(query),
        "total": counted[filters.status],
        "size": SIZE,
        "chips": _chips(filters, counted),
        # What the page keeps for a minute is asked for only when it is drawn anew.
        "cards": lambda: reading.cards(requests.requests(query, total=counted[filters.status]).rows),
        "groups": lambda: grouped(list(requests.services()), get_language() or "vi"),
        "communes": communes,
        "offices": reading.offices,
        "orders": order_names,
        "days": DAYS,
        "address": filters.address(),
        "map_config": lambda: map_config(request),
        "may_moderate": bool(who.urn) and parties.may(who, requests.MODERATE),
    }
    return render(request, "citizen_app/public_list.html", context)


def _counts(filters: Filters) -> Mapping[str, int]:
    """Of every status, over all that match: kept while nothing public changes, though not for long, since they grow late by the hour."""
    about = f"counts|{replace(filters, status='', order='', page=1)}"
    key = name_of(about, requests.changed_at(), COUNTED_S)
    pieces = caches["template_fragments"]
    found: Mapping[str, int] | None = pieces.get(key)
    if found is None:
        found = requests.counts(filters.query())
        pieces.set(key, found)
    return found


def _chips(filters: Filters, counted: Mapping[str, int]) -> list[dict[str, Any]]:
    names = {"": _("All"), "open": _("Being handled"), "late": _("Overdue"), "fixed": _("Fixed"), "unfixed": _("Closed, not fixed")}  # fmt: skip
    return [
        {
            "code": code,
            "name": names[code],
            "on": code == filters.status,
            "count": counted[code],
        }
        for code in ("", *STATUSES)
    ]


def map_config(request: HttpRequest) -> dict[str, Any]:
    """What every `<dinh-reports>` needs: the area's bounds, addresses, words."""
    tongue = get_language() or "vi"
    communes = [place.urn for place in reading.communes()]
    return {
        "bounds": places.bounds(communes) if communes else None,
        "communes": communes,
        "language": language(request),
        "points": "/app/reports/points.geojson",
        "page": "/app/reports/{number}/",
        "categories": {service.code: service.name.in_(tongue) for service in requests.services()},
        "marks": {mark: mark_name(mark) for mark in reading.MARKS},
        "words": {
            "map": _("Map of the reports"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "whole": _("Show the whole area"),
            "failed": _("The map cannot be drawn here; the list has everything."),
            "in_view": _("{count} in view"),
            "nothing": _("No report in view; move the map or change the filters."),
            "more": _("The newest {count} of {total} are drawn."),
            "open": _("Open the report"),
            "close": _("Close"),
            "together": _("{count} reports here; zoom in"),
            "here": _("Where you are"),
            "no_place": _("Your place could not be found out; choose the commune instead."),
        },
    }


@require_safe
@compressed
def points(request: HttpRequest) -> HttpResponse:
    """Places of public reports as GeoJSON, within a box and the filters; the newest where there are more than are drawn."""
    filters = Filters.of(request, strict=True)

    def make() -> bytes:
        page = requests.requests(filters.query(offset=0, limit=MOST_POINTS))
        features = [
            {
                "type": "Feature",
                "id": place,
                "geometry": {"type": "Point", "coordinates": [round(row.longitude, 6), round(row.latitude, 6)]},
                "properties": {
                    "number": row.number,
                    "category": row.category,
                    "mark": reading.mark_of(row),
                    "at": row.at.isoformat(timespec="seconds"),
                    "address": row.address[:80],
                },
            }
            for place, row in enumerate(page.rows, start=1)
            if row.longitude is not None and row.latitude is not None
        ]
        said = {"type": "FeatureCollection", "total": page.total, "features": features}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    return public(request, f"points|{filters.address()}|{filters.box}", make, "application/geo+json")


@require_safe
@public_page(10)
@compressed
def page(request: HttpRequest, number: str) -> HttpResponse:
    """For anyone while it is shown; within their reach moderators see it too, and keep it in order on the spot."""
    who = actor(request)
    row = requests.request(number, actor=who if who.urn else None)
    moderator = may_moderate(request, number)
    (card,) = reading.cards([row])
    moments = reading.lines(requests.timeline(row, moderator=moderator))
    pictures = reading.pictures_of(row, all=moderator)
    context = {
        "card": card,
        "row": row,
        "lines": list(reversed(moments)),
        "before": [one for one in pictures if not one.photo.after],
        "after": [one for one in pictures if one.photo.after],
        "moderator": moderator,
        "signed_in": bool(who.urn) and request.user.is_authenticated,
        "address": f"{settings.PUBLIC_URL}{request.path}",
        "host": settings.PUBLIC_URL,
        "point": f"{row.longitude},{row.latitude},{card.mark}" if row.longitude is not None else "",
        "map_config": lambda: map_config(request),
        "main": row.joined_to,
        "upload": uploads.field("photo", accept=files.IMAGES, most=1),
        "case_path": _case_path(row) if moderator else "",
    }
    response = render(request, "citizen_app/public_page.html", context)
    if not row.shown:
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "private, no-store"
    return response


def _case_path(row: RequestRow) -> str:
    return registry.link_path("case", row.case.rpartition(":")[2]) or ""


@require_safe
def qr(request: HttpRequest, number: str) -> HttpResponse:
    """The address of a public report as a picture, for paper."""
    row = requests.request(number)
    out = io.BytesIO()
    segno.make(f"{settings.PUBLIC_URL}{reading.path_of(row)}", error="m").save(
        out, kind="svg", scale=4, border=3, dark="#17222b", light="#ffffff", xmldecl=False
    )
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@for_anybody
@require_POST
@limits.limited(per_minute=6, burst=6)
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """«I have the same trouble». What is said afterwards is the same whether the address was known or not."""
    who = actor(request)
    address = request.POST.get("address", "").strip()[:220]
    account = request.POST.get("how") == "account" and request.user.is_authenticated
    row = requests.request(number)
    try:
        if not account and not address:
            raise Invalid(
                "citizen_app.address_needed", "Give an e-mail address or a phone number at which we can write to you"
            )
        if account or not A_PERSON.wait_s(notices.address(address) or address.lower()):
            requests.follow(number, address=address, person=who.urn if account else "", language=language(request))
    except DinhError as error:
        messages.error(request, told(error))
    else:
        messages.success(
            request,
            _("You follow it now; news comes to your inbox.")
            if account
            else _("We have sent a link to this address. Open it, and you follow the report."),
        )
    return redirect(f"{reading.path_of(row)}#follow")
