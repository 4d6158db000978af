"""The manifest of the gateway for Open311."""

from __future__ import annotations

from dinh.kernel.manifests import Command, Gateway, PermissionSpec, Text

GATEWAY = Gateway(
    slug="open311",
    name=Text("Cổng Open311", "Open311 gateway"),
    summary=Text(
        "Nhận và công bố phản ánh theo chuẩn Open311 GeoReport v2, JSON và XML, tại /open311/v2/.",
        "Takes in and publishes reports by Open311 GeoReport v2, in JSON and XML, at /open311/v2/.",
    ),
    urls="dinh.gateways.open311.urls",
    intake_paths=("/open311/v2/requests.",),
    secret_paths=("/open311/v2/tokens/",),
    permissions=(
        PermissionSpec(
            "open311.report", Text("Gửi phản ánh qua Open311", "Report through Open311"), ("administrator",)
        ),
    ),
    commands=(
        Command(
            name="open311",
            run="dinh.gateways.open311.importing:run",
            help="take over the reports of another city's Open311, from its address or from files",
            under="import",
        ),
    ),
)
