"""Fading of a link in clear air, where layers of the atmosphere make several paths of one: ITU-R P.530, quick planning."""

from __future__ import annotations

import math
from typing import Final

from dinh.engines.radio.ranges import Range

HIGHEST_GHZ: Final = 45.0
GRADIENT: Final = Range("refractivity gradient dN1", -1500.0, 0.0, "N/km", "ITU-R P.453-14, map of dN1")
SOUTHERN_VIETNAM_DN1: Final = -300.0
"""Gradient of refractivity in the lowest 65 m that 1 % of an average year lie below, N-units/km: an assumption for a humid tropical
plain, on the side of more fading. A plan that is built takes the value of the map of ITU-R P.453."""


def geoclimatic_factor(dn1: float = SOUTHERN_VIETNAM_DN1) -> float:
    """K for quick planning. Source: ITU-R P.530-17 section 2.3.1 step 1. Raises OutOfRange."""
    return float(10.0 ** (-4.6 - 0.0027 * GRADIENT.require(dn1)))


def frequencies(length_km: float) -> Range:
    """Where the method holds for a path so long: from about 15/d to 45 GHz, P.530-17 section 2.3.1."""
    return Range("frequency", 15.0 / length_km, HIGHEST_GHZ, "GHz", "ITU-R P.530-17 section 2.3.1")


def occurrence_percent(
    length_km: float, *, frequency_ghz: float, first_m: float, last_m: float, factor: float
) -> float:
    """p0, the multipath occurrence factor in % of the worst month; antennas in m above sea.

    Source: ITU-R P.530-17 section 2.3.1 steps 2 and 3, quick planning with A = 0.
    """
    inclination = abs(last_m - first_m) / length_km
    lower = max(min(first_m, last_m), 0.0)
    return float(
        factor * length_km**3.1 * (1.0 + inclination) ** -1.29 * frequency_ghz**0.8 * 10.0 ** (-0.00089 * lower)
    )


def worst_month_percent(fade_db: float, occurrence: float) -> float:
    """Share of the worst month in % in which a fade is deeper than `fade_db`; 0 and more, for all depths.

    Source: ITU-R P.530-17 section 2.3.2: where fades are deep they fall by a decade for each 10 dB, where they are shallow the curve
    bends so that 0 dB are exceeded for some 63 % of time.
    """
    if occurrence <= 0.0:
        return 0.0
    turn_db = 25.0 + 1.2 * math.log10(occurrence)
    if fade_db >= turn_db or turn_db <= 0.0:
        return min(100.0, float(occurrence * 10.0 ** (-fade_db / 10.0)))
    at_turn = occurrence * 10.0 ** (-turn_db / 10.0)
    if at_turn >= 100.0:
        return 100.0
    slope = -20.0 * math.log10(-math.log((100.0 - at_turn) / 100.0)) / turn_db
    parameter = (slope - 2.0) / ((1.0 + 0.3 * 10.0 ** (-turn_db / 20.0)) * 10.0 ** (-0.016 * turn_db)) - 4.3 * (
        10.0 ** (-turn_db / 20.0) + turn_db / 800.0
    )
    bent = 2.0 + (1.0 + 0.3 * 10.0 ** (-fade_db / 20.0)) * 10.0 ** (-0.016 * fade_db) * (
        parameter + 4.3 * (10.0 ** (-fade_db / 20.0) + fade_db / 800.0)
    )
    return 100.0 * (1.0 - math.exp(-(10.0 ** (-bent * fade_db / 20.0))))


def year_from_worst_month_db(latitude_deg: float, length_km: float, first_m: float, last_m: float) -> float:
    """ΔG: the percentage of an average year is that of the worst month less so many dB, 10.8 at most.

    Source: ITU-R P.530-17 section 2.3.4.
    """
    inclination = abs(last_m - first_m) / length_km
    sign = 1.0 if abs(latitude_deg) <= 45.0 else -1.0
    bend = 1.1 + sign * abs(math.cos(2.0 * math.radians(latitude_deg))) ** 0.7
    found = 10.5 - 5.6 * math.log10(bend) - 2.7 * math.log10(length_km) + 1.7 * math.log10(1.0 + inclination)
    return min(found, 10.8)


def exceeded_percent(
    fade_db: float,
    length_km: float,
    *,
    frequency_ghz: float,
    first_m: float,
    last_m: float,
    latitude_deg: float,
    dn1: float = SOUTHERN_VIETNAM_DN1,
) -> float:
    """Share of an average year in % in which flat fading takes more than `fade_db`.

    From 15/d to 45 GHz. Source: ITU-R P.530-17 sections 2.3.1, 2.3.2, 2.3.4. Raises OutOfRange.
    """
    frequencies(length_km).require(frequency_ghz)
    occurrence = occurrence_percent(
        length_km, frequency_ghz=frequency_ghz, first_m=first_m, last_m=last_m, factor=geoclimatic_factor(dn1)
    )
    gained_db = year_from_worst_month_db(latitude_deg, length_km, first_m, last_m)
    return float(worst_month_percent(fade_db, occurrence) * 10.0 ** (-gained_db / 10.0))
