"""Points gathered by a grid that every zoom has of its own; the sum of counts is that of the points at each zoom."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dinh.engines.tiles.mercator import project, unproject

CELLS = 8
"""Cells along the side of a tile: 64 pixels each, so that neighbouring circles do not cover one another."""
SINGLE_FROM = 15
"""From this zoom on every point stands alone."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Clusters of one zoom as parallel arrays, ordered by tile; `first` is the position of one of the points."""

    tile: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    count: NDArray[np.int64]
    first: NDArray[np.int64]
    box: NDArray[np.float64]
    """(n, 4): west, south, east, north in degrees."""

    def of_tile(self, z: int, x: int, y: int) -> slice:
        start, end = np.searchsorted(self.tile, [(y << z) + x, (y << z) + x + 1])
        return slice(int(start), int(end))


class Clusters:
    """Made once for a set of points; each zoom is gathered when it is first asked for."""

    def __init__(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> None:
        """Shape (n,), degrees, finite."""
        self.longitude, self.latitude = longitude, latitude
        self._x, self._y = project(longitude, latitude)
        self._zooms: dict[int, Gathered] = {}
        self._lock = Lock()

    def at(self, zoom: int) -> Gathered:
        with self._lock:
            held = self._zooms.get(zoom)
            if held is None:
                held = self._zooms[zoom] = self._gather(zoom)
            return held

    def _gather(self, zoom: int) -> Gathered:
        tiles = 1 << zoom
        if zoom >= SINGLE_FROM:
            column, row = self._cells(tiles)
            tile = row * tiles + column
            order = np.argsort(tile, kind="stable")
            starts = np.arange(len(order))
            owner = tile[order]
        else:
            column, row = self._cells(tiles * CELLS)
            tile = (row // CELLS) * tiles + column // CELLS
            cell = tile * (CELLS * CELLS) + (row % CELLS) * CELLS + column % CELLS
            order = np.argsort(cell, kind="stable")
            ordered = cell[order]
            starts = np.flatnonzero(np.diff(ordered, prepend=-1))
            owner = ordered[starts] // (CELLS * CELLS)
        if not len(order):
            nothing = np.zeros(0)
            whole = np.zeros(0, dtype=np.int64)
            return Gathered(whole, nothing, nothing, whole, whole, np.zeros((0, 4)))
        count = np.diff(starts, append=len(order))
        x, y = self._x[order], self._y[order]
        west, south = unproject(np.minimum.reduceat(x, starts), np.maximum.reduceat(y, starts))
        east, north = unproject(np.maximum.reduceat(x, starts), np.minimum.reduceat(y, starts))
        return Gathered(
            tile=owner,
            x=np.add.reduceat(x, starts) / count,
            y=np.add.reduceat(y, starts) / count,
            count=count,
            first=order[starts],
            box=np.column_stack([west, south, east, north]),
        )

    def _cells(self, across: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        last = across - 1
        return (
            np.minimum((self._x * across).astype(np.int64), last),
            np.minimum((self._y * across).astype(np.int64), last),
        )
