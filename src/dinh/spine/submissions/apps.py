from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "dinh.spine.submissions"
    label = "submissions"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs
        from dinh.spine.submissions import metrics

        jobs.every(timedelta(seconds=1), "submissions.work_off", _work_off)
        jobs.every(timedelta(hours=6), "submissions.sweep", _sweep)
        metrics.register()


def _work_off() -> None:
    from dinh.spine.submissions import working

    while working.work_off(limit=200):
        pass


def _sweep() -> None:
    from dinh.spine.submissions import working

    working.sweep()
