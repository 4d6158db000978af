"""Answers as pictures: a look-up from Web Mercator into the metric grid, and colours. NumPy and Pillow alone."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor
from pyproj import Transformer

from dinh.kernel.errors import NotFound
from dinh.systems.network_5g.layers import DIFFERENCE, SERVERS, Layer

TILE: Final = 512
WORLD_M: Final = 2 * math.pi * 6378137.0
"""Width of the square of Web Mercator."""
NOTHING: Final = -32768
_COARSE: Final = 17
"""Control points a side: between them a tile is as good as flat (error below a hundredth of a pixel at 50 m)."""

type Values = npt.NDArray[Any]


class Looked(Protocol):
    """What a picture asks of an array."""

    def __getitem__(self, places: Any, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a grid lies."""

    crs: str
    west: float
    north: float
    step: float
    rows: int
    columns: int

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> Frame:
        return cls(about["crs"], about["west"], about["north"], about["step"], about["rows"], about["columns"])

    def corners_deg(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all of it, degrees."""
        xs = [self.west, self.west + self.columns * self.step]
        ys = [self.north - self.rows * self.step, self.north]
        lon, lat = _from(self.crs, "EPSG:4326").transform([*xs, *xs], [ys[0], ys[0], ys[1], ys[1]])
        return min(lon), min(lat), max(lon), max(lat)

    def place_deg(self, row: float, column: float) -> tuple[float, float]:
        """Longitude and latitude of a pixel's centre."""
        x, y = self.west + (column + 0.5) * self.step, self.north - (row + 0.5) * self.step
        lon, lat = _from(self.crs, "EPSG:4326").transform(x, y)
        return float(lon), float(lat)

    def place_of(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Row and column from the upper left corner, not rounded; infinite where the projection has no such place."""
        x, y = _from("EPSG:4326", self.crs).transform(longitude, latitude)
        return (self.north - y) / self.step, (x - self.west) / self.step

    def pixel(self, longitude: float, latitude: float) -> tuple[int, int] | None:
        """Row and column of the pixel that holds a point; None outside."""
        down, across = self.place_of(longitude, latitude)
        if not (math.isfinite(down) and math.isfinite(across)):
            return None
        row, column = math.floor(down), math.floor(across)
        return (row, column) if 0 <= row < self.rows and 0 <= column < self.columns else None


@lru_cache(maxsize=16)
def _from(one: str, other: str) -> Transformer:
    return Transformer.from_crs(one, other, always_xy=True)


def to_degrees(crs: str) -> Transformer:
    """From a grid's metres to longitude and latitude."""
    return _from(crs, "EPSG:4326")


@lru_cache(maxsize=64)
def _array(path: Path) -> Values:
    try:
        found: Values = np.load(path, mmap_mode="r")
    except FileNotFoundError as error:
        raise NotFound("radio.no_answer", "this map is no longer kept; calculate it again") from error
    return found


def values_of(answer: Path, carrier: str, layer: str) -> Values:
    """An answer's array, mapped from its file. Raises NotFound `radio.no_answer`."""
    if not carrier.isalnum():
        raise NotFound("network_5g.no_carrier", "there is no carrier '{code}' in this scenario", code=carrier[:20])
    return _array(answer / carrier / f"{layer}.npy")


def tile(values: Looked, on: Frame, layer: Layer, z: int, x: int, y: int, *, size: int = TILE) -> bytes | None:
    """A PNG of a tile in the scheme of web maps; None where the grid has no part of it."""
    side = WORLD_M / 2**z
    west, north = x * side - WORLD_M / 2, WORLD_M / 2 - y * side
    rows, columns = _places(on, west, north, side / size, side / size, size, size)
    inside = (rows >= 0) & (rows < on.rows) & (columns >= 0) & (columns < on.columns)
    if not inside.any():
        return None
    shown = values[np.clip(rows, 0, on.rows - 1), np.clip(columns, 0, on.columns - 1)]
    return coloured(shown, inside, layer)


@dataclass(frozen=True, slots=True)
class Overlay:
    """A picture to lay on a map: its PNG, and the corners in degrees: west, south, east, north."""

    png: bytes
    box: tuple[float, float, float, float]


def overlay(values: Values, on: Frame, layer: Layer, *, top: int = 0, left: int = 0, most: int = 900) -> Overlay:
    """A part of a grid in Web Mercator, at most so many pixels a side."""
    rows, columns = values.shape
    part = Frame(on.crs, on.west + left * on.step, on.north - top * on.step, on.step, rows, columns)
    west, south, east, north = part.corners_deg()
    x0, y0 = _from("EPSG:4326", "EPSG:3857").transform(west, south)
    x1, y1 = _from("EPSG:4326", "EPSG:3857").transform(east, north)
    wide = min(most, max(columns, 2))
    high = max(2, min(most, round(wide * (y1 - y0) / (x1 - x0))))
    at_rows, at_columns = _places(part, x0, y1, (x1 - x0) / wide, (y1 - y0) / high, wide, high)
    inside = (at_rows >= 0) & (at_rows < rows) & (at_columns >= 0) & (at_columns < columns)
    shown = values[np.clip(at_rows, 0, rows - 1), np.clip(at_columns, 0, columns - 1)]
    return Overlay(coloured(shown, inside, layer), (west, south, east, north))


def _places(
    on: Frame, west: float, north: float, step_x: float, step_y: float, wide: int, high: int
) -> tuple[Values, Values]:
    """Row and column of the grid for each pixel of a picture in Web Mercator: bilinear between exact control points."""
    across, down = np.linspace(0, wide, _COARSE), np.linspace(0, high, _COARSE)
    x, y = np.meshgrid(west + across * step_x, north - down * step_y)
    east, northing = _from("EPSG:3857", on.crs).transform(x, y)
    u, v = (np.arange(wide) + 0.5) / wide * (_COARSE - 1), (np.arange(high) + 0.5) / high * (_COARSE - 1)
    found = []
    for exact in ((on.north - northing) / on.step, (east - on.west) / on.step):
        left, upper = np.minimum(u.astype(int), _COARSE - 2), np.minimum(v.astype(int), _COARSE - 2)
        q, r = u - left, (v - upper)[:, None]
        above = exact[upper][:, left] * (1 - q) + exact[upper][:, left + 1] * q
        below = exact[upper + 1][:, left] * (1 - q) + exact[upper + 1][:, left + 1] * q
        found.append(np.floor(above * (1 - r) + below * r).astype(np.int64))
    return found[0], found[1]


def coloured(shown: Values, inside: npt.NDArray[np.bool_], layer: Layer) -> bytes:
    """A PNG with the layer's colours; what is not known, not reached or below the first step is clear."""
    if layer.code == "server":
        colours: tuple[str, ...] = SERVERS
        # Cells of a mast follow each other, so do masts that stand side by side: their numbers are spread.
        index = 1 + (np.maximum(shown, 0).astype(np.int64) * 4) % len(SERVERS)
        clear = ~inside | (shown < 0)
    else:
        colours = tuple(step.colour for step in layer.steps)
        edges = np.array([-1e9 if step.from_ is None else step.from_ * layer.scale for step in layer.steps])
        index = np.searchsorted(edges, shown, side="right")
        clear = ~inside | (shown == NOTHING)
    index = np.where(clear, 0, index).astype(np.uint8)
    picture = Image.fromarray(index, "P")
    rgba = [(0, 0, 0, 0), *(_rgba(colour) for colour in colours)]
    picture.putpalette([part for colour in rgba for part in colour[:3]])
    held = io.BytesIO()
    picture.save(held, "PNG", compress_level=2, transparency=bytes(colour[3] for colour in rgba))
    return held.getvalue()


def _rgba(colour: str) -> tuple[int, ...]:
    found = ImageColor.getrgb(colour)
    return found if len(found) == 4 else (*found, 255)


def difference(before: Values, after: Values) -> Values:
    """Hundredths of dB by which a level grows; a place that one of them does not reach counts as 30 dB."""
    reached, reaches = before != NOTHING, after != NOTHING
    change = after.astype(np.int32) - before.astype(np.int32)
    change = np.where(reached & ~reaches, -3000, np.where(~reached & reaches, 3000, change))
    found: Values = np.where(reached | reaches, np.clip(change, -32000, 32000), NOTHING).astype(np.int16)
    return found


def difference_tile(before: Values, after: Values, on: Frame, z: int, x: int, y: int) -> bytes | None:
    return tile(_Difference(before, after), on, DIFFERENCE, z, x, y)


class _Difference:
    """Only the pixels that are looked up are subtracted."""

    def __init__(self, before: Values, after: Values) -> None:
        self._before, self._after = before, after

    def __getitem__(self, places: Any, /) -> Values:
        return difference(self._before[places], self._after[places])
