from __future__ import annotations

from django.apps import AppConfig


class LocalNewsConfig(AppConfig):
    name = "dinh.systems.local_news"
    label = "local_news"

    def ready(self) -> None:
        from dinh.spine.publications import api as publications
        from dinh.systems.local_news.actions import warnings

        publications.demand(warnings.KIND, warnings.require_whole)
