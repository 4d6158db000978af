from __future__ import annotations

from django.apps import AppConfig


class MqttConfig(AppConfig):
    name = "dinh.gateways.mqtt"
    label = "mqtt"
