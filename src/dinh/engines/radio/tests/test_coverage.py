from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.antennas import Element
from dinh.engines.radio.maps import own_profiles
from dinh.engines.radio.maps.coverage import (
    MODELS,
    NOBODY,
    Sector,
    Site,
    coverage,
    sinr_of_levels,
)
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.window import window
from dinh.engines.radio.tests.test_maps import country
from dinh.engines.radio.tr38901 import Scenario, path_loss_db
from dinh.kernel.errors import Invalid, OutOfRange

SECTOR = Element(17.0, 65.0, 7.0)
ASKED: dict[str, Any] = {"frequency_ghz": 2.6, "radius_m": 6000.0, "noise_dbm": -122.2}


def mast(name: str, x: float, y: float, *, azimuths: tuple[float, ...] = (0, 120, 240), load: float = 1.0) -> Site:
    return Site(name, x, y, 30.0, [Sector(azimuth, 3.0, SECTOR, 15.0, load) for azimuth in azimuths])


def open_country(side: int = 241) -> Ground:
    flat: Grid = np.zeros((side, side), dtype=np.float32)
    return Ground(flat, flat, 0.0, side * 100.0, 100.0, 100.0, "EPSG:32648", geographic=False)


@pytest.mark.parametrize("model", MODELS)
def test_each_pixel_in_reach_has_level_server_and_sinr_and_no_other(model: Any) -> None:
    found = coverage(country(), [mast("a", 9000, 12_000), mast("b", 14_000, 13_000)], model=model, **ASKED)
    reached = found.server != NOBODY
    assert reached.any()
    assert not reached.all()
    for grid in (found.rsrp_dbm, found.sinr_db):
        assert np.array_equal(np.isfinite(grid), reached)
    assert not found.within[~reached].any()


@pytest.mark.parametrize("radius_m", [3000.0, 3700.0, 5000.0])
@pytest.mark.parametrize("model", ["p1812", "tr38901-uma"])
def test_pixels_that_lie_just_at_the_radius_spoil_nothing(model: Any, radius_m: float) -> None:
    ground = open_country()
    x, y = ground.coordinates(120, 120)
    sites = [mast("a", x, y), mast("b", x + 400.0, y)]
    found = coverage(ground, sites, model=model, **(ASKED | {"radius_m": radius_m}))
    reached = found.server != NOBODY
    assert np.array_equal(np.isfinite(found.rsrp_dbm), reached)
    assert np.array_equal(np.isfinite(found.sinr_db), reached)
    assert reached[120, 120 - round(radius_m / 100) + 1]


def test_cells_serve_where_they_look() -> None:
    found = coverage(open_country(), [mast("a", 12_050, 12_050)], model="tr38901-rma", **ASKED)
    row, column = 120, 120
    assert found.server[row - 30, column] == 0  # north
    assert found.server[row + 15, column + 26] == 1  # at 120 degrees
    assert found.server[row + 15, column - 26] == 2
    assert found.rsrp_dbm[row - 30, column] > found.rsrp_dbm[row + 30, column] - 1


def test_the_order_of_sites_and_the_number_of_threads_change_nothing() -> None:
    ground, sites = country(), [mast("a", 9000, 12_000), mast("b", 14_000, 13_000), mast("c", 12_000, 9000)]
    one = coverage(ground, sites, model="tr38901-rma", **ASKED)
    other = coverage(ground, sites[::-1], model="tr38901-rma", **ASKED)
    np.testing.assert_array_equal(one.rsrp_dbm, other.rsrp_dbm)
    np.testing.assert_allclose(one.sinr_db, other.sinr_db, atol=1e-3)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = coverage(ground, sites, model="tr38901-rma", **ASKED)
    finally:
        numba.set_num_threads(before)
    np.testing.assert_array_equal(one.sinr_db, alone.sinr_db)


def test_tiles_of_the_ground_meet_without_a_seam() -> None:
    whole = country()
    site = mast("a", 12_030, 12_060)
    found = coverage(whole, [site], model="tr38901-rma", **ASKED)
    for rows, columns in ((slice(30, 200), slice(40, 220)), (slice(50, 230), slice(20, 210))):
        piece = Ground(
            np.ascontiguousarray(whole.height_m[rows, columns]), np.ascontiguousarray(whole.clutter_m[rows, columns]),
            columns.start * 100.0, whole.north - rows.start * 100.0, 100.0, 100.0, whole.crs, geographic=False,
        )  # fmt: skip
        tile = coverage(piece, [site], model="tr38901-rma", **ASKED)
        assert np.array_equal(np.isfinite(tile.rsrp_dbm), np.isfinite(found.rsrp_dbm[rows, columns]))
        np.testing.assert_allclose(tile.rsrp_dbm, found.rsrp_dbm[rows, columns], atol=0.02)


def test_an_idle_neighbour_does_not_disturb_and_a_busy_one_does() -> None:
    ground = open_country()
    quiet = coverage(
        ground, [mast("a", 9000, 12_000), mast("b", 15_000, 12_000, load=0.0)], model="tr38901-rma", **ASKED
    )
    busy = coverage(
        ground, [mast("a", 9000, 12_000), mast("b", 15_000, 12_000, load=1.0)], model="tr38901-rma", **ASKED
    )
    assert (busy.sinr_db <= quiet.sinr_db + 1e-3)[np.isfinite(quiet.sinr_db)].all()
    assert float(np.nanmean(quiet.sinr_db - busy.sinr_db)) > 1


def test_progress_is_told_and_may_stop_the_work() -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        coverage(
            open_country(),
            [mast(str(i), 12_000, 12_000) for i in range(5)],
            model="tr38901-rma",
            progress=stop,
            **ASKED,
        )
    assert told == [(1, 5), (2, 5)]


def test_bad_input_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="no model 'cost231'; choose one of p1812"):
        coverage(open_country(), [], model="cost231", **ASKED)  # type: ignore[arg-type]
    with pytest.raises(OutOfRange, match="outside the ground"):
        coverage(open_country(), [mast("a", -5000, 0)], model="p1812", **ASKED)
    with pytest.raises(Invalid, match="2 loads for 3 cells"):
        sinr_of_levels(np.zeros((3, 5), dtype=np.float32), [1, 1], -120)


@given(st.integers(1, 8), st.integers(1, 700), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_sinr_equals_its_definition(cells: int, points: int, seed: int) -> None:
    pick = np.random.default_rng(seed)
    levels = pick.uniform(-130, -60, (cells, points)).astype(np.float32)
    loads, noise = pick.uniform(0, 1, cells), -120.0
    found, server = sinr_of_levels(levels, loads, noise)
    power = 10 ** (levels.astype(np.float64) / 10)
    strongest = levels.argmax(axis=0)
    own = power[strongest, np.arange(points)]
    others = (loads[:, None] * power).sum(axis=0) - loads[strongest] * own + 10 ** (noise / 10)
    np.testing.assert_array_equal(server, strongest)
    # Single precision cannot tell interference a ten-millionth of what is received.
    sound = others > 1e-5 * own
    np.testing.assert_allclose(found[sound], (10 * np.log10(own / others))[sound], atol=0.1)


def test_a_mechanical_tilt_lowers_the_front_and_raises_the_back() -> None:
    ground = open_country()

    def levels(tilt_deg: float) -> Grid:
        site = Site("a", 12_050.0, 12_050.0, 60.0, [Sector(0.0, tilt_deg, SECTOR, 15.0)])
        return coverage(ground, [site], model="tr38901-rma", **ASKED).rsrp_dbm

    level, tilted = levels(0.0), levels(8.0)
    assert tilted[120 - 4, 120] > level[120 - 4, 120] + 3  # 400 m ahead, 8.4 degrees below the mast
    assert tilted[120 - 50, 120] < level[120 - 50, 120] - 3  # 5 km ahead


def test_a_point_has_the_level_that_the_link_adds_up_to() -> None:
    """30 m mast, 3 km east of the boresight's 90 degrees, flat and bare: power + gain - RMa - spherical Earth."""
    site = Site("a", 12_050.0, 12_050.0, 30.0, [Sector(90.0, 0.0, SECTOR, 15.0)])
    found = coverage(open_country(), [site], model="tr38901-rma", **ASKED)
    loss = path_loss_db(Scenario.RMA, np.array([3000.0]), frequency_hz=2.6e9, line_of_sight=True, base_height_m=30.0)
    gain = float(SECTOR.gain_dbi(np.array([0.0]), np.array([-math.degrees(math.atan(28.5 / 3000))]))[0])
    place = window(open_country(), x=site.x, y=site.y, antenna_height_m=30.0, radius_m=6000.0)
    bent = float(own_profiles.diffraction_loss_db(place, frequency_ghz=2.6, receiver_height_m=1.5)[60, 90])
    assert float(found.rsrp_dbm[120, 150]) == pytest.approx(15.0 + gain - float(loss.loss_db[0]) - bent, abs=0.1)
