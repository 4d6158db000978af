"""The ground that waves cross: terrain and what stands on it, on one grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from dinh.kernel.errors import Invalid, OutOfRange

type Grid = npt.NDArray[np.float32]
"""Shape (rows, columns); row 0 is the northernmost."""

_METRES_A_DEGREE: Final = 6371.0 * math.pi / 180 * 1000


@lru_cache(maxsize=16)
def _to_degrees(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


@dataclass(frozen=True, slots=True)
class Ground:
    """Terrain above sea and clutter above terrain, both in m, of shape (rows, columns), row 0 in the north.

    `west`, `north` are the outer edges, `step_x`, `step_y` the size of a pixel, in the units of `crs`: metres, or degrees
    where `geographic`. Values are those of pixel centres; between them the ground is interpolated bilinearly.
    Raises Invalid for holes and uneven shapes.
    """

    height_m: Grid
    clutter_m: Grid
    west: float
    north: float
    step_x: float
    step_y: float
    crs: str = "EPSG:4326"
    geographic: bool = True

    def __post_init__(self) -> None:
        if self.height_m.shape != self.clutter_m.shape or self.height_m.ndim != 2:
            raise Invalid("radio.ground_uneven", "terrain is {terrain}, clutter {clutter} pixels; bring both to one grid", terrain=self.height_m.shape, clutter=self.clutter_m.shape)  # fmt: skip
        if min(self.height_m.shape) < 2 or not (self.step_x > 0 and self.step_y > 0):
            raise Invalid("radio.ground_small", "a ground of {shape} pixels cannot be crossed; give at least 2 x 2 with steps above 0", shape=self.height_m.shape)  # fmt: skip
        holes = ~np.isfinite(self.height_m)
        if holes.any():
            row, column = (int(i[0]) for i in np.nonzero(holes))
            x, y = self.coordinates(row, column)
            raise Invalid("radio.ground_hole", "terrain has {count} holes, the first at {x:.5f}, {y:.5f}; fill them or choose another source", count=int(holes.sum()), x=x, y=y)  # fmt: skip

    @property
    def shape(self) -> tuple[int, int]:
        rows, columns = self.height_m.shape
        return rows, columns

    def coordinates(self, row: float, column: float) -> tuple[float, float]:
        """x, y of a pixel's centre in the units of `crs`."""
        return self.west + (column + 0.5) * self.step_x, self.north - (row + 0.5) * self.step_y

    def pixel(self, x: float, y: float) -> tuple[float, float]:
        """(row, column) of a point, not rounded; pixel centres are whole numbers. Raises OutOfRange outside the ground."""
        row, column = (self.north - y) / self.step_y - 0.5, (x - self.west) / self.step_x - 0.5
        rows, columns = self.shape
        if not (-0.5 <= row <= rows - 0.5 and -0.5 <= column <= columns - 0.5):
            raise OutOfRange("radio.off_ground", "the point {x}, {y} lies outside the ground; are its coordinates swapped, or does terrain lack there?", x=x, y=y)  # fmt: skip
        return row, column

    def pixel_size_m(self, row: float) -> tuple[float, float]:
        """Width and height of a pixel at a row, m. Geographic grids are taken as flat around it: over 20 km at 10° of
        latitude that bends distances by less than 0.06 %."""
        if not self.geographic:
            return self.step_x, self.step_y
        latitude = math.radians(self.coordinates(row, 0)[1])
        return self.step_x * _METRES_A_DEGREE * math.cos(latitude), self.step_y * _METRES_A_DEGREE

    def latitude_deg(self, row: float, column: float) -> float:
        """Of a pixel, WGS 84, whatever the grid's coordinates are."""
        x, y = self.coordinates(row, column)
        return y if self.geographic else float(_to_degrees(self.crs).transform(x, y)[1])

    def degrees(self, x: float, y: float) -> tuple[float, float]:
        """(latitude, longitude), WGS 84, of a point in the units of `crs`."""
        if self.geographic:
            return y, x
        longitude, latitude = _to_degrees(self.crs).transform(x, y)
        return float(latitude), float(longitude)

    def height_at(self, row: float, column: float) -> float:
        """Terrain above sea, m, interpolated."""
        rows, columns = self.shape
        row, column = min(max(row, 0.0), rows - 1.0), min(max(column, 0.0), columns - 1.0)
        top, left = min(int(row), rows - 2), min(int(column), columns - 2)
        down, right = row - top, column - left
        corner = self.height_m[top : top + 2, left : left + 2].astype(np.float64)
        upper = corner[0, 0] * (1 - right) + corner[0, 1] * right
        lower = corner[1, 0] * (1 - right) + corner[1, 1] * right
        return float(upper * (1 - down) + lower * down)
