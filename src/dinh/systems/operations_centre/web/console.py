"""The picture at `/`: public for anyone, the console for those who may see details. Fragments refresh its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.operations_centre.domain.tables import FORMATS
from dinh.systems.operations_centre.domain.view import SEVERITIES, View
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.queries import picture
from dinh.systems.operations_centre.web import cards, data
from dinh.systems.operations_centre.web.parts import part, view_of
from dinh.web.page_cache import public_page
from dinh.web.requests import actor, language


@require_safe
@public_page(5)
def home(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    context = _attention(request, view)
    found: lists.Attention | None = context["attention"]
    alerts = found.alerts if found else ()
    context |= _figures(request, view, alerts)
    context |= _quality(view)
    context |= _time_bar(view)
    context |= legend_context(view, alerts)
    context |= cards.card_context(request, view, context["map_spec"])
    context["map_config"] = _map_config(request, view, context)
    context["filters"] = _filters(view, context)
    context["queue_panels"] = picture.panels("operations.queue", actor(request))
    return render(request, "operations_centre/console.html", context)


@require_safe
def attention(request: HttpRequest) -> HttpResponse:
    return render(request, "operations_centre/fragments/attention.html", _attention(request, view_of(request)))


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    alerts = observations.alerts(within=view.within or areas.area_urn(), at=view.at, limit=lists.LIMIT)
    context = _base(request, view) | _figures(request, view, alerts)
    return render(request, "operations_centre/fragments/figures.html", context)


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    return render(request, "operations_centre/fragments/quality.html", _base(request, view) | _quality(view))


@require_safe
def time_bar(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    return render(request, "operations_centre/fragments/time_bar.html", _base(request, view) | _time_bar(view))


@require_safe
def legend(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    alerts = () if view.indicator else observations.alerts(within=view.within or areas.area_urn(), at=view.at, limit=20)
    context = _base(request, view) | legend_context(view, alerts)
    return render(request, "operations_centre/fragments/legend.html", context)


@require_safe
def card(request: HttpRequest) -> HttpResponse:
    view = view_of(request)
    spec = picture.map_indicator(view)
    context = _base(request, view) | cards.card_context(request, view, spec)
    return render(request, "operations_centre/fragments/card.html", context)


def _base(request: HttpRequest, view: View) -> dict[str, Any]:
    who = actor(request)
    row = areas.area()
    return {
        "view": view,
        "actor": who,
        "detail": parties.may(who, "operations.view_detail"),
        "area": row,
        "area_name": areas.place_label(row, language(request)),
    }


def _attention(request: HttpRequest, view: View) -> dict[str, Any]:
    who = actor(request)
    context = _base(request, view)
    context["attention"] = part("attention", lambda: lists.attention(view, actor=who, language=language(request)))
    context["work"] = part("work", lambda: lists.work_figures(view, who))
    found: lists.Attention | None = context["attention"]
    words = {"all": _("All"), "mine": _("Mine"), "unowned": _("No owner"), "due_soon": _("Nearly late")}
    codes = ["all", "mine", "unowned", "due_soon"] if who.urn else ["all", "unowned", "due_soon"]
    context["queues"] = [
        {"code": code, "name": words[code], "count": found.counts[code] if found else 0, "href": view.query(queue=code)}
        for code in codes
    ]
    return context


def _figures(request: HttpRequest, view: View, alerts: Any) -> dict[str, Any]:
    return {"tiles": part("figures", lambda: picture.tiles(view, language=language(request), alerts=alerts))}


def _quality(view: View) -> dict[str, Any]:
    return {"quality": part("quality", lambda: picture.quality(view))}


def _time_bar(view: View) -> dict[str, Any]:
    return {"bar": part("time_bar", lambda: picture.time_bar(view))}


def legend_context(view: View, alerts: Iterable[observations.AlertRow]) -> dict[str, Any]:
    spec = picture.map_indicator(view, alerts)
    within = areas.area_urn()
    return {
        "map_spec": spec,
        "map_values": part("map_values", lambda: picture.map_values(spec.code, within=within, at=view.at))
        if spec
        else None,
        "map_choices": observations.indicators(),
    }


def _filters(view: View, context: dict[str, Any]) -> dict[str, Any]:
    """What the filter form and the export offer."""
    tiles: picture.Tiles | None = context["tiles"]
    return {
        "domains": tiles.domains if tiles else (),
        "places": sorted(places.area(areas.area_urn()), key=lambda row: row.name_vi) if context["area"] else (),
        "severities": SEVERITIES,
        "forms": tuple(FORMATS),
        "count": len(view.severities) + bool(view.domain) + bool(view.within) + bool(view.state),
    }


def _map_config(request: HttpRequest, view: View, context: dict[str, Any]) -> dict[str, Any]:
    spec = context["map_spec"]
    config = map_config(request, indicator=spec.code if spec else "", selected=view.place)
    found: lists.Attention | None = context["attention"]
    return config | {"initial": initial(request, context["map_values"], found)} if not view.filtered else config


def initial(request: HttpRequest, values: picture.MapValues | None, found: lists.Attention | None) -> dict[str, Any]:
    """What the map's first picture is drawn from, without a further request."""
    tongue = language(request)
    return {
        "values": data.values_of(values, tongue) if values else None,
        "alerts": data.marks_of(found.alerts, tongue) if found else None,
    }


def map_config(
    request: HttpRequest, *, indicator: str = "", selected: str = "", controls: bool = True
) -> dict[str, Any]:
    """What `<dinh-map>` needs to draw the area: addresses, bounds, what is selected and its words."""
    urn = areas.area_urn()
    tongue = language(request)
    communes = [row.urn for row in places.area(urn)] if areas.area() else []
    return {
        "area": urn,
        "bounds": places.bounds(communes) if communes else None,
        "communes": communes,
        "indicator": indicator,
        "selected": selected,
        "controls": controls,
        "language": tongue,
        "values": reverse("operations_centre:map-values"),
        "alerts": reverse("operations_centre:map-alerts"),
        "layers": [
            {"code": x.code, "name": x.name.in_(tongue), "path": x.path, "geometry": x.geometry}
            for x in picture.layers(actor(request))
        ],
        "words": {
            "map": _("Map of the area"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "whole": _("Show the whole area"),
            "layers": _("Layers"),
            "picture": _("Save the map as a picture"),
            "no_value": _("no reading"),
            "approximate": _("approximate boundary"),
            "failed": _("The map cannot be drawn here. The list and the figures go on."),
            "assets": _("{count} devices and facilities"),
            "asset_layer": _("Devices and facilities"),
            "alert_layer": _("Alerts"),
            "label_layer": _("Place names"),
            "road_layer": _("Roads"),
            "heat_layer": _("Shading by indicator"),
        },
    }
