from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.opening_hours import Hours, parse
from dinh.kernel.clock import VIETNAM

MONDAY = datetime(2026, 11, 23, tzinfo=VIETNAM)
NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

minutes = st.integers(0, 24 * 60 - 1)
spans = st.lists(st.tuples(minutes, minutes), min_size=1, max_size=3)
rules = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), spans), min_size=1, max_size=4)
moments = st.integers(0, 365 * 24 * 60).map(lambda minute: MONDAY + timedelta(minutes=minute))


def written(given_rules: list[tuple[int, int, list[tuple[int, int]]]]) -> str:
    def clock(minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"

    return "; ".join(
        f"{NAMES[first]}-{NAMES[last]} " + ",".join(f"{clock(start)}-{clock(end)}" for start, end in times)
        for first, last, times in given_rules
    )


def hours(text: str) -> Hours:
    found = parse(text)
    assert found is not None, text
    return found


def at(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


def test_an_office_closes_at_noon_and_opens_again_in_the_afternoon() -> None:
    office = hours("Mo-Fr 07:30-11:30,13:30-17:00")
    assert office.is_open(at(0, "08:00"))
    assert office.next_change(at(0, "08:00")) == at(0, "11:30")
    assert not office.is_open(at(0, "11:30"))
    assert office.next_change(at(0, "12:00")) == at(0, "13:30")
    assert office.next_change(at(4, "18:00")) == at(7, "07:30")
    assert not office.is_open(at(5, "08:00"))


def test_a_night_market_that_opens_on_sunday_closes_on_monday_morning() -> None:
    market = hours("Fr-Su 18:00-02:00")
    assert market.is_open(at(7, "01:59"))
    assert not market.is_open(at(7, "02:00"))
    assert market.next_change(at(6, "23:00")) == at(7, "02:00")


def test_a_later_rule_replaces_the_day_and_a_comma_adds_to_it() -> None:
    shop = hours("Mo-Su 08:00-20:00; Su 09:00-12:00, Su 14:00-16:00; We off")
    assert shop.spans_on(date(2026, 11, 29)) == ((540, 720), (840, 960))
    assert shop.spans_on(date(2026, 11, 25)) == ()
    assert shop.spans_on(date(2026, 11, 24)) == ((480, 1200),)


def test_holidays_count_only_where_the_text_speaks_of_them() -> None:
    def holiday(day: date) -> bool:
        return day == MONDAY.date()

    assert not hours("Mo-Fr 08:00-17:00; PH off").is_open(at(0, "09:00"), holiday)
    assert hours("Mo-Fr 08:00-17:00").is_open(at(0, "09:00"), holiday)
    assert hours("PH,Su 08:00-10:00; Mo-Sa 10:00-20:00").is_open(at(0, "09:00"), holiday)
    assert hours("Mo-Fr 08:00-17:00; PH off").week().holidays == ()


def test_what_is_always_open_never_changes() -> None:
    for text in ("24/7", "00:00-24:00", "Mo-Su 00:00-24:00", "Mo-Su,PH 00:00-24:00", "mo-su 00:00–24:00"):
        assert hours(text).always
        assert hours(text).next_change(MONDAY) is None
    assert not hours("24/7; PH off").always


@pytest.mark.parametrize(
    "text",
    ["", "Jan-Mar 08:00-17:00", "sunrise-sunset", "Mo-Fr 08:00+", "by appointment", "Mo 25:00-26:00", "Mo 08:60-09:00",
     "Mo-Fr 8-17", "SH off", "Mo-PH 08:00-09:00", "Mo 08:00-09:00 || Tu off", 'Mo 08:00-09:00 "giờ', "x" * 501],
)  # fmt: skip
def test_what_is_not_understood_is_left_to_be_shown_as_written(text: str) -> None:
    assert parse(text) is None


@given(rules, moments)
def test_nothing_changes_before_the_next_change_and_then_it_does(
    given_rules: list[tuple[int, int, list[tuple[int, int]]]], moment: datetime
) -> None:
    found = hours(written(given_rules))
    change = found.next_change(moment)
    if change is None:
        return
    now = found.is_open(moment)
    assert found.is_open(change) != now
    assert change > moment
    halves = ((change - moment) * part / 8 + moment for part in range(8))
    assert all(found.is_open(half) == now for half in halves)
    assert found.is_open(change - timedelta(minutes=1)) == now or change - moment < timedelta(minutes=1)


@given(rules)
def test_spans_are_in_order_do_not_touch_and_begin_on_their_day(
    given_rules: list[tuple[int, int, list[tuple[int, int]]]],
) -> None:
    for spans_of_day in hours(written(given_rules)).week().days:
        assert all(0 <= start < 1440 and start < end <= 2880 for start, end in spans_of_day)
        assert all(one[1] < other[0] for one, other in pairwise(spans_of_day))


@given(st.text(alphabet='MoTuWeThFrSaSuPH0123456789:-,;+/"() offclosedopen', max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    found = parse(text)
    if found is not None:
        found.is_open(MONDAY)
        found.next_change(MONDAY)
