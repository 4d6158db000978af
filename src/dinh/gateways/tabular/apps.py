from __future__ import annotations

from django.apps import AppConfig


class TabularConfig(AppConfig):
    name = "dinh.gateways.tabular"
    label = "tabular"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs

        jobs.task_kind("tabular.import", _run)


def _run(running: object) -> object:
    """The work itself is imported when it is done first: reading tables loads much."""
    from dinh.gateways.tabular import working

    return working.run(running)  # type: ignore[arg-type]
