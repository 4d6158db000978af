from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ObservationsConfig(AppConfig):
    name = "dinh.spine.observations"
    label = "observations"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs
        from dinh.spine.observations import (
            figures,
            formula_recording,
            holding,
            judge,
            reporting_duties,
            reporting_recording,
            ticking,
        )
        from dinh.spine.observations.history import owner
        from dinh.spine.observations.intake import service
        from dinh.spine.parties import api as parties

        parties.personal.hold(holding.HOLDER)
        owner.on_committed(figures.committed)
        owner.on_committed(judge.committed)
        service.on_started(ticking.started)
        jobs.listen("observations.return_approved", "observations.record_returns", reporting_recording.approved)
        jobs.every(timedelta(seconds=15), "observations.record_returns", reporting_recording.catch_up)
        jobs.every(timedelta(minutes=5), "observations.open_returns", reporting_duties.daily)
        jobs.every(timedelta(minutes=5), "observations.work_out_formulas", formula_recording.periodically)
        post_migrate.connect(_declare, sender=self, dispatch_uid="observations.declare_manifests")


def _declare(*, using: str, **_: Any) -> None:
    """Puts the manifests' indicators and rules into a catalogue that has just been migrated or emptied."""
    from django.db import connections

    from dinh.spine.observations import catalogue, formulas
    from dinh.spine.observations.models import CatalogueStamp

    catalogue.forget()
    if using == "default" and CatalogueStamp._meta.db_table in connections[using].introspection.table_names():
        catalogue.declare_manifests()
        formulas.declare_all()
