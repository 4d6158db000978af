from __future__ import annotations

from django.apps import AppConfig


class Network5gConfig(AppConfig):
    name = "dinh.systems.network_5g"
    label = "network_5g"

    def ready(self) -> None:
        from dinh.systems.network_5g import tasks

        tasks.declare()
