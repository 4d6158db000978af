"""The manifest of the operations centre."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import DataSet, MenuItem, Panel, PermissionSpec, System, Text

STAFF: Final = ("operator", "official", "leader", "engineer", "administrator", "auditor")

SYSTEM: Final = System(
    slug="operations_centre",
    name=Text("Điều hành", "Operations centre"),
    summary=Text(
        "Một bức tranh sống của địa bàn: chuyện gì đang xảy ra, ai nhận, đến khi nào.",
        "One live picture of the area: what is wrong, who has it, by when.",
    ),
    mount="",
    urls="dinh.systems.operations_centre.web.urls",
    menu=(
        MenuItem(Text("Điều hành", "Operations"), "/", 10),
        MenuItem(Text("Chỉ tiêu", "Indicators"), "/indicators/", 30),
    ),
    panels=(Panel("search", Text("Tìm kiếm", "Search"), "/search"),),
    permissions=(
        PermissionSpec("operations.view_detail", Text("Xem bức tranh đầy đủ", "See the picture in detail"), STAFF),
    ),
    data_sets=(
        DataSet("operations.alerts", Text("Cảnh báo đang mở", "Open alerts"), "/export/alerts.json", "CC-BY-4.0"),
        DataSet(
            "operations.indicators", Text("Danh mục chỉ tiêu", "Indicators"), "/indicators/export.json", "CC-BY-4.0"
        ),
    ),
    links={
        "unit": "/places/unit/{id}/",
        "facility": "/places/facility/{id}/",
        "asset": "/places/asset/{id}/",
        "alert": "/alerts/{id}/",
        "indicator": "/indicators/{id}/",
        "series": "/series/{id}/",
    },
)
