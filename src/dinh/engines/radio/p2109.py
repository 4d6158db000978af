"""Building entry loss: ITU-R P.2109-2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from dinh.engines.radio.ranges import Range

FREQUENCY: Final = Range("frequency", 0.08, 100.0, "GHz", "ITU-R P.2109-2 Annex 1 section 3")
PROBABILITY: Final = Range("probability", 0.01, 99.99, "%", "ITU-R P.2109-2 Annex 1 section 3")
ELEVATION: Final = Range("elevation", -90.0, 90.0, "degrees", "ITU-R P.2109-2 Annex 1 section 3")


@dataclass(frozen=True, slots=True)
class Building:
    """Coefficients of one class of buildings, ITU-R P.2109-2 Table 1."""

    r: float
    s: float
    t: float
    u: float
    v: float
    w: float
    x: float
    y: float
    z: float


TRADITIONAL: Final = Building(12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0)
THERMALLY_EFFICIENT: Final = Building(28.19, -3.00, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1)


def building_entry_loss_db(
    building: Building, *, frequency_ghz: float, probability_percent: float = 50.0, elevation_deg: float = 0.0
) -> float:
    """Loss not exceeded with the probability, dB. Source: ITU-R P.2109-2 eqs. (1) to (9). Raises OutOfRange."""
    logarithm = math.log10(FREQUENCY.require(frequency_ghz))
    quantile = NormalDist().inv_cdf(PROBABILITY.require(probability_percent) / 100)
    median = building.r + building.s * logarithm + building.t * logarithm**2
    first = quantile * (building.u + building.v * logarithm) + median + 0.212 * abs(ELEVATION.require(elevation_deg))
    second = quantile * (building.y + building.z * logarithm) + building.w + building.x * logarithm
    return 10 * math.log10(10 ** (0.1 * first) + 10 ** (0.1 * second) + 10 ** (0.1 * -3.0))
