from __future__ import annotations

from django.apps import AppConfig


class Network5gConfig(AppConfig):
    name = "dinh.systems.network_5g"
    label = "network_5g"
