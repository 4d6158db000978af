"""The manifest of 5G planning."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dinh.kernel.manifests import Command, MapLayer, MenuItem, Periodic, PermissionSpec, RoleSpec, System, Text

PLANNER: Final = "network_planner"
NAME: Final = Text("Mạng 5G", "5G network")

SYSTEM: Final = System(
    slug="network_5g",
    name=NAME,
    summary=Text(
        "Quy hoạch mạng 5G của tỉnh: vùng phủ, dung lượng, chọn vị trí trạm, lộ trình và chi phí.",
        "Planning a province's 5G network: coverage, capacity, choice of sites, rollout and cost.",
    ),
    mount="5g",
    urls="dinh.systems.network_5g.web.urls",
    menu=(MenuItem(NAME, "/5g/", order=80, permission="network_5g.read"),),
    layers=(
        MapLayer(
            "coverage_5g",
            Text("Vùng phủ 5G theo quy hoạch", "Planned 5G coverage"),
            "/5g/coverage.geojson",
            "fill",
            order=60,
            permission="network_5g.read",
        ),
    ),
    links={"planning_area": "/5g/areas/{id}/", "scenario": "/5g/scenarios/{id}/"},
    roles=(RoleSpec(PLANNER, Text("Kỹ sư quy hoạch mạng", "Network planner")),),
    permissions=(
        PermissionSpec(
            "network_5g.read",
            Text("Xem quy hoạch mạng", "See network plans"),
            (PLANNER, "leader", "engineer", "administrator", "auditor"),
        ),
        PermissionSpec("network_5g.plan", Text("Quy hoạch mạng", "Plan the network"), (PLANNER, "engineer")),
    ),
    periodic=(Periodic("tidy", timedelta(hours=1), "dinh.systems.network_5g.tasks:tidy"),),
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
        Command(
            under="radio",
            name="trial",
            run="dinh.systems.network_5g.commands.trial:run",
            help="the 5G trial of Hanoi and Ho Chi Minh City as a worked example, made and calculated",
        ),
    ),
)
