"""Deadlines in the time that counts for a kind of work, and their pause while the requester is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from dinh.engines.working_time.calendar import Calendar
from dinh.kernel import clock
from dinh.kernel.manifests import CaseTypeSpec, registry
from dinh.spine.cases import domain, models, working_calendar
from dinh.spine.jobs.api import Running
from dinh.spine.parties.api import SYSTEM

PART: Final = 100


@dataclass(frozen=True, slots=True)
class Deadlines:
    """`calendar` None: every hour counts."""

    calendar: Calendar | None

    @classmethod
    def of(cls, spec: CaseTypeSpec | None, around: datetime) -> Deadlines:
        if spec is None or not spec.office_hours:
            return cls(None)
        return cls(working_calendar.calendar(around))

    def after(self, start: datetime, span: timedelta) -> datetime:
        """Also back in time where `span` is negative: what is late stays late by the clock."""
        if self.calendar is None or span < timedelta(0):
            return start + span
        return self.calendar.after(start, span)

    def due(self, spec: CaseTypeSpec, category: str, start: datetime) -> datetime:
        """By when a case that is opened at `start` has to be ended."""
        own = spec.category(category)
        if self.calendar is not None and own is not None and own.same_day_until is not None:
            return self.calendar.close_of_day(start, own.same_day_until)
        return self.after(start, spec.time_to_close(category))

    def between(self, start: datetime, end: datetime) -> timedelta:
        if self.calendar is None or end < start:
            return end - start
        return self.calendar.between(start, end)


def pause(case: models.Case, now: datetime) -> None:
    """Writes down what is left of both deadlines."""
    if case.paused_at is not None:
        return
    deadlines = Deadlines.of(registry.case_type(case.type), now)
    case.paused_at = now
    case.left_to_owner = int(deadlines.between(now, case.owner_due_at).total_seconds())
    case.left_to_close = int(deadlines.between(now, case.due_at).total_seconds())


def resume(case: models.Case, now: datetime) -> None:
    """Gives the case what was left, from now."""
    if case.paused_at is None:
        return
    deadlines = Deadlines.of(registry.case_type(case.type), now)
    case.paused_at, case.escalate_at = None, None
    case.owner_due_at = deadlines.after(now, timedelta(seconds=case.left_to_owner))
    case.due_at = deadlines.after(now, timedelta(seconds=case.left_to_close))


def stand_still_if_asked(case: models.Case, now: datetime) -> None:
    """A case that comes back while its requester still owes an answer waits for it again."""
    if models.Question.objects.filter(case=case, ended_at__isnull=True).exists():
        pause(case, now)


def begin_anew(case: models.Case, spec: CaseTypeSpec, now: datetime) -> None:
    """A case that comes back has the deadlines of a new one."""
    deadlines = Deadlines.of(spec, now)
    case.owner_due_at = deadlines.after(now, spec.to_owner)
    case.due_at = deadlines.due(spec, case.category, now)
    case.escalated_unowned = case.escalated_overdue = False
    case.level, case.escalate_at, case.paused_at = 0, None, None


def follow_new_calendar(running: Running) -> Mapping[str, Any]:
    """Long work: open cases keep the open time that they had left, counted by the calendar after the change.

    Cases that were opened since have their deadlines by it already; those that nobody promised anything have none.
    """
    from dinh.spine.cases.checks import moment_for
    from dinh.spine.cases.recording import record

    types = [spec.code for spec in registry.case_types() if spec.office_hours]
    changed_at = clock.parse_moment(running.task.params["changed_at"])
    waiting = models.Case.objects.filter(
        final=False, type__in=types, paused_at__isnull=True, opened_at__lte=changed_at, due_at__lt=domain.NEVER
    )
    total = waiting.count()
    after, changed = int(running.checkpoint.get("after", 0)), int(running.checkpoint.get("changed", 0))
    seen = 0
    now = clock.now()
    before, present = (working_calendar.as_it_was(running.task.params[name], now) for name in ("before", "after"))
    while True:
        with transaction.atomic():
            part = list(waiting.filter(number__gt=after).order_by("number").select_for_update()[:PART])
            for case in part:
                if case.due_at <= now:
                    continue
                due_at = present.after(now, before.between(now, case.due_at))
                owner_due_at = case.owner_due_at
                if owner_due_at > now:
                    owner_due_at = present.after(now, before.between(now, owner_due_at))
                if (due_at, owner_due_at) != (case.due_at, case.owner_due_at):
                    case.due_at, case.owner_due_at = due_at, owner_due_at
                    record(case, what="deadline", kind="deadline", by=SYSTEM, at=moment_for(case),
                           detail={"because": "calendar"})  # fmt: skip
                    changed += 1
            if part:
                after = part[-1].number
                running.save({"after": after, "changed": changed})
        if not part:
            return {"cases": seen, "changed": changed}
        seen += len(part)
        running.report(seen, total)
