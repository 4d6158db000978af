"""The way from one point to another: as a page, as GPX, as GeoJSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from dinh.kernel.errors import DinhError, NotFound
from dinh.systems.maps.domain.modes import MODES, Mode
from dinh.systems.maps.domain.ways import Way
from dinh.systems.maps.exports import geojson, gpx
from dinh.systems.maps.queries import ways as queries
from dinh.systems.maps.queries.spots import LONGEST, Spot, spot
from dinh.systems.maps.web import drawing
from dinh.web.limits import limited
from dinh.web.requests import language

STATUS: Final = {"not_found": 404, "invalid": 422, "out_of_range": 422, "conflict": 409, "source_unavailable": 503}
FORMS: Final = {
    "gpx": (gpx.write, "application/gpx+xml"),
    "geojson": (geojson.write, "application/geo+json"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    start: Spot
    end: Spot
    mode: Mode

    def query(self, **more: object) -> str:
        """Leads here again, whatever the names will mean by then."""
        return urlencode({"from": self.start.value, "to": self.end.value, "mode": self.mode.code, **more})


@require_safe
@limited(per_minute=40, burst=30, reads=True)
def way(request: HttpRequest) -> HttpResponse:
    tongue = language(request)
    given = {name: request.GET.get(name, "").strip()[:LONGEST] for name in ("from", "to", "from_at", "to_at")}
    mode = request.GET.get("mode") or MODES[0].code
    asked: Asked | None = None
    error: DinhError | None = None
    found: Sequence[Way] = ()
    start = end = None
    try:
        chosen = queries.mode_of(mode)
        if given["from"] or given["from_at"]:
            start = spot(given["from"], given["from_at"], language=tongue)
        if given["to"] or given["to_at"]:
            end = spot(given["to"], given["to_at"], language=tongue)
        if start and end:
            asked = Asked(start, end, chosen)
            found = queries.find_ways(start.point, end.point, chosen)
    except DinhError as refused:
        error = refused
    number = _number(request, len(found))
    context = {
        **drawing.about(),
        "from_text": start.name if start else given["from"],
        "to_text": end.name if end else given["to"],
        "start": start,
        "end": end,
        "modes": MODES,
        "mode": mode,
        "error": error,
        "way": found[number] if found else None,
        "number": number,
        "others": [(one, f"?{asked.query(way=other)}", other) for other, one in enumerate(found)] if asked else [],
        "map": drawing.config(tongue, **_drawn(found, number, start, end)),
    }
    if asked and found:
        context |= {
            "asked": asked,
            "here": request.build_absolute_uri(f"{reverse('maps:way')}?{asked.query()}"),
            "gpx": f"{reverse('maps:download', args=['gpx'])}?{asked.query(way=number)}",
            "geojson": f"{reverse('maps:download', args=['geojson'])}?{asked.query(way=number)}",
            "back": f"?{urlencode({'from': asked.end.value, 'to': asked.start.value, 'mode': mode})}",
            "kept": geojson.kept(found[number], asked.start.name, asked.end.name),
        }
    elif start and end:
        context["back"] = f"?{urlencode({'from': end.value, 'to': start.value, 'mode': mode})}"
    return render(request, "maps/way.html", context, status=STATUS.get(error.family, 500) if error else 200)


def _drawn(found: Sequence[Way], number: int, start: Spot | None, end: Spot | None) -> dict[str, Any]:
    lines = [found[number].line, *(one.line for other, one in enumerate(found) if other != number)] if found else []
    known = [one.point for one in (start, end) if one is not None]
    if len(known) < 2:
        return {"here": known[0] if known else None}
    return {"lines": lines, "ends": known}


def _number(request: HttpRequest, count: int) -> int:
    text = request.GET.get("way", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    return number if number < count else 0


@require_safe
@limited(per_minute=40, burst=30, reads=True)
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Raises what the search raises; only a whole question is answered."""
    if form not in FORMS:
        raise NotFound("maps.no_form", "a way is given as {known}, not as '{value}'", known=", ".join(FORMS), value=form[:20])  # fmt: skip
    tongue = language(request)
    mode = queries.mode_of(request.GET.get("mode") or MODES[0].code)
    start = spot(request.GET.get("from", ""), "", language=tongue)
    end = spot(request.GET.get("to", ""), "", language=tongue)
    found = queries.find_ways(start.point, end.point, mode)
    write, kind = FORMS[form]
    about = drawing.about()
    content = write(
        found[_number(request, len(found))], start.name, end.name, language=tongue, generated=about["generated"],
        source=about["graph"].source,
    )  # fmt: skip
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="duong-di.{form}"', "Cache-Control": "no-store"},
    )
