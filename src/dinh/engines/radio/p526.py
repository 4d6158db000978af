"""Diffraction: ITU-R P.526-15, as P.1812-6 section 4.3 puts it. Compiled functions of one path.

Distances in km, heights in m above sea (antennas) or above the same base (profile), wavelength in m, curvature 1/km.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import FINITE, compiled

type Floats = npt.NDArray[np.float64]

LAND = (22.0, 0.003)
SEA = (80.0, 5.0)
"""Relative permittivity and conductivity in S/m: P.1812-6 section 4.3.3."""


@compiled()
def knife_edge_loss_db(nu: float) -> float:
    """J(nu), dB; 0 below -0.78. Source: P.526-15 eq. (31), P.1812-6 eq. (12)."""
    if nu <= -0.78:
        return 0.0
    clear = nu - 0.1
    return 6.9 + 20.0 * math.log10(math.sqrt(clear * clear + 1.0) + clear)


@compiled(fast=FINITE)
def survey(
    distance_km: Floats, height_m: Floats, surface_m: Floats, count: int, first_m: float, last_m: float, curvature: float,
    rare_curvature: float,
) -> tuple[float, float, float, float, float, float, float, float, float]:  # fmt: skip
    """The greatest of all that a prediction asks of the points between two antennas, in one walk.

    Over the terrain: elevation in rad over a bent Earth seen from both ends (P.1812-6 eqs. (76), (79)), slope in m/km seen
    from both ends, height over the straight line in m (eq. (87)). Over the surface: slopes in m/km of Bullington's
    construction from both ends for either curvature (eqs. (13), (17)).
    """
    total = distance_km[count - 1]
    line = (last_m - first_m) / total
    bend = 0.5 * curvature
    bent, bent_back, steep, steep_back, over = -np.inf, -np.inf, -np.inf, -np.inf, -np.inf
    forth, back, rare_forth, rare_back = -np.inf, -np.inf, -np.inf, -np.inf
    for i in range(1, count - 1):
        here = distance_km[i]
        rest = total - here
        one, other = 1.0 / here, 1.0 / rest
        slope, slope_back = (height_m[i] - first_m) * one, (height_m[i] - last_m) * other
        bent = max(bent, 0.001 * slope - bend * here)
        bent_back = max(bent_back, 0.001 * slope_back - bend * rest)
        steep = max(steep, slope)
        steep_back = max(steep_back, slope_back)
        over = max(over, height_m[i] - first_m - line * here)
        slope, slope_back = (surface_m[i] - first_m) * one, (surface_m[i] - last_m) * other
        forth = max(forth, slope + 500.0 * curvature * rest)
        back = max(back, slope_back + 500.0 * curvature * here)
        rare_forth = max(rare_forth, slope + 500.0 * rare_curvature * rest)
        rare_back = max(rare_back, slope_back + 500.0 * rare_curvature * here)
    return bent, bent_back, steep, steep_back, over, forth, back, rare_forth, rare_back


@compiled(fast=FINITE)
def greatest_parameter(
    distance_km: Floats, height_m: Floats, count: int, first_m: float, last_m: float, curvature: float, wavelength_m: float
) -> tuple[float, int]:  # fmt: skip
    """The greatest diffraction parameter nu of a line-of-sight path and where. P.1812-6 eq. (15)."""
    total = distance_km[count - 1]
    found = -np.inf
    at = 1
    scale = math.sqrt(0.002 * total / wavelength_m)
    for i in range(1, count - 1):
        here = distance_km[i]
        rest = total - here
        over = height_m[i] + 500.0 * curvature * here * rest - (first_m * rest + last_m * here) / total
        nu = over / math.sqrt(here * rest)
        if nu > found:
            found = nu
            at = i
    return found * scale, at


@compiled()
def _completed(edge_db: float, total_km: float) -> float:
    """P.1812-6 eq. (21): a knife edge made a path."""
    return edge_db + (1.0 - math.exp(-edge_db / 6.0)) * (10.0 + 0.02 * total_km)


@compiled()
def _edge(
    forth: float, back: float, total_km: float, first_m: float, last_m: float, wavelength_m: float
) -> float:  # fmt: skip
    """Loss of the Bullington point of two slopes, dB. P.1812-6 eqs. (18) to (20)."""
    at = (last_m - first_m + back * total_km) / (forth + back)
    rest = total_km - at
    over = first_m + forth * at - (first_m * rest + last_m * at) / total_km
    return knife_edge_loss_db(over * math.sqrt(0.002 * total_km / (wavelength_m * at * rest)))


@compiled()
def bullington_loss_db(
    forth: float, back: float, distance_km: Floats, height_m: Floats, count: int, first_m: float, last_m: float,
    curvature: float, wavelength_m: float,
) -> float:  # fmt: skip
    """Bullington's loss over a profile from its slopes, dB. P.1812-6 section 4.3.1, P.526-15 section 4.5.1.

    `forth`, `back` are those of `survey`; `first_m`, `last_m`: antennas in the heights' own base.
    """
    total = distance_km[count - 1]
    if forth < (last_m - first_m) / total:
        nu, _ = greatest_parameter(distance_km, height_m, count, first_m, last_m, curvature, wavelength_m)
        return _completed(knife_edge_loss_db(nu), total)
    return _completed(_edge(forth, back, total, first_m, last_m, wavelength_m), total)


@compiled()
def smooth_steepest(distance_km: Floats, count: int, antenna_m: float, curvature: float) -> float:
    """`forth` of `survey` over a profile of zeros without walking it: -a/x + c(d-x) is concave, so its greatest point of
    the profile lies beside its greatest point."""
    total = distance_km[count - 1]
    low, high = 1, count - 2
    if antenna_m > 0.0:
        best = math.sqrt(antenna_m / (500.0 * curvature))
        while high - low > 1:
            middle = (low + high) // 2
            if distance_km[middle] <= best:
                low = middle
            else:
                high = middle
    else:
        high = low
    one = -antenna_m / distance_km[low] + 500.0 * curvature * (total - distance_km[low])
    two = -antenna_m / distance_km[high] + 500.0 * curvature * (total - distance_km[high])
    return float(max(one, two))


@compiled()
def smooth_steepest_back(distance_km: Floats, count: int, antenna_m: float, curvature: float) -> float:
    """`smooth_steepest` from the other end."""
    total = distance_km[count - 1]
    low, high = 1, count - 2
    if antenna_m > 0.0:
        best = total - math.sqrt(antenna_m / (500.0 * curvature))
        while high - low > 1:
            middle = (low + high) // 2
            if distance_km[middle] <= best:
                low = middle
            else:
                high = middle
    else:
        low = high
    one = -antenna_m / (total - distance_km[low]) + 500.0 * curvature * distance_km[low]
    two = -antenna_m / (total - distance_km[high]) + 500.0 * curvature * distance_km[high]
    return float(max(one, two))


@compiled()
def smooth_bullington_loss_db(
    distance_km: Floats, count: int, first_m: float, last_m: float, curvature: float, wavelength_m: float, zeros: Floats
) -> float:  # fmt: skip
    """`bullington_loss_db` of the same profile with all heights 0; `zeros` holds at least `count` of them."""
    forth = smooth_steepest(distance_km, count, first_m, curvature)
    back = smooth_steepest_back(distance_km, count, last_m, curvature)
    return bullington_loss_db(forth, back, distance_km, zeros, count, first_m, last_m, curvature, wavelength_m)


@compiled()
def _first_term_loss_db(
    distance_km: float, first_m: float, last_m: float, radius_km: float, frequency_ghz: float, vertical: bool,
    permittivity: float, conductivity: float,
) -> float:  # fmt: skip
    """P.1812-6 eqs. (29) to (36)."""
    loss_tangent = 18.0 * conductivity / frequency_ghz
    admittance = (
        0.036
        * math.pow(radius_km * frequency_ghz, -1.0 / 3.0)
        * math.pow((permittivity - 1.0) ** 2 + loss_tangent**2, -0.25)
    )
    if vertical:
        admittance *= math.sqrt(permittivity**2 + loss_tangent**2)
    k2 = admittance * admittance
    k4 = k2 * k2
    beta = (1.0 + 1.6 * k2 + 0.67 * k4) / (1.0 + 4.5 * k2 + 1.53 * k4)
    x = 21.88 * beta * math.pow(frequency_ghz / radius_km**2, 1.0 / 3.0) * distance_km
    scale = 0.9575 * beta * math.pow(frequency_ghz**2 / radius_km, 1.0 / 3.0)
    loss = -(11.0 + 10.0 * math.log10(x) - 17.6 * x) if x >= 1.6 else 20.0 * math.log10(x) + 5.6488 * math.pow(x, 1.425)
    floor = 2.0 + 20.0 * math.log10(admittance)
    for height in (first_m, last_m):
        b = beta * scale * height
        if b > 2.0:
            gain = 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
        else:
            gain = 20.0 * math.log10(b + 0.1 * b * b * b)
        loss -= max(gain, floor)
    return loss


@compiled()
def first_term_loss_db(
    distance_km: float, first_m: float, last_m: float, radius_km: float, frequency_ghz: float, vertical: bool,
    over_sea: float,
) -> float:  # fmt: skip
    """First term of the residue series over land and sea, dB. P.1812-6 section 4.3.3."""
    loss = 0.0
    if over_sea < 1.0:
        loss += (1.0 - over_sea) * _first_term_loss_db(
            distance_km, first_m, last_m, radius_km, frequency_ghz, vertical, LAND[0], LAND[1]
        )
    if over_sea > 0.0:
        loss += over_sea * _first_term_loss_db(
            distance_km, first_m, last_m, radius_km, frequency_ghz, vertical, SEA[0], SEA[1]
        )
    return loss


@compiled()
def spherical_earth_loss_db(
    distance_km: float, first_m: float, last_m: float, radius_km: float, frequency_ghz: float, wavelength_m: float,
    vertical: bool, over_sea: float,
) -> float:  # fmt: skip
    """Spherical-Earth diffraction, dB. P.1812-6 section 4.3.2; `first_m`, `last_m`: effective heights, > 0."""
    horizon = math.sqrt(2.0 * radius_km) * (math.sqrt(0.001 * first_m) + math.sqrt(0.001 * last_m))
    if distance_km >= horizon:
        return first_term_loss_db(distance_km, first_m, last_m, radius_km, frequency_ghz, vertical, over_sea)
    together = first_m + last_m
    c = (first_m - last_m) / together
    m = 250.0 * distance_km * distance_km / (radius_km * together)
    # Rounding may lead the argument of arccos beyond 1 where one antenna is very low.
    bent = min(1.0, max(-1.0, 1.5 * c * math.sqrt(3.0 * m / (m + 1.0) ** 3)))
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos(math.pi / 3.0 + math.acos(bent) / 3.0)
    one = 0.5 * distance_km * (1.0 + b)
    two = distance_km - one
    clearance = (
        (first_m - 500.0 * one * one / radius_km) * two + (last_m - 500.0 * two * two / radius_km) * one
    ) / distance_km
    needed = 17.456 * math.sqrt(one * two * wavelength_m / distance_km)
    if clearance > needed:
        return 0.0
    fitting = 500.0 * (distance_km / (math.sqrt(first_m) + math.sqrt(last_m))) ** 2
    loss = first_term_loss_db(distance_km, first_m, last_m, fitting, frequency_ghz, vertical, over_sea)
    if loss < 0.0:
        return 0.0
    return (1.0 - clearance / needed) * loss
