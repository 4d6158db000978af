"""Tiles of the roads; their address holds the digest of the map, so that they may be kept for good."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dinh.systems.maps.queries import roads
from dinh.systems.maps.routing import graph as graphs
from dinh.web.limits import limited


def address() -> str:
    graph = graphs.current()
    return f"/maps/roads/{graph.digest}/{{z}}/{{x}}/{{y}}.mvt" if graph else ""


@require_safe
@limited(per_minute=1200, burst=600, reads=True)
def tile(request: HttpRequest, digest: str, z: int, x: int, y: int) -> HttpResponse:
    return HttpResponse(
        roads.tile(digest, z, x, y),
        content_type="application/vnd.mapbox-vector-tile",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )
