"""Pages of places and of the series measured there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dinh.kernel.errors import NotFound
from dinh.kernel.urns import parse_urn
from dinh.spine.observations import api as observations
from dinh.spine.places import api as places
from dinh.systems.operations_centre.domain.view import View, moment
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.queries import charts, drill, picture
from dinh.systems.operations_centre.web.parts import part, view_of
from dinh.web.requests import actor, language

KINDS = ("unit", "facility", "asset")


@require_safe
def place(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    if kind not in KINDS:
        raise NotFound(
            "places.no_kind", "there are no pages of '{kind}'; there are {known}", kind=kind, known=", ".join(KINDS)
        )
    urn = str(parse_urn(f"urn:dinh:{kind}:{id}"))
    return _unit(request, urn) if kind == "unit" else _asset(request, urn)


def _unit(request: HttpRequest, urn: str) -> HttpResponse:
    view = view_of(request)
    tongue = language(request)
    found = drill.unit(urn, after=request.GET.get("after", "")[:160])
    context = {"view": view, "unit": found, "place": found.place, "name": areas.place_label(found.place, tongue)}
    if found.present or found.communes:
        here = View(at=view.at, within=urn)
        context["attention"] = part("attention", lambda: lists.attention(here, actor=actor(request), language=tongue))
        context["tiles"] = part(
            "figures", lambda: picture.tiles(here, language=tongue, alerts=getattr(context["attention"], "alerts", ()))
        )
        context["panels"] = picture.panels("operations.place", actor(request))
    return render(request, "operations_centre/unit.html", context)


def _asset(request: HttpRequest, urn: str) -> HttpResponse:
    view = view_of(request)
    tongue = language(request)
    row, above = drill.asset(urn)
    commune = places.unit_of(urn)
    items = part(
        "attention",
        lambda: [
            item
            for item in lists.attention(
                View(at=view.at, within=commune or areas.area_urn()), actor=actor(request), language=tongue
            ).items
            if item.subject == urn
        ],
    )
    context = {
        "view": view,
        "place": row,
        "above": above,
        "items": items,
        "readings": part("readings", lambda: drill.readings(urn, tongue)),
        "range": request.GET.get("range", "24h") if request.GET.get("range") in charts.RANGES else "24h",
        "ranges": list(charts.RANGES),
        "attributes": [
            (key, value) for key, value in sorted(row.attributes.items()) if isinstance(value, str | int | float)
        ],
    }
    return render(request, "operations_centre/asset.html", context)


@require_safe
def series(request: HttpRequest, number: int) -> HttpResponse:
    """The history of one series: its chart and its newest readings as they came, corrections included."""
    row = observations.series(number, actor=actor(request))
    name = request.GET.get("range", "24h")
    at = moment(request.GET.get("at", ""))
    start, end, _ = charts.span(name, at=at)
    spec = observations.indicator(row.indicator)
    table = part("raw", lambda: observations.raw_history(number, start=start, end=end))
    readings = (
        table.sort_by([("observed_at", "descending"), ("version", "descending")]).slice(0, 200).to_pylist()
        if table
        else []
    )
    context = {
        "series": row,
        "spec": spec,
        "place": areas.names([row.subject]).get(row.subject),
        "range": name,
        "ranges": list(charts.RANGES),
        "readings": readings,
        "total": table.num_rows if table else 0,
        "failed": table is None,
        "at": at,
    }
    return render(request, "operations_centre/series.html", context)
