"""Path loss of TR 38.901 clause 7.4.1: median, dB, between isotropic antennas.

Distances are horizontal, in m; heights above ground, in m; frequencies in GHz. Any shape -> the same shape.
"""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.ranges import Range
from dinh.engines.radio.tr38901.scenarios import (
    BUILDING_HEIGHT,
    INH,
    RMA,
    STREET_WIDTH,
    UMA,
    UMI,
    VILLAGE,
    Scenario,
    Surroundings,
)

type Floats = npt.NDArray[np.float64]
type Beyond = Literal["raise", "extrapolate"]

_LIGHT_M_S: Final = 3.0e8
"""As the note of Table 7.4.1-1 has it."""
_SHORTEST_M: Final = 1.0
"""Extrapolated maps take what is nearer as this far."""


def los_loss_db(
    scenario: Scenario,
    distance_m: npt.ArrayLike,
    *,
    frequency_ghz: float,
    base_height_m: float,
    terminal_height_m: float,
    surroundings: Surroundings = VILLAGE,
    environment_height_m: float = 1.0,
    beyond: Beyond = "raise",
) -> Floats:
    """Line of sight. `environment_height_m`: h_E of note 1, 1 m for terminals up to 13 m high; see `environment_heights_m`.

    Raises OutOfRange with the value and the interval, unless `beyond` is "extrapolate": `within` then tells what holds.
    """
    distance = _checked(scenario, distance_m, scenario.distance_m, frequency_ghz, base_height_m, terminal_height_m, surroundings, beyond)  # fmt: skip
    slant = np.hypot(distance, base_height_m - terminal_height_m)
    logarithm = np.log10(slant)
    at_frequency = 20 * math.log10(frequency_ghz)
    if scenario is INH:
        return np.asarray(32.4 + 17.3 * logarithm + at_frequency)
    if scenario is RMA:
        turn = 2 * math.pi * base_height_m * terminal_height_m * frequency_ghz * 1e9 / _LIGHT_M_S
        near = _rural(slant, frequency_ghz, surroundings)
        slant_at_turn = math.hypot(turn, base_height_m - terminal_height_m)
        far = _rural(np.asarray(slant_at_turn), frequency_ghz, surroundings) + 40 * np.log10(slant / slant_at_turn)
        return np.where(distance <= turn, near, far)
    above, terminal = base_height_m - environment_height_m, terminal_height_m - environment_height_m
    turn = 4 * above * terminal * frequency_ghz * 1e9 / _LIGHT_M_S
    constant, slope, bend = (28.0, 22.0, 9.0) if scenario is UMA else (32.4, 21.0, 9.5)
    near = constant + slope * logarithm + at_frequency
    bent = bend * math.log10(turn**2 + (base_height_m - terminal_height_m) ** 2)
    return np.where(distance <= turn, near, constant + 40 * logarithm + at_frequency - bent)


def _rural(slant_m: Floats, frequency_ghz: float, surroundings: Surroundings) -> Floats:
    height = surroundings.building_height_m
    return np.asarray(
        20 * np.log10(40 * math.pi * slant_m * frequency_ghz / 3)
        + min(0.03 * height**1.72, 10) * np.log10(slant_m)
        - min(0.044 * height**1.72, 14.77)
        + 0.002 * math.log10(height) * slant_m
    )


def nlos_loss_db(
    scenario: Scenario,
    distance_m: npt.ArrayLike,
    *,
    frequency_ghz: float,
    base_height_m: float,
    terminal_height_m: float,
    surroundings: Surroundings = VILLAGE,
    environment_height_m: float = 1.0,
    beyond: Beyond = "raise",
) -> Floats:
    """Without line of sight; never less than with it. Arguments and errors as of `los_loss_db`."""
    distance = _checked(scenario, distance_m, scenario.nlos_distance_m, frequency_ghz, base_height_m, terminal_height_m, surroundings, beyond)  # fmt: skip
    clear = los_loss_db(
        scenario, distance, frequency_ghz=frequency_ghz, base_height_m=base_height_m,
        terminal_height_m=terminal_height_m, surroundings=surroundings, environment_height_m=environment_height_m,
        beyond="extrapolate",
    )  # fmt: skip
    logarithm = np.log10(np.hypot(distance, base_height_m - terminal_height_m))
    octave = math.log10(frequency_ghz)
    if scenario is RMA:
        height, base = surroundings.building_height_m, math.log10(base_height_m)
        loss = (
            161.04
            - 7.1 * math.log10(surroundings.street_width_m)
            + 7.5 * math.log10(height)
            - (24.37 - 3.7 * (height / base_height_m) ** 2) * base
            + (43.42 - 3.1 * base) * (logarithm - 3)
            + 20 * octave
            - (3.2 * math.log10(11.75 * terminal_height_m) ** 2 - 4.97)
        )
    elif scenario is UMA:
        loss = 13.54 + 39.08 * logarithm + 20 * octave - 0.6 * (terminal_height_m - 1.5)
    elif scenario is UMI:
        loss = 35.3 * logarithm + 22.4 + 21.3 * octave - 0.3 * (terminal_height_m - 1.5)
    else:
        loss = 38.3 * logarithm + 17.30 + 24.9 * octave
    return np.maximum(clear, loss)


def within(
    scenario: Scenario,
    distance_m: npt.ArrayLike,
    *,
    frequency_ghz: float,
    base_height_m: float,
    terminal_height_m: float,
    line_of_sight: bool = True,
) -> npt.NDArray[np.bool_]:
    """Where the scenario's loss is within its range of validity; the shape of the distances."""
    everywhere = (
        scenario.frequency_ghz.holds(frequency_ghz)
        & scenario.base_height_m.holds(base_height_m)
        & scenario.terminal_height_m.holds(terminal_height_m)
    )
    return np.asarray(
        (scenario.distance_m if line_of_sight else scenario.nlos_distance_m).holds(distance_m) & everywhere
    )


def _checked(
    scenario: Scenario, distance_m: npt.ArrayLike, distances: Range, frequency_ghz: float, base_height_m: float,
    terminal_height_m: float, surroundings: Surroundings, beyond: Beyond,
) -> Floats:  # fmt: skip
    distance = np.asarray(distance_m, dtype=np.float64)
    if beyond == "extrapolate":
        return np.maximum(distance, _SHORTEST_M)
    scenario.frequency_ghz.require(frequency_ghz)
    scenario.base_height_m.require(base_height_m)
    scenario.terminal_height_m.require(terminal_height_m)
    if scenario is RMA:
        BUILDING_HEIGHT.require(surroundings.building_height_m)
        STREET_WIDTH.require(surroundings.street_width_m)
    bad = ~distances.holds(distance)
    if bad.any():
        distances.require(float(distance[bad].flat[0]))
    return distance


def environment_heights_m(terminal_height_m: float) -> list[float]:
    """The values that h_E of the urban macro cell may take, m: 1 m alone up to 13 m (note 1 of Table 7.4.1-1)."""
    if terminal_height_m < 13:
        return [1.0]
    return [1.0, *np.arange(12.0, terminal_height_m - 1.5 + 1e-9, 3.0).tolist()]
