"""The manifest of the MQTT gateway."""

from __future__ import annotations

from dinh.kernel.manifests import Gateway, Text

GATEWAY = Gateway(
    slug="mqtt",
    name=Text("Cổng MQTT", "MQTT gateway"),
    summary=Text(
        "Nhận số liệu cảm biến qua máy chủ MQTT; chỉ xác nhận khi số liệu đã nằm trên đĩa.",
        "Takes readings of sensors from an MQTT broker; acknowledges them once they are on disk.",
    ),
    service="dinh.gateways.mqtt.service:serve",
    checks=("dinh.gateways.mqtt.checks:findings",),
)
