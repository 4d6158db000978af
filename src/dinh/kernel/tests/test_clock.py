from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.clock import from_microseconds, parse_moment, start_of_day, to_microseconds
from dinh.kernel.errors import Invalid


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_microseconds_keep_a_moment_exactly(moment: datetime) -> None:
    assert from_microseconds(to_microseconds(moment)) == moment


def test_a_day_begins_at_midnight_in_vietnam() -> None:
    assert start_of_day(date(2025, 7, 1)) == datetime(2025, 6, 30, 17, tzinfo=UTC)


def test_a_moment_is_read_in_any_zone_and_kept_in_utc() -> None:
    assert parse_moment("2026-11-22T11:42:00+07:00") == datetime(2026, 11, 22, 4, 42, tzinfo=UTC)
    assert parse_moment("2026-11-22T04:42:00Z").utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-22T11:42:00", "time.no_zone"),
        ("yesterday", "time.not_iso"),
        ("2026-13-01T00:00Z", "time.not_iso"),
        ("0001-01-01T00:00:00+07:00", "time.not_iso"),
        ("9999-12-31T23:00:00-07:00", "time.not_iso"),
    ],
)
def test_a_moment_without_a_zone_or_out_of_the_calendar_is_refused_and_never_guessed(text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_moment(text)
    assert caught.value.code == code
    assert text in caught.value.message
