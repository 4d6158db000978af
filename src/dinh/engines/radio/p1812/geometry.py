"""What the prediction needs of the path: P.1812-6 Attachment 1. Compiled functions of one path.

`height_m` is terrain, `surface_m` terrain with representative clutter (at the two ends terrain alone), both above sea.
"""

from __future__ import annotations

import math

import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.radio.p526 import Floats, greatest_parameter

EARTH_RADIUS_KM = 6371.0


@compiled()
def effective_radius_km(lapse_rate: float) -> float:
    """Median effective Earth radius for the lapse rate in N-units/km. P.1812-6 eqs. (6), (7a)."""
    return EARTH_RADIUS_KM * 157.0 / (157.0 - lapse_rate)


@compiled()
def horizons(
    distance_km: Floats, surface_m: Floats, count: int, first_m: float, last_m: float, radius_km: float, wavelength_m: float
) -> tuple[int, int, float, float, float]:  # fmt: skip
    """(points of the horizons seen from both ends, their elevations and the angular distance in mrad).

    P.1812-6 eqs. (74) to (82).
    """
    total = distance_km[count - 1]
    highest, highest_back = -np.inf, -np.inf
    at, at_back = 1, 1
    bend = 0.5 / radius_km
    for i in range(1, count - 1):
        here = distance_km[i]
        rest = total - here
        slope = (surface_m[i] - first_m) / (1000.0 * here) - here * bend
        if slope > highest:
            highest = slope
            at = i
        slope = (surface_m[i] - last_m) / (1000.0 * rest) - rest * bend
        if slope > highest_back:
            highest_back = slope
            at_back = i
    straight = (last_m - first_m) / (1000.0 * total) - total * bend
    beyond = highest > straight
    if beyond:
        first_mrad, last_mrad = 1000.0 * math.atan(highest), 1000.0 * math.atan(highest_back)
    else:
        _, at = greatest_parameter(distance_km, surface_m, count, first_m, last_m, 1.0 / radius_km, wavelength_m)
        at_back = at
        first_mrad = 1000.0 * math.atan(straight)
        last_mrad = 1000.0 * math.atan((first_m - last_m) / (1000.0 * total) - total * bend)
    angle = 1000.0 * total / radius_km + first_mrad + last_mrad
    return at, at_back, first_mrad, last_mrad, angle


@compiled()
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
    distance_km: Floats, surface_m: Floats, count: int, first_m: float, last_m: float, smooth_first_m: float,
    smooth_last_m: float,
) -> tuple[float, float]:  # fmt: skip
    """Heights in m of the smooth surface for diffraction at both ends, below the ground there. P.1812-6 eqs. (87) to (89)."""
    total = distance_km[count - 1]
    highest, steep, steep_back = -np.inf, -np.inf, -np.inf
    for i in range(1, count - 1):
        here = distance_km[i]
        rest = total - here
        over = surface_m[i] - (first_m * rest + last_m * here) / total
        highest = max(highest, over)
        steep = max(steep, over / here)
        steep_back = max(steep_back, over / rest)
    if highest > 0.0:
        share = steep / (steep + steep_back)
        smooth_first_m -= highest * share
        smooth_last_m -= highest * (1.0 - share)
    return min(smooth_first_m, surface_m[0]), min(smooth_last_m, surface_m[count - 1])


@compiled()
def roughness_m(
    distance_km: Floats, height_m: Floats, count: int, smooth_first_m: float, smooth_last_m: float, at: int, at_back: int
) -> float:  # fmt: skip
    """Greatest height of the terrain over the smooth surface from one horizon to the other, m. P.1812-6 eq. (93)."""
    slope = (smooth_last_m - smooth_first_m) / distance_km[count - 1]
    found = -np.inf
    for i in range(at, at_back + 1):
        found = max(found, height_m[i] - smooth_first_m - slope * distance_km[i])
    return float(found)
