"""People laid on the grid that waves are calculated on: from areas with a count each, from places, or from a raster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
import rasterio.features
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from rasterio.errors import RasterioIOError
from rasterio.transform import from_origin
from rasterio.windows import Window as RasterWindow
from rasterio.windows import from_bounds
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


def read_people(path: Path, ground: Ground) -> Numbers:
    """People of each pixel of the ground from a raster of counts, such as WorldPop's.

    Each of its pixels goes whole to where its centre lies, so that nobody is lost or made by resampling; a ground that is finer than
    the raster has empty pixels between. Raises Invalid for a file that is no raster or does not say where it lies.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise Invalid("radio.raster_place", "{name} does not say where it lies; give it a coordinate system (gdal_edit -a_srs)", name=path.name)  # fmt: skip
            there = Transformer.from_crs(ground.crs, source.crs, always_xy=True)
            rows, columns = ground.shape
            south, east = ground.north - rows * ground.step_y, ground.west + columns * ground.step_x
            bounds = there.transform_bounds(ground.west, south, east, ground.north)
            window = from_bounds(*bounds, source.transform).round_offsets().round_lengths(op="ceil", pixel_precision=0)
            try:
                window = RasterWindow(window.col_off - 1, window.row_off - 1, window.width + 2, window.height + 2).intersection(RasterWindow(0, 0, source.width, source.height))  # fmt: skip
            except rasterio.errors.WindowError:
                return np.zeros(ground.shape)
            counts = source.read(1, window=window, masked=True).astype(np.float64).filled(0.0)
            at = source.window_transform(window)
    except RasterioIOError as error:
        raise Invalid("radio.raster_unread", "{name} is not a raster that can be read: {reason}", name=path.name, reason=str(error)) from error  # fmt: skip
    counts = np.where(np.isfinite(counts) & (counts > 0.0), counts, 0.0)
    row, column = np.nonzero(counts)
    x, y = rasterio.transform.xy(at, row, column)
    back = Transformer.from_crs(source.crs, ground.crs, always_xy=True)
    return at_places(counts[row, column], *back.transform(np.asarray(x), np.asarray(y)), ground)


def _require(what: Phrase, values: Numbers) -> None:
    wrong = np.flatnonzero(~((values >= 0.0) & np.isfinite(values)))
    if wrong.size:
        raise Invalid("radio.people", "{what} {number} is {value}; give a finite number of 0 or more", what=what, number=int(wrong[0]), value=float(values.ravel()[wrong[0]]))  # fmt: skip
