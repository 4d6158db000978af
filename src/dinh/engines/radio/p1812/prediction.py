"""The prediction of one path, compiled: P.1812-6 sections 4.2, 4.3.4 to 4.6. What it finds on the way stands in `out`."""

from __future__ import annotations

import math
from typing import Final

from dinh.engines.compiled import compiled
from dinh.engines.radio.p525 import distance_in_space_km
from dinh.engines.radio.p526 import (
    Floats,
    bullington_loss_db,
    smooth_bullington_loss_db,
    spherical_earth_loss_db,
    survey,
)
from dinh.engines.radio.p1812.geometry import (
    EARTH_RADIUS_KM,
    effective_radius_km,
    horizons,
    roughness_m,
    smooth_earth,
    under_diffraction,
)
from dinh.engines.radio.p1812.mechanisms import (
    ducting_loss_db,
    incidence_of_ducting_percent,
    inverse_normal,
    scatter_loss_db,
)

QUANTITIES: Final = (
    "d", "dlt", "dlr", "theta_t", "theta_r", "theta", "hts", "hrs", "omega", "dtm", "dlm", "phi", "beta0", "ae", "hst",
    "hsr", "hst_ducting", "hsr_ducting", "hstd", "hsrd", "htc", "hrc", "hte", "hre", "hm", "Fi", "Fj", "Fk", "Lbfs",
    "Lb0p", "Lb0b", "Lbulla", "Lbulls", "Ldsph", "Ld50", "Ldb", "Ldp", "Lbd50", "Lbd", "Lminb0p", "Lba", "Lminbap",
    "Lbda", "Lbam", "Lbs", "Lbc",
)  # fmt: skip
"""Names of the quantities of `out`, as the Recommendation writes them: km, m, mrad, %, dB."""

_LIGHT = 0.2998
"""Wavelength in m is this over GHz: the rounding of P.1812-6."""


@compiled()
def predict(
    distance_km: Floats, height_m: Floats, surface_m: Floats, count: int, zeros: Floats, frequency_ghz: float,
    percent: float, first_above_m: float, last_above_m: float, vertical: bool, over_sea: float, land_km: float,
    inland_km: float, latitude_deg: float, lapse_rate: float, refractivity: float, first_coast_km: float,
    last_coast_km: float, out: Floats,
) -> float:  # fmt: skip
    """Basic transmission loss not exceeded for `percent` of time at half of the locations: Lbc of P.1812-6 eq. (63), dB,
    and Lb0p in out[29]. Arrays of at least `count` points; `zeros` is an array of zeros as long."""
    total = distance_km[count - 1]
    wavelength = _LIGHT / frequency_ghz
    first, last = height_m[0] + first_above_m, height_m[count - 1] + last_above_m
    radius = effective_radius_km(lapse_rate)
    incidence = incidence_of_ducting_percent(land_km, inland_km, latitude_deg)
    rare_radius = 3.0 * EARTH_RADIUS_KM
    bent, bent_back, steep, steep_back, over, forth, back, rare_forth, rare_back = survey(
        distance_km, height_m, surface_m, count, first, last, 1.0 / radius, 1.0 / rare_radius
    )
    at, at_back, first_mrad, last_mrad, angle = horizons(
        bent, bent_back, distance_km, height_m, count, first, last, radius, wavelength
    )
    to_first, to_last = distance_km[at], total - distance_km[at_back]
    smooth_first, smooth_last = smooth_earth(distance_km, height_m, count)
    ducting_first, ducting_last = min(smooth_first, height_m[0]), min(smooth_last, height_m[count - 1])
    under_first, under_last = under_diffraction(
        steep, steep_back, over, total, height_m[0], height_m[count - 1], first, last, smooth_first, smooth_last
    )
    effective_first, effective_last = first - ducting_first, last - ducting_last
    rough = roughness_m(distance_km, height_m, count, ducting_first, ducting_last, at, at_back)

    # Line of sight, section 4.2
    free = 92.4 + 20.0 * math.log10(frequency_ghz) + 20.0 * math.log10(distance_in_space_km(total, first, last))
    focusing = 2.6 * (1.0 - math.exp(-0.1 * (to_first + to_last)))
    clear_p = free + focusing * math.log10(percent / 50.0)
    clear_beta = free + focusing * math.log10(incidence / 50.0)

    # Diffraction, sections 4.3.4 and 4.3.5
    above_first, above_last = first - under_first, last - under_last
    bull = bullington_loss_db(forth, back, distance_km, surface_m, count, first, last, 1.0 / radius, wavelength)
    bull_smooth = smooth_bullington_loss_db(
        distance_km, count, above_first, above_last, 1.0 / radius, wavelength, zeros
    )
    sphere = spherical_earth_loss_db(
        total, above_first, above_last, radius, frequency_ghz, wavelength, vertical, over_sea
    )
    median = bull + max(sphere - bull_smooth, 0.0)
    rare, at_percent, weight = median, median, 0.0
    if percent < 50.0 or out.size > 0:
        rare = bullington_loss_db(
            rare_forth, rare_back, distance_km, surface_m, count, first, last, 1.0 / rare_radius, wavelength
        ) + max(
            spherical_earth_loss_db(
                total, above_first, above_last, rare_radius, frequency_ghz, wavelength, vertical, over_sea
            )
            - smooth_bullington_loss_db(
                distance_km, count, above_first, above_last, 1.0 / rare_radius, wavelength, zeros
            ),
            0.0,
        )
        weight = 0.0
        if percent <= incidence:
            weight = 1.0
        elif percent < 50.0:
            weight = inverse_normal(percent / 100.0) / inverse_normal(incidence / 100.0)
        at_percent = median + weight * (rare - median)
    diffracted_median = free + median
    diffracted = clear_p + at_percent

    scattered = scatter_loss_db(total, angle, refractivity, frequency_ghz, percent)
    ducted = ducting_loss_db(
        total, frequency_ghz, percent, incidence, radius, to_first, to_last, first_mrad, last_mrad, first, last,
        effective_first, effective_last, rough, inland_km, over_sea, first_coast_km, last_coast_km,
    )  # fmt: skip

    # The whole, section 4.6
    by_angle = 1.0 - 0.5 * (1.0 + math.tanh(2.4 * (angle - 0.3) / 0.3))
    by_distance = 1.0 - 0.5 * (1.0 + math.tanh(1.5 * (total - 20.0) / 20.0))
    if percent < incidence:
        least = clear_p + (1.0 - over_sea) * at_percent
    else:
        least = diffracted_median + (clear_beta + (1.0 - over_sea) * at_percent - diffracted_median) * weight
    greater = max(ducted, clear_p)
    least_ducted = greater + 2.5 * math.log(1.0 + math.exp((min(ducted, clear_p) - greater) / 2.5))
    with_ducts = diffracted if least_ducted > diffracted else least_ducted + (diffracted - least_ducted) * by_distance
    modified = with_ducts + (least - with_ducts) * by_angle
    combined = -5.0 * math.log10(math.pow(10.0, -0.2 * scattered) + math.pow(10.0, -0.2 * modified))
    if out.size:
        found = (
            total, to_first, to_last, first_mrad, last_mrad, angle, first, last, over_sea, land_km, inland_km,
            latitude_deg, incidence, radius, smooth_first, smooth_last, ducting_first, ducting_last, under_first,
            under_last, above_first, above_last, effective_first, effective_last, rough, weight, by_angle, by_distance,
            free, clear_p, clear_beta, bull, bull_smooth, sphere, median, rare, at_percent, diffracted_median,
            diffracted, least, ducted, least_ducted, with_ducts, modified, scattered, combined,
        )  # fmt: skip
        for i in range(len(found)):
            out[i] = found[i]
    return max(combined, clear_p)
