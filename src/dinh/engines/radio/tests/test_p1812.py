from __future__ import annotations

import itertools
import math
import os
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio import p2109
from dinh.engines.radio.p525 import free_space_loss_db
from dinh.engines.radio.p526 import (
    smooth_steepest,
    smooth_steepest_back,
    spherical_earth_loss_db,
    survey,
)
from dinh.engines.radio.p1812 import (
    Paths,
    at_locations_db,
    basic_transmission_loss,
    basic_transmission_losses,
    location_deviation_db,
)
from dinh.engines.radio.profile_files import read_profile_file
from dinh.engines.radio.profiles import COASTAL, INLAND, SEA, Profile
from dinh.kernel.errors import Invalid, OutOfRange

REFERENCE = Path(os.environ.get("DINH_TEST_DATA", Path(__file__).parents[5].parent / "shared" / "data")) / "p1812"
HERE = {"transmitter": (9.6, 105.9), "receiver": (9.6, 106.1)}


def hills(seed: int = 1, count: int = 211, step_km: float = 0.1, roughness_m: float = 6.0) -> Profile:
    pick = np.random.default_rng(seed)
    heights = np.abs(np.cumsum(pick.normal(0, roughness_m, count), dtype=np.float64) + 50)
    clutter = np.array([0.0, 10.0, 20.0])[pick.integers(0, 3, count)]
    distance = np.arange(count, dtype=np.float64) * step_km
    return Profile(distance, np.asarray(heights), clutter, np.full(count, INLAND, dtype=np.int64))


def loss(profile: Profile, **changes: object) -> float:
    asked: dict[str, object] = {"frequency_ghz": 2.6, "transmitter_height_m": 30.0, "receiver_height_m": 1.5, **HERE}
    return basic_transmission_loss(profile, **(asked | changes)).basic_transmission_loss_db  # type: ignore[arg-type]


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference profiles of P.1812 are not beside this checkout")
def test_every_reference_path_has_its_published_loss() -> None:
    worst, paths = 0.0, 0
    for file in sorted((REFERENCE / "profiles").glob("*.csv")):
        read = read_profile_file(file.read_text(encoding="latin-1"))
        for measurement in read.measurements:
            assert measurement.basic_transmission_loss_db is not None
            found = read.predict(measurement).basic_transmission_loss_db
            worst = max(worst, abs(found - measurement.basic_transmission_loss_db))
            paths += 1
    assert paths == 39
    assert worst < 1e-6


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference profiles of P.1812 are not beside this checkout")
def test_every_quantity_on_the_way_has_its_published_value() -> None:
    """Names that the logs repeat are told apart by their order. The logs hold the three parts of the diffraction for the
    rare radius of the Earth, ours for the median one; their sums Ld50
    and Ldb are compared. They write Lbda over Lbd."""
    names = [
        "d", "dlt", "dlr", "theta_t", "theta_r", "theta", "hts", "hrs", "", "", "omega", "dtm", "dlm", "phi", "beta0", "ae",
        "hst", "hsr", "hst_ducting", "hsr_ducting", "hstd", "hsrd", "htc", "hrc", "hte", "hre", "hm", "Fi", "Fj", "Fk",
        "Lbfs", "Lb0p", "Lb0b", "", "", "", "Ld50", "Ldb", "Ldp", "Lbd50", "", "Lminb0p", "Lba", "Lminbap", "Lbda",
        "Lbam", "Lbs", "Lbc",
    ]  # fmt: skip
    compared = 0
    for file in sorted((REFERENCE / "profiles").glob("*.csv")):
        read = read_profile_file(file.read_text(encoding="latin-1"))
        for number, measurement in enumerate(read.measurements):
            log = (REFERENCE / "results" / f"{file.stem}_{number}_log.csv").read_text().splitlines()
            start = next(i for i, line in enumerate(log) if line.startswith("d (km)"))
            values = [line.split(",")[3] for line in log[start:] if len(line.split(",")) > 3 and line.split(",")[3]]
            found = read.predict(measurement).quantities
            for name, told in zip(names, values, strict=False):
                if not name:
                    continue
                assert found[name] == pytest.approx(float(told), rel=2e-7, abs=5e-6), (file.stem, number, name)
                compared += 1
    assert compared > 39 * 40


def test_a_path_in_an_array_has_the_loss_of_the_path_alone_whatever_the_number_of_threads() -> None:
    profiles = [hills(seed) for seed in range(40)]
    paths = Paths(
        profiles[0].distance_km, np.stack([p.height_m for p in profiles]), np.stack([p.clutter_m for p in profiles]),
        30.0, 1.5, 9.65,
    )  # fmt: skip
    many, within = basic_transmission_losses(paths, frequency_ghz=2.6)
    assert within.all()
    alone = [loss(p, transmitter=(9.65, 105.9), receiver=(9.65, 105.9 + 1e-9)) for p in profiles]
    np.testing.assert_allclose(many, alone, rtol=0, atol=1e-9)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        np.testing.assert_array_equal(basic_transmission_losses(paths, frequency_ghz=2.6)[0], many)
    finally:
        numba.set_num_threads(before)


def test_what_lies_beyond_the_range_raises_for_a_path_and_is_marked_in_an_array() -> None:
    short = hills(count=3, step_km=0.05)
    with pytest.raises(OutOfRange, match=r"path length of 0\.1 km lies outside 0\.25 to 3000"):
        loss(short)
    with pytest.raises(OutOfRange, match="frequency of 28 GHz"):
        loss(hills(), frequency_ghz=28)
    with pytest.raises(OutOfRange, match="time percentage"):
        loss(hills(), time_percent=60)
    with pytest.raises(OutOfRange, match=r"antenna height above ground of 0\.0 m"):
        loss(hills(), receiver_height_m=0.0)
    paths = Paths(short.distance_km, short.height_m[None], short.clutter_m[None], 30.0, 1.5, 9.6)
    found, within = basic_transmission_losses(paths, frequency_ghz=2.6)
    assert np.isfinite(found).all()
    assert not within.any()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"height_m": np.array([1.0, np.nan, 3.0])}, "point 2 has no height_m"),
        ({"distance_km": np.array([0.0, 2.0, 1.0])}, "point 3 lies at 1.0 km"),
        ({"distance_km": np.array([0.5, 1.0, 2.0])}, "point 1 lies at 0.5 km"),
        ({"clutter_m": np.array([0.0, -3.0, 0.0])}, "point 2 has clutter of -3.0 m"),
        ({"zone": np.array([4, 2, 4])}, "point 2 is of zone 2"),
        ({"zone": np.array([4, 4])}, "zone has 2 points, distance_km has 3"),
    ],
)
def test_a_faulty_profile_says_which_point_is_wrong(fault: dict[str, np.ndarray], says: str) -> None:
    sound = {"distance_km": np.array([0.0, 1.0, 2.0]), "height_m": np.ones(3), "clutter_m": np.zeros(3), "zone": np.full(3, 4)}  # fmt: skip
    with pytest.raises(Invalid, match=says):
        Profile(**(sound | fault))


@given(seed=st.integers(0, 10_000), frequency=st.floats(0.1, 5.9), percent=st.sampled_from([1.0, 10.0, 50.0]))
@settings(max_examples=40, deadline=None)
def test_the_path_back_loses_as_much_as_the_path_forth(seed: int, frequency: float, percent: float) -> None:
    forth = hills(seed)
    back = Profile(
        forth.distance_km, forth.height_m[::-1].copy(), forth.clutter_m[::-1].copy(), forth.zone[::-1].copy()
    )
    there = loss(forth, frequency_ghz=frequency, time_percent=percent, transmitter_height_m=20.0, receiver_height_m=5.0)
    and_back = loss(
        back, frequency_ghz=frequency, time_percent=percent, transmitter_height_m=5.0, receiver_height_m=20.0,
        transmitter=HERE["receiver"], receiver=HERE["transmitter"],
    )  # fmt: skip
    assert there == pytest.approx(and_back, abs=1e-6)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_at_half_of_the_time_no_path_loses_less_than_free_space(seed: int) -> None:
    profile = hills(seed)
    free = float(free_space_loss_db(profile.length_km, 2.6))
    assert loss(profile) >= free - 0.06  # P.1812 rounds the constant of free space to 92.4


def test_free_space_loss_grows_by_twenty_decibels_a_decade_and_refuses_no_distance() -> None:
    losses = free_space_loss_db([0.1, 1.0, 10.0], 1.0)
    np.testing.assert_allclose(losses, [72.4478, 92.4478, 112.4478], atol=1e-4)
    with pytest.raises(OutOfRange, match=r"0\.0 km has no far field"):
        free_space_loss_db([1.0, 0.0], 1.0)


@given(first=st.floats(0.1, 2000), last=st.floats(0.1, 2000), km=st.floats(1, 200))
@settings(max_examples=200, deadline=None)
def test_the_smooth_earths_steepest_point_is_found_without_a_walk(first: float, last: float, km: float) -> None:
    distance = np.linspace(0, km, 97)
    zeros = np.zeros(97)
    found = survey(distance, zeros, zeros, 97, first, last, 1 / 8500, 1 / 8500)
    assert smooth_steepest(distance, 97, first, 1 / 8500) == pytest.approx(found[5], rel=1e-12, abs=1e-12)
    assert smooth_steepest_back(distance, 97, last, 1 / 8500) == pytest.approx(found[6], rel=1e-12, abs=1e-12)


def test_a_spherical_earth_loses_more_the_farther_and_nothing_with_clearance() -> None:
    losses = [spherical_earth_loss_db(km, 30.0, 10.0, 8500.0, 2.6, 0.1153, True, 0.0) for km in range(5, 120, 5)]
    assert losses[0] == 0.0
    assert all(a <= b for a, b in itertools.pairwise(losses))


def test_zones_give_the_longest_stretch_and_the_share_over_water() -> None:
    zone = np.array([INLAND, INLAND, COASTAL, SEA, SEA, INLAND])
    profile = Profile(np.arange(6.0), np.zeros(6), np.zeros(6), zone)
    assert profile.longest_km(INLAND) == 1.5
    assert profile.longest_km(INLAND, COASTAL) == 2.5
    assert profile.share_over_sea() == pytest.approx(2 / 5)


def test_more_locations_lose_more_and_a_house_adds_its_entry_loss() -> None:
    assert at_locations_db(50, 5.5) == pytest.approx(0, abs=1e-3)
    assert at_locations_db(90, 5.5) == pytest.approx(5.5 * 1.2816, abs=0.01)
    assert at_locations_db(10, 5.5) == pytest.approx(-at_locations_db(90, 5.5))
    assert location_deviation_db(frequency_ghz=2.6, resolution_m=100, receiver_height_m=1.5, clutter_m=10) == pytest.approx(0.5824 * 100**0.28)  # fmt: skip
    assert location_deviation_db(frequency_ghz=2.6, resolution_m=100, receiver_height_m=20, clutter_m=10) == 0
    inside = loss(hills(), building=p2109.TRADITIONAL)
    assert inside - loss(hills()) == pytest.approx(
        p2109.building_entry_loss_db(p2109.TRADITIONAL, frequency_ghz=2.6), abs=1e-9
    )


def test_building_entry_loss_equals_the_formula_worked_by_hand() -> None:
    """Traditional, 1 GHz, half: A = 12.64, B = 9.1, C = -3 -> 10 lg(18.365 + 8.128 + 0.501) = 14.312 dB."""
    found = p2109.building_entry_loss_db(p2109.TRADITIONAL, frequency_ghz=1.0)
    assert found == pytest.approx(10 * math.log10(18.3654 + 8.1283 + 0.5012), abs=1e-3)
    efficient = p2109.building_entry_loss_db(p2109.THERMALLY_EFFICIENT, frequency_ghz=1.0)
    assert efficient > found + 10


def test_a_profile_file_with_a_fault_says_line_and_value() -> None:
    text = SMALL
    assert read_profile_file(text).measurements[0].frequency_ghz == 0.6
    with pytest.raises(Invalid, match="line 11, column 2: 'x' is not a number"):
        read_profile_file(text.replace("1,12,2,0,4", "1,x,2,0,4"))
    with pytest.raises(Invalid, match="tells of 9 points, 3 follow"):
        read_profile_file(text.replace("Points:,3", "Points:,9"))
    with pytest.raises(Invalid, match="no line 'Tx LAT:'"):
        read_profile_file(text.replace("Tx LAT:,9.6\n", ""))
    with pytest.raises(Invalid, match=r"no part from .Begin of Measurements"):
        read_profile_file(text.replace("{End of Measurements}", ""))
    with pytest.raises(Invalid, match="polarisation 7 is unknown"):
        read_profile_file(text.replace("600,30,,1.5,2", "600,30,,1.5,7"))


SMALL = """small
Tx LAT:,9.6
Tx LON:,105.9
Rx LAT:,9.61
Rx LON:,105.91
Average annual values dN (N-units/km):,45
Average annual sea-level surface refractivity No (N-units):,325
{Begin of Profile}
Number of Points:,3
0,10,2,0,4
1,12,2,0,4
2,9,2,0,4
{End of Profile}
{Begin of Measurements}
600,30,,1.5,2,,,,,,,,,,50,,,
{End of Measurements}
"""
