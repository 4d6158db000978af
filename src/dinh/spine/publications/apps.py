from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "dinh.spine.publications"
    label = "publications"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs
        from dinh.spine.parties import api as parties
        from dinh.spine.publications import actions, holding

        jobs.task_kind(actions.TASK, actions.run_task)
        parties.personal.hold(holding.HOLDER)
        jobs.every(timedelta(minutes=1), "publications.due", actions.sweep)
