from __future__ import annotations

from django.apps import AppConfig


class DataOperationsConfig(AppConfig):
    name = "dinh.systems.data_operations"
    label = "data_operations"
