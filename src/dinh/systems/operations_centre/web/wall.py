"""The wall: read at five metres, never scrolled, recovers by itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dinh.spine.parties import api as parties
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import attention as lists
from dinh.systems.operations_centre.queries import picture
from dinh.systems.operations_centre.web import console
from dinh.systems.operations_centre.web.parts import part
from dinh.web.requests import actor, language

CASES = 5
TILES = 5


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    context = _context(request)
    found: lists.Attention | None = context["attention"]
    spec = picture.map_indicator(View(), found.alerts if found else ())
    context |= console.legend_context(View(), found.alerts if found else ())
    context["map_config"] = console.map_config(request, indicator=spec.code if spec else "", controls=False) | {
        "initial": console.initial(request, context["map_values"], found)
    }
    return render(request, "operations_centre/wall.html", context)


@require_safe
def fragment(request: HttpRequest) -> HttpResponse:
    return render(request, "operations_centre/fragments/wall.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    view = View()
    who = actor(request)
    tongue = language(request)
    found = part("attention", lambda: lists.attention(view, actor=who, language=tongue))
    tiles = part(
        "figures",
        lambda: picture.tiles(view, language=tongue, alerts=found.alerts if found else (), limit=TILES),
    )
    shown = [tile for _, group in tiles.groups for tile in group] if tiles else []
    return {
        "attention": found,
        "items": found.items[:CASES] if found else (),
        "rest": max(0, len(found.items) - CASES) if found else 0,
        "work": part("work", lambda: lists.work_figures(view, who)),
        "tiles": shown,
        "failed": found is None or tiles is None,
        "simulated": bool((found and found.simulated) or (tiles and tiles.simulated)),
        "area_name": areas.place_label(areas.area(), tongue),
        "detail": parties.may(who, "operations.view_detail"),
    }
