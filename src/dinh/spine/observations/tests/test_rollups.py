"""Roll-ups respect what a number is: no mean of counters, no mean of ratios, no sum of indices."""

from __future__ import annotations

import itertools
import math
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.kernel import clock
from dinh.kernel.durations import MONTH
from dinh.kernel.errors import Invalid, NotFound, OutOfRange
from dinh.kernel.manifests import Aggregation, Kind
from dinh.spine.observations import api as observations
from dinh.spine.observations.history import owner
from dinh.spine.observations.tests.province import (
    AREA,
    HOUR,
    MIDNIGHT,
    MINUTE,
    declare,
    record,
    rolled,
    source,
)
from dinh.spine.places import api as places

pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.django_db]


@pytest.fixture
def here(ground: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    source()
    return ground


def test_a_gauge_is_averaged_over_time_and_each_station_counts_once_over_place(
    here: tuple[list[str], list[str]],
) -> None:
    (one, two, three), (commune, other) = here
    declare("r.level")
    record("r.level", one, [1.0, 2.0, 3.0])
    record("r.level", two, [6.0])
    record("r.level", three, [5.0])
    rows = {row["place"]: row for row in rolled("r.level")}
    assert rows[commune]["value"] == pytest.approx(4.0)
    assert rows[commune]["readings"] == 4
    assert rows[other]["value"] == 5.0
    assert {row["at"] for row in rows.values()} == {MIDNIGHT}


@pytest.mark.parametrize(
    ("how", "value"),
    [(Aggregation.SUM, 10.0), (Aggregation.MIN, 4.0), (Aggregation.MAX, 6.0), (Aggregation.LAST, 4.0)],
)
def test_over_place_goes_as_declared(how: Aggregation, value: float, here: tuple[list[str], list[str]]) -> None:
    (one, two, _), (commune, _) = here
    declare("r.place", over_time=Aggregation.LAST, over_place=how)
    record("r.place", one, [9.0, 6.0])
    record("r.place", two, [4.0], start=MIDNIGHT + 30 * MINUTE)
    assert {row["place"]: row["value"] for row in rolled("r.place")}[commune] == value


def test_a_counter_gives_its_increase_and_a_fall_is_a_reset(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), (commune, _) = here
    declare("r.count", Kind.COUNTER, over_place=Aggregation.SUM)
    record("r.count", one, [100.0, 110.0, 3.0, 5.0])
    record("r.count", two, [7.0, 8.0])
    (row,) = rolled("r.count")
    assert (row["place"], row["value"]) == (commune, 10 + 3 + 2 + 1)


def test_a_counters_increase_over_the_edge_of_a_step_counts_in_the_later_step(
    here: tuple[list[str], list[str]],
) -> None:
    (one, _, _), _ = here
    declare("r.count", Kind.COUNTER, over_place=Aggregation.SUM)
    record("r.count", one, [0.0, 4.0, 9.0, 11.0], start=MIDNIGHT - 2 * MINUTE)
    rows = rolled("r.count", start=MIDNIGHT - 10 * MINUTE, end=MIDNIGHT + 10 * MINUTE, every=10 * MINUTE)
    assert [row["value"] for row in rows] == [4.0, 7.0]
    assert [row["value"] for row in rolled("r.count", every=10 * MINUTE, end=MIDNIGHT + 10 * MINUTE)] == [7.0]


def test_the_first_reading_of_a_counter_has_no_increase(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("r.count", Kind.COUNTER)
    record("r.count", one, [5.0])
    assert [(row["value"], row["missing"]) for row in rolled("r.count")] == [(None, "no_earlier_reading")]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), min_size=2, max_size=40))
def test_increases_by_step_add_up_to_the_increase_of_the_whole(db: None, growth: list[tuple[int, int]]) -> None:
    owner.discard()
    source()
    subject = "urn:dinh:organisation:counter"
    from dinh.spine.parties import api as parties

    parties.save_organisation(id="counter", name_vi="Đếm", name_en="Counter")
    declare("r.count", Kind.COUNTER, over_place=Aggregation.SUM)
    total = 0
    shown: list[float] = []
    for reset, more in growth:
        total = more if reset == 0 else total + more
        shown.append(float(total))
    expected = sum(b - a if b >= a else b for a, b in itertools.pairwise(shown))
    record("r.count", subject, shown)
    by_step = rolled("r.count", within=subject, by="subject", every=7 * MINUTE, end=MIDNIGHT + HOUR)
    assert sum(row["value"] or 0 for row in by_step) == expected


def test_a_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(here: tuple[list[str], list[str]]) -> None:
    (one, two, three), (commune, other) = here
    for code in ("r.done", "r.all"):
        declare(code, over_time=Aggregation.SUM, over_place=Aggregation.SUM)
    declare("r.share", Kind.RATIO, unit="%", numerator="r.done", denominator="r.all")
    record("r.done", one, [1.0, 1.0])
    record("r.all", one, [2.0, 2.0])
    record("r.done", two, [96.0])
    record("r.all", two, [96.0])
    record("r.done", three, [0.0])
    record("r.all", three, [0.0])
    rows = {row["place"]: row for row in rolled("r.share")}
    assert rows[commune]["value"] == pytest.approx(98.0)  # the mean of ratios would be 75
    assert (rows[other]["value"], rows[other]["missing"]) == (None, "denominator_zero")


def test_a_part_that_is_missing_is_left_out_with_its_other_half_or_named(here: tuple[list[str], list[str]]) -> None:
    (one, two, three), (commune, other) = here
    for code in ("r.done", "r.all"):
        declare(code, over_time=Aggregation.SUM, over_place=Aggregation.SUM)
    declare("r.share", Kind.RATIO, numerator="r.done", denominator="r.all")
    record("r.done", one, [1.0])
    record("r.all", one, [4.0])
    record("r.done", two, [50.0])
    record("r.all", two, [None])
    record("r.done", three, [3.0])
    rows = {row["place"]: row for row in rolled("r.share")}
    assert rows[commune]["value"] == 0.25
    assert (rows[other]["value"], rows[other]["missing"]) == (None, "denominator_missing")


def test_parts_that_meet_only_at_the_place_are_divided_there(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), (commune, _) = here
    declare("r.sick", over_time=Aggregation.SUM, over_place=Aggregation.SUM)
    declare("r.people", over_time=Aggregation.LAST, over_place=Aggregation.SUM)
    declare("r.rate", Kind.RATIO, numerator="r.sick", denominator="r.people")
    record("r.sick", one, [2.0])
    record("r.sick", two, [3.0])
    record("r.people", commune, [1000.0])
    assert {row["place"]: row["value"] for row in rolled("r.rate")}[commune] == 0.005


def test_an_index_of_several_subjects_has_no_value_over_their_place(here: tuple[list[str], list[str]]) -> None:
    (one, two, three), (commune, other) = here
    declare("r.index", Kind.INDEX)
    for station in (one, two, three):
        record("r.index", station, [50.0])
    rows = {row["place"]: row for row in rolled("r.index")}
    assert (rows[commune]["value"], rows[commune]["missing"]) == (None, "not_additive")
    assert rows[other]["value"] == 50.0


def test_what_a_commune_reports_itself_counts_before_what_lies_in_it(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), (commune, _) = here
    declare("r.own", over_place=Aggregation.SUM)
    record("r.own", one, [3.0])
    record("r.own", commune, [10.0])
    assert {row["place"]: row["value"] for row in rolled("r.own")}[commune] == 10.0


def test_a_step_with_only_missing_readings_says_why(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), (commune, _) = here
    declare("r.level")
    record("r.level", one, [None, None])
    assert rolled("r.level")[0]["missing"] == "out_of_service"
    record("r.level", two, [4.0])
    assert (rolled("r.level")[0]["place"], rolled("r.level")[0]["value"]) == (commune, 4.0)


def test_days_and_months_are_those_of_vietnam(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("r.sum", over_time=Aggregation.SUM)
    last = clock.parse_moment("2026-10-31T23:30:00+07:00")
    record("r.sum", one, [1.0, 2.0], start=last, every=HOUR)
    start, end = clock.parse_moment("2026-10-01T00:00:00+07:00"), clock.parse_moment("2026-12-01T00:00:00+07:00")
    months = rolled("r.sum", start=start, end=end, every=MONTH)
    assert [(row["at"], row["value"]) for row in months] == [
        (start, 1.0), (clock.parse_moment("2026-11-01T00:00:00+07:00"), 2.0),
    ]  # fmt: skip
    days = rolled("r.sum", start=start, end=end, every=timedelta(days=1))
    assert [row["at"] for row in days] == [
        clock.parse_moment("2026-10-31T00:00:00+07:00"), clock.parse_moment("2026-11-01T00:00:00+07:00"),
    ]  # fmt: skip
    (week,) = rolled("r.sum", start=start, end=end, every=timedelta(days=7))
    assert week["at"] == clock.parse_moment("2026-10-26T00:00:00+07:00")  # a Monday


def test_readings_attach_to_the_place_that_was_valid_when_they_were_observed(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), (commune, _) = here
    declare("r.level", period=timedelta(days=1))
    reform = clock.parse_moment("2025-07-01T00:00:00+07:00")
    record("r.level", one, [1.0, 2.0], start=reform - HOUR, every=HOUR)
    rows = rolled("r.level", start=reform - timedelta(days=7), end=reform + timedelta(days=7), every=timedelta(days=7))
    now = {row["value"]: places.place(row["place"]) for row in rows}
    assert now[2.0].urn == commune
    assert (now[1.0].level, now[1.0].urn.split(":")[3]) == ("commune", "2004")
    provinces = rolled("r.level", start=reform - HOUR, end=reform + 2 * HOUR, by="province")
    assert {row["value"]: row["place"] for row in provinces} == {1.0: AREA, 2.0: "urn:dinh:unit:2025:92"}


def test_series_of_a_former_unit_keep_it(here: tuple[list[str], list[str]]) -> None:
    former = next(row for row in places.children(AREA, level="commune"))
    declare("r.level")
    record("r.level", former.urn, [1.0])
    assert [row["place"] for row in rolled("r.level")] == [former.urn]


def test_what_lies_outside_of_the_area_does_not_count(here: tuple[list[str], list[str]]) -> None:
    (one, _, three), (_commune, other) = here
    declare("r.level")
    record("r.level", one, [1.0])
    record("r.level", three, [2.0])
    assert [row["value"] for row in rolled("r.level", within=other)] == [2.0]
    assert [row["place"] for row in rolled("r.level", within=three, by="subject")] == [three]
    assert rolled("r.level", within="urn:dinh:unit:2025:01") == []


def test_wrong_questions_name_the_remedy(here: tuple[list[str], list[str]]) -> None:
    declare("r.level")
    with pytest.raises(NotFound, match=r"nearest: r\.level"):
        rolled("r.levle")
    with pytest.raises(Invalid, match="commune, province, subject"):
        rolled("r.level", by="district")
    with pytest.raises(Invalid, match="not before"):
        rolled("r.level", end=MIDNIGHT)
    with pytest.raises(OutOfRange, match="shorten the span"):
        rolled("r.level", every=timedelta(seconds=1), end=MIDNIGHT + timedelta(days=1))


# --- charts ---------------------------------------------------------------------


def chart(subject: str, **more: object) -> list[observations.Point]:
    series = observations.series_of(subject=subject)[0].id
    return list(observations.history(series, start=MIDNIGHT, end=MIDNIGHT + HOUR, **more))  # type: ignore[arg-type]


def test_a_chart_is_thinned_and_keeps_least_and_greatest(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("c.level")
    record("c.level", one, [math.sin(i) for i in range(60)])
    points = chart(one, steps=6)
    assert len(points) == 6
    assert points[0].at == MIDNIGHT
    assert points[0].low == pytest.approx(min(math.sin(i) for i in range(10)))
    assert points[0].high == pytest.approx(max(math.sin(i) for i in range(10)))


def test_few_readings_are_shown_as_they_are_missing_ones_too(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("c.level")
    record("c.level", one, [1.0, None, 3.0])
    assert [(point.at, point.value) for point in chart(one, steps=5)] == [
        (MIDNIGHT, 1.0), (MIDNIGHT + MINUTE, None), (MIDNIGHT + 2 * MINUTE, 3.0),
    ]  # fmt: skip


def test_a_chart_can_show_what_was_known_then(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("c.level")
    record("c.level", one, [1.0])
    before = clock.now()
    record("c.level", one, [2.0, 5.0])
    assert [point.value for point in chart(one)] == [2.0, 5.0]
    assert [point.value for point in chart(one, as_of=before)] == [1.0]
    assert chart(one, as_of=MIDNIGHT - timedelta(days=9)) == []
