"""The profile of a path: two points, the first Fresnel zone, losses; also as a microwave link for backhaul."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dinh.kernel.errors import DinhError, Invalid
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.calculation.questions import PathQuestion, Radio
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.asked import plain_number
from dinh.systems.network_5g.web.profile_drawing import draw
from dinh.web.requests import actor, permission

HEIGHT_M: Final = 30.0
MICROWAVE_GHZ: Final = (7.0, 11.0, 15.0, 18.0, 23.0, 38.0, 80.0)


def _number(request: HttpRequest, name: str, default: float, what: str) -> float:
    text = request.GET.get(name, "").strip()
    if not text:
        return default
    return plain_number(text, what)


def _place(request: HttpRequest, name: str) -> tuple[float, float]:
    try:
        longitude, latitude = (float(part) for part in request.GET.get(name, "").split(","))
    except ValueError as error:
        raise Invalid("network_5g.no_point", "give both ends as longitude,latitude") from error
    return longitude, latitude


@require_GET
@permission(queries.READ)
def profile(request: HttpRequest, id: UUID) -> HttpResponse:
    """A fragment: drawing, figures, and the fields to change. Bad input is told in it, not instead of it."""
    row = queries.scenario(id, actor(request))
    settings = queries.settings(row)
    microwave = request.GET.get("link") == "microwave"
    error: DinhError | None = None
    found: dict[str, Any] | None = None
    context: dict[str, Any] = {
        "scenario": row,
        "microwave": microwave,
        "frequencies": MICROWAVE_GHZ,
        "asked": request.GET,
    }
    try:
        default_ghz = 18.0 if microwave else settings.carriers[0].frequency_mhz / 1000
        radio = Radio()
        asked = PathQuestion(
            queries.ground_of(row.area), _place(request, "from"), _place(request, "to"),
            _number(request, "from_height", HEIGHT_M, _("height")),
            _number(request, "to_height", HEIGHT_M if microwave else settings.receiver_height_m, _("height")),
            _number(request, "ghz", default_ghz, _("frequency")),
            replace(
                radio,
                power_dbm=_number(request, "power", radio.power_dbm, _("power")),
                gain_dbi=_number(request, "gain", radio.gain_dbi, _("gain")),
                threshold_dbm=_number(request, "threshold", radio.threshold_dbm, _("threshold")),
                rain_mm_h=_number(request, "rain", radio.rain_mm_h, _("rain")),
            ) if microwave else None,
        )  # fmt: skip
        context["question"] = asked
        found = desk().ask("profile", asked, patience_s=20.0)
    except DinhError as raised:
        if raised.family == "refused":
            raise
        error = raised
    if found is not None:
        context["drawing"] = draw(found)
    return render(request, "network_5g/profile.html", context | {"found": found, "error": error})
