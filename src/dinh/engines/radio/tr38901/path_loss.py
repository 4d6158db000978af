"""Path loss of TR 38.901 V17/V18, Table 7.4.1-1: RMa, UMa, UMi-Street Canyon, InH-Office.

Distances are metres: `ground_m` is d2D, `slant_m` is d3D. Frequencies are hertz here; the table's formulas take GHz, and its
break points take c = 3.0e8 m/s (note 1), which moves a break point by 0.07 % from that of the exact speed of light.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.ranges import Range
from dinh.engines.radio.tr38901.validity import (
    VALIDITY,
    Beyond,
    Flags,
    Floats,
    Real,
    Scenario,
    WhenBeyond,
    beyond_bits,
    refuse_beyond,
    refuse_senseless,
)

LIGHT_M_S: Final = 3.0e8
STREET_WIDTH_M: Final = 20.0
BUILDING_HEIGHT_M: Final = 5.0
TERMINAL_HEIGHT_M: Final = 1.5
BASE_HEIGHT_M: Final = {Scenario.RMA: 35.0, Scenario.UMA: 25.0, Scenario.UMI: 10.0, Scenario.INH: 3.0}
"""Defaults of the table; that of the office is from Table 7.2-2."""
_HIGHEST_C_M: Final = 23.0
_LEAST_EFFECTIVE_M: Final = 0.5
"""An effective height h' below that of a terminal at 1.5 m occurs only in extrapolation, and would end in log 0."""
_LEAST_SLANT_M: Final = 1.0


class Losses(NamedTuple):
    """`loss_db` and, of the same shape, the `Beyond` bits of each link: 0 is within the range of the scenario."""

    loss_db: Floats
    beyond: NDArray[np.uint8]


def path_loss_db(
    scenario: Scenario,
    ground_m: Floats,
    *,
    frequency_hz: float,
    line_of_sight: bool | Flags,
    base_height_m: float | None = None,
    terminal_height_m: Real = TERMINAL_HEIGHT_M,
    street_width_m: float = STREET_WIDTH_M,
    building_height_m: float = BUILDING_HEIGHT_M,
    environment_height_m: float | None = None,
    optional_nlos: bool = False,
    beyond: WhenBeyond = "raise",
) -> Losses:
    """Median path loss without shadowing. `ground_m`, `line_of_sight` and `terminal_height_m` broadcast.

    `environment_height_m` fixes h_E of UMa; None means the expected value: the loss in dB averaged over the distribution
    of note 1 (1 m with probability 1/(1+C), else evenly 12, 15 … m), which no draw can make differ between two runs.
    `optional_nlos` takes the table's optional formula, which RMa lacks. Beyond the range `raise` raises OutOfRange;
    `extrapolate` evaluates the same formulas and marks the link.
    """
    base_m = BASE_HEIGHT_M[scenario] if base_height_m is None else base_height_m
    refuse_senseless(
        frequency_hz=frequency_hz, base_height_m=base_m, terminal_height_m=terminal_height_m,
        street_width_m=street_width_m, building_height_m=building_height_m,
    )  # fmt: skip
    ground, terminal, sees = np.broadcast_arrays(
        np.asarray(ground_m, dtype=np.float64),
        np.asarray(terminal_height_m, dtype=np.float64),
        np.asarray(line_of_sight, dtype=np.bool_),
    )
    slant = slant_m(ground, base_m, terminal)
    bits = _bits(
        scenario, ground, slant, sees, frequency_hz, base_m, terminal, street_width_m, building_height_m, beyond
    )
    ghz = frequency_hz / 1e9
    reached = np.maximum(slant, _LEAST_SLANT_M)
    match scenario:
        case Scenario.RMA:
            los = _rma_los(ground, reached, ghz, base_m, terminal, building_height_m)
            nlos = _rma_nlos(reached, ghz, base_m, terminal, street_width_m, building_height_m)
        case Scenario.UMA:
            los = _uma_los(ground, reached, ghz, base_m, terminal, environment_height_m)
            nlos = 13.54 + 39.08 * np.log10(reached) + 20.0 * math.log10(ghz) - 0.6 * (terminal - 1.5)
        case Scenario.UMI:
            los = _street_los(ground, reached, ghz, base_m, terminal, 1.0, 32.4, 21.0, 9.5)
            nlos = 22.4 + 35.3 * np.log10(reached) + 21.3 * math.log10(ghz) - 0.3 * (terminal - 1.5)
        case Scenario.INH:
            los = 32.4 + 17.3 * np.log10(reached) + 20.0 * math.log10(ghz)
            nlos = 17.3 + 38.3 * np.log10(reached) + 24.9 * math.log10(ghz)
    if optional_nlos and scenario in _OPTIONAL_SLOPES:
        nlos = 32.4 + 20.0 * math.log10(ghz) + _OPTIONAL_SLOPES[scenario] * np.log10(reached)
    else:
        nlos = np.maximum(los, nlos)
    return Losses(np.where(sees, los, nlos), bits)


_OPTIONAL_SLOPES: Final = {Scenario.UMA: 30.0, Scenario.UMI: 31.9, Scenario.INH: 31.9}


def point_path_loss_db(
    scenario: Scenario,
    ground_m: float,
    *,
    frequency_hz: float,
    line_of_sight: bool,
    base_height_m: float | None = None,
    terminal_height_m: float = TERMINAL_HEIGHT_M,
    street_width_m: float = STREET_WIDTH_M,
    building_height_m: float = BUILDING_HEIGHT_M,
    environment_height_m: float | None = None,
    optional_nlos: bool = False,
) -> float:
    """One link, never extrapolated: raises OutOfRange with the value and the permitted interval."""
    found = path_loss_db(
        scenario,
        np.array([ground_m], dtype=np.float64),
        frequency_hz=frequency_hz,
        line_of_sight=line_of_sight,
        base_height_m=base_height_m,
        terminal_height_m=terminal_height_m,
        street_width_m=street_width_m,
        building_height_m=building_height_m,
        environment_height_m=environment_height_m,
        optional_nlos=optional_nlos,
    )
    return float(found.loss_db[0])


def slant_m(ground_m: Floats, base_height_m: float, terminal_height_m: Real) -> Floats:
    """d3D of Figure 7.4.1-1."""
    return np.asarray(np.hypot(ground_m, base_height_m - np.asarray(terminal_height_m)), dtype=np.float64)


def break_distance_m(
    scenario: Scenario,
    *,
    frequency_hz: float,
    base_height_m: float,
    terminal_height_m: Real,
    environment_height_m: float = 1.0,
) -> Floats:
    """Where the slope of LOS changes, along the ground: d_BP of RMa (note 5), d'_BP of UMa and UMi (note 1).

    The office has no break point: infinity.
    """
    terminal = np.asarray(terminal_height_m, dtype=np.float64)
    if scenario is Scenario.INH:
        return np.full(terminal.shape, np.inf)
    if scenario is Scenario.RMA:
        return np.asarray(2.0 * math.pi * base_height_m * terminal * frequency_hz / LIGHT_M_S)
    base = max(base_height_m - environment_height_m, _LEAST_EFFECTIVE_M)
    above = np.maximum(terminal - environment_height_m, _LEAST_EFFECTIVE_M)
    return np.asarray(4.0 * base * above * frequency_hz / LIGHT_M_S)


def environment_heights(ground_m: Floats, terminal_height_m: Floats) -> tuple[tuple[float, ...], Floats]:
    """The heights h_E that UMa may have and the probability of each, shape (heights, n). Note 1 of Table 7.4.1-1.

    A terminal from 13 to 13.5 m has C > 0 but no height of 12 m below itself less 1.5 m; 1 m is then certain.
    """
    heights = (1.0, 12.0, 15.0, 18.0, 21.0)
    terminal, ground = np.broadcast_arrays(terminal_height_m, ground_m)
    g = np.where(ground > 18.0, 1.25 * (ground / 100.0) ** 3 * np.exp(-ground / 150.0), 0.0)
    c = np.where(terminal >= 13.0, (np.clip(terminal - 13.0, 0.0, _HIGHEST_C_M - 13.0) / 10.0) ** 1.5 * g, 0.0)
    possible = np.stack([terminal - 1.5 >= height for height in heights[1:]])
    number = possible.sum(axis=0)
    low = np.where(number > 0, 1.0 / (1.0 + c), 1.0)
    others = np.where(possible, (1.0 - low) / np.maximum(number, 1), 0.0)
    return heights, np.concatenate([low[None], others])


def _uma_los(
    ground: Floats, slant: Floats, ghz: float, base_m: float, terminal: Floats, fixed_m: float | None
) -> Floats:
    def at(environment_m: float) -> Floats:
        return _street_los(ground, slant, ghz, base_m, terminal, environment_m, 28.0, 22.0, 9.0)

    if fixed_m is not None:
        return at(fixed_m)
    if not np.any(terminal >= 13.5):
        return at(1.0)
    heights, chances = environment_heights(ground, terminal)
    return np.asarray(sum(chance * at(height) for height, chance in zip(heights, chances, strict=True)))


def _street_los(
    ground: Floats, slant: Floats, ghz: float, base_m: float, terminal: Floats,
    environment_m: float, constant_db: float, slope: float, turn: float,
) -> Floats:  # fmt: skip
    """PL1 and PL2 of UMa and UMi, which differ in three numbers; both are equal at the break point."""
    break_m = break_distance_m(
        Scenario.UMA, frequency_hz=ghz * 1e9, base_height_m=base_m, terminal_height_m=terminal,
        environment_height_m=environment_m,
    )  # fmt: skip
    common = constant_db + 20.0 * math.log10(ghz)
    near = common + slope * np.log10(slant)
    far = common + 40.0 * np.log10(slant) - turn * np.log10(break_m**2 + (base_m - terminal) ** 2)
    return np.where(ground <= break_m, near, far)


def _rma_los(ground: Floats, slant: Floats, ghz: float, base_m: float, terminal: Floats, building_m: float) -> Floats:
    break_m = np.maximum(
        break_distance_m(Scenario.RMA, frequency_hz=ghz * 1e9, base_height_m=base_m, terminal_height_m=terminal),
        _LEAST_SLANT_M,
    )

    def near(distance: Floats) -> Floats:
        return np.asarray(
            20.0 * np.log10(40.0 * math.pi * distance * ghz / 3.0)
            + min(0.03 * building_m**1.72, 10.0) * np.log10(distance)
            - min(0.044 * building_m**1.72, 14.77)
            + 0.002 * math.log10(building_m) * distance
        )

    far = near(break_m) + 40.0 * np.log10(slant / break_m)
    return np.where(ground <= break_m, near(slant), far)


def _rma_nlos(slant: Floats, ghz: float, base_m: float, terminal: Floats, street_m: float, building_m: float) -> Floats:
    base = math.log10(base_m)
    return np.asarray(
        161.04
        - 7.1 * math.log10(street_m)
        + 7.5 * math.log10(building_m)
        - (24.37 - 3.7 * (building_m / base_m) ** 2) * base
        + (43.42 - 3.1 * base) * (np.log10(slant) - 3.0)
        + 20.0 * math.log10(ghz)
        - (3.2 * np.log10(11.75 * terminal) ** 2 - 4.97)
    )


def _bits(
    scenario: Scenario, ground: Floats, slant: Floats, sees: Flags, frequency_hz: float, base_m: float,
    terminal: Floats, street_m: float, building_m: float, beyond: WhenBeyond,
) -> NDArray[np.uint8]:  # fmt: skip
    valid = VALIDITY[scenario]
    distance = slant if valid.slant else ground
    checked: list[tuple[Range | None, Real, Beyond]] = [
        (valid.frequency_hz, frequency_hz, Beyond.FREQUENCY),
        (valid.base_height_m, base_m, Beyond.BASE_HEIGHT),
        (valid.terminal_height_m, terminal, Beyond.TERMINAL_HEIGHT),
        (valid.street_width_m, street_m, Beyond.STREET_WIDTH),
        (valid.building_height_m, building_m, Beyond.BUILDING_HEIGHT),
    ]
    if beyond == "raise":
        for interval, value, _ in checked:
            if interval is not None:
                refuse_beyond(scenario, interval, value)
        for line_of_sight in (True, False):
            chosen = distance[sees == line_of_sight]
            refuse_beyond(scenario, valid.distance_m(line_of_sight=line_of_sight), chosen)
        return np.zeros(ground.shape, dtype=np.uint8)
    bits = np.where(
        sees,
        beyond_bits(valid.los_distance_m, distance, Beyond.DISTANCE),
        beyond_bits(valid.nlos_distance_m, distance, Beyond.DISTANCE),
    )
    for interval, value, bit in checked:
        bits = bits | beyond_bits(interval, value, bit)
    return bits.astype(np.uint8)
