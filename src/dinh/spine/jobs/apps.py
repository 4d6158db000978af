from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "dinh.spine.jobs"
    label = "jobs"

    def ready(self) -> None:
        from dinh.spine.jobs import api, delivery

        api.every(timedelta(hours=1), "jobs.purge", delivery.purge)
        api.every(timedelta(seconds=30), "jobs.retry", _retry)


def _retry() -> None:
    from dinh.spine.jobs import delivery

    delivery.retry_failed()
