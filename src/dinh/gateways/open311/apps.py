from __future__ import annotations

from django.apps import AppConfig


class Open311Config(AppConfig):
    name = "dinh.gateways.open311"
    label = "open311"
