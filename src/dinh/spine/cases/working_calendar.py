"""When offices are open: a week, the holidays of the law, and days that an official set otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from dinh.engines.working_time import holidays as law
from dinh.engines.working_time.calendar import MONDAY_TO_FRIDAY, OFFICE_HOURS, Calendar, Hours, with_days
from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.cases import models
from dinh.spine.cases.office_rows import CalendarDayRow, WeekRow
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor

PERMISSION: Final = "cases.calendar"
YEARS_BEFORE: Final = 2
YEARS_AFTER: Final = 3
SUBJECT: Final = "urn:dinh:organisation:dinh"


def calendar(around: datetime, until: datetime | None = None) -> Calendar:
    """The calendar of the years around a moment."""
    known = week()
    return _calendar(known.hours, known.weekdays, _set_days(), around, until)


def _calendar(
    hours: Hours, weekdays: frozenset[int], days: Mapping[date, bool], around: datetime, until: datetime | None = None
) -> Calendar:
    first = around.astimezone(VIETNAM).year - YEARS_BEFORE
    last = (until or around).astimezone(VIETNAM).year + YEARS_AFTER
    usual = {day: False for year in range(first, last + 1) for day in law.holidays(year)}
    return with_days(Calendar(hours, weekdays), usual | dict(days))


def _set_days() -> dict[date, bool]:
    return dict(models.CalendarDay.objects.values_list("day", "open"))


def week() -> WeekRow:
    stored = models.OfficeWeek.objects.first()
    if stored is None:
        return WeekRow(OFFICE_HOURS, MONDAY_TO_FRIDAY)
    hours = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in stored.hours)
    return WeekRow(hours, frozenset(stored.weekdays))


def days(year: int) -> Sequence[CalendarDayRow]:
    """Every day of the year that differs from the week: by law, or set."""
    found = {
        day: CalendarDayRow(day, False, *law.NAMES[code], by_law=True, by="")
        for day, code in law.holidays(year).items()
    }
    for stored in models.CalendarDay.objects.filter(day__year=year):
        found[stored.day] = CalendarDayRow(stored.day, stored.open, stored.name_vi, stored.name_en, False, stored.by)
    return [found[day] for day in sorted(found)]


@transaction.atomic
def set_day(day: date, *, open: bool | None, name_vi: str, name_en: str, by: Actor) -> None:
    """Makes a day open or off; None takes back what was set."""
    parties.require_everywhere(by, PERMISSION)
    name_vi, name_en = nfc(name_vi)[:200], nfc(name_en)[:200]
    before = as_set()
    if open is None:
        models.CalendarDay.objects.filter(day=day).delete()
    elif not name_vi:
        raise Invalid("cases.day_name_needed", "Say what day it is, for example «Nghỉ bù» or «Làm bù»")
    else:
        models.CalendarDay.objects.update_or_create(
            day=day,
            defaults={"open": open, "name_vi": name_vi, "name_en": name_en or name_vi, "by": by.urn, "at": clock.now()},
        )
    _tell({"day": day.isoformat(), "open": open, "name": name_vi}, by, before)


@transaction.atomic
def set_week(*, hours: Hours, weekdays: frozenset[int], by: Actor) -> None:
    """Raises Invalid `cases.hours` for hours that overlap or run backwards."""
    parties.require_everywhere(by, PERMISSION)
    try:
        Calendar(hours, weekdays)
    except ValueError as error:
        raise Invalid(
            "cases.hours", "these hours cannot be ({says}); give each as from–to, in order", says=str(error)
        ) from error
    if not hours or not weekdays or not weekdays <= set(range(7)):
        raise Invalid("cases.week", "an office week needs at least one day and one span of hours")
    before = as_set()
    told = [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in hours]
    models.OfficeWeek.objects.update_or_create(
        pk=1, defaults={"hours": told, "weekdays": sorted(weekdays), "by": by.urn, "at": clock.now()}
    )
    _tell({"hours": told, "weekdays": sorted(weekdays)}, by, before)


def _tell(what: Mapping[str, Any], by: Actor, before: Mapping[str, Any]) -> None:
    """Into the ledger; deadlines of open cases follow, as long work."""
    leaf = ledger.append("calendar.set", SUBJECT, {"by": by.urn, **what})
    jobs.start(
        "cases.new_calendar",
        {"before": before, "after": as_set(), "changed_at": clock.now().isoformat()},
        title=gettext_noop("Deadlines worked out anew by the working calendar"),
        by=by.urn,
        key=f"cases.new_calendar#{leaf.index}",
    )


def as_set() -> Mapping[str, Any]:
    """What is set now, as JSON."""
    known = week()
    return {
        "days": {day.isoformat(): is_open for day, is_open in _set_days().items()},
        "hours": [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in known.hours],
        "weekdays": sorted(known.weekdays),
    }


def as_it_was(told: Mapping[str, Any], around: datetime) -> Calendar:
    """A calendar from what `as_set` wrote down."""
    hours = tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in told["hours"])
    days = {date.fromisoformat(day): bool(is_open) for day, is_open in told["days"].items()}
    return _calendar(hours, frozenset(told["weekdays"]), days, around)
