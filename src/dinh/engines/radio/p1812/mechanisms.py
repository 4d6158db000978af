"""Ducting, scatter and their statistics: P.1812-6 sections 3.6, 4.2, 4.4 and 4.5. Compiled functions of one path."""

from __future__ import annotations

import math

from dinh.engines.compiled import compiled


@compiled()
def incidence_of_ducting_percent(land_km: float, inland_km: float, latitude_deg: float) -> float:
    """beta_0: share of time with anomalous lapse rates near the ground, %. P.1812-6 eqs. (2) to (5).

    `land_km`, `inland_km`: the longest continuous parts over inland or coastal land, and over inland.
    """
    tau = 1.0 - math.exp(-4.12e-4 * math.pow(inland_km, 2.41))
    mu = math.pow(math.pow(10.0, -land_km / (16.0 - 6.6 * tau)) + math.pow(10.0, -5.0 * (0.496 + 0.354 * tau)), 0.2)
    mu = min(mu, 1.0)
    latitude = abs(latitude_deg)
    if latitude <= 70.0:
        more = math.pow(10.0, (-0.935 + 0.0176 * latitude) * math.log10(mu))
        return math.pow(10.0, -0.015 * latitude + 1.67) * mu * more
    return 4.17 * mu * math.pow(10.0, 0.3 * math.log10(mu))


@compiled()
def inverse_normal(share: float) -> float:
    """I(x) for 1e-6 <= x <= 0.5, negative. P.1812-6 Attachment 2, eqs. (95) to (96), after Hastings."""
    share = max(share, 1e-6)
    t = math.sqrt(-2.0 * math.log(share))
    top = (0.010328 * t + 0.802853) * t + 2.515516698
    bottom = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0
    return top / bottom - t


@compiled()
def scatter_loss_db(distance_km: float, angle_mrad: float, refractivity: float, frequency_ghz: float, percent: float) -> float:  # fmt: skip
    """Troposcatter, dB. P.1812-6 eq. (44); `refractivity` at sea level in N-units."""
    at_frequency = 25.0 * math.log10(frequency_ghz) - 2.5 * math.log10(frequency_ghz / 2.0) ** 2
    return (
        190.1
        + at_frequency
        + 20.0 * math.log10(distance_km)
        + 0.573 * angle_mrad
        - 0.15 * refractivity
        - 10.125 * math.pow(math.log10(50.0 / percent), 0.7)
    )


@compiled()
def _shielding_db(angle_mrad: float, to_horizon_km: float, frequency_ghz: float) -> float:
    """P.1812-6 eqs. (48), (49)."""
    angle = angle_mrad - 0.1 * to_horizon_km
    if angle <= 0.0:
        return 0.0
    return 20.0 * math.log10(1.0 + 0.361 * angle * math.sqrt(frequency_ghz * to_horizon_km)) + 0.264 * angle * math.pow(
        frequency_ghz, 1.0 / 3.0
    )


@compiled()
def _coastal_db(to_coast_km: float, to_horizon_km: float, antenna_m: float, over_sea: float) -> float:
    """P.1812-6 eq. (50)."""
    if over_sea < 0.75 or to_coast_km > to_horizon_km or to_coast_km > 5.0:
        return 0.0
    return -3.0 * math.exp(-0.25 * to_coast_km * to_coast_km) * (1.0 + math.tanh(0.07 * (50.0 - antenna_m)))


@compiled()
def ducting_loss_db(
    distance_km: float, frequency_ghz: float, percent: float, incidence_percent: float, radius_km: float,
    to_first_km: float, to_last_km: float, first_mrad: float, last_mrad: float, first_m: float, last_m: float,
    first_effective_m: float, last_effective_m: float, rough_m: float, inland_km: float, over_sea: float,
    first_coast_km: float, last_coast_km: float,
) -> float:  # fmt: skip
    """Ducting and layer reflection, dB. P.1812-6 section 4.5.

    `first_m`: antenna above sea; `first_effective_m`: above the smooth surface; `first_coast_km`: over land to the coast.
    """
    low_frequency = 0.0
    if frequency_ghz < 0.5:
        low_frequency = 45.375 - 137.0 * frequency_ghz + 92.5 * frequency_ghz * frequency_ghz
    fixed = (
        102.45
        + 20.0 * math.log10(frequency_ghz)
        + 20.0 * math.log10(to_first_km + to_last_km)
        + low_frequency
        + _shielding_db(first_mrad, to_first_km, frequency_ghz)
        + _shielding_db(last_mrad, to_last_km, frequency_ghz)
        + _coastal_db(first_coast_km, to_first_km, first_m, over_sea)
        + _coastal_db(last_coast_km, to_last_km, last_m, over_sea)
    )
    angle = (
        1000.0 * distance_km / radius_km
        + min(first_mrad, 0.1 * to_first_km)
        + min(last_mrad, 0.1 * to_last_km)
    )  # fmt: skip
    tau = 1.0 - math.exp(-4.12e-4 * math.pow(inland_km, 2.41))
    alpha = max(-0.6 - 3.5e-9 * math.pow(distance_km, 3.1) * tau, -3.4)
    heights = math.sqrt(first_effective_m) + math.sqrt(last_effective_m)
    slant = min(math.pow(500.0 / radius_km * (distance_km / heights) ** 2, alpha), 1.0)
    rough = 1.0
    if rough_m > 10.0:
        inner = min(distance_km - to_first_km - to_last_km, 40.0)
        rough = math.exp(-4.6e-5 * (rough_m - 10.0) * (43.0 + 6.0 * inner))
    beta = incidence_percent * slant * rough
    logarithm = math.log10(beta)
    gamma = (
        1.076
        / math.pow(2.0058 - logarithm, 1.012)
        * math.exp(-(9.51 - 4.8 * logarithm + 0.198 * logarithm * logarithm) * 1e-6 * math.pow(distance_km, 1.13))
    )
    ratio = percent / beta
    in_time = -12.0 + (1.2 + 3.7e-3 * distance_km) * math.log10(ratio) + 12.0 * math.pow(ratio, gamma)
    return fixed + 5e-5 * radius_km * math.pow(frequency_ghz, 1.0 / 3.0) * angle + in_time
