"""Tiles and shaded maps: what an area shows now and showed then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.durations import MONTH
from dinh.kernel.manifests import Aggregation, Kind
from dinh.spine.observations import api as observations
from dinh.spine.observations import step_cache
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch
from dinh.spine.observations.step_cache import StepCache, Wanted, cache
from dinh.spine.observations.steps import INCREASE, Grid, Steps
from dinh.spine.observations.tests.province import AREA, HOUR, MIDNIGHT, MINUTE, declare, record, source

pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.django_db]
DAY = timedelta(days=1)
NOW = clock.now().replace(second=0, microsecond=0)
if NOW.minute % 5 == 0:  # the last minute and this one shall lie in one step of a trend
    NOW -= timedelta(minutes=1)


@pytest.fixture
def here(ground: tuple[list[str], list[str]]) -> tuple[list[str], list[str]]:
    source("met")
    source("sim", simulated=True)
    return ground


def figure(code: str, within: str = AREA, **more: object) -> observations.Figure:
    return observations.figures([code], within=within, **more)[0]  # type: ignore[arg-type]


def test_a_level_is_its_newest_readings_and_changes_against_yesterday(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), _ = here
    declare("f.level", over_place=Aggregation.MAX)
    record("f.level", one, [3.0], start=NOW - DAY)
    record("f.level", one, [9.0, 4.0], start=NOW - MINUTE)
    record("f.level", two, [5.0], start=NOW - MINUTE, source="sim")
    tile = figure("f.level")
    assert (tile.value, tile.change, tile.worst, tile.subjects) == (5.0, 2.0, two, 2)
    assert (tile.simulated, tile.sources, tile.stale, tile.at) == (True, ["met", "sim"], False, NOW)
    assert max(point.value or 0 for point in tile.trend) == pytest.approx(6.5)  # means within a step, then the greatest


def test_a_counter_shows_the_increase_of_a_day(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), _ = here
    declare("f.count", Kind.COUNTER, over_place=Aggregation.SUM, period=HOUR)
    record("f.count", one, [10.0 * i for i in range(49)], start=NOW - 2 * DAY, every=HOUR)
    record("f.count", two, [5.0, 6.0], start=NOW - 2 * HOUR, every=HOUR)
    tile = figure("f.count")
    assert tile.value == pytest.approx(241, abs=11)
    assert tile.change == pytest.approx(1, abs=11)
    assert len(tile.trend) in {22, 23}


def test_a_ratio_is_drawn_from_its_parts(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), (commune, _) = here
    for code in ("f.done", "f.all"):
        declare(code, over_time=Aggregation.SUM, over_place=Aggregation.SUM)
    declare("f.share", Kind.RATIO, unit="%", numerator="f.done", denominator="f.all")
    for subject, done, whole in ((one, 1.0, 4.0), (two, 95.0, 96.0)):
        record("f.done", subject, [done] * 3, start=NOW - HOUR)
        record("f.all", subject, [whole] * 3, start=NOW - HOUR)
    tile = figure("f.share")
    assert tile.value == pytest.approx(96.0)
    assert tile.missing is None
    # The readings lie in one step of the trend or in two, by the minute at which this runs.
    assert [point.value for point in tile.trend] == [pytest.approx(96.0)] * len(tile.trend)
    assert len(tile.trend) in {1, 2}
    assert observations.values_by_place("f.share", within=AREA)[commune] == pytest.approx(96.0)


def test_a_silent_series_does_not_count_beside_a_fresh_one_and_alone_it_is_stale(
    here: tuple[list[str], list[str]],
) -> None:
    (one, two, _), _ = here
    declare("f.level")
    record("f.level", one, [10.0], start=NOW - 3 * HOUR)
    alone = figure("f.level")
    assert (alone.value, alone.stale) == (10.0, True)
    record("f.level", two, [2.0], start=NOW)
    both = figure("f.level")
    assert (both.value, both.stale, both.subjects) == (2.0, False, 1)


def test_nothing_known_is_missing_with_a_reason(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    declare("f.level")
    assert (figure("f.level").value, figure("f.level").missing) == (None, "no_readings")
    record("f.level", one, [None], start=NOW)
    assert (figure("f.level").value, figure("f.level").missing) == (None, "out_of_service")


def test_the_picture_can_be_rewound(here: tuple[list[str], list[str]]) -> None:
    (one, _, three), (commune, other) = here
    declare("f.level")
    record("f.level", one, [1.0, 2.0, 3.0], start=NOW - 2 * HOUR, every=HOUR)
    record("f.level", three, [7.0], start=NOW - HOUR)
    then = NOW - HOUR + MINUTE
    assert figure("f.level", at=then).value == pytest.approx(4.5)
    assert observations.values_by_place("f.level", within=AREA, at=then)[commune] == 2.0
    shades = observations.values_by_place("f.level", within=AREA)
    assert (shades[commune], shades[other], len(shades)) == (3.0, 7.0, 43)


def test_figures_reported_for_the_area_itself_are_shown(here: tuple[list[str], list[str]]) -> None:
    declare("f.index", Kind.INDEX, period=timedelta(days=365), over_time=Aggregation.LAST)
    year = timedelta(days=365)
    record("f.index", AREA, [60.0, 61.5], start=NOW - year, every=year - DAY)
    tile = figure("f.index")
    assert (tile.value, tile.stale) == (61.5, False)


def test_in_the_owner_steps_are_kept_until_a_reading_falls_into_them(here: tuple[list[str], list[str]]) -> None:
    (one, two, _), _ = here
    declare("f.level", over_place=Aggregation.SUM)
    declare("f.count", Kind.COUNTER, over_place=Aggregation.SUM)
    owner.open_history()
    try:
        record("f.level", one, [1.0] * 120, start=NOW - 2 * HOUR)
        record("f.count", one, [float(i) for i in range(120)], start=NOW - 2 * HOUR)
        record("f.count", two, [0.0, 100.0], start=NOW - HOUR, every=40 * MINUTE)
        first = observations.figures(["f.level", "f.count"], within=AREA)
        assert cache._entries > 0
        record("f.level", two, [10.0], start=NOW - HOUR)  # late
        record("f.count", one, [500.0], start=NOW - 90 * MINUTE + timedelta(seconds=30))
        record("f.count", two, [90.0], start=NOW - 40 * MINUTE)  # changes what grew in the later step too
        drawn = observations.figures(["f.level", "f.count"], within=AREA)
        assert drawn[0].trend != first[0].trend
        kept = [(f.value, f.trend) for f in drawn]
        cache._held.clear()
        afresh = observations.figures(["f.level", "f.count"], within=AREA, at=clock.now())
        assert [f.trend for f in afresh] == [trend for _, trend in kept]
        assert [f.value for f in afresh] == [value for value, _ in kept]
    finally:
        owner.close_history()


@pytest.mark.parametrize("measure", ["sum", INCREASE])
def test_commits_during_a_read_cost_only_the_steps_they_touch(
    here: tuple[list[str], list[str]], monkeypatch: pytest.MonkeyPatch, measure: str
) -> None:
    (one, _, _), _ = here
    declare("f.some", over_time=Aggregation.SUM)
    owner.open_history()
    try:
        record("f.some", one, [float(number) for number in range(60)], start=MIDNIGHT)
        series = np.array([row.id for row in observations.series_of(indicator="f.some")], np.uint32)
        grid = Grid(10 * MINUTE)
        starts = [clock.to_microseconds(MIDNIGHT + number * 10 * MINUTE) for number in range(6)]
        wanted = Wanted("f.some", measure, series, 2 * MINUTE)
        kept = StepCache()
        really = step_cache._read

        def read(*asked: Any) -> Any:
            found = really(*asked)
            late = MIDNIGHT + 25 * MINUTE + timedelta(seconds=30)
            kept.committed(written(record("f.some", one, [1000.0], start=late), series, late))
            return found

        monkeypatch.setattr(step_cache, "_read", read)
        kept.read([wanted], grid, starts)
        monkeypatch.setattr(step_cache, "_read", really)
        # an hour of looking back: what grew after a late reading may change in every later step
        assert sorted(kept._held[wanted.key(grid)]) == (starts[:2] if measure == INCREASE else starts[:2] + starts[3:])
        assert kept._entries == sum(len(steps) + 1 for steps in kept._held[wanted.key(grid)].values())
        again, afresh = (some.read([wanted], grid, starts)["f.some", measure] for some in (kept, StepCache()))
        assert again.value.tolist() == afresh.value.tolist()
        assert sorted(kept._held[wanted.key(grid)]) == starts
        assert not kept._under_way
    finally:
        owner.close_history()


def written(receipt: observations.Receipt, series: NDArray[np.uint32], at: datetime) -> CommittedBatch:
    assert receipt.accepted == 1
    return CommittedBatch(
        1, series, np.zeros(1, np.uint16), np.array([clock.to_microseconds(at)]), np.zeros(1), np.zeros(1, np.uint8)
    )


# --- quality ---------------------------------------------------------------------


def measures(code: str, **more: object) -> observations.Quality:
    return next(row for row in observations.quality(**more) if row.source == code)  # type: ignore[arg-type]


def test_the_four_measures_are_shares_of_what_was_sent(here: tuple[list[str], list[str]]) -> None:
    (one, _, _), _ = here
    source("hourly", period=HOUR)
    declare("q.level", period=None, valid_max=100.0)
    first = NOW - 10 * HOUR
    record("q.level", one, [1.0] * 8, start=first, every=HOUR, source="hourly")
    record("q.level", one, [1.0] * 2, start=first, every=HOUR, source="hourly")
    from dinh.spine.parties.api import SYSTEM

    bad = {"indicator": "q.level", "subject": one, "observed_at": NOW.isoformat(), "value": 999.0, "source": "hourly"}
    good = bad | {"value": 5.0}
    observations.record([bad, good], by=SYSTEM, channel="test")
    row = measures("hourly")
    assert row.valid == pytest.approx(9 / 10)
    assert row.unrepeated == pytest.approx(9 / 11)
    assert row.complete == pytest.approx(9 / 10)
    assert row.on_time == pytest.approx(1 / 9)
    assert (row.readings, row.last_at) == (9, NOW)
    everything = measures("")
    assert (everything.readings, everything.valid) == (9, row.valid)


def test_a_source_that_sends_nothing_has_no_shares_but_one_that_fell_silent_is_incomplete(
    here: tuple[list[str], list[str]],
) -> None:
    (one, _, _), _ = here
    source("met", period=HOUR)
    declare("q.level", period=HOUR)
    record("q.level", one, [1.0] * 24, start=NOW - 2 * DAY, every=HOUR)
    assert measures("sim").complete is None
    assert measures("met").complete == 0.0
    assert measures("met", at=NOW - DAY).complete == pytest.approx(1.0)


def test_a_late_reading_of_a_counter_drops_the_months_after_it_though_months_differ_in_length() -> None:
    grid = Grid(MONTH)
    months = [clock.to_microseconds(datetime(2026, number, 1, tzinfo=clock.VIETNAM)) for number in (1, 2, 3, 4)]
    kept = StepCache()
    wanted = Wanted("f.count", INCREASE, np.zeros(0, np.uint32), None)
    kept._held[wanted.key(grid)] = {start: Steps.none() for start in months}
    kept._reach[wanted.key(grid)] = 2
    kept._drop(kept._held[wanted.key(grid)], {months[0]}, 2, grid)
    assert list(kept._held[wanted.key(grid)]) == months[3:]
