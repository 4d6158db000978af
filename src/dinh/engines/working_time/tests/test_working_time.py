from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.working_time import lunar
from dinh.engines.working_time.calendar import VIETNAM, Calendar, with_days
from dinh.engines.working_time.holidays import holidays

moments = st.builds(
    lambda day, seconds: datetime.combine(day, time.min, tzinfo=VIETNAM) + timedelta(seconds=seconds),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 86_399),
)
spans = st.timedeltas(timedelta(0), timedelta(days=40))
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
calendars = st.builds(
    lambda off, on: with_days(Calendar(), dict.fromkeys(off, False) | dict.fromkeys(on, True)),
    st.frozensets(days, max_size=30),
    st.frozensets(days, max_size=10),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def by_minutes(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The same by walking, for comparison."""
    total, moment = timedelta(0), start
    while moment < end:
        if calendar.is_open_at(moment):
            total += timedelta(minutes=1)
        moment += timedelta(minutes=1)
    return total


def test_a_deadline_of_four_hours_on_friday_afternoon_falls_on_monday_morning() -> None:
    assert Calendar().after(at("2026-11-27T16:00"), timedelta(hours=4)) == at("2026-11-30T10:30")


def test_the_noon_break_and_the_night_do_not_count() -> None:
    assert Calendar().between(at("2026-11-26T11:00"), at("2026-11-26T14:00")) == timedelta(hours=1)
    assert Calendar().between(at("2026-11-26T17:00"), at("2026-11-27T07:30")) == timedelta(0)
    assert Calendar().between(at("2026-11-27T07:30"), at("2026-11-26T07:30")) == -timedelta(hours=7, minutes=30)


def test_a_swapped_saturday_counts_and_the_monday_it_pays_for_does_not() -> None:
    swapped = with_days(Calendar(), {date(2026, 8, 31): False, date(2026, 8, 22): True})
    assert swapped.between(at("2026-08-22T00:00"), at("2026-08-23T00:00")) == timedelta(hours=7, minutes=30)
    assert not swapped.is_open_on(date(2026, 8, 31))


@given(calendars, moments, spans)
def test_after_and_between_are_inverse(calendar: Calendar, start: datetime, span: timedelta) -> None:
    end = calendar.after(start, span)
    assert calendar.between(start, end) == span
    assert end >= start


@given(calendars, moments, spans, spans)
def test_working_time_adds_up(calendar: Calendar, start: datetime, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    assert calendar.between(start, end) == calendar.between(start, middle) + calendar.between(middle, end)
    assert timedelta(0) <= calendar.between(start, end) <= end - start


@given(calendars, moments.map(lambda at: at.replace(second=0, microsecond=0)), st.integers(0, 12 * 24 * 6))
def test_between_equals_what_walking_every_minute_gives(calendar: Calendar, start: datetime, tens: int) -> None:
    end = start + timedelta(minutes=10 * min(tens, 700))
    assert calendar.between(start, end) == by_minutes(calendar, start, end)


def test_a_calendar_that_never_opens_says_so() -> None:
    with pytest.raises(ValueError, match="never open"):
        Calendar(weekdays=frozenset()).after(at("2026-11-26T11:00"), timedelta(hours=1))
    with pytest.raises(ValueError, match="overlap"):
        Calendar(hours=((time(8), time(12)), (time(11), time(17))))


@pytest.mark.parametrize(
    ("year", "first_day"),
    # Public calendars; in 1985 and 2007 Vietnam's Tết was not on China's day.
    [(1985, "1985-01-21"), (2007, "2007-02-17"), (2023, "2023-01-22"), (2024, "2024-02-10"), (2025, "2025-01-29"),
     (2026, "2026-02-17"), (2027, "2027-02-06"), (2028, "2028-01-26"), (2029, "2029-02-13")],
)  # fmt: skip
def test_tet_falls_on_the_days_of_public_calendars(year: int, first_day: str) -> None:
    assert lunar.new_year(year) == date.fromisoformat(first_day)


def test_the_day_of_the_hung_kings_and_a_doubled_month() -> None:
    assert lunar.lunar_date(2026, 3, 10) == date(2026, 4, 26)
    assert lunar.lunar_date(2025, 3, 10) == date(2025, 4, 7)
    assert lunar.lunar_date(2025, 6, 1, doubled=True) == date(2025, 7, 25)
    with pytest.raises(ValueError, match="not doubled"):
        lunar.lunar_date(2026, 6, 1, doubled=True)


@given(st.integers(1969, 2199))
def test_every_year_has_months_of_29_or_30_days_and_a_tet_between_january_and_february(year: int) -> None:
    first = lunar.new_year(year)
    assert date(year, 1, 20) <= first <= date(year, 2, 21)
    starts, leap = lunar._months(year)
    assert {later - sooner for sooner, later in pairwise(starts)} <= {29, 30}
    assert leap is None or 1 <= leap <= 12


def test_holidays_on_a_weekend_are_made_up_for_on_the_next_working_day() -> None:
    found = holidays(2026)
    assert found[date(2026, 4, 26)] == "hung_kings", "a Sunday"
    assert found[date(2026, 4, 27)] == "made_up"
    assert [day.isoformat() for day, code in found.items() if code == "tet"] == [
        "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20",
    ]  # fmt: skip


def test_a_day_closes_once_and_what_comes_late_or_on_a_day_off_waits_for_the_next() -> None:
    tet = date(2027, 2, 8)
    calendar = Calendar(off=frozenset({tet}))
    for start, closes in (
        ("2027-02-05T06:00+07:00", "2027-02-05T17:00+07:00"),
        ("2027-02-05T14:59+07:00", "2027-02-05T17:00+07:00"),
        ("2027-02-05T15:00+07:00", "2027-02-09T17:00+07:00"),
        ("2027-02-04T17:30+00:00", "2027-02-05T17:00+07:00"),
    ):
        assert calendar.close_of_day(datetime.fromisoformat(start), time(15)) == datetime.fromisoformat(closes)
    with pytest.raises(ValueError, match="never open"):
        Calendar(weekdays=frozenset()).close_of_day(datetime.fromisoformat("2027-02-05T06:00+07:00"), time(15))
