from __future__ import annotations

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "dinh.spine.parties"
    label = "parties"
