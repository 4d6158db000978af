"""The part of a ground within a site's radius, and what the kernels need to know of the site in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.kernel.errors import OutOfRange


@dataclass(frozen=True, slots=True)
class Window:
    """Rows and columns [top, bottom) x [left, right) of the ground; the site's place in it in pixels, not rounded."""

    ground: Ground
    top: int
    bottom: int
    left: int
    right: int
    site_row: float
    site_column: float
    antenna_m: float
    """Above sea."""
    pixel_x_m: float
    pixel_y_m: float
    radius_m: float

    @property
    def shape(self) -> tuple[int, int]:
        return self.bottom - self.top, self.right - self.left

    @property
    def height_m(self) -> Grid:
        return np.ascontiguousarray(self.ground.height_m[self.top : self.bottom, self.left : self.right])

    @property
    def surface_m(self) -> Grid:
        """Terrain with clutter, above sea."""
        return self.height_m + self.ground.clutter_m[self.top : self.bottom, self.left : self.right]

    @property
    def latitude_deg(self) -> float:
        """Of the site."""
        return self.ground.latitude_deg(self.site_row + self.top, self.site_column + self.left)


def window(ground: Ground, *, x: float, y: float, antenna_height_m: float, radius_m: float) -> Window:
    """Around a site at x, y in the ground's units, its antenna so high above the terrain.

    Raises OutOfRange outside the ground, for a radius below two pixels and for an antenna that does not stand above ground.
    """
    if not antenna_height_m > 0:
        raise OutOfRange("radio.antenna_height", "an antenna {value} m above ground is not above ground; give its height in m", value=antenna_height_m)  # fmt: skip
    row, column = ground.pixel(x, y)
    wide, high = ground.pixel_size_m(row)
    if radius_m < 2 * max(wide, high):
        raise OutOfRange("radio.radius", "a radius of {value} m is less than two pixels of {pixel:.0f} m; give a larger one or a finer grid", value=radius_m, pixel=max(wide, high))  # fmt: skip
    rows, columns = ground.shape
    top, bottom = max(0, math.floor(row - radius_m / high)), min(rows, math.ceil(row + radius_m / high) + 1)
    left, right = max(0, math.floor(column - radius_m / wide)), min(columns, math.ceil(column + radius_m / wide) + 1)
    return Window(
        ground, top, bottom, left, right, row - top, column - left,
        ground.height_at(row, column) + antenna_height_m, wide, high, radius_m,
    )  # fmt: skip
