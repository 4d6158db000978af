from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "dinh.spine.cases"
    label = "cases"

    def ready(self) -> None:
        from dinh.spine.cases import escalation, listening
        from dinh.spine.jobs import api as jobs

        jobs.listen("alert.opened", "cases.alert_opened", listening.alert_opened)
        jobs.listen("alert.cleared", "cases.alert_cleared", listening.alert_cleared)
        jobs.every(timedelta(seconds=20), "cases.escalate", escalation.escalate)
