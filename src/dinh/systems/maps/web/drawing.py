"""What a page tells its map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from dinh.kernel.vietnamese_text import fold
from dinh.spine.places import api as places
from dinh.systems.maps.domain.geometry import Point
from dinh.systems.maps.routing import graph as graphs

_AROUND_DEG: Final = 0.01


def communes() -> Sequence[places.PlaceRow]:
    """Those of the house's area, by name; none before the units were loaded."""
    if not places.places([settings.AREA]):
        return ()
    return sorted(places.area(settings.AREA), key=lambda row: fold(row.name_vi))


def config(
    language: str,
    *,
    dots: Sequence[Mapping[str, Any]] = (),
    lines: Sequence[Sequence[tuple[float, float]]] = (),
    ends: Sequence[Point] = (),
    here: Point | None = None,
    fitted: int | None = None,
) -> dict[str, Any]:
    """`lines` are ways, the chosen one first; the map fits the first `fitted` dots, else all. Where there is nothing to show, the map shows the province."""
    points = [(dot["longitude"], dot["latitude"]) for dot in dots[:fitted]] if not lines else []
    points += [point for line in lines[:1] for point in line]
    points += [(point.longitude, point.latitude) for point in (*ends, *((here,) if here else ()))]
    return {
        "language": language,
        "bounds": _bounds(points),
        "communes": [row.urn for row in communes()],
        "dots": list(dots),
        "lines": [[[round(x, 6), round(y, 6)] for x, y in line] for line in lines],
        "ends": [[point.longitude, point.latitude] for point in ends],
        "here": [here.longitude, here.latitude] if here else None,
        "search": reverse("maps:search"),
        "way": reverse("maps:way"),
        "words": {
            "map": _("Map"),
            "zoom_in": _("Zoom in"),
            "zoom_out": _("Zoom out"),
            "whole": _("Show all"),
            "failed": _("The map cannot be drawn in this browser; the list says the same."),
            "from_here": _("From here"),
            "to_here": _("To here"),
            "near_here": _("Places near here"),
            "close": _("Close"),
        },
    }


def _bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    if not points:
        urns = [row.urn for row in communes()]
        return places.bounds(urns) if urns else None
    across, down = zip(*points, strict=True)
    west, south, east, north = min(across), min(down), max(across), max(down)
    if east - west < _AROUND_DEG and north - south < _AROUND_DEG:
        return west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG
    return west, south, east, north


def about() -> dict[str, Any]:
    """Where the roads come from, for the foot of each page."""
    graph = graphs.current()
    return {"graph": graph, "generated": graph is not None and graph.generated}
