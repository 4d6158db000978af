from __future__ import annotations

from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "dinh.systems.maps"
    label = "maps"

    def ready(self) -> None:
        from dinh.systems.maps import tasks

        tasks.declare()
