from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "dinh.spine.jobs"
    label = "jobs"

    def ready(self) -> None:
        from dinh.spine.jobs import api, metrics

        api.every(timedelta(hours=1), "jobs.purge", _purge)
        api.every(timedelta(seconds=30), "jobs.retry", _retry)
        metrics.register()


def _purge() -> None:
    from dinh.spine.jobs import delivery, tasks

    delivery.purge()
    tasks.purge()


def _retry() -> None:
    from dinh.spine.jobs import delivery, running

    delivery.retry_failed()
    running.set_back()
