"""From outdoors into buildings and cars: TR 38.901 clause 7.4.3."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from dinh.engines.radio.ranges import Range

DEPTH: Final = Range("depth inside", 0, 25, "m", "3GPP TR 38.901 V17.0.0 clause 7.4.3.1")
EXPECTED_DEPTH_M: Final = 25 / 3
"""Mean of the lesser of two depths drawn evenly from 0 to 25 m (urban cells); 10 / 3 m in the rural one."""
EXPECTED_RURAL_DEPTH_M: Final = 10 / 3
CAR_DB: Final = 9.0
CAR_DEVIATION_DB: Final = 5.0
METALLISED_CAR_DB: Final = 20.0


@dataclass(frozen=True, slots=True)
class Penetration:
    """Mean loss and its standard deviation, dB."""

    loss_db: float
    deviation_db: float


def material_loss_db(material: Literal["glass", "irr_glass", "concrete", "wood"], frequency_ghz: float) -> float:
    """Through one material, dB. Table 7.4.3-1."""
    constant, slope = {"glass": (2.0, 0.2), "irr_glass": (23.0, 0.3), "concrete": (5.0, 4.0), "wood": (4.85, 0.12)}[
        material
    ]
    return constant + slope * frequency_ghz


def outdoor_to_indoor(
    building: Literal["low", "high"], *, frequency_ghz: float, depth_m: float = EXPECTED_DEPTH_M
) -> Penetration:
    """Through the wall and `depth_m` of the inside. Table 7.4.3-2: low loss 30 % of plain glass in concrete, high loss 70 % of
    coated glass. Raises OutOfRange for depths over 25 m."""
    glass, share, deviation = ("glass", 0.3, 4.4) if building == "low" else ("irr_glass", 0.7, 6.5)
    through_glass = share * 10 ** (-material_loss_db(glass, frequency_ghz) / 10)  # type: ignore[arg-type]
    through_wall = (1 - share) * 10 ** (-material_loss_db("concrete", frequency_ghz) / 10)
    wall = 5 - 10 * math.log10(through_glass + through_wall)
    return Penetration(wall + 0.5 * DEPTH.require(depth_m), deviation)
