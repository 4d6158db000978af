"""Which unit contains a point: by its exact boundary where one was imported, else by its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from dinh.kernel import clock
from dinh.spine.places import ground
from dinh.spine.places.api import PlaceRow
from dinh.spine.places.domain import REFORM
from dinh.spine.places.models import Boundary
from dinh.spine.places.tree import Tree, tree
from dinh.spine.places.versions import Cached, current

SNAP_DEGREES = 0.015
"""A point this far off every unit (a quay, a buoy at the bank, a coarse boundary) belongs to the nearest."""


@lru_cache(maxsize=4096)
def _stored(urn: str, tolerance_m: int, version: int) -> BaseGeometry:
    levels = Boundary.objects.filter(place=urn, tolerance_m__lte=tolerance_m).order_by("-tolerance_m")
    wkb = levels.values_list("wkb", flat=True).first()
    if wkb is None:
        raise Boundary.DoesNotExist(urn)
    shape = shapely.from_wkb(bytes(wkb))
    shapely.prepare(shape)
    return shape


def exact(urn: str, tolerance_m: int = 0) -> BaseGeometry:
    """The imported boundary at a stored level or the next finer one; raises Boundary.DoesNotExist without one."""
    return _stored(urn, tolerance_m, current("boundaries"))


@dataclass(slots=True)
class Layer:
    """The smallest units of one period, and the larger ones that have an exact boundary of their own."""

    urns: list[str]
    exact: NDArray[np.bool_]
    cells: NDArray[np.object_]
    boxes: NDArray[np.float64]
    """(n, 4): west, south, east, north."""
    index: dict[str, int] = field(init=False)
    tree: shapely.STRtree = field(init=False)

    def __post_init__(self) -> None:
        self.index = {urn: i for i, urn in enumerate(self.urns)}
        self.tree = shapely.STRtree(shapely.box(*self.boxes.T) if len(self.urns) else [])

    def shape(self, i: int) -> BaseGeometry:
        return exact(self.urns[i]) if self.exact[i] else self.cells[i]

    def locate(self, longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.int64]:
        """Positions of the units that contain the points, -1 for none; exact boundaries come before cells."""
        found = np.full(len(longitude), -1, dtype=np.int64)
        if not len(self.urns) or not len(longitude):
            return found
        points = shapely.points(longitude, latitude)
        which, units = self.tree.query(points)
        for only_exact in (True, False):
            self._settle(found, which, units, longitude, latitude, only_exact=only_exact)
        if len(left := np.flatnonzero(found < 0)):
            self._snap(found, left, points)
        return found

    def _settle(
        self, found: NDArray[np.int64], which: NDArray[np.int64], units: NDArray[np.int64],
        longitude: NDArray[np.float64], latitude: NDArray[np.float64], *, only_exact: bool,
    ) -> None:  # fmt: skip
        keep = (self.exact[units] == only_exact) & (found[which] < 0)
        which, units = which[keep], units[keep]
        order = np.argsort(units, kind="stable")
        which, units = which[order], units[order]
        for unit, start, end in _runs(units):
            candidates = which[start:end]
            inside = shapely.intersects_xy(self.shape(unit), longitude[candidates], latitude[candidates])
            hit = candidates[inside]
            found[hit[found[hit] < 0]] = unit

    def _snap(self, found: NDArray[np.int64], left: NDArray[np.int64], points: NDArray[np.object_]) -> None:
        near = shapely.buffer(points[left], SNAP_DEGREES, quad_segs=1, cap_style="square")
        which, units = self.tree.query(near)
        order = np.argsort(units, kind="stable")
        which, units = which[order], units[order]
        nearest = np.full(len(left), SNAP_DEGREES)
        for unit, start, end in _runs(units):
            candidates = which[start:end]
            distance = shapely.distance(self.shape(unit), points[left[candidates]])
            better = distance < nearest[candidates]
            nearest[candidates[better]] = distance[better]
            found[left[candidates[better]]] = unit


def _runs(ordered: NDArray[np.int64]) -> Sequence[tuple[int, int, int]]:
    """Value, start and end of each run of equal numbers."""
    if not len(ordered):
        return ()
    values, starts = np.unique(ordered, return_index=True)
    ends = np.append(starts[1:], len(ordered))
    return list(zip(values.tolist(), starts.tolist(), ends.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Layers:
    communes: Layer
    larger: dict[str, Layer]
    """Provinces and districts with an exact boundary, by level."""


def _build(*, present: bool) -> _Layers:
    held = tree()
    boxes = {
        row[0]: row[1:]
        for row in Boundary.objects.filter(tolerance_m=0).values_list("place_id", "west", "south", "east", "north")
        if row[0] in held.rows and held.is_present(row[0]) == present
    }
    return _Layers(_smallest(held, boxes, present=present), _larger(held, boxes))


def _smallest(held: Tree, boxes: Mapping[str, tuple[float, ...]], *, present: bool) -> Layer:
    urns = [
        urn
        for urn, row in held.rows.items()
        if held.is_present(urn) == present and row.level != "country" and not held.below.get(urn)
        and row.longitude is not None
    ]  # fmt: skip
    if not urns:
        return _nothing()
    exactly = np.array([urn in boxes for urn in urns])
    cells = ground.cells(held, urns)
    if exactly.any() and not exactly.all():
        cells = _beside(cells, exactly, urns)
    bounds = shapely.bounds(cells)
    for i in np.flatnonzero(exactly):
        bounds[i] = boxes[urns[i]]
    return Layer(urns, exactly, cells, bounds)


def _beside(cells: NDArray[np.object_], exactly: NDArray[np.bool_], urns: list[str]) -> NDArray[np.object_]:
    """Cells without the ground that exact boundaries of neighbours hold."""
    held = np.flatnonzero(exactly)
    shapes = np.array([exact(urns[i], 250) for i in held], dtype=object)
    others = np.flatnonzero(~exactly)
    which, near = shapely.STRtree(shapes).query(cells[others], predicate="intersects")
    for one in np.unique(which):
        rest = shapely.difference(cells[others[one]], shapely.union_all(shapes[near[which == one]]))
        parts = shapely.get_parts(rest)
        parts = parts[shapely.area(parts) > 0.05 * shapely.area(rest)] if len(parts) > 1 else parts
        if len(parts):
            cells[others[one]] = shapely.union_all(parts)
    return cells


def _larger(held: Tree, boxes: Mapping[str, tuple[float, ...]]) -> dict[str, Layer]:
    found: dict[str, Layer] = {}
    for level in ("province", "district"):
        urns = [urn for urn in boxes if held.rows[urn].level == level]
        found[level] = Layer(
            urns, np.ones(len(urns), dtype=np.bool_), np.empty(len(urns), dtype=object),
            np.array([boxes[urn] for urn in urns]).reshape(-1, 4),
        )  # fmt: skip
    return found


def _nothing() -> Layer:
    return Layer([], np.zeros(0, dtype=np.bool_), np.empty(0, dtype=object), np.zeros((0, 4)))


_present = Cached(("units", "boundaries"), lambda: _build(present=True))
_former = Cached(("units", "boundaries"), lambda: _build(present=False))


def layer(*, present: bool) -> Layer:
    return (_present if present else _former).get().communes


def communes_at(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> list[str | None]:
    """The present commune of each point."""
    if not len(longitude):
        return []
    held = layer(present=True)
    return [held.urns[i] if i >= 0 else None for i in held.locate(longitude, latitude).tolist()]


def unit_at(longitude: float, latitude: float, *, level: str = "commune", on: date | None = None) -> PlaceRow | None:
    units = tree()
    day = on or clock.today()
    layers = (_present if day >= REFORM else _former).get()
    x, y = np.array([longitude], dtype=np.float64), np.array([latitude], dtype=np.float64)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    if level in layers.larger:
        place = int(layers.larger[level].locate(x, y)[0])
        if place >= 0:
            return units.rows[layers.larger[level].urns[place]]
    place = int(layers.communes.locate(x, y)[0])
    if place < 0:
        return None
    chain = (units.rows[urn] for urn in units.chain(layers.communes.urns[place]))
    return next((row for row in chain if row.level == level), None)
