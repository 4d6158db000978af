"""Periods of reporting: days, weeks from Monday, months, quarters, half-years and years, in Vietnam's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from dinh.kernel import clock
from dinh.kernel.durations import MONTH, YEAR

DAY: Final = timedelta(days=1)
MONTHS: Final = {"month": 1, "quarter": 3, "half": 6, "year": 12}
LENGTH: Final = {
    "day": DAY, "week": 7 * DAY, "month": MONTH, "quarter": 3 * MONTH, "half": 6 * MONTH, "year": YEAR,
}  # fmt: skip
KINDS: Final = tuple(LENGTH)


def first_day(kind: str, day: date) -> date:
    """The first day of the period that holds `day`."""
    if kind == "day":
        return day
    if kind == "week":
        return day - day.weekday() * DAY
    months = MONTHS[kind]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def following(kind: str, first: date) -> date:
    """The first day of the next period."""
    if kind in {"day", "week"}:
        return first + (DAY if kind == "day" else 7 * DAY)
    month = first.month - 1 + MONTHS[kind]
    return date(first.year + month // 12, month % 12 + 1, 1)


def last_day(kind: str, first: date) -> date:
    return following(kind, first) - DAY


def ended(kind: str, *, since: date, today: date, until: date | None = None) -> Iterator[date]:
    """First days of the periods that began on `since` or later, not after `until`, and are over `today`."""
    first = first_day(kind, since)
    if first < since:
        first = following(kind, first)
    while following(kind, first) <= today and (until is None or first <= until):
        yield first
        first = following(kind, first)


def due_at(last: date, due_days: int) -> datetime:
    """The midnight that ends the day on which the return is due."""
    return clock.start_of_day(last + (due_days + 1) * DAY)


def observed_at(first: date) -> datetime:
    """What is reported of a period is observed at its beginning, as every step of time is named."""
    return clock.start_of_day(first)
