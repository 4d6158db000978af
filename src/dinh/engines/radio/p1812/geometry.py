"""What the prediction needs of the path: P.1812-6 Attachment 1. Compiled functions of one path.

`height_m` is terrain, `surface_m` terrain with representative clutter (at the two ends terrain alone), both above sea.
"""

from __future__ import annotations

import math

import numpy as np

from dinh.engines.compiled import FINITE, compiled
from dinh.engines.radio.p526 import Floats, greatest_parameter

EARTH_RADIUS_KM = 6371.0


@compiled()
def effective_radius_km(lapse_rate: float) -> float:
    """Median effective Earth radius for the lapse rate in N-units/km. P.1812-6 eqs. (6), (7a)."""
    return EARTH_RADIUS_KM * 157.0 / (157.0 - lapse_rate)


@compiled()
def horizons(
    bent: float, bent_back: float, distance_km: Floats, height_m: Floats, count: int, first_m: float, last_m: float,
    radius_km: float, wavelength_m: float,
) -> tuple[int, int, float, float, float]:  # fmt: skip
    """(points of the horizons seen from both ends, their elevations and the angular distance in mrad).

    `bent`, `bent_back` are those of `survey`. P.1812-6 eqs. (74) to (82).
    """
    total = distance_km[count - 1]
    bend = 0.5 * (1.0 / radius_km)
    straight = (last_m - first_m) / (1000.0 * total) - total * bend
    if bent > straight:
        at, at_back = 1, count - 2
        # The same terms as in `survey`, so that equality finds the point.
        while (
            at < count - 2
            and 0.001 * ((height_m[at] - first_m) * (1.0 / distance_km[at])) - bend * distance_km[at] < bent
        ):
            at += 1
        while at_back > 1:
            rest = total - distance_km[at_back]
            if not 0.001 * ((height_m[at_back] - last_m) * (1.0 / rest)) - bend * rest < bent_back:
                break
            at_back -= 1
        first_mrad, last_mrad = 1000.0 * math.atan(bent), 1000.0 * math.atan(bent_back)
    else:
        _, at = greatest_parameter(distance_km, height_m, count, first_m, last_m, 1.0 / radius_km, wavelength_m)
        at_back = at
        first_mrad = 1000.0 * math.atan(straight)
        last_mrad = 1000.0 * math.atan((first_m - last_m) / (1000.0 * total) - total * bend)
    angle = 1000.0 * total / radius_km + first_mrad + last_mrad
    return at, at_back, first_mrad, last_mrad, angle


@compiled(fast=True)
def smooth_earth(distance_km: Floats, height_m: Floats, count: int) -> tuple[float, float]:
    """Heights in m of the least-squares smooth surface at both ends. P.1812-6 eqs. (83) to (86)."""
    total = distance_km[count - 1]
    area, moment = 0.0, 0.0
    for i in range(1, count):
        here, before = distance_km[i], distance_km[i - 1]
        high, high_before = height_m[i], height_m[i - 1]
        step = here - before
        area += step * (high + high_before)
        moment += step * (high * (2.0 * here + before) + high_before * (here + 2.0 * before))
    return (2.0 * area * total - moment) / (total * total), (moment - area * total) / (total * total)


@compiled()
def under_diffraction(
    steep: float, steep_back: float, over: float, total_km: float, ground_first_m: float, ground_last_m: float,
    first_m: float, last_m: float, smooth_first_m: float, smooth_last_m: float,
) -> tuple[float, float]:  # fmt: skip
    """Heights in m of the smooth surface for diffraction at both ends, below the ground there. P.1812-6 eqs. (87) to (89).

    `steep`, `steep_back`, `over` are those of `survey`.
    """
    if over > 0.0:
        line = (last_m - first_m) / total_km
        share = (steep - line) / ((steep - line) + (steep_back + line))
        smooth_first_m -= over * share
        smooth_last_m -= over * (1.0 - share)
    return min(smooth_first_m, ground_first_m), min(smooth_last_m, ground_last_m)


@compiled(fast=FINITE)
def roughness_m(
    distance_km: Floats, height_m: Floats, count: int, smooth_first_m: float, smooth_last_m: float, at: int, at_back: int
) -> float:  # fmt: skip
    """Greatest height of the terrain over the smooth surface from one horizon to the other, m. P.1812-6 eq. (93)."""
    slope = (smooth_last_m - smooth_first_m) / distance_km[count - 1]
    found = -np.inf
    for i in range(at, at_back + 1):
        found = max(found, height_m[i] - smooth_first_m - slope * distance_km[i])
    return float(found)
