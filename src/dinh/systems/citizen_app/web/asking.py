"""What the form asks while it is filled in: which category, which place, what was reported near there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.tongues import named
from dinh.spine.files import api as files
from dinh.spine.notices import api as notices
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestRow
from dinh.systems.citizen_app.web import intake
from dinh.systems.citizen_app.web.reports import A_PERSON
from dinh.systems.citizen_app.web.senders import number_in
from dinh.web.limits import limited
from dinh.web.requests import language
from dinh.web.words import told

NEAR_M: Final = 150.0
AROUND_M: Final = 1000.0
WORDS: Final = 400


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    found = requests.suggest(request.GET.get("text", "")[:WORDS])
    return JsonResponse({"categories": [row.code for row in found]})


@require_safe
def find(request: HttpRequest) -> JsonResponse:
    """Communes and facilities of the province by name, with what a map needs to show them."""
    text = request.GET.get("q", "").strip()[:100]
    rows = places.find(text, kinds=("unit", "facility"), within=settings.AREA, limit=12) if len(text) >= 2 else []
    present = [row for row in rows if row.longitude is not None and row.valid_to is None]
    return JsonResponse({"places": [_place(row) for row in present[:8]]})


def _place(row: PlaceRow) -> Mapping[str, Any]:
    commune = places.places([row.unit])[row.unit] if row.unit and row.kind != "unit" else None
    return {
        "urn": row.urn,
        "name": _full_name(row),
        "note": _full_name(commune) if commune else "",
        "longitude": row.longitude,
        "latitude": row.latitude,
        "unit": row.urn if row.kind == "unit" else row.unit or "",
        "exact": row.kind != "unit",
    }


def _full_name(row: PlaceRow) -> str:
    code = get_language() or "vi"
    name = named(row.full_name_vi, row.full_name_en, code)
    name = name or row.name(code)
    return name[:1].upper() + name[1:]


@require_safe
def around(request: HttpRequest) -> JsonResponse:
    """The commune of a point, and open public reports near it; with a category those that may be the same."""
    try:
        longitude = number_in(request.GET.get("longitude", ""), "longitude")
        latitude = number_in(request.GET.get("latitude", ""), "latitude")
        if longitude is None or latitude is None or not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Invalid("report.no_point", "send longitude and latitude in degrees")
    except Invalid as error:
        return JsonResponse({"code": error.code, "message": told(error)}, status=422)
    unit = places.unit_at(longitude, latitude)
    within = unit is not None and places.contains(settings.AREA, unit.urn)
    category = request.GET.get("category", "")[:64]
    metres = NEAR_M if category else AROUND_M
    near = requests.nearby(longitude, latitude, category=category, metres=metres, limit=3 if category else 50)
    answer = JsonResponse(
        {
            "unit": {"urn": unit.urn, "name": _full_name(unit)} if unit else None,
            "within": within,
            "count": len(near),
            "requests": [_brief(row, metres_away) for row, metres_away in near[:3]],
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _brief(row: RequestRow, metres_away: float) -> Mapping[str, Any]:
    code = get_language() or "vi"
    photo = next((photo for photo in row.photos if photo.shown and not photo.after), None)
    return {
        "number": row.number,
        "category": row.category_name.in_(code),
        "state": row.state_name.in_(code),
        "words": row.description[:200],
        "address": row.address,
        "metres": round(metres_away / 10) * 10,
        "at": row.at.isoformat(),
        "photo": files.signed_path(photo.small) if photo else "",
        "path": registry.link_path("request", row.number) or "",
    }


@csrf_exempt  # no session counts here: whoever is signed in is named by the signed word of the page
@require_POST
@limited(per_minute=6, burst=10)
def same(request: HttpRequest) -> JsonResponse:
    """«I have the same trouble»: follows the request that is there, instead of reporting it again."""
    person = intake.person_of(request.POST.get("account", ""))
    address = request.POST.get("address", "").strip()[:220]
    known = notices.address(address)
    if not person and known and A_PERSON.wait_s(known):
        words = _("Enough links went to this address today; open one of those.")
        return JsonResponse({"code": "same.enough", "message": words}, status=422)
    try:
        requests.follow(request.POST.get("number", "")[:60], address=address, person=person, language=language(request))
    except DinhError as error:
        return JsonResponse(
            {"code": error.code, "message": told(error)}, status=404 if error.family == "not_found" else 422
        )
    words = (
        _("You follow it from now on.")
        if person
        else _("Open the link that was just sent to you: from then on you hear what becomes of it.")
    )
    return JsonResponse({"message": words})
