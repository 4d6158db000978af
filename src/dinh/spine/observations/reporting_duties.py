"""Who owes what: forms declared, a return opened for each period that ends, people told in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import structlog
from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.observations import catalogue, reporting_checks, reporting_forms, reporting_notices, reporting_periods
from dinh.spine.observations.models import Assignment, Return
from dinh.spine.observations.reporting_rows import AssignmentRow, Check
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

log = structlog.get_logger("dinh.observations")
MOST_PLACES: Final = 250
MOST_COLUMNS: Final = 30
MOST_FIGURES: Final = 700
"""A page's form holds at most a thousand fields."""
TOLD_BEFORE: Final = timedelta(days=2)
NOT_TOLD_AFTER: Final = timedelta(days=30)
"""A form that begins in the past sends nobody a letter for each of its old periods."""


def _bad(field: str, remedy: str) -> Invalid:
    return Invalid("reporting.bad_form", "{field}: {remedy}", field=field, remedy=remedy)


@transaction.atomic
def save_assignment(
    *,
    code: str,
    name_vi: str,
    name_en: str,
    organisation: str,
    place: str,
    of_places: Sequence[str],
    columns: Sequence[Mapping[str, Any]],
    checks: Sequence[Check],
    period: str,
    due_days: int,
    responsible: Sequence[str],
    change_percent: float | None,
    z_score: float | None,
    first_day: date,
    last_day: date | None,
    by: Actor,
) -> AssignmentRow:
    parties.require(by, "observations.manage", place=place)
    known = catalogue.current()
    owner = parties.party(organisation)
    if period not in reporting_periods.KINDS:
        raise _bad("period", f"give one of {', '.join(reporting_periods.KINDS)}")
    if not 0 < len(of_places) <= MOST_PLACES or len(set(of_places)) != len(of_places):
        raise _bad("places", f"give 1 to {MOST_PLACES} different places")
    if not 0 < len(columns) <= MOST_COLUMNS:
        raise _bad("columns", f"give 1 to {MOST_COLUMNS} indicators")
    if len(of_places) * len(columns) > MOST_FIGURES:
        raise Invalid(
            "reporting.form_too_large",
            "a form has at most {most} figures, this one {count}; split it by place or by indicator",
            most=MOST_FIGURES,
            count=len(of_places) * len(columns),
        )
    for column in columns:
        if known.indicator(str(column["indicator"])).code in known.formulas:
            raise _bad("columns", f"{column['indicator']} is worked out by a formula; report its parts")
    there = places.places([*of_places, place])
    absent = [urn for urn in (*of_places, place) if urn not in there]
    if absent:
        raise _bad("places", f"there is no place {absent[0]}")
    for check in checks:
        numbers = (check.column, check.left, check.right, check.ratio)
        if check.kind not in reporting_checks.KINDS or not all(0 <= number < len(columns) for number in numbers):
            raise _bad("checks", f"{check.kind} must be one of {', '.join(reporting_checks.KINDS)} and name columns")
        if check.kind == "sum" and check.total not in of_places:
            raise _bad("checks", "the place of the total must be a row of the form")
    row = Assignment.objects.filter(code=code).first() or Assignment(code=code)
    moved = row.pk is not None and (
        list(row.places) != list(of_places) or row.columns != [dict(c) for c in columns] or row.period != period
    )
    if moved and Return.objects.filter(assignment=row).exists():
        raise _bad("code", "this form has returns already; end it and declare a new one with another code")
    row.name_vi, row.name_en = nfc(name_vi), nfc(name_en)
    row.organisation, row.place, row.places = organisation, place, list(of_places)
    row.columns = [dict(column) for column in columns]
    row.checks = [
        {name: getattr(check, name) for name in ("kind", "column", "total", "left", "right", "ratio")}
        for check in checks
    ]
    row.period, row.due_days, row.responsible = period, due_days, list(responsible)
    row.change_percent, row.z_score = change_percent, z_score
    row.first_day, row.last_day = first_day, last_day
    row.declared_by, row.changed_at = by.urn, clock.now()
    row.save()
    code_of_source = reporting_forms.source_of(organisation)
    if code_of_source not in known.sources:
        catalogue.save_source(
            code=code_of_source,
            name_vi=f"Báo cáo của {owner.name_vi}",
            name_en=f"Returns of {owner.name_en}",
            owner=organisation,
            licence="CC-BY-4.0",
            simulated=False,
            period=None,
        )
    return reporting_forms.assignment_row(row)


def open_returns() -> int:
    """Opens a return for every period that is over; again, it adds nothing. Returns how many it added."""
    now, today = clock.now(), clock.today()
    added = 0
    for row in Assignment.objects.all():
        known = set(Return.objects.filter(assignment=row).values_list("first_day", flat=True))
        wanted = reporting_periods.ended(row.period, since=row.first_day, today=today, until=row.last_day)
        new = []
        for first in wanted:
            if first in known:
                continue
            last = reporting_periods.last_day(row.period, first)
            due_at = reporting_periods.due_at(last, row.due_days)
            new.append(
                Return(
                    assignment=row, first_day=first, last_day=last, due_at=due_at, state="open", created_at=now,
                    told_due=due_at < now, told_late=due_at < now - NOT_TOLD_AFTER,
                )
            )  # fmt: skip
        added += len(Return.objects.bulk_create(new, ignore_conflicts=True))
    return added


def tell() -> int:
    """Reminds two days before a return is due, and once more when it is late."""
    now = clock.now()
    told = 0
    waiting = Return.objects.filter(state__in=["open", "returned"], sequence=0, due_at__lt=now + TOLD_BEFORE)
    for number in list(waiting.exclude(told_due=True, told_late=True).values_list("pk", flat=True)):
        try:
            told += _told_of(number)
        except DinhError as error:  # one notice that cannot be written keeps nobody else from being told
            log.warning("people were not told of a return", number=number, why=error.message)
    return told


@transaction.atomic
def _told_of(number: int) -> bool:
    now = clock.now()
    row = Return.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=number)
    seen = reporting_forms.return_row(row, now=now)
    if row.due_at < now and not row.told_late:
        reporting_notices.late(seen)
        row.told_late = row.told_due = True
    elif not row.told_due:
        reporting_notices.due(seen)
        row.told_due = True
    else:
        return False
    row.save(update_fields=["told_due", "told_late"])
    return True


def daily() -> None:
    """What the worker does every few minutes."""
    open_returns()
    tell()
