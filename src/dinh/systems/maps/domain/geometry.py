"""Points, distances, lines."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.errors import Invalid

_PAIR: Final = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*")
EARTH_M: Final = 6_371_000.0
NAMES_EN: Final = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
NAMES_VI: Final = ("bắc", "đông bắc", "đông", "đông nam", "nam", "tây nam", "tây", "tây bắc")


@dataclass(frozen=True, slots=True)
class Point:
    """WGS 84 degrees."""

    longitude: float
    latitude: float

    def written(self, places: int = 5) -> str:
        """Latitude first, as people copy it out of other maps; five decimals are one metre."""
        return f"{self.latitude:.{places}f},{self.longitude:.{places}f}"


def point_in(text: str) -> Point | None:
    """A text that is a pair of degrees, latitude first. Raises Invalid `maps.point` for degrees that are nowhere.

    A longitude of Vietnam is never a latitude, so a pair the other way round is understood too.
    """
    found = _PAIR.fullmatch(text)
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    if abs(latitude) > 90 and abs(longitude) <= 90:
        latitude, longitude = longitude, latitude
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Invalid("maps.point", "'{value}' is no place on earth; write latitude, longitude in degrees, such as 9.6025, 105.9739", value=text.strip()[:60])  # fmt: skip
    return Point(longitude, latitude)


def distance_m(one: Point, other: Point) -> float:
    """Along a great circle."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def distances_m(
    here: Point, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> NDArray[np.floating[Any]]:
    """From one point to many; flat, which within a province is good to a thousandth."""
    east = np.radians(longitude - here.longitude) * math.cos(math.radians(here.latitude))
    return EARTH_M * np.hypot(east, np.radians(latitude - here.latitude))


def decoded(line: str) -> list[tuple[float, float]]:
    """An encoded polyline of six decimals as longitude, latitude."""
    points: list[tuple[float, float]] = []
    values = [0, 0]
    axis = value = shift = 0
    for character in line:
        bits = ord(character) - 63
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits >= 0x20:
            continue
        values[axis] += ~(value >> 1) if value & 1 else value >> 1
        value = shift = 0
        axis = 1 - axis
        if axis == 0:
            points.append((values[1] / 1e6, values[0] / 1e6))
    return points


def box_of(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """west, south, east, north of at least one point."""
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def eighth(bearing_deg: float) -> int:
    """Which of the eight directions of NAMES_VI and NAMES_EN."""
    return round(bearing_deg / 45) % 8
