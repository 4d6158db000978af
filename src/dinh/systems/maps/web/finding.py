"""The search page and the page of a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.domain.geometry import Point, point_in
from dinh.systems.maps.domain.modes import MODES
from dinh.systems.maps.queries import finding, hours
from dinh.systems.maps.queries.catalogue import PREFIX, catalogue
from dinh.systems.maps.web import drawing
from dinh.web.limits import limited
from dinh.web.requests import language

LAST_PAGE = 500


@require_safe
@limited(per_minute=180, burst=90, reads=True)
def search(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    text = " ".join(request.GET.get("q", "").split())[: finding.LONGEST]
    kind = request.GET.get("kind", "")
    if kind and kind not in kinds.BY_CODE:
        raise Invalid("maps.kind", "there is no kind '{value}'; choose one of those on the page", value=kind[:40])
    near, near_name, near_urn = _near(request.GET.get("near", ""), tongue)
    page = _page(request.GET.get("page", ""))
    asks = bool(text or kind or near)
    found = finding.find(text, kind=kind, near=near, page=page, language=tongue) if asks else None
    now = clock.now()
    context = {
        **drawing.about(),
        "q": text,
        "kind": kinds.BY_CODE.get(kind),
        "near": request.GET.get("near", "") if near else "",
        "near_name": near_name,
        "near_is_unit": bool(near_urn),
        "communes": drawing.communes(),
        "chips": _chips(kind),
        "asks": asks,
        "found": found,
        "hits": [(hit, hours.opening(hit.place, now), _id(hit.place.urn)) for hit in found.hits] if found else [],
        "page": page,
        "size": finding.PAGE,
        "area": _area_path(near_urn, near),
        "map": drawing.config(tongue, dots=_dots(found), here=near, fitted=finding.PAGE if near else None),
    }
    return render(request, "maps/search.html", context)


def _near(text: str, tongue: str) -> tuple[Point | None, str, str]:
    """The point, how it is called, and its URN where it is the middle of a unit. Raises Invalid and NotFound."""
    text = text.strip()[:160]
    if not text:
        return None, "", ""
    point = point_in(text)
    if point is not None:
        return point, _("the chosen point (%(point)s)") % {"point": point.written(3)}, ""
    row = places.places([text]).get(text)
    if row is None or row.kind != "unit" or row.longitude is None or row.latitude is None:
        raise NotFound("maps.no_near", "'{value}' is no point and no commune; choose one from the list, or give latitude, longitude", value=text[:80])  # fmt: skip
    name = row.full_name_vi if tongue.startswith("vi") else row.full_name_en or row.name_en
    return Point(row.longitude, row.latitude), name, row.urn


def _page(text: str) -> int:
    return min(LAST_PAGE, max(1, int(text))) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _chips(chosen: str) -> Sequence[tuple[kinds.Kind, int, bool]]:
    counts = catalogue().counts()
    return [
        (kind, counts.get(kind.code, 0), kind.code == chosen)
        for kind in kinds.KINDS
        if kind.code in counts or kind.code == chosen
    ]


def _dots(found: finding.Found | None) -> Sequence[dict[str, Any]]:
    if found is None:
        return ()
    return [
        {
            "name": dot.name,
            "longitude": dot.longitude,
            "latitude": dot.latitude,
            "path": reverse("maps:place", args=[_id(dot.urn)]),
        }
        for dot in found.dots
    ]


def _id(urn: str) -> str:
    return urn.removeprefix(PREFIX)


def _area_path(urn: str, near: Point | None) -> str:
    """The address of the places of the commune that is looked at, for reading without a connection."""
    if not urn and near is not None:
        found = places.unit_at(near.longitude, near.latitude)
        urn = found.urn if found else ""
    row = places.places([urn]).get(urn) if urn else None
    return reverse("maps:area", args=[row.code]) if row is not None and row.level == "commune" else ""


@require_safe
@limited(per_minute=180, burst=90, reads=True)
def place(request: HttpRequest, id: str) -> HttpResponse:
    tongue = language(request)
    urn = f"{PREFIX}{id}"
    row = places.places([urn]).get(urn) if len(id) <= 120 else None
    if row is None:
        raise NotFound("maps.no_place", "there is no place '{value}' on the map; look it up by its name", value=id[:60])
    commune = places.places([row.unit]).get(row.unit) if row.unit else None
    point = Point(row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else None
    context = {
        **drawing.about(),
        "place": row,
        "gone": row.level == kinds.GONE,
        "kind": kinds.BY_CODE.get(row.level),
        "commune": commune,
        "province": places.places([commune.parent]).get(commune.parent) if commune and commune.parent else None,
        "point": point.written(6) if point else "",
        "opening": hours.opening(row, clock.now()),
        "ways": [(mode, f"{reverse('maps:way')}?{urlencode({'to': row.urn, 'mode': mode.code})}") for mode in MODES],
        "here": request.build_absolute_uri(request.path),
        "area": reverse("maps:area", args=[commune.code]) if commune else "",
        "nearby": f"{reverse('maps:search')}?{urlencode({'near': point.written()})}" if point else "",
        "map": drawing.config(
            tongue,
            dots=[
                {"name": row.name(tongue), "longitude": row.longitude, "latitude": row.latitude, "path": request.path}
            ]
            if point
            else (),
        ),
    }
    return render(request, "maps/place.html", context)
