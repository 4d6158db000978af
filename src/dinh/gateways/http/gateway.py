"""The manifest of the HTTP gateway."""

from __future__ import annotations

from dinh.kernel.manifests import Command, Gateway, Text

GATEWAY = Gateway(
    slug="http",
    name=Text("Cổng HTTP", "HTTP gateway"),
    summary=Text(
        "Nhận số liệu qua HTTP (NDJSON, JSON, Arrow) và trả lời câu hỏi của máy khác; mô tả tại /api/v1/openapi.json.",
        "Takes readings over HTTP (NDJSON, JSON, Arrow) and answers other machines; described at /api/v1/openapi.json.",
    ),
    api="dinh.gateways.http.routes:router",
    asgi="dinh.gateways.http.intake:application",
    asgi_paths=("/api/v1/observations",),
    commands=(
        Command(
            name="readings",
            run="dinh.gateways.http.import_readings:run",
            help="record readings from a Parquet, CSV, NDJSON or Arrow file",
            under="import",
        ),
    ),
)
