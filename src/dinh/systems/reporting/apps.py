from __future__ import annotations

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "dinh.systems.reporting"
    label = "reporting"
