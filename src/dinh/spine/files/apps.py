from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "dinh.spine.files"
    label = "files"

    def ready(self) -> None:
        from dinh.spine.files import metrics
        from dinh.spine.jobs import api as jobs

        jobs.every(timedelta(hours=1), "files.sweep", _sweep)
        jobs.every(timedelta(seconds=10), "files.findings", _tell)
        metrics.register()


def _sweep() -> None:
    from dinh.spine.files import upkeep

    upkeep.sweep()


def _tell() -> None:
    from dinh.spine.files import findings

    findings.tell()
