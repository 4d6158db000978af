from __future__ import annotations

from django.apps import AppConfig


class TabularConfig(AppConfig):
    name = "dinh.gateways.tabular"
    label = "tabular"
