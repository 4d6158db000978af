"""The province behaves like one: tides, rush hours, counters that only grow, an incident one can watch."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dinh_simulator.incident import EVERY, Incidents
from dinh_simulator.measures import Measure
from dinh_simulator.noise import DAY, HOUR, MINUTE, SECOND, VIETNAM, hour_of_day, uniform, weekend
from dinh_simulator.province import Province
from dinh_simulator.readings import Sampler
from dinh_simulator.tests.conftest import FIRST, NOON, sampler_of
from dinh_simulator.tides import stage_m


def measure(sampler: Sampler, indicator: str) -> Measure:
    return next(found for found in sampler.measures if found.indicator == indicator)


def curve(sampler: Sampler, indicator: str, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shape (subjects, moments)."""
    found = measure(sampler, indicator)
    rows = np.arange(len(found.group))
    return found.values(rows, np.broadcast_to(at, (len(rows), len(at))))


def test_the_tide_rises_twice_a_day_and_later_and_lower_upstream() -> None:
    at = NOON + np.arange(0, 15 * DAY, 10 * MINUTE, dtype=np.int64)
    mouth, inland = stage_m(at, np.array([4.0])), stage_m(at, np.array([60.0]))
    peaks = int(((mouth[1:-1] > mouth[:-2]) & (mouth[1:-1] >= mouth[2:])).sum())
    assert 26 <= peaks <= 30
    assert inland.max() < mouth.max()
    shift = min(range(40), key=lambda step: float(np.abs(mouth[: -step or None] * 0.63 - inland[step:]).mean()))
    assert 1 <= shift * 10 / 60 <= 4


def test_salt_passes_four_grams_two_to_four_minutes_after_the_start_and_goes_again(sampler: Sampler) -> None:
    at = NOON + np.arange(0, EVERY, 20 * SECOND, dtype=np.int64)
    tran_de, my_thanh, nga_nam = curve(sampler, "water.salinity", at)
    for station in (tran_de, my_thanh):
        passed = at[station > 4.0]
        assert 100 * SECOND < passed[0] - NOON < 260 * SECOND
        assert station[-1] < 3.6
    assert nga_nam.max() < 1.0


@pytest.mark.parametrize("days_ago", range(0, 28, 3))
def test_in_quiet_times_no_station_passes_four_grams(sampler: Sampler, days_ago: int) -> None:
    at = NOON - days_ago * DAY - np.arange(0, DAY, 10 * MINUTE, dtype=np.int64)
    assert curve(sampler, "water.salinity", at).max() < 3.6


def test_the_power_cut_takes_three_sites_and_all_cameras_of_the_ward(sampler: Sampler, province: Province) -> None:
    at = np.array([FIRST - MINUTE, FIRST + 5 * MINUTE, FIRST + 30 * MINUTE])
    sites = measure(sampler, "net5g.cells_up")
    here = [province.in_commune("Vĩnh Châu", site) for site in sites.group.subjects]
    up = curve(sampler, "net5g.cells_up", at)[here]
    quiet = np.array([list(np.full(3, 3.0))] * 5)
    quiet[:3, 1] = 0.0
    assert up.tolist() == quiet.tolist()
    cameras = curve(sampler, "traffic.camera_online", at)[here]
    assert cameras[:, 1].max() == 0.0
    speed = curve(sampler, "traffic.speed", at)[here]
    assert np.isnan(speed[:, 1]).all()


def test_the_incident_comes_back_and_earlier_ones_stay_where_they_were() -> None:
    incidents = Incidents(FIRST, past=(FIRST - 5 * HOUR,))
    moments = np.array([FIRST - 5 * HOUR - 1, FIRST - 5 * HOUR + 10 * MINUTE, FIRST - 1, FIRST + 10 * MINUTE])
    assert incidents.strength(moments).tolist() == [0, 1, 0, 1]
    assert incidents.strength(moments[3:] + EVERY).tolist() == [1]
    assert incidents.begun_until(FIRST + EVERY) == (FIRST - 5 * HOUR, FIRST, FIRST + EVERY)
    fast = Incidents(FIRST, speed=10)
    assert fast.strength(np.array([FIRST + MINUTE])).tolist() == [1]


def test_counters_only_grow_until_midnight(sampler: Sampler) -> None:
    midnight = NOON + 12 * HOUR
    at = midnight - DAY + np.arange(0, DAY, 3 * MINUTE, dtype=np.int64)
    counters = [found for found in sampler.measures if found.counter]
    assert len(counters) > 10
    for counter in counters:
        values = curve(sampler, counter.indicator, at)
        seen = np.fmax.accumulate(np.nan_to_num(values), axis=1)
        assert (np.isnan(values) | (values == seen)).all(), counter.indicator
        after = curve(sampler, counter.indicator, np.array([midnight + MINUTE]))
        assert (np.isnan(after[:, 0]) | (after[:, 0] <= seen[:, -1])).all(), counter.indicator


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("service.received_online", "service.received"),
        ("service.finished_on_time", "service.finished"),
        ("citizen.satisfied", "citizen.rated"),
        ("citizen.rated", "citizen.new"),
        ("net5g.seconds_up", "net5g.seconds_measured"),
        ("net5g.people_covered", "net5g.people"),
        ("health.beds_used", "health.beds"),
        ("cyber.hosts_patched", "cyber.hosts"),
    ],
)
def test_a_part_is_never_more_than_its_whole(sampler: Sampler, part: str, whole: str) -> None:
    at = NOON - np.arange(0, 2 * DAY, 7 * MINUTE, dtype=np.int64)
    assert (curve(sampler, part, at) <= curve(sampler, whole, at) + 1e-9).all()


def test_offices_work_by_day_and_roads_fill_in_the_rush(sampler: Sampler) -> None:
    monday = NOON + DAY
    dossiers = curve(sampler, "service.received", np.array([monday - 9 * HOUR, monday - 6 * HOUR, monday - HOUR]))
    assert (dossiers[:, 2] - dossiers[:, 1] > 5 * (dossiers[:, 1] - dossiers[:, 0])).all()
    speed = curve(sampler, "traffic.speed", np.array([monday + 5 * HOUR, monday + 14 * HOUR]))
    assert np.nanmean(speed[:, 0]) < np.nanmean(speed[:, 1])


def test_the_calendar_is_that_of_vietnam() -> None:
    assert hour_of_day(np.array([NOON])).tolist() == [12.0]
    assert weekend(np.array([NOON - DAY, NOON, NOON + DAY])).tolist() == [True, True, False]
    assert (NOON + VIETNAM) % DAY == 12 * HOUR


def test_chance_is_even_and_the_same_every_time() -> None:
    keys = np.arange(300, dtype=np.uint64)[:, None]
    drawn = uniform(keys, np.arange(300, dtype=np.int64)[None, :], salt=5)
    assert abs(drawn.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.2
    assert (drawn == uniform(keys, np.arange(300, dtype=np.int64)[None, :], salt=5)).all()


def test_another_seed_is_another_province(province: Province) -> None:
    other = Province(95, province.subjects, province.commune_names, ())
    at = NOON - np.arange(0, DAY, HOUR, dtype=np.int64)
    first, second = (sampler_of(p, Incidents(FIRST), p.seed) for p in (province, other))
    assert (curve(first, "air.pm25", at) != curve(second, "air.pm25", at)).any()
    assert (curve(first, "air.pm25", at) == curve(sampler_of(province, Incidents(FIRST)), "air.pm25", at)).all()
