"""The manifest of 5G planning."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import Command, System, Text

SYSTEM: Final = System(
    slug="network_5g",
    name=Text("Mạng 5G", "5G network"),
    summary=Text(
        "Tính vùng phủ, suy hao đường truyền và quy hoạch vị trí trạm 5G của tỉnh.",
        "Coverage, path loss and the siting of a province's 5G stations.",
    ),
    commands=(
        Command(
            under="radio",
            name="profile",
            run="dinh.systems.network_5g.commands.profile:run",
            help="predict the loss over a measured path profile (ITU-R P.1812)",
        ),
        Command(
            under="radio",
            name="map",
            run="dinh.systems.network_5g.commands.coverage_map:run",
            help="level, server and SINR of a list of sites over terrain, as GeoTIFF",
        ),
        Command(
            under="radio",
            name="capacity",
            run="dinh.systems.network_5g.commands.capacity:run",
            help="peak rate of an NR carrier; with sites and people, loads and rates of the busy hour",
        ),
        Command(
            under="radio",
            name="choose",
            run="dinh.systems.network_5g.commands.choosing:run",
            help="the sites among candidates that cover most people, with a proof",
        ),
    ),
)
