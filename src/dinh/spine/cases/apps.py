from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "dinh.spine.cases"
    label = "cases"

    def ready(self) -> None:
        from dinh.spine.cases import bulk, deadlines, escalation, holding, listening, telling
        from dinh.spine.jobs import api as jobs
        from dinh.spine.notices import api as notices
        from dinh.spine.parties import api as parties

        jobs.listen("alert.opened", "cases.alert_opened", listening.alert_opened)
        jobs.listen("alert.cleared", "cases.alert_cleared", listening.alert_cleared)
        notices.declare(telling.KINDS)
        parties.personal.hold(holding.HOLDER)
        jobs.task_kind(bulk.KIND, bulk.run)
        jobs.task_kind("cases.new_calendar", deadlines.follow_new_calendar)
        jobs.every(timedelta(seconds=20), "cases.escalate", escalation.escalate)
