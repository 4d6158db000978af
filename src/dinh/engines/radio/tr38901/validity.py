"""The ranges for which TR 38.901 gives its models, and what a value beyond them is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.ranges import Range
from dinh.kernel.errors import OutOfRange

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Real = float | Floats
type WhenBeyond = Literal["raise", "extrapolate"]


class Scenario(StrEnum):
    """The environments of clause 7.2 that have a row in Table 7.4.1-1 of their own."""

    RMA = "RMa"
    UMA = "UMa"
    UMI = "UMi-Street Canyon"
    INH = "InH-Office"


class Beyond(IntFlag):
    """Which of a link's values lie outside the range of its scenario; 0 is a link within."""

    WITHIN = 0
    FREQUENCY = 1
    DISTANCE = 2
    BASE_HEIGHT = 4
    TERMINAL_HEIGHT = 8
    STREET_WIDTH = 16
    BUILDING_HEIGHT = 32


@dataclass(frozen=True, slots=True)
class Validity:
    """The applicability columns and notes of Table 7.4.1-1 for one scenario.

    Distances are along the ground (d2D), but along the straight line (d3D) where `slant`. Where the table names one height
    of the base station and no range, that height is the whole range: 25 m in UMa, 10 m in UMi.
    """

    frequency_hz: Range
    los_distance_m: Range
    nlos_distance_m: Range
    base_height_m: Range
    terminal_height_m: Range
    street_width_m: Range | None = None
    building_height_m: Range | None = None
    slant: bool = False

    def distance_m(self, *, line_of_sight: bool) -> Range:
        return self.los_distance_m if line_of_sight else self.nlos_distance_m


def table_range(what: str, least: float, most: float, unit: str, source: str = "TR 38.901 Table 7.4.1-1") -> Range:
    return Range(what, least, most, unit, source)


def _metres(what: str, least: float, most: float) -> Range:
    return table_range(what, least, most, "m")


_WIDE: Final = table_range("frequency_hz", 0.5e9, 100e9, "Hz")

VALIDITY: Final[Mapping[Scenario, Validity]] = MappingProxyType(
    {
        Scenario.RMA: Validity(
            frequency_hz=table_range("frequency_hz", 0.5e9, 30e9, "Hz"),
            los_distance_m=_metres("ground_m (d2D)", 10.0, 10_000.0),
            nlos_distance_m=_metres("ground_m (d2D)", 10.0, 5_000.0),
            base_height_m=_metres("base_height_m", 10.0, 150.0),
            terminal_height_m=_metres("terminal_height_m", 1.0, 10.0),
            street_width_m=_metres("street_width_m", 5.0, 50.0),
            building_height_m=_metres("building_height_m", 5.0, 50.0),
        ),
        Scenario.UMA: Validity(
            frequency_hz=_WIDE,
            los_distance_m=_metres("ground_m (d2D)", 10.0, 5_000.0),
            nlos_distance_m=_metres("ground_m (d2D)", 10.0, 5_000.0),
            base_height_m=_metres("base_height_m", 25.0, 25.0),
            terminal_height_m=_metres("terminal_height_m", 1.5, 22.5),
        ),
        Scenario.UMI: Validity(
            frequency_hz=_WIDE,
            los_distance_m=_metres("ground_m (d2D)", 10.0, 5_000.0),
            nlos_distance_m=_metres("ground_m (d2D)", 10.0, 5_000.0),
            base_height_m=_metres("base_height_m", 10.0, 10.0),
            terminal_height_m=_metres("terminal_height_m", 1.5, 22.5),
        ),
        Scenario.INH: Validity(
            frequency_hz=_WIDE,
            los_distance_m=_metres("distance_m (d3D)", 1.0, 150.0),
            nlos_distance_m=_metres("distance_m (d3D)", 1.0, 150.0),
            # The table names none; Table 7.2-2 evaluates offices with 3 m and 1 m, and a room bounds the rest.
            base_height_m=_metres("base_height_m", 1.0, 10.0),
            terminal_height_m=_metres("terminal_height_m", 0.5, 10.0),
            slant=True,
        ),
    }
)


def beyond_bits(interval: Range | None, value: Real, bit: Beyond) -> NDArray[np.uint8]:
    """`bit` wherever `value` lies outside; nothing where the scenario does not use the quantity."""
    if interval is None:
        return np.zeros(np.shape(value), dtype=np.uint8)
    return np.where(interval.holds(value), 0, int(bit)).astype(np.uint8)


def refuse_beyond(scenario: Scenario, interval: Range, value: Real) -> None:
    """Raises OutOfRange `tr38901.beyond` with the first value outside."""
    wrong = np.atleast_1d(~interval.holds(value))
    if wrong.any():
        raise OutOfRange(
            "tr38901.beyond",
            "{quantity} of {value} {unit} lies outside {least}–{most} {unit}, for which TR 38.901 gives {scenario}; "
            "give a value within, or ask for extrapolation",
            quantity=interval.what,
            value=float(np.atleast_1d(np.asarray(value, dtype=np.float64))[wrong][0]),
            unit=interval.unit,
            least=interval.least,
            most=interval.most,
            scenario=str(scenario),
        )


def refuse_senseless(**values: Real) -> None:
    """Raises OutOfRange `tr38901.not_positive`: of these no formula can be extrapolated from 0. NaN passes as unknown."""
    for quantity, value in values.items():
        wrong = np.atleast_1d(np.less_equal(value, 0.0))
        if wrong.any():
            raise OutOfRange(
                "tr38901.not_positive",
                "{quantity} is {value}; give a number above 0",
                quantity=quantity,
                value=float(np.atleast_1d(np.asarray(value, dtype=np.float64))[wrong][0]),
            )
