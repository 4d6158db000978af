from __future__ import annotations

from django.apps import AppConfig


class FilesGatewayConfig(AppConfig):
    name = "dinh.gateways.files"
    label = "files_gateway"
