"""Writes Mapbox Vector Tiles (specification 2.1); numbers of a geometry are encoded all at once by NumPy.

A general encoder takes some ten milliseconds for a tile of communes; this one a fraction, and tiles are made anew
whenever a place changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dinh.engines.tiles.mercator import EXTENT, project

type Value = str | bool | int | float

_POINT, _LINE, _POLYGON = 1, 2, 3
_BUFFER = 64 / EXTENT
"""How far a shape reaches over the edge of its tile, so that no outline is drawn along the edge."""


class LayerWriter:
    """One layer of one tile; add features, then take `encoded()`."""

    def __init__(self, name: str, z: int, x: int, y: int) -> None:
        self._name = name
        self._z, self._x, self._y = z, x, y
        self._features: list[bytes] = []
        self._keys: dict[str, int] = {}
        self._values: dict[tuple[type, Value], int] = {}

    def add_point(self, x: float, y: float, properties: Mapping[str, Value | None]) -> None:
        """A point of the unit square (see mercator)."""
        column, row = self._local(x, y)
        geometry = bytes([9]) + _varint(_zigzag(column)) + _varint(_zigzag(row))
        self._add(_POINT, geometry, properties)

    def add_line(self, xy: NDArray[np.float64], properties: Mapping[str, Value | None]) -> None:
        """A line in the unit square, shape (n, 2); what lies off the tile is cut away, perhaps all of it."""
        tiles = 1 << self._z
        west, south = (self._x - _BUFFER) / tiles, (self._y - _BUFFER) / tiles
        east, north = (self._x + 1 + _BUFFER) / tiles, (self._y + 1 + _BUFFER) / tiles
        line = shapely.linestrings(xy)
        inside = xy.min(0) >= (west, south), xy.max(0) <= (east, north)
        if not (inside[0].all() and inside[1].all()):
            line = shapely.clip_by_rect(line, west, south, east, north)
        numbers: list[NDArray[np.int64]] = []
        cursor = np.zeros(2, dtype=np.int64)
        offset = np.array([self._x, self._y])
        for part in shapely.get_parts(line):
            corners = np.rint((shapely.get_coordinates(part) * tiles - offset) * EXTENT).astype(np.int64)
            written = _path(corners, cursor)
            if written is not None:
                numbers.append(written)
                cursor = corners[-1]
        if numbers:
            self._add(_LINE, varints(np.concatenate(numbers)), properties)

    def add_area(self, shape: BaseGeometry, properties: Mapping[str, Value | None]) -> None:
        """A polygon or multipolygon in the unit square; what lies off the tile is cut away, perhaps all of it."""
        geometry = self._area(shape)
        if geometry:
            self._add(_POLYGON, geometry, properties)

    def encoded(self) -> bytes:
        """The layer as a field of a tile; empty without features, for a layer needs at least one."""
        if not self._features:
            return b""
        parts = [_field(1, self._name.encode())]
        parts += [_field(2, feature) for feature in self._features]
        parts += [_field(3, key.encode()) for key in self._keys]
        parts += [_field(4, _value(value)) for _, value in self._values]
        parts += [b"\x28" + _varint(EXTENT), b"\x78\x02"]
        return _field(3, b"".join(parts))

    def _local(self, x: float, y: float) -> tuple[int, int]:
        tiles = 1 << self._z
        return round((x * tiles - self._x) * EXTENT), round((y * tiles - self._y) * EXTENT)

    def _add(self, kind: int, geometry: bytes, properties: Mapping[str, Value | None]) -> None:
        tags = b"".join(
            _varint(self._keys.setdefault(key, len(self._keys)))
            + _varint(self._values.setdefault((type(value), value), len(self._values)))
            for key, value in properties.items()
            if value is not None
        )
        self._features.append(_field(2, tags) + b"\x18" + _varint(kind) + _field(4, geometry))

    def _area(self, shape: BaseGeometry) -> bytes:
        tiles = 1 << self._z
        size = 1.0 / tiles
        clipped = shapely.clip_by_rect(
            shape,
            (self._x - _BUFFER) * size,
            (self._y - _BUFFER) * size,
            (self._x + 1 + _BUFFER) * size,
            (self._y + 1 + _BUFFER) * size,
        )
        numbers: list[NDArray[np.int64]] = []
        cursor = np.zeros(2, dtype=np.int64)
        offset = np.array([self._x, self._y])
        for polygon in shapely.get_parts(clipped):
            if polygon.geom_type != "Polygon":
                continue
            for i, ring in enumerate(shapely.get_rings(polygon)):
                corners = np.rint((shapely.get_coordinates(ring) * tiles - offset) * EXTENT).astype(np.int64)
                written = _ring(corners, cursor, outer=i == 0)
                if written is None:
                    if i == 0:
                        break
                    continue
                part, cursor = written
                numbers.append(part)
        return varints(np.concatenate(numbers)) if numbers else b""


def _ring(
    corners: NDArray[np.int64], cursor: NDArray[np.int64], *, outer: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """MoveTo, LineTo, ClosePath; None for a ring that shrank to nothing. Outer rings have a positive area by the
    surveyor's formula with y down, inner ones a negative (specification 4.3.3.3)."""
    moved = np.any(np.diff(corners, axis=0) != 0, axis=1)
    corners = corners[:-1][moved]
    if len(corners) < 3:
        return None
    x, y = corners[:, 0], corners[:, 1]
    area = int(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if area == 0:
        return None
    if (area > 0) != outer:
        corners = corners[::-1]
    steps = np.diff(corners, axis=0, prepend=cursor[None, :])
    zigzag = (steps << 1) ^ (steps >> 63)
    numbers = np.empty(2 * len(corners) + 3, dtype=np.int64)
    numbers[0] = 9
    numbers[1:3] = zigzag[0]
    numbers[3] = ((len(corners) - 1) << 3) | 2
    numbers[4:-1] = zigzag[1:].ravel()
    numbers[-1] = 15
    return numbers, corners[-1]


def _path(corners: NDArray[np.int64], cursor: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """MoveTo and LineTo; None for a line that shrank to a point."""
    moved = np.any(np.diff(corners, axis=0, prepend=corners[:1] - 1) != 0, axis=1)
    corners = corners[moved]
    if len(corners) < 2:
        return None
    steps = np.diff(corners, axis=0, prepend=cursor[None, :])
    zigzag = (steps << 1) ^ (steps >> 63)
    numbers = np.empty(2 * len(corners) + 2, dtype=np.int64)
    numbers[0] = 9
    numbers[1:3] = zigzag[0]
    numbers[3] = ((len(corners) - 1) << 3) | 2
    numbers[4:] = zigzag[1:].ravel()
    return numbers


def to_unit_square(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes in degrees -> shapes in the unit square."""
    return shapely.transform(shapes, lambda xy: np.column_stack(project(xy[:, 0], xy[:, 1])))  # type: ignore[no-any-return]


def tile(layers: Sequence[LayerWriter]) -> bytes:
    return b"".join(layer.encoded() for layer in layers)


def varints(numbers: NDArray[np.int64]) -> bytes:
    """Base-128 numbers, low groups first; 0 <= number < 2**35."""
    groups = numbers[:, None] >> np.array([0, 7, 14, 21, 28])
    used = np.column_stack([np.ones(len(numbers), dtype=np.bool_), groups[:, 1:] > 0])
    more = np.column_stack([used[:, 1:], np.zeros(len(numbers), dtype=np.bool_)])
    written: bytes = ((groups & 0x7F) | (more << 7)).astype(np.uint8)[used].tobytes()
    return written


def _varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _value(value: Value) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + bytes([value])
    if isinstance(value, int):
        return b"\x30" + _varint(_zigzag(value))
    if isinstance(value, float):
        return b"\x19" + np.float64(value).tobytes()
    return _field(1, value.encode())
