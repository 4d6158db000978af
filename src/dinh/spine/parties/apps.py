from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "dinh.spine.parties"
    label = "parties"

    def ready(self) -> None:
        from dinh.spine.jobs import api as jobs
        from dinh.spine.parties.personal import copying, erasing, own, register, told

        for holder in (*own.HOLDERS, told.HOLDER):
            register.hold(holder)
        jobs.task_kind(copying.TASK, copying.make)
        jobs.task_kind(erasing.TASK, erasing.run)
        jobs.every(timedelta(hours=1), "parties.copies", _expire)
        jobs.every(timedelta(minutes=10), "parties.erasures", _start)


def _expire() -> None:
    from dinh.spine.parties.personal import copying

    copying.expire()


def _start() -> None:
    from dinh.spine.parties.personal import erasing

    erasing.start_due()
