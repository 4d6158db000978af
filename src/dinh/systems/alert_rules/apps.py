from __future__ import annotations

from django.apps import AppConfig


class AlertRulesConfig(AppConfig):
    name = "dinh.systems.alert_rules"
    label = "alert_rules"
