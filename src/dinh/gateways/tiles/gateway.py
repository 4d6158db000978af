"""The manifest of the tiles gateway."""

from __future__ import annotations

from dinh.kernel.manifests import Gateway, Text

GATEWAY = Gateway(
    slug="tiles",
    name=Text("Cổng bản đồ", "Map tiles"),
    summary=Text(
        "Ranh giới, cơ sở và thiết bị ở dạng Mapbox Vector Tiles cho mọi bản đồ.",
        "Boundaries, facilities and assets as Mapbox Vector Tiles for any map.",
    ),
    asgi="dinh.gateways.tiles.answers:application",
    asgi_paths=("/tiles/",),
    first_to_go=("/tiles/*",),
)
