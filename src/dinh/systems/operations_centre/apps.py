from __future__ import annotations

from django.apps import AppConfig


class OperationsCentreConfig(AppConfig):
    name = "dinh.systems.operations_centre"
    label = "operations_centre"
