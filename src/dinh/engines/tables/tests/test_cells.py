"""Numbers, periods and coordinates: read as they were meant, refused where they could be meant otherwise."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.tables import coordinates, numbers, periods
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import OutOfRange

EARLIEST, LATEST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2030-01-01")
HOSTILE = st.text(alphabet="0123456789.,-+ %eE…\u00a0abc'/", max_size=14)


def _written(value: float, places: int, decimal: str, group: str) -> str:
    text = f"{abs(value):,.{places}f}".replace(",", "_").replace(".", decimal).replace("_", group)
    return ("-" if value < 0 else "") + text


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30),
    st.integers(0, 4),
    st.sampled_from([(",", "."), (".", ","), (",", " "), (",", "\u00a0"), (".", ""), (",", "")]),
)
def test_numbers_written_in_any_style_are_read_back(values: list[int], places: int, style: tuple[str, str]) -> None:
    decimal, group = style
    meant = [round(value / 10**places, places) for value in values]
    texts = [_written(value, places, decimal, group) for value in meant]
    read = numbers.parse(pa.array(texts), decimal)
    assert (read.state == numbers.VALUE).all()
    assert read.value == pytest.approx(meant)


@given(st.lists(HOSTILE, max_size=12), st.sampled_from(["", ",", "."]))
def test_the_fast_way_and_the_slow_way_read_alike(texts: list[str], decimal: str) -> None:
    together = numbers.parse(pa.array(texts, pa.string()), decimal)
    for place, text in enumerate(texts):
        value, state, missing, percent = numbers._read(text, decimal)
        assert together.state[place] == state, text
        assert np.array_equal(together.value[place], value, equal_nan=True), text
        assert (together.missing[place], together.percent[place]) == (missing, percent)


def test_one_column_decides_by_its_own_evidence() -> None:
    assert numbers.style_of(["1.234,5", "12", "1.234"]).decimal == ","
    assert numbers.style_of(["1,234.5", "12", "1,234"]).decimal == "."
    assert numbers.style_of(["330957.6", "1.234"]).decimal == "."
    undecided = numbers.style_of(["1.234", "12"])
    assert (undecided.decimal, undecided.ambiguous) == ("", 1)
    assert numbers.parse(pa.array(["1.234", "12"]), "").state.tolist() == [numbers.AMBIGUOUS, numbers.VALUE]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("..", "not_reported"), ("…", "not_reported"), ("-", "not_measured"), ("n/a", "not_reported"), ("#N/A", "failed_check"),
     ("KPH", "below_detection")],
)  # fmt: skip
def test_a_mark_for_a_missing_value_gives_its_reason(text: str, reason: str) -> None:
    read = numbers.parse(pa.array([text]), ",")
    assert read.state[0] == numbers.MISSED
    assert np.isnan(read.value[0])
    assert numbers.REASONS[read.missing[0] - 1] == reason


def test_a_percentage_is_told_and_words_are_no_number() -> None:
    read = numbers.parse(pa.array(["12,5%", "cao", "1.2.3", ""]), ",")
    assert read.value[0] == 12.5
    assert read.percent.tolist() == [True, False, False, False]
    assert read.state.tolist() == [numbers.VALUE, numbers.BAD, numbers.BAD, numbers.EMPTY]


@pytest.mark.parametrize(
    ("text", "start", "length", "early"),
    [
        ("31/12/2018", date(2018, 12, 31), "day", False), ("2018-12-31", date(2018, 12, 31), "day", False),
        ("2018", date(2018, 1, 1), "year", False), ("Năm 2018", date(2018, 1, 1), "year", False),
        ("Sơ bộ 2018", date(2018, 1, 1), "year", True), ("Prel. 2018", date(2018, 1, 1), "year", True),
        ("Pre.2016", date(2016, 1, 1), "year", True), ("X2008", date(2008, 1, 1), "year", False),
        ("quý III/2019", date(2019, 7, 1), "quarter", False), ("Q1 2019", date(2019, 1, 1), "quarter", False),
        ("6 tháng đầu năm 2019", date(2019, 1, 1), "half", False), ("T3/2019", date(2019, 3, 1), "month", False),
        ("tháng 3 năm 2019", date(2019, 3, 1), "month", False), ("03/2019", date(2019, 3, 1), "month", False),
        ("2019-03", date(2019, 3, 1), "month", False), ("Mar-2019", date(2019, 3, 1), "month", False),
    ],
)  # fmt: skip
def test_a_period_is_read_as_it_is_written(text: str, start: date, length: str, early: bool) -> None:
    period = periods.parse(text)
    assert period is not None
    assert (period.on, period.length, period.preliminary) == (start, length, early)


@pytest.mark.parametrize("text", ["12.5", "1995,5", "31/02/2018", "32/1/2018", "hôm qua", "", "2018/19/20/21"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert periods.parse(text) is None


@given(st.datetimes(EARLIEST, LATEST), st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S"]))
def test_a_moment_is_read_back_in_vietnams_time(at: datetime, form: str) -> None:
    at = at.replace(second=0, microsecond=0)
    period = periods.parse(at.strftime(form))
    assert period is not None
    assert period.start == at.replace(tzinfo=VIETNAM)


def test_many_moments_at_once_are_read_like_one_by_one() -> None:
    texts = [
        f"{day:02}/{month:02}/2020 {hour:02}:30" for month in range(1, 13) for day in range(1, 29) for hour in range(8)
    ]
    read = periods.parse_all(pa.array(texts))
    assert len(texts) > 2_000
    for place in (0, 17, 999, len(texts) - 1):
        alone = periods.parse(texts[place])
        assert alone is not None
        assert read.at_us[place] == int(alone.start.timestamp()) * 1_000_000
    assert not read.state.any()


def test_the_order_of_day_and_month_is_proven_or_said_to_be_usual() -> None:
    assert periods.order_of(["01/13/2020", "02/03/2020"]) == ("mdy", True)
    assert periods.order_of(["13/01/2020"]) == ("dmy", True)
    assert periods.order_of(["02/03/2020"]) == ("dmy", False)


def test_a_header_is_its_period_and_the_rest() -> None:
    found = periods.find("2016 (*) Area (Km2)")
    assert found is not None
    assert (found[0].on.year, found[1]) == (2016, "Area (Km2)")


# --- coordinates ----------------------------------------------------------------


@given(
    st.floats(103.0, 109.0),
    st.floats(8.5, 23.3),
    st.sampled_from([3, 6]),
    st.sampled_from(sorted(set(coordinates.MERIDIANS.values()))),
)
def test_there_and_back_is_less_than_a_millimetre(
    longitude: float, latitude: float, width: int, meridian: float
) -> None:
    plane = coordinates.Plane(meridian, width)
    east, north = coordinates.from_degrees(np.array([longitude]), np.array([latitude]), plane)
    if not coordinates.EASTINGS[0] <= east[0] <= coordinates.EASTINGS[1]:
        return
    again = coordinates.from_degrees(*coordinates.to_degrees(east, north, plane), plane)
    assert abs(again[0][0] - east[0]) < 0.001
    assert abs(again[1][0] - north[0]) < 0.001


def test_the_shift_between_the_systems_is_that_of_the_published_parameters() -> None:
    """About 190 m between the same numbers of both systems, as the parameters have it in the south of Vietnam."""
    longitude, latitude = coordinates.to_degrees(
        np.array([500_000.0]), np.array([1_061_000.0]), coordinates.Plane(105.5)
    )
    assert abs(longitude[0] - 105.5) * 109_800 == pytest.approx(193, abs=12)
    assert 9.59 < latitude[0] < 9.60


def test_axes_that_are_the_wrong_way_round_are_noticed() -> None:
    east, north = np.array([555_000.0, 556_000.0]), np.array([1_060_000.0, 1_061_000.0])
    assert not coordinates.swapped(east, north)
    assert coordinates.swapped(north, east)


def test_provinces_have_their_meridians_and_odd_zones_are_refused() -> None:
    assert coordinates.meridian_of("Tỉnh Sóc Trăng") == 105.5
    assert coordinates.meridian_of("TP Cần Thơ") == 105.0
    with pytest.raises(OutOfRange, match="zone"):
        coordinates.to_degrees(np.array([5e5]), np.array([1e6]), coordinates.Plane(99.0))
    outside = coordinates.to_degrees(np.array([5.0]), np.array([1e6]), coordinates.Plane(105.5))
    assert np.isnan(outside[0][0])
