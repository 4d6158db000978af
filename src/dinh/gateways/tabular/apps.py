from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig

from dinh.spine.jobs import api as jobs


class TabularConfig(AppConfig):
    name = "dinh.gateways.tabular"
    label = "tabular"

    def ready(self) -> None:
        from dinh.gateways.tabular import holding
        from dinh.spine.parties import api as parties

        jobs.task_kind("tabular.import", _run)
        parties.personal.hold(holding.HOLDER)


def _run(running: jobs.Running) -> Mapping[str, Any]:
    """The work itself is imported when it is done first: reading tables loads much."""
    from dinh.gateways.tabular import working

    return working.run(running)
