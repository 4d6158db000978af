"""People laid on the grid that waves are calculated on: from areas with a count each, from places, or from a raster."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import rasterio
import rasterio.features
import shapely
from numpy.typing import ArrayLike, NDArray
from rasterio.transform import from_origin
from shapely.geometry.base import BaseGeometry

from dinh.engines.radio.maps.ground import Ground
from dinh.kernel.errors import Invalid, Phrase

type Numbers = NDArray[np.float64]
type Indices = NDArray[np.int32]

NOBODY = -1


def rasterise(polygons: Sequence[BaseGeometry], ground: Ground) -> Indices:
    """The number of the polygon that holds each pixel's centre, -1 where none does; where several do, the last of them.

    Polygons in the ground's coordinates -> the ground's shape. A polygon on the ground that holds no centre takes the nearest
    pixel that does not leave another polygon with none; one that lies off the ground has none. Raises Invalid for what is no
    polygon, with its number.
    """
    for number, polygon in enumerate(polygons):
        if polygon.is_empty or polygon.geom_type not in ("Polygon", "MultiPolygon"):
            raise Invalid("radio.polygon", "shape {number} ({kind}) is no polygon, or holds nothing; mend it or leave it out", number=number, kind=polygon.geom_type)  # fmt: skip
    if not polygons:
        return np.full(ground.shape, NOBODY, dtype=np.int32)
    found: Indices = rasterio.features.rasterize(
        ((polygon, number) for number, polygon in enumerate(polygons)), out_shape=ground.shape, fill=NOBODY,
        transform=from_origin(ground.west, ground.north, ground.step_x, ground.step_y), dtype="int32",
    )  # fmt: skip
    pixels = np.bincount(found[found >= 0], minlength=len(polygons))
    rows, columns = ground.shape
    edges = shapely.box(
        ground.west, ground.north - rows * ground.step_y, ground.west + columns * ground.step_x, ground.north
    )
    for number in np.flatnonzero(pixels == 0).tolist():
        inside = polygons[number].intersection(edges)
        if inside.is_empty:
            continue
        place = inside.representative_point()
        nearest = _nearest(found, pixels, *ground.pixel(place.x, place.y))
        if nearest is not None:
            if found[nearest] >= 0:
                pixels[found[nearest]] -= 1
            found[nearest] = number
            pixels[number] = 1
    return found


def _nearest(found: Indices, pixels: NDArray[np.int64], row: float, column: float) -> tuple[int, int] | None:
    """The nearest pixel that is nobody's or of somebody who has more, by rings around the point; None where there is none."""
    rows, columns = found.shape
    around = 2
    while True:
        top, left = max(round(row) - around, 0), max(round(column) - around, 0)
        part = found[top : round(row) + around + 1, left : round(column) + around + 1]
        free = (part < 0) | (pixels[np.maximum(part, 0)] > 1)
        if free.any():
            at_row, at_column = np.nonzero(free)
            closest = int(np.hypot(at_row + top - row, at_column + left - column).argmin())
            return int(at_row[closest]) + top, int(at_column[closest]) + left
        if around > max(rows, columns):
            return None
        around *= 2


def spread(
    people_by_polygon: ArrayLike, polygon_index_raster: Indices, weight_raster: ArrayLike | None = None
) -> Numbers:
    """People of each pixel, so that each polygon's sum is what was given for it (float64, within 1e-9 of it).

    `people_by_polygon` (P,), `polygon_index_raster` as `rasterise` makes it, `weight_raster` of its shape: how likely people
    live there, such as the built-up share; where all of a polygon weighs nothing its people are spread evenly. A polygon that
    sticks out of the ground has all its people on what lies within: cut both before. Raises Invalid with the polygon.
    """
    people = np.asarray(people_by_polygon, dtype=np.float64)
    _require(Phrase("people of polygon"), people)
    index = np.asarray(polygon_index_raster)
    if people.ndim != 1 or (index.size and int(index.max()) >= len(people)):
        raise Invalid("radio.people_count", "people of {given} polygons, but the raster names polygon {most}; give one number for each", given=people.size, most=int(index.max()))  # fmt: skip
    inside = index >= 0
    owner = index[inside]
    weight = np.ones(len(owner))
    if weight_raster is not None:
        given = np.asarray(weight_raster, dtype=np.float64)
        if given.shape != index.shape:
            raise Invalid("radio.weight_shape", "weights of {given} pixels for a raster of {wanted}; bring both to one grid", given=given.shape, wanted=index.shape)  # fmt: skip
        weight = given[inside]
        _require(Phrase("weight of pixel"), weight)
    total = np.bincount(owner, weights=weight, minlength=len(people))
    weight = np.where(total[owner] > 0.0, weight, 1.0)
    total = np.bincount(owner, weights=weight, minlength=len(people))
    homeless = np.flatnonzero((total == 0.0) & (people > 0.0))
    if homeless.size:
        raise Invalid("radio.no_pixel", "polygon {number} has {people} people and no pixel; it lies off the ground: leave it out or widen the ground", number=int(homeless[0]), people=float(people[homeless[0]]))  # fmt: skip
    found = np.zeros(index.shape)
    found[inside] = people[owner] * (weight / total[owner])
    return found


def at_places(people: ArrayLike, x: ArrayLike, y: ArrayLike, ground: Ground) -> Numbers:
    """People of each pixel from places in the ground's coordinates, arrays of one shape; who lives off the ground is left out."""
    count = np.asarray(people, dtype=np.float64).ravel()
    _require(Phrase("people of place"), count)
    row = np.floor((ground.north - np.asarray(y, dtype=np.float64).ravel()) / ground.step_y)
    column = np.floor((np.asarray(x, dtype=np.float64).ravel() - ground.west) / ground.step_x)
    rows, columns = ground.shape
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    flat = row[inside].astype(np.int64) * columns + column[inside].astype(np.int64)
    return np.bincount(flat, weights=count[inside], minlength=rows * columns).reshape(rows, columns)


def _require(what: Phrase, values: Numbers) -> None:
    wrong = np.flatnonzero(~((values >= 0.0) & np.isfinite(values)))
    if wrong.size:
        raise Invalid("radio.people", "{what} {number} is {value}; give a finite number of 0 or more", what=what, number=int(wrong[0]), value=float(values.ravel()[wrong[0]]))  # fmt: skip
