"""Web mercator in the unit square: x east from 180° W, y south from 85.05° N, as tiles are counted (EPSG:3857)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

EXTENT = 4096
"""Units along the side of a tile, as the Mapbox Vector Tile specification 2.1 recommends."""
MAX_ZOOM = 22
_MOST_NORTH = 85.051128779806604
_EQUATOR_M = 40_075_016.686
_TILE_PIXELS = 512


def project(longitude: Floats, latitude: Floats) -> tuple[Floats, Floats]:
    """Degrees -> (x, y) in [0, 1]; latitudes beyond ±85.0511° are moved to it. Shape (n,) -> (n,), (n,)."""
    x = np.clip(longitude / 360.0 + 0.5, 0.0, 1.0)
    sine = np.sin(np.radians(np.clip(latitude, -_MOST_NORTH, _MOST_NORTH)))
    y = np.clip(0.5 - np.arctanh(sine) / (2.0 * math.pi), 0.0, 1.0)
    return x, y


def unproject(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """The inverse of `project`, degrees."""
    return (x - 0.5) * 360.0, np.degrees(np.arctan(np.sinh((0.5 - y) * 2.0 * math.pi)))


def tile_box(z: int, x: int, y: int, *, margin: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile in degrees, widened by `margin` of its side."""
    size = 1.0 / (1 << z)
    longitude, latitude = unproject(
        np.array([x - margin, x + 1.0 + margin]) * size, np.array([y + 1.0 + margin, y - margin]) * size
    )
    return float(longitude[0]), float(latitude[0]), float(longitude[1]), float(latitude[1])


def pixel_m(z: int) -> float:
    """Metres at the equator under one of the 512 pixels of a tile's side."""
    return _EQUATOR_M / (1 << z) / _TILE_PIXELS


def exists(z: int, x: int, y: int) -> bool:
    return 0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z
