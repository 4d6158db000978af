"""JSON for the map and the charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from dinh.kernel.clock import now, to_microseconds
from dinh.kernel.units import display_unit
from dinh.kernel.urns import parse_urn
from dinh.spine.observations import api as observations
from dinh.spine.places import api as places
from dinh.systems.operations_centre.domain.drawing import RANK
from dinh.systems.operations_centre.domain.view import moment
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import charts, picture
from dinh.systems.operations_centre.web.parts import view_of
from dinh.web.requests import actor, language


def _answer(request: HttpRequest, data: Any, kind: str = "application/json") -> HttpResponse:
    return JsonResponse(data, content_type=kind, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@require_safe
def map_values(request: HttpRequest) -> HttpResponse:
    """Commune URN -> value of the indicator, with the bounds of the five steps."""
    view = view_of(request)
    found = picture.map_values(view.indicator, within=areas.area_urn(), at=view.at)
    return _answer(request, values_of(found, language(request)))


def values_of(found: picture.MapValues, tongue: str) -> dict[str, Any]:
    return {
        "indicator": found.spec.code,
        "name": found.spec.name.in_(tongue),
        "unit": display_unit(found.spec.unit),
        "decimals": found.spec.decimals,
        "steps": list(found.steps),
        "values": dict(found.values),
        "stations": found.stations,
        "simulated": found.simulated,
        "stale": found.stale,
    }


@require_safe
def map_alerts(request: HttpRequest) -> HttpResponse:
    """Open alerts as GeoJSON points, one for each place, the worst drawn on top; nothing about persons."""
    view = view_of(request)
    rows = observations.alerts(within=view.within or areas.area_urn(), at=view.at, limit=500, grouped=False)
    if view.severities:
        rows = [row for row in rows if row.severity in view.severities]
    return _answer(request, marks_of(rows, language(request)), "application/geo+json")


def marks_of(rows: Sequence[observations.AlertRow], tongue: str) -> dict[str, Any]:
    """A FeatureCollection with one point for each place that has alerts, for the worst of them."""
    named = areas.names([urn for row in rows for urn in (row.subject, row.place)])
    found: dict[str, dict[str, Any]] = {}
    for row in rows:  # the worst first: it stands for the others at its place
        place = named.get(row.subject) or named.get(row.place or "")
        if place is None or place.longitude is None or place.latitude is None:
            place = named.get(row.place or "")
        if place is None or place.longitude is None or place.latitude is None:
            continue
        if place.urn in found:
            found[place.urn]["properties"]["count"] += 1
            continue
        found[place.urn] = {
            "type": "Feature",
            "id": len(found) + 1,
            "geometry": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
            "properties": {
                "urn": row.urn,
                "severity": row.severity,
                "rank": -RANK[row.severity],
                "count": 1,
                "title": row.name(tongue),
                "place": areas.place_label(place, tongue),
                "place_urn": place.urn,
                "simulated": row.simulated,
            },
        }
    return {"type": "FeatureCollection", "features": list(found.values())}


@require_safe
def series_chart(request: HttpRequest, number: int) -> HttpResponse:
    row = observations.series(number, actor=actor(request))
    start, end, _ = charts.span(request.GET.get("range", "24h"), at=moment(request.GET.get("at", "")))
    chart = charts.of_series(row, start=start, end=end, language=language(request))
    return _answer(request, charts.as_json(chart, language(request)))


@require_safe
def alert_chart(request: HttpRequest, id: str) -> HttpResponse:
    """The series around the alert: from half as long before it as it has lasted, six hours at least."""
    row = observations.alert(str(parse_urn(f"urn:dinh:alert:{id}")))
    end = row.cleared_at or now()
    lasted = max(end - row.since, charts.RANGES["24h"][0] / 4)
    series = observations.series(row.series, actor=actor(request))
    chart = charts.of_series(series, start=row.since - lasted / 2, end=end, language=language(request))
    data = charts.as_json(chart, language(request))
    data["mark"] = to_microseconds(row.since) // 1000
    return _answer(request, data)


@require_safe
def indicator_chart(request: HttpRequest, code: str) -> HttpResponse:
    view = view_of(request)
    within = places.place(view.within).urn if view.within else areas.area_urn()
    chart = charts.of_indicator(
        observations.indicator(code),
        within=within,
        range_name=request.GET.get("range", "24h"),
        at=view.at,
        language=language(request),
    )
    return _answer(request, charts.as_json(chart, language(request)))
