from __future__ import annotations

from django.apps import AppConfig


class LocalNewsConfig(AppConfig):
    name = "dinh.systems.local_news"
    label = "local_news"
