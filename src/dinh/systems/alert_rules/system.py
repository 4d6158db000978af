"""The manifest of the rules by which alerts fire."""

from __future__ import annotations

from typing import Final

from dinh.kernel.manifests import MenuItem, System, Text

SYSTEM: Final = System(
    slug="alert_rules",
    name=Text("Quy tắc cảnh báo", "Alert rules"),
    summary=Text(
        "Khi nào một số liệu trở thành cảnh báo; thử trên dữ liệu cũ; lịch bảo trì.",
        "When a reading becomes an alert; tried on history; maintenance.",
    ),
    mount="rules",
    urls="dinh.systems.alert_rules.web.urls",
    menu=[MenuItem(Text("Quy tắc", "Rules"), "/rules/", 55, permission="observations.maintain")],
    links={"rule": "/rules/{id}/"},
)
