"""What can be read without a connection: the places of a commune by an address, and the page that shows what was kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.spine.places import api as places
from dinh.systems.maps.domain.kinds import BY_CODE
from dinh.systems.maps.queries import finding, hours
from dinh.systems.maps.queries.catalogue import PREFIX
from dinh.systems.maps.web import drawing
from dinh.web.limits import limited
from dinh.web.requests import language

FRESH_S = 300
MOST = 5_000


@require_safe
@limited(per_minute=120, burst=60, reads=True)
def area(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same for everybody and in both languages, so that a browser or its service worker may keep it by its address."""
    urn = f"urn:dinh:unit:2025:{code}"
    row = places.places([urn]).get(urn) if code.isascii() and code.isdigit() and len(code) == 5 else None
    if row is None or row.level != "commune":
        raise NotFound("maps.no_area", "there is no commune '{value}'; give its code of five digits", value=code[:20])
    tag = f'"a{places.version("assets")}-{places.version("units")}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={FRESH_S}, stale-if-error=2592000"}
    asked = request.headers.get("If-None-Match", "")
    if tag in (part.strip().removeprefix("W/") for part in asked.split(",")):
        return HttpResponseNotModified(headers=headers)
    body = {
        "commune": {"urn": row.urn, "code": row.code, "name": {"vi": row.full_name_vi, "en": row.full_name_en}},
        "places": [_place(one) for one in finding.in_commune(urn)[:MOST]],
    }
    return JsonResponse(body, headers=headers, json_dumps_params={"ensure_ascii": False})


def _place(row: places.PlaceRow) -> dict[str, Any]:
    kind = BY_CODE.get(row.level)
    told: dict[str, Any] = {
        "id": row.urn.removeprefix(PREFIX),
        "kind": row.level,
        "kind_name": {"vi": kind.name.vi, "en": kind.name.en} if kind else {"vi": row.level, "en": row.level},
        "name": {"vi": row.name_vi, "en": row.name_en},
        "longitude": row.longitude,
        "latitude": row.latitude,
    }
    for name in ("address", "phone", "opening_hours", "source"):
        if value := row.attributes.get(name):
            told[name] = str(value)
    known = hours.opening(row, clock.now())
    if known is not None and known.days:
        told["week"] = [hours.written(of_day) for of_day in known.days]
    return told | ({"simulated": True} if row.simulated else {})


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The same for everybody: a service worker may keep it by its address, once for each language."""
    response = render(request, "maps/offline.html", {**drawing.about(), "map": drawing.config(language(request))})
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response
