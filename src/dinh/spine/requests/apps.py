from __future__ import annotations

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "dinh.spine.requests"
    label = "requests"
