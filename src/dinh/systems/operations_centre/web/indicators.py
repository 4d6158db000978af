"""The catalogue of indicators and the page of each."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dinh.kernel.clock import now
from dinh.kernel.manifests import registry
from dinh.kernel.vietnamese_text import fold
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import charts, drill, picture, search
from dinh.systems.operations_centre.web.parts import part, view_of
from dinh.web.page_cache import public_page
from dinh.web.requests import actor, language


@require_safe
@public_page(10)
def catalogue(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    tongue = language(request)
    text = request.GET.get("q", "").strip()[:120]
    specs = [spec for spec in search.matching(fold(text)) if not view.domain or spec.domain.in_(tongue) == view.domain]
    tiles = part(
        "figures", lambda: picture.figures_as_tiles(specs, within=areas.area_urn(), at=view.at, language=tongue)
    )
    groups: dict[str, list[picture.Tile]] = {}
    for tile in tiles or ():
        groups.setdefault(tile.domain, []).append(tile)
    context = {
        "view": view,
        "q": text,
        "failed": tiles is None,
        "groups": sorted(groups.items()),
        "shown": len(specs),
        "total": len(observations.indicators()),
        "domains": sorted({spec.domain.in_(tongue) for spec in observations.indicators()}),
    }
    fragment = request.headers.get("HX-Target") == "catalogue"
    name = "fragments/catalogue.html" if fragment else "catalogue.html"
    return render(request, f"operations_centre/{name}", context)


@require_safe
@public_page(10)
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    view = view_of(request)
    tongue = language(request)
    spec = observations.indicator(code)
    name = request.GET.get("range", "24h")
    charts.span(name)
    within = places.place(view.within).urn if view.within else areas.area_urn()
    moment = view.at or now()
    tiles = part("figures", lambda: picture.figures_as_tiles([spec], within=within, at=view.at, language=tongue))
    context = {
        "view": view,
        "spec": spec,
        "name": spec.name.in_(tongue),
        "domain": spec.domain.in_(tongue),
        "tile": tiles[0] if tiles else None,
        "failed": tiles is None,
        "range": name,
        "ranges": list(charts.RANGES),
        "within": within,
        "place_name": areas.place_label(areas.names([within]).get(within), tongue),
        "lines": part(
            "by_commune",
            lambda: drill.by_commune(code, within=within, at=view.at, day_before=moment - timedelta(days=1)),
        ),
        "thresholds": charts.thresholds(code, tongue),
        "formula": next((row for row in observations.reported.formulas() if row.code == code), None),
        "lineage": registry.link_path("lineage", code) if parties.may(actor(request), "observations.read") else None,
        "owner": parties.parties([spec.owner]).get(spec.owner) if spec.owner else None,
        "sources": [row for row in observations.sources() if tiles and row.code in _sources(code, within, view.at)],
    }
    return render(request, "operations_centre/indicator.html", context)


def _sources(code: str, within: str, at: object) -> tuple[str, ...]:
    figure = next(iter(observations.figures([code], within=within)), None)
    return tuple(figure.sources) if figure else ()
