from __future__ import annotations

from django.apps import AppConfig


class HttpConfig(AppConfig):
    name = "dinh.gateways.http"
    label = "http"
