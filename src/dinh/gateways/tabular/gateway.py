"""The manifest of the gateway for tables."""

from __future__ import annotations

from datetime import timedelta

from dinh.kernel.manifests import Command, Gateway, Periodic, PermissionSpec, Text

GATEWAY = Gateway(
    slug="tabular",
    name=Text("Nhập bảng", "Tables"),
    summary=Text(
        "Nhận bảng CSV và Excel có xem trước; cách đọc từng bảng được lưu lại cho tháng sau.",
        "Takes CSV and Excel with a preview; how each table is read is kept for the next month.",
    ),
    urls="dinh.gateways.tabular.web.urls",
    mount="import",
    permissions=(
        PermissionSpec("tabular.use", Text("Nhập bảng", "Import tables"), ("official", "engineer", "administrator")),
    ),
    periodic=(Periodic("tidy", timedelta(hours=12), "dinh.gateways.tabular.importing:tidy"),),
    commands=(
        Command(
            name="table",
            run="dinh.gateways.tabular.command:run",
            help="record the figures of a CSV or Excel table, through a preview or a saved mapping",
            under="import",
        ),
    ),
)
