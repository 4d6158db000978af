"""Penetration into buildings and cars, TR 38.901 clause 7.4.3.

What is found here is added to the path loss of the outdoor link, whose distance is then d3D-out + d3D-in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import numpy as np

from dinh.engines.radio.tr38901.validity import Floats, Real, Scenario, table_range
from dinh.kernel.errors import OutOfRange, Phrase


class Building(StrEnum):
    """The loss models of Table 7.4.3-2. New buildings with metallised glass are HIGH_LOSS."""

    LOW_LOSS = "low-loss"
    HIGH_LOSS = "high-loss"


# Table 7.4.3-1: a + b·f, f in GHz.
_GLASS: Final = (2.0, 0.2)
_COATED_GLASS: Final = (23.0, 0.3)
_CONCRETE: Final = (5.0, 4.0)
_WOOD: Final = (4.85, 0.12)
Material = Literal["standard multi-pane glass", "IRR glass", "concrete", "wood"]
_MATERIALS: Final[dict[str, tuple[float, float]]] = {
    "standard multi-pane glass": _GLASS, "IRR glass": _COATED_GLASS, "concrete": _CONCRETE, "wood": _WOOD,
}  # fmt: skip
_WALLS: Final = {Building.LOW_LOSS: (0.3, _GLASS), Building.HIGH_LOSS: (0.7, _COATED_GLASS)}
"""Share of the wall that is glass, and of which glass; the rest is concrete (Table 7.4.3-2)."""
_DEEPEST_M: Final = {Scenario.UMA: 25.0, Scenario.UMI: 25.0, Scenario.RMA: 10.0}
_CAR_HZ: Final = table_range("frequency_hz", 0.6e9, 60e9, "Hz", "TR 38.901 clause 7.4.3.2")
CAR_SIGMA_DB: Final = 5.0
"""Clause 7.4.3.2."""


@dataclass(frozen=True, slots=True)
class Penetration:
    """`loss_db` is PL_tw + PL_in; `sigma_db` is σ_P, to be drawn once for a terminal."""

    wall_db: float
    inside_db: Real
    sigma_db: float

    @property
    def loss_db(self) -> Real:
        return self.wall_db + self.inside_db


def material_loss_db(material: Material, frequency_hz: float) -> float:
    """Table 7.4.3-1."""
    return _linear(_MATERIALS[material], frequency_hz)


def wall_loss_db(building: Building, frequency_hz: float) -> float:
    """PL_tw of Table 7.4.3-2, through the outer wall."""
    share, glass = _WALLS[building]
    through = share * 10.0 ** (-_linear(glass, frequency_hz) / 10.0)
    through += (1.0 - share) * 10.0 ** (-_linear(_CONCRETE, frequency_hz) / 10.0)
    return 5.0 - 10.0 * math.log10(through)


def expected_depth_m(scenario: Scenario) -> float:
    """Mean of d2D-in, the lesser of two draws from 0 to 25 m (UMa, UMi) or to 10 m (RMa): a third of the greatest."""
    return _deepest_m(scenario) / 3.0


def building_penetration(
    scenario: Scenario, building: Building, *, frequency_hz: float, depth_m: Real | None = None
) -> Penetration:
    """Table 7.4.3-2. `depth_m` is d2D-in; None takes its expected value. RMa knows low-loss buildings only."""
    deepest = _deepest_m(scenario)
    if scenario is Scenario.RMA and building is Building.HIGH_LOSS:
        raise _unknown(scenario)
    depth: Real = deepest / 3.0 if depth_m is None else depth_m
    if not np.all(table_range("depth_m", 0.0, deepest, "m", "TR 38.901 Table 7.4.3-2").holds(depth)):
        raise OutOfRange(
            "tr38901.depth",
            "{value} m inside a building lies outside 0–{most} m, for which TR 38.901 gives {scenario}",
            value=float(np.max(depth)),
            most=deepest,
            scenario=str(scenario),
        )
    sigma = 4.4 if building is Building.LOW_LOSS else 6.5
    return Penetration(wall_loss_db(building, frequency_hz), 0.5 * depth, sigma)


def old_building_penetration(depth_m: Real | None = None) -> Penetration:
    """Table 7.4.3-3, for comparison with TR 36.873 below 6 GHz: 20 dB and half a dB a metre.

    d2D-in is one draw from 0 to 25 m, so its expected value is 12.5 m. σ_P is 0; the link's own shadowing is 7 dB.
    """
    return Penetration(20.0, 0.5 * (12.5 if depth_m is None else depth_m), 0.0)


def car_loss_db(frequency_hz: float, *, metallised_windows: bool = False) -> float:
    """Mean of clause 7.4.3.2, 0.6 to 60 GHz; its deviation is `CAR_SIGMA_DB`."""
    if not _CAR_HZ.holds(frequency_hz):
        raise OutOfRange(
            "tr38901.car",
            "{value} GHz lies outside 0.6–60 GHz, for which TR 38.901 gives the loss into a car",
            value=frequency_hz / 1e9,
        )
    return 20.0 if metallised_windows else 9.0


def drawn_depth_m(scenario: Scenario, first: Floats, second: Floats) -> Floats:
    """d2D-in of terminals from two uniform draws in 0..1 for each, shape (n,), (n,) -> (n,)."""
    return np.minimum(first, second) * _deepest_m(scenario)


def _deepest_m(scenario: Scenario) -> float:
    if scenario not in _DEEPEST_M:
        raise _unknown(scenario)
    return _DEEPEST_M[scenario]


def _unknown(scenario: Scenario) -> OutOfRange:
    return OutOfRange(
        "tr38901.indoors",
        "TR 38.901 gives no such penetration for {scenario}; {remedy}",
        scenario=str(scenario),
        remedy=Phrase("take UMa or UMi, or low-loss buildings in RMa"),
    )


def _linear(law: tuple[float, float], frequency_hz: float) -> float:
    return law[0] + law[1] * frequency_hz / 1e9
