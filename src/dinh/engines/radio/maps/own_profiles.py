"""Every pixel by its own profile from the site: exact, and what the faster maps are measured against."""

from __future__ import annotations

import math

import numba
import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.radio.maps.ground import Grid
from dinh.engines.radio.maps.window import Window
from dinh.engines.radio.p526 import (
    Floats,
    bullington_loss_db,
    smooth_bullington_loss_db,
    spherical_earth_loss_db,
    survey,
)
from dinh.engines.radio.p1812.geometry import effective_radius_km, smooth_earth, under_diffraction
from dinh.engines.radio.p1812.path_loss import (
    FAR_FROM_COAST_KM,
    FREQUENCY,
    HEIGHT,
    TEMPERATE,
    TIME,
    Climate,
    Polarisation,
)
from dinh.engines.radio.p1812.prediction import predict

SHORTEST_PIXELS = 0.5
"""The site's own pixel is taken as half a pixel away."""


@compiled()
def draw_profile(
    height_m: Grid, surface_m: Grid, from_row: float, from_column: float, to_row: float, to_column: float, count: int,
    terrain: Floats, over: Floats,
) -> None:  # fmt: skip
    """Terrain and surface at `count` points of a straight line, its ends included, by bilinear interpolation.

    The surface at the ends is the terrain (P.1812-6 section 3.2.1). Points outside the grid take its edge.
    """
    rows, columns = height_m.shape
    step_row, step_column = (to_row - from_row) / (count - 1), (to_column - from_column) / (count - 1)
    for i in range(count):
        row = min(max(from_row + i * step_row, 0.0), rows - 1.0)
        column = min(max(from_column + i * step_column, 0.0), columns - 1.0)
        top, left = min(int(row), rows - 2), min(int(column), columns - 2)
        down, right = row - top, column - left
        a, b = (1.0 - down) * (1.0 - right), (1.0 - down) * right
        c, d = down * (1.0 - right), down * right
        terrain[i] = a * height_m[top, left] + b * height_m[top, left + 1] + c * height_m[top + 1, left] + d * height_m[top + 1, left + 1]  # fmt: skip
        over[i] = a * surface_m[top, left] + b * surface_m[top, left + 1] + c * surface_m[top + 1, left] + d * surface_m[top + 1, left + 1]  # fmt: skip
    over[0], over[count - 1] = terrain[0], terrain[count - 1]


@compiled()
def delta_bullington_loss_db(
    distance_km: Floats, height_m: Floats, surface_m: Floats, count: int, first_m: float, last_m: float,
    radius_km: float, frequency_ghz: float, vertical: bool, zeros: Floats,
) -> float:  # fmt: skip
    """Median diffraction loss over land, dB. P.526-15 section 4.5.3 with the heights of P.1812-6 section 4.3.4."""
    wavelength = 0.2998 / frequency_ghz
    smooth_first, smooth_last = smooth_earth(distance_km, height_m, count)
    _, _, steep, steep_back, over, forth, back, _, _ = survey(
        distance_km, height_m, surface_m, count, first_m, last_m, 1.0 / radius_km, 1.0 / radius_km
    )
    under_first, under_last = under_diffraction(
        steep, steep_back, over, distance_km[count - 1], height_m[0], height_m[count - 1], first_m, last_m, smooth_first,
        smooth_last,
    )  # fmt: skip
    above_first, above_last = first_m - under_first, last_m - under_last
    bull = bullington_loss_db(forth, back, distance_km, surface_m, count, first_m, last_m, 1.0 / radius_km, wavelength)
    smooth = smooth_bullington_loss_db(distance_km, count, above_first, above_last, 1.0 / radius_km, wavelength, zeros)
    sphere = spherical_earth_loss_db(
        distance_km[count - 1], above_first, above_last, radius_km, frequency_ghz, wavelength, vertical, 0.0
    )
    return bull + max(sphere - smooth, 0.0)


@compiled()
def _points(length_m: float, step_m: float) -> int:
    return max(3, math.floor(length_m / step_m + 0.5) + 1)


@compiled()
def _profile_of(
    height_m: Grid, surface_m: Grid, site_row: float, site_column: float, row: int, column: int, pixel_x_m: float,
    pixel_y_m: float, radius_m: float, step_m: float, distance_km: Floats, terrain: Floats, over: Floats,
) -> tuple[int, float]:  # fmt: skip
    """Fills in the profile from the site to a pixel; (number of its points, its length in m), (0, 0) beyond the radius."""
    along = math.sqrt(((column - site_column) * pixel_x_m) ** 2 + ((row - site_row) * pixel_y_m) ** 2)
    if along > radius_m:
        return 0, 0.0
    count = _points(along, step_m)
    draw_profile(height_m, surface_m, site_row, site_column, float(row), float(column), count, terrain, over)
    along = max(along, SHORTEST_PIXELS * step_m)
    for i in range(count):
        distance_km[i] = 0.001 * along * i / (count - 1)
    return count, along


@compiled(parallel=True)
def _p1812(
    height_m: Grid, surface_m: Grid, site_row: float, site_column: float, pixel_x_m: float, pixel_y_m: float,
    radius_m: float, step_m: float, antenna_m: float, last_above_m: float, frequency_ghz: float, percent: float,
    vertical: bool, latitude_deg: float, lapse_rate: float, refractivity: float, coast_km: float,
) -> Grid:  # fmt: skip
    rows, columns = height_m.shape
    loss = np.full((rows, columns), np.nan, dtype=np.float32)
    longest = _points(radius_m, step_m) + 2
    zeros = np.zeros(longest)
    nothing = np.empty(0)
    ground_m = 0.0
    for row in numba.prange(rows):
        distance, terrain, over = np.empty(longest), np.empty(longest), np.empty(longest)
        for column in range(columns):
            count, along = _profile_of(
                height_m, surface_m, site_row, site_column, row, column, pixel_x_m, pixel_y_m, radius_m, step_m, distance,
                terrain, over,
            )  # fmt: skip
            if count == 0:
                continue
            ground_m = terrain[0]
            loss[row, column] = predict(
                distance, terrain, over, count, zeros, frequency_ghz, percent, antenna_m - ground_m, last_above_m,
                vertical, 0.0, 0.001 * along, 0.001 * along, latitude_deg, lapse_rate, refractivity, coast_km, coast_km,
                nothing,
            )  # fmt: skip
    return loss


@compiled(parallel=True)
def _diffraction(
    height_m: Grid, surface_m: Grid, site_row: float, site_column: float, pixel_x_m: float, pixel_y_m: float,
    radius_m: float, step_m: float, antenna_m: float, last_above_m: float, radius_km: float, frequency_ghz: float,
    vertical: bool,
) -> Grid:  # fmt: skip
    rows, columns = height_m.shape
    loss = np.full((rows, columns), np.nan, dtype=np.float32)
    longest = _points(radius_m, step_m) + 2
    zeros = np.zeros(longest)
    for row in numba.prange(rows):
        distance, terrain, over = np.empty(longest), np.empty(longest), np.empty(longest)
        for column in range(columns):
            count, _ = _profile_of(
                height_m, surface_m, site_row, site_column, row, column, pixel_x_m, pixel_y_m, radius_m, step_m, distance,
                terrain, over,
            )  # fmt: skip
            if count == 0:
                continue
            loss[row, column] = delta_bullington_loss_db(
                distance, terrain, over, count, antenna_m, terrain[count - 1] + last_above_m, radius_km, frequency_ghz,
                vertical, zeros,
            )  # fmt: skip
    return loss


def step_of(window: Window) -> float:
    """Distance between the points of a profile: one pixel, m."""
    return math.sqrt(window.pixel_x_m * window.pixel_y_m)


def p1812_loss_db(
    window: Window,
    *,
    frequency_ghz: float,
    receiver_height_m: float,
    latitude_deg: float | None = None,
    time_percent: float = 50.0,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
) -> Grid:
    """P.1812-6 loss at each pixel of the window over inland, dB, NaN beyond the radius. It holds from `LENGTH.least` km on. The
    latitude is the site's unless one is given.

    Raises OutOfRange for frequency, time and heights, which are wrong for the whole map.
    """
    FREQUENCY.require(frequency_ghz)
    TIME.require(time_percent)
    HEIGHT.require(receiver_height_m)
    return _p1812(
        window.height_m, window.surface_m, window.site_row, window.site_column, window.pixel_x_m, window.pixel_y_m,
        window.radius_m, step_of(window), window.antenna_m, receiver_height_m, frequency_ghz, time_percent,
        polarisation == "vertical", window.latitude_deg if latitude_deg is None else latitude_deg, climate.lapse_rate,
        climate.refractivity, FAR_FROM_COAST_KM,
    )  # fmt: skip


def diffraction_loss_db(
    window: Window,
    *,
    frequency_ghz: float,
    receiver_height_m: float,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
) -> Grid:
    """Median delta-Bullington loss at each pixel of the window by its own profile, dB, NaN beyond the radius."""
    return _diffraction(
        window.height_m, window.surface_m, window.site_row, window.site_column, window.pixel_x_m, window.pixel_y_m,
        window.radius_m, step_of(window), window.antenna_m, receiver_height_m, effective_radius_km(climate.lapse_rate),
        frequency_ghz, polarisation == "vertical",
    )  # fmt: skip


def distances_m(window: Window) -> Grid:
    """From the site to each pixel's centre, m."""
    rows, columns = window.shape
    y = (np.arange(rows) - window.site_row)[:, None] * window.pixel_y_m
    x = (np.arange(columns) - window.site_column)[None, :] * window.pixel_x_m
    found: Grid = np.hypot(x, y).astype(np.float32)
    return found
