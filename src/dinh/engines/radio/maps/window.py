"""The part of a ground within a site's radius, and what the kernels need to know of the site in it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.region import Region
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
    ground_m: float
    """Of the terrain under the site, above sea."""
    antenna_m: float
    """Above sea."""
    latitude_deg: float
    """Of the site."""
    pixel_x_m: float
    pixel_y_m: float
    radius_m: float

    @property
    def region(self) -> Region:
        return Region(self.top, self.bottom, self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        return self.region.shape

    def on_piece(self, piece: Ground, corner: Region) -> Window:
        """The same window over a piece of the ground whose first pixel is the corner's. What is known of the site stays as
        the whole ground tells it: told anew from the piece it would differ by a rounding."""
        moved = self.region.seen_from(corner)
        return replace(self, ground=piece, top=moved.top, bottom=moved.bottom, left=moved.left, right=moved.right)

    @property
    def height_m(self) -> Grid:
        return self._part(self.ground.height_m)

    @property
    def surface_m(self) -> Grid:
        """Terrain with clutter, above sea."""
        return self.height_m + self._part(self.ground.clutter_m)

    def _part(self, grid: Grid) -> Grid:
        """Always of one kind of array: kernels would be compiled again for a file mapped into memory or a view."""
        return np.array(grid[self.region.slices], dtype=np.float32, order="C")


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
    terrain_m = ground.height_at(row, column)
    return Window(
        ground, top, bottom, left, right, row - top, column - left, terrain_m, terrain_m + antenna_height_m,
        ground.latitude_deg(row, column), float(wide), float(high), float(radius_m),
    )  # fmt: skip
