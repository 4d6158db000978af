from __future__ import annotations

from django.apps import AppConfig


class CitizenAppConfig(AppConfig):
    name = "dinh.systems.citizen_app"
    label = "citizen_app"
