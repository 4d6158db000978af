"""Files of path profiles with measurements, in the layout of the ITU-R Study Group 3 correspondence groups (CSV).

A head of `name:,value` lines, points between {Begin of Profile} and {End of Profile}, and measurements between
{Begin of Measurements} and {End of Measurements}.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from dinh.engines.radio.p1812.path_loss import Climate, Polarisation, Prediction, basic_transmission_loss
from dinh.engines.radio.profiles import Profile
from dinh.kernel.errors import Invalid

_HEAD: Final = {
    "Tx LAT:": "transmitter_latitude", "Tx LON:": "transmitter_longitude", "Rx LAT:": "receiver_latitude",
    "Rx LON:": "receiver_longitude", "Average annual values dN (N-units/km):": "lapse_rate",
    "Average annual sea-level surface refractivity No (N-units):": "refractivity",
}  # fmt: skip
_FREQUENCY, _TX_HEIGHT, _RX_HEIGHT, _POLARISATION, _TIME, _MEASURED, _LOSS = 0, 1, 3, 4, 14, 16, 17
_POLARISATIONS: Final[dict[int, Polarisation]] = {1: "horizontal", 2: "vertical"}


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the measurements; what the file leaves empty is None."""

    line: int
    frequency_ghz: float
    transmitter_height_m: float
    receiver_height_m: float
    polarisation: Polarisation
    time_percent: float
    field_strength_dbuv_m: float | None
    basic_transmission_loss_db: float | None


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A path with what was measured over it; places as (latitude, longitude) in degrees."""

    name: str
    profile: Profile
    transmitter: tuple[float, float]
    receiver: tuple[float, float]
    climate: Climate
    measurements: Sequence[Measurement]

    def predict(self, measurement: Measurement) -> Prediction:
        """What P.1812 says of the measurement. Raises OutOfRange."""
        return basic_transmission_loss(
            self.profile,
            frequency_ghz=measurement.frequency_ghz,
            transmitter_height_m=measurement.transmitter_height_m,
            receiver_height_m=measurement.receiver_height_m,
            transmitter=self.transmitter,
            receiver=self.receiver,
            time_percent=measurement.time_percent,
            polarisation=measurement.polarisation,
            climate=self.climate,
        )


def read_profile_file(text: str) -> ProfileFile:
    """Raises Invalid with line, value and remedy."""
    lines = [line.rstrip().rstrip(",") for line in text.lstrip("\ufeff").splitlines()]
    head: dict[str, float] = {}
    for number, line in enumerate(lines, start=1):
        key, _, value = line.partition(",")
        if key in _HEAD:
            head[_HEAD[key]] = _number(value.split(",")[0], number, key)
    for key, name in _HEAD.items():
        if name not in head:
            raise Invalid("radio.profile_head", "the file has no line '{key}'; add it with its value", key=key)
    points = _between(lines, "{Begin of Profile}", "{End of Profile}")
    if points and points[0][1].startswith("Number of Points:"):
        number, line = points.pop(0)
        told = _number(line.partition(",")[2], number, "Number of Points")
        if told != len(points):
            raise Invalid("radio.profile_count", "line {line} tells of {told} points, {found} follow; give one line a point", line=number, told=int(told), found=len(points))  # fmt: skip
    table = np.array([[_cell(line, column, number) for column in range(5)] for number, line in points])
    if not len(table):
        raise Invalid("radio.profile_short", "a profile of {count} points has nothing between its ends; give at least 3", count=0)  # fmt: skip
    return ProfileFile(
        name=lines[0].strip() if lines else "",
        profile=Profile(table[:, 0], table[:, 1], table[:, 3], table[:, 4].astype(np.int64)),
        transmitter=(head["transmitter_latitude"], head["transmitter_longitude"]),
        receiver=(head["receiver_latitude"], head["receiver_longitude"]),
        climate=Climate(head["lapse_rate"], head["refractivity"]),
        measurements=[
            _measurement(line, number)
            for number, line in _between(lines, "{Begin of Measurements}", "{End of Measurements}")
        ],
    )


def _between(lines: Sequence[str], begin: str, end: str) -> list[tuple[int, str]]:
    """Numbered lines between two marks."""
    try:
        first = lines.index(begin)
        last = lines.index(end, first)
    except ValueError:
        raise Invalid(
            "radio.profile_part", "the file has no part from {begin} to {end}", begin=begin, end=end
        ) from None
    return [(number + 1, lines[number]) for number in range(first + 1, last) if lines[number]]


def _measurement(line: str, number: int) -> Measurement:
    polarisation = int(_cell(line, _POLARISATION, number))
    if polarisation not in _POLARISATIONS:
        raise Invalid("radio.polarisation", "line {line}: polarisation {value} is unknown; give 1 for horizontal, 2 for vertical", line=number, value=polarisation)  # fmt: skip
    cells = line.split(",")

    def perhaps(column: int) -> float | None:
        return _cell(line, column, number) if len(cells) > column and cells[column].strip() else None

    return Measurement(
        line=number,
        frequency_ghz=_cell(line, _FREQUENCY, number) / 1000,
        transmitter_height_m=_cell(line, _TX_HEIGHT, number),
        receiver_height_m=_cell(line, _RX_HEIGHT, number),
        polarisation=_POLARISATIONS[polarisation],
        time_percent=_cell(line, _TIME, number),
        field_strength_dbuv_m=perhaps(_MEASURED),
        basic_transmission_loss_db=perhaps(_LOSS),
    )


def _cell(line: str, column: int, number: int) -> float:
    cells = line.split(",")
    return _number(cells[column] if column < len(cells) else "", number, f"column {column + 1}")


def _number(text: str, line: int, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid("radio.profile_number", "line {line}, {what}: '{value}' is not a number; write it with a decimal point", line=line, what=what, value=text.strip()) from None  # fmt: skip
