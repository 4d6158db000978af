from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ObservationsConfig(AppConfig):
    name = "dinh.spine.observations"
    label = "observations"

    def ready(self) -> None:
        from dinh.spine.observations import figures, judge, ticking
        from dinh.spine.observations.history import owner
        from dinh.spine.observations.intake import service

        owner.on_committed(figures.committed)
        owner.on_committed(judge.committed)
        service.on_started(ticking.started)
        post_migrate.connect(_declare, sender=self, dispatch_uid="observations.declare_manifests")


def _declare(*, using: str, **_: Any) -> None:
    """Puts the manifests' indicators and rules into a catalogue that has just been migrated or emptied."""
    from django.db import connections

    from dinh.spine.observations import catalogue
    from dinh.spine.observations.models import CatalogueStamp

    catalogue.forget()
    if using == "default" and CatalogueStamp._meta.db_table in connections[using].introspection.table_names():
        catalogue.declare_manifests()
