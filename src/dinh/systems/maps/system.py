"""The manifest of the map: places and the way there, for everyone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dinh.kernel.manifests import Command, MenuItem, Periodic, System, Text

NAME: Final = Text("Bản đồ", "Map")

SYSTEM: Final = System(
    slug="maps",
    name=NAME,
    summary=Text(
        "Tìm cơ quan, bệnh viện, nhà thuốc, trường học và đường đi tới đó.",
        "Find offices, hospitals, pharmacies, schools, and the way there.",
    ),
    urls="dinh.systems.maps.web.urls",
    first_to_go=("/maps/roads/*", "/maps/way*", "/maps/area/*"),
    next_to_go=("/maps/",),
    roads="dinh.systems.maps.web.roads:address",
    menu=(MenuItem(NAME, "/maps/", order=85),),
    periodic=(Periodic("tidy", timedelta(hours=1), "dinh.systems.maps.tasks:tidy"),),
    commands=(
        Command(
            under="import",
            name="map",
            run="dinh.systems.maps.commands.import_map:run",
            help="places and roads of an OpenStreetMap extract (PBF); the roads replace those of the import before",
        ),
    ),
)
