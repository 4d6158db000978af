"""What departments set for their work, and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dinh.engines.working_time.calendar import Calendar, Hours
from dinh.spine.cases.office_rows import (
    CalendarDayRow,
    DepartmentRow,
    EscalationRow,
    RoutingRow,
    ShiftRow,
    TemplateRow,
    WeekRow,
)
from dinh.spine.parties.api import Actor


def working_calendar(around: datetime, until: datetime | None = None) -> Calendar:
    """When offices are open, in the years around a moment."""
    from dinh.spine.cases import working_calendar as room

    return room.calendar(around, until)


def office_week() -> WeekRow:
    from dinh.spine.cases import working_calendar as room

    return room.week()


def set_office_week(*, hours: Hours, weekdays: frozenset[int], by: Actor) -> None:
    """Open cases keep the open time that they have left. Raises Invalid `cases.hours`, `cases.week`, Refused."""
    from dinh.spine.cases import working_calendar as room

    room.set_week(hours=hours, weekdays=weekdays, by=by)


def calendar_days(year: int) -> Sequence[CalendarDayRow]:
    """Holidays of the law and days that were set, in order."""
    from dinh.spine.cases import working_calendar as room

    return room.days(year)


def set_calendar_day(day: date, *, open: bool | None, name_vi: str, name_en: str, by: Actor) -> None:
    """Makes a day worked or off; `open` None takes back what was set."""
    from dinh.spine.cases import working_calendar as room

    room.set_day(day, open=open, name_vi=name_vi, name_en=name_en, by=by)


def routing_rules() -> Sequence[RoutingRow]:
    from dinh.spine.cases import routing

    return routing.rules()


def set_routing(*, type: str, category: str, place: str, organisation: str, by: Actor, note: str = "") -> RoutingRow:
    """'' as type, category or place is for all. Raises Invalid, Refused."""
    from dinh.spine.cases import routing

    return routing.set_rule(type=type, category=category, place=place, organisation=organisation, note=note, by=by)


def drop_routing(id: int, *, by: Actor) -> None:
    from dinh.spine.cases import routing

    routing.drop_rule(id, by=by)


def escalation_chain(organisation: str) -> Sequence[EscalationRow]:
    """Whom to tell of what is late: the organisation's own steps, else those for all, else the house's."""
    from dinh.spine.cases import office

    return office.chain_of(organisation)


def set_escalation_chain(organisation: str, steps: Sequence[tuple[str, int]], *, by: Actor) -> Sequence[EscalationRow]:
    """`(to, minutes past the deadline)` in order; `to` is duty, leaders, above or a URN. '' is every organisation."""
    from dinh.spine.cases import office

    return office.set_chain(organisation, steps, by=by)


def may_set_of(organisation: str, *, actor: Actor) -> bool:
    """True where the actor may set shifts, chain and texts of the organisation; '' is what holds for all."""
    from dinh.spine.cases import office

    return office.may_set_of(organisation, actor)


def on_duty(organisation: str, at: datetime) -> Sequence[str]:
    """URNs of people."""
    from dinh.spine.cases import office

    return office.on_duty(organisation, at)


def shifts(organisation: str, *, since: datetime, until: datetime) -> Sequence[ShiftRow]:
    from dinh.spine.cases import office

    return office.shifts(organisation, since=since, until=until)


def add_shift(*, organisation: str, person: str, starts_at: datetime, ends_at: datetime, by: Actor) -> ShiftRow:
    from dinh.spine.cases import office

    return office.add_shift(organisation=organisation, person=person, starts_at=starts_at, ends_at=ends_at, by=by)


def drop_shift(id: int, *, by: Actor) -> None:
    from dinh.spine.cases import office

    office.drop_shift(id, by=by)


def templates(*, organisation: str | None, type: str, use: str = "") -> Sequence[TemplateRow]:
    """Texts to begin from, for comment, ask, answer or close."""
    from dinh.spine.cases import office

    return office.templates(organisation=organisation, type=type, use=use)


def all_templates() -> Sequence[TemplateRow]:
    from dinh.spine.cases import office

    return office.all_templates()


def save_template(
    *, organisation: str, type: str, use: str, title: str, text_vi: str, by: Actor, text_en: str = ""
) -> TemplateRow:
    from dinh.spine.cases import office

    return office.save_template(
        organisation=organisation, type=type, use=use, title=title, text_vi=text_vi, text_en=text_en, by=by
    )


def drop_template(id: int, *, by: Actor) -> None:
    from dinh.spine.cases import office

    office.drop_template(id, by=by)


def department_figures(
    *, since: datetime, until: datetime, actor: Actor, within: str | None = None, type: str = ""
) -> Sequence[DepartmentRow]:
    """Per organisation: open, without owner, overdue now; opened, closed, times and shares in the window."""
    from dinh.spine.cases import departments

    return departments.figures(since=since, until=until, actor=actor, within=within, type=type)
