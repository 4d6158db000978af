from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio import fast_math
from dinh.engines.radio.maps import own_profiles, rays
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.window import Window, window
from dinh.engines.radio.p1812 import basic_transmission_loss
from dinh.engines.radio.profiles import INLAND, Profile
from dinh.kernel.errors import Invalid, OutOfRange


def country(seed: int = 1, *, side: int = 241, relief_m: float = 200.0, clutter_m: float = 15.0) -> Ground:
    """A fractal country of 100 m pixels with villages in squares of six."""
    pick = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(pick.normal(size=(side, side)))
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1
    height = np.fft.irfft2(spectrum / frequency**2, s=(side, side))
    height = (height - height.min()) / (height.max() - height.min()) * relief_m
    villages = np.repeat(np.repeat(pick.random((side // 6 + 1, side // 6 + 1)) < 0.3, 6, 0), 6, 1)[:side, :side]
    return Ground(
        height.astype(np.float32), (villages * clutter_m).astype(np.float32), 0.0, side * 100.0, 100.0, 100.0,
        "EPSG:32648", geographic=False,
    )  # fmt: skip


def around(ground: Ground, radius_m: float = 9000.0, *, x: float = 12_030.0, y: float = 12_060.0) -> Window:
    return window(ground, x=x, y=y, antenna_height_m=30.0, radius_m=radius_m)


ASKED: dict[str, Any] = {"frequency_ghz": 2.6, "receiver_height_m": 1.5}


@pytest.mark.parametrize(("relief_m", "clutter_m"), [(200.0, 15.0), (1000.0, 0.0), (4.0, 15.0), (4.0, 0.0)])
def test_maps_by_rays_stay_within_a_decibel_of_every_pixels_own_profile(relief_m: float, clutter_m: float) -> None:
    place = around(country(relief_m=relief_m, clutter_m=clutter_m))
    own, fast = own_profiles.diffraction_loss_db(place, **ASKED), rays.diffraction_loss_db(place, **ASKED)
    assert np.array_equal(np.isnan(own), np.isnan(fast))
    assert float(np.sqrt(np.nanmean((own - fast) ** 2))) < 0.8
    assert abs(float(np.nanmean(own - fast))) < 0.1


def test_every_pixel_within_the_radius_has_a_value_and_none_beyond() -> None:
    place = around(country())
    loss = own_profiles.p1812_loss_db(place, **ASKED, latitude_deg=9.6)
    assert np.array_equal(np.isfinite(loss), own_profiles.distances_m(place) <= 9000)


def test_a_pixels_p1812_is_that_of_its_path_alone() -> None:
    place = around(country())
    loss = own_profiles.p1812_loss_db(place, **ASKED, latitude_deg=9.6)
    step = own_profiles.step_of(place)
    for row, column in ((20, 60), (100, 40), (91, 150), (150, 120)):
        along = math.hypot((column - place.site_column) * 100, (row - place.site_row) * 100)
        count = max(3, int(along / step + 0.5) + 1)
        terrain, over = np.empty(count), np.empty(count)
        own_profiles.draw_profile(
            place.height_m, place.surface_m, place.site_row, place.site_column, float(row), float(column), count, terrain,
            over,
        )  # fmt: skip
        distance = np.arange(count, dtype=np.float64) * (along / 1000 / (count - 1))
        alone = basic_transmission_loss(
            Profile(distance, terrain, over - terrain, np.full(count, INLAND, dtype=np.int64)), frequency_ghz=2.6,
            transmitter_height_m=30.0, receiver_height_m=1.5, transmitter=(9.6, 105.0), receiver=(9.6, 105.0 + 1e-9),
        )  # fmt: skip
        assert float(loss[row, column]) == pytest.approx(alone.basic_transmission_loss_db, abs=1e-4)


def test_the_map_does_not_depend_on_the_number_of_threads() -> None:
    place = around(country())
    many = rays.diffraction_loss_db(place, **ASKED), own_profiles.p1812_loss_db(place, **ASKED)
    before = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = rays.diffraction_loss_db(place, **ASKED), own_profiles.p1812_loss_db(place, **ASKED)
    finally:
        numba.set_num_threads(before)
    for one, other in zip(many, alone, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_piece_of_the_ground_gives_the_same_map_as_the_whole() -> None:
    whole = country()
    piece = Ground(
        whole.height_m[20:230, 10:220], whole.clutter_m[20:230, 10:220], 1000.0, whole.north - 2000.0, 100.0, 100.0,
        whole.crs, geographic=False,
    )  # fmt: skip
    np.testing.assert_allclose(
        rays.diffraction_loss_db(around(whole), **ASKED), rays.diffraction_loss_db(around(piece), **ASKED), atol=0.01
    )


@given(x=st.floats(4000, 20_000), y=st.floats(4000, 20_000), height=st.floats(1.0, 200.0), radius=st.floats(300, 6000))
@settings(max_examples=25, deadline=None)
def test_sites_anywhere_have_finite_losses_that_are_not_gains(x: float, y: float, height: float, radius: float) -> None:
    place = window(country(), x=x, y=y, antenna_height_m=height, radius_m=radius)
    loss = rays.diffraction_loss_db(place, **ASKED)
    assert np.array_equal(np.isfinite(loss), own_profiles.distances_m(place) <= np.float32(radius))
    assert float(np.nanmin(loss)) >= -1e-3
    assert float(np.nanmax(loss)) < 200


def test_a_flat_and_bare_country_is_clear_nearby_and_bent_far_away() -> None:
    flat: Grid = np.zeros((601, 601), dtype=np.float32)
    ground = Ground(flat, flat, 0.0, 60_100.0, 100.0, 100.0, "EPSG:32648", geographic=False)
    loss = rays.diffraction_loss_db(window(ground, x=30_050, y=30_050, antenna_height_m=30, radius_m=29_000), **ASKED)
    middle = loss[loss.shape[0] // 2]
    assert middle[len(middle) // 2 + 5] == pytest.approx(0, abs=0.1)
    assert middle[-2] > 20
    assert (np.diff(middle[len(middle) // 2 + 20 : -2]) > -0.02).all()


def test_a_metric_grid_knows_its_latitude() -> None:
    flat: Grid = np.zeros((41, 41), dtype=np.float32)
    ground = Ground(flat, flat, 598_000.0, 1_063_000.0, 100.0, 100.0, "EPSG:32648", geographic=False)
    place = window(ground, x=600_000.0, y=1_061_000.0, antenna_height_m=30.0, radius_m=1000.0)
    assert place.latitude_deg == pytest.approx(9.597, abs=0.01)


def test_a_window_refuses_what_no_site_can_be() -> None:
    ground = country()
    with pytest.raises(OutOfRange, match="outside the ground"):
        around(ground, x=90_000.0)
    with pytest.raises(OutOfRange, match=r"0\.0 m above ground is not above ground"):
        window(ground, x=12_000, y=12_000, antenna_height_m=0.0, radius_m=1000)
    with pytest.raises(OutOfRange, match="less than two pixels"):
        around(ground, radius_m=150.0)
    height = ground.height_m.copy()
    height[3, 7] = np.nan
    with pytest.raises(Invalid, match="terrain has 1 holes"):
        Ground(height, ground.clutter_m, 0.0, 24_100.0, 100.0, 100.0)


@given(st.floats(1e-20, 1e20))
def test_the_fast_logarithm_is_close_enough(x: float) -> None:
    single = np.float32(x)
    assert float(fast_math.log2(single)) == pytest.approx(math.log2(single), rel=3e-7, abs=2e-6)


@given(st.floats(-120, 120))
def test_the_fast_power_is_close_enough(x: float) -> None:
    single = np.float32(x)
    assert float(fast_math.exp2(single)) == pytest.approx(2.0 ** float(single), rel=1e-6)


@given(x=st.floats(-1e4, 1e4), y=st.floats(-1e4, 1e4))
def test_the_fast_angle_is_close_enough(x: float, y: float) -> None:
    if math.hypot(x, y) < 1e-3:
        return
    turns = math.atan2(np.float32(x), np.float32(y)) / (2 * math.pi) % 1
    off = abs(float(rays._turn(np.float32(x), np.float32(y))) - turns)
    assert min(off, 1 - off) < 2e-5
