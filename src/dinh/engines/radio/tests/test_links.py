from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.links import Link, between
from dinh.engines.radio.maps import own_profiles
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.window import window
from dinh.kernel.errors import Invalid, OutOfRange


def land(height: np.ndarray | None = None, clutter: np.ndarray | None = None) -> Ground:
    """401 x 401 pixels of 100 m around 9.6° N, 105.9° E, flat and bare where nothing else is given."""
    flat: Grid = np.zeros((401, 401), dtype=np.float32)
    return Ground(
        flat if height is None else height.astype(np.float32), flat if clutter is None else clutter.astype(np.float32),
        580_000.0, 1_080_000.0, 100.0, 100.0, "EPSG:32648", geographic=False,
    )  # fmt: skip


def hills(seed: int = 3) -> np.ndarray:
    rows, columns = np.mgrid[0:401, 0:401]
    pick = np.random.default_rng(seed)
    waves = [np.sin((rows * pick.normal() + columns * pick.normal()) / 15.0 + pick.uniform(0, 6)) for _ in range(4)]
    return np.asarray(40.0 + 10.0 * np.sum(waves, axis=0))


ENDS: dict[str, Any] = {"from_x": 590_050.0, "from_y": 1_059_950.0, "to_x": 610_050.0, "to_y": 1_059_950.0}


def over(ground: Ground, **more: Any) -> Link:
    asked: dict[str, Any] = {**ENDS, "from_height_m": 30.0, "to_height_m": 30.0, "frequency_ghz": 7.5, **more}
    return between(ground, **asked)


def test_a_flat_country_bulges_and_its_fresnel_zone_is_that_of_p526() -> None:
    link = over(land())
    middle = len(link.distance_m) // 2
    assert link.length_m == pytest.approx(20_000)
    assert link.distance_m[middle] == pytest.approx(10_000)
    # 550·sqrt(d1·d2 / (d·f)) with km and MHz, rounded from 547.5: P.526-15 eq. (3).
    assert link.fresnel_m[middle] == pytest.approx(550 * math.sqrt(10 * 10 / (20 * 7500)), rel=5e-3)
    # 10 km · 10 km / (2 · 4/3 · 6371 km) = 5.886 m.
    assert link.bulge_m[middle] == pytest.approx(5.886, abs=0.001)
    assert link.clearance[middle] == pytest.approx((30 - 5.886) / link.fresnel_m[middle], rel=1e-4)
    assert link.tightest == middle
    assert link.sight_free
    assert link.fresnel_free
    assert np.isnan(link.clearance[[0, -1]]).all()


def test_the_loss_of_free_space_is_that_of_p525() -> None:
    # 92.45 + 20 log10(7.5) + 20 log10(20)
    assert over(land()).free_space_loss_db == pytest.approx(135.97, abs=0.01)


def test_a_tree_in_the_way_takes_the_zone_and_a_tower_the_sight() -> None:
    clutter = np.zeros((401, 401))
    clutter[:, 250] = 20.0
    link = over(land(clutter=clutter))
    assert link.clutter_m[link.tightest] == pytest.approx(20.0)
    assert link.distance_m[link.tightest] == pytest.approx(15_000, abs=60)
    assert link.sight_free
    assert not link.fresnel_free
    clutter[:, 250] = 60.0
    cut = over(land(clutter=clutter))
    assert not cut.sight_free
    assert cut.clearance[cut.tightest] < 0
    assert cut.diffraction_loss_db > link.diffraction_loss_db + 10


def test_bearings_are_true_and_elevations_look_over_the_bent_earth() -> None:
    link = over(land(), to_height_m=130.0)
    # The grid's north stands 0.16° east of the true one here: east on the grid is a little south of east.
    assert link.azimuth_deg == pytest.approx(90.15, abs=0.05)
    assert link.back_azimuth_deg == pytest.approx(270.18, abs=0.05)
    dip = math.degrees(20_000 / (2 * 4 / 3 * 6_371_000))
    assert link.elevation_deg == pytest.approx(math.degrees(math.atan(100 / 20_000)) - dip)
    assert link.elevation_deg + link.back_elevation_deg == pytest.approx(-2 * dip)


def test_there_and_back_are_one_link() -> None:
    ground = land(hills(), np.where(hills(5) > 55, 8.0, 0.0))
    there = over(ground)
    back = over(ground, from_x=ENDS["to_x"], from_y=ENDS["to_y"], to_x=ENDS["from_x"], to_y=ENDS["from_y"])
    assert np.allclose(there.clearance, back.clearance[::-1], equal_nan=True)
    assert there.diffraction_loss_db == pytest.approx(back.diffraction_loss_db, abs=1e-6)
    assert there.azimuth_deg == pytest.approx(back.back_azimuth_deg)


def test_a_link_loses_what_the_map_says_of_its_pixel() -> None:
    ground = land(hills(), np.where(hills(5) > 55, 8.0, 0.0))
    place = window(ground, x=590_050.0, y=1_059_950.0, antenna_height_m=30.0, radius_m=9_000)
    loss = own_profiles.p1812_loss_db(place, frequency_ghz=2.6, receiver_height_m=1.5)
    row, column = (round(i) for i in ground.pixel(595_050.0, 1_061_950.0))
    link = between(
        ground, from_x=590_050.0, from_y=1_059_950.0, to_x=595_050.0, to_y=1_061_950.0, from_height_m=30.0,
        to_height_m=1.5, frequency_ghz=2.6,
    )  # fmt: skip
    assert link.p1812_loss_db == pytest.approx(loss[row - place.top, column - place.left], abs=0.02)
    assert link.without_p1812 is None


def test_where_p1812_does_not_hold_the_link_says_why() -> None:
    high, near = over(land()), over(land(), to_x=590_200.0, frequency_ghz=2.6)
    assert high.p1812_loss_db is None
    assert "frequency of 7.5 GHz" in str(high.without_p1812)
    assert near.p1812_loss_db is None
    assert "path length of 0.15 km" in str(near.without_p1812)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.3, 20.0), st.floats(0.3, 20.0), st.floats(5.0, 80.0))
def test_a_flatter_earth_and_a_higher_mast_only_clear_the_way(one: float, other: float, height_m: float) -> None:
    link = over(land(hills()), from_height_m=height_m)
    low, high = sorted((one, other))
    assert (link.clearance_with(low)[1:-1] <= link.clearance_with(high)[1:-1] + 1e-12).all()
    assert np.array_equal(link.clearance_with(link.k), link.clearance, equal_nan=True)
    raised = over(land(hills()), from_height_m=height_m + 10.0)
    assert (raised.clearance[1:-1] > link.clearance[1:-1]).all()


def test_a_link_in_degrees_is_as_long_as_on_the_globe() -> None:
    flat: Grid = np.zeros((101, 101), dtype=np.float32)
    ground = Ground(flat, flat, 105.8, 9.7, 0.002, 0.002)
    link = between(
        ground, from_x=105.85, from_y=9.6, to_x=105.95, to_y=9.6, from_height_m=30, to_height_m=30, frequency_ghz=2.6
    )
    assert link.length_m == pytest.approx(math.radians(0.1) * 6_371_000 * math.cos(math.radians(9.6)), rel=1e-4)
    assert link.from_degrees == (9.6, 105.85)


def test_ends_that_cannot_be_are_refused_in_words() -> None:
    with pytest.raises(OutOfRange, match="outside the ground"):
        over(land(), to_x=105.9)
    with pytest.raises(OutOfRange, match="0 m above ground is not above ground"):
        over(land(), to_height_m=0)
    with pytest.raises(Invalid, match="both ends lie at one place"):
        over(land(), to_x=ENDS["from_x"])
    with pytest.raises(Invalid, match="2 samples make no path"):
        over(land(), samples=2)
    with pytest.raises(OutOfRange, match="frequency of 120"):
        over(land(), frequency_ghz=120.0)
    with pytest.raises(OutOfRange, match="effective Earth radius factor of 0"):
        over(land(), k=0.0)
