"""Cells around centres: to each centre the ground that is nearer to it than to any other, within an outline."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

_DISC_CORNERS = 16


def nearest_cells(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], outline: BaseGeometry, area_km2: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Shape (n,) -> (n,) polygons or multipolygons, degrees; Voronoi cells cut to `outline`.

    Distances are compared in degrees with longitude shortened by the cosine of the mean latitude, good to
    some percent within a country. Round a centre off the outline (a small island, a spit) a disc of `area_km2`
    is added to it, NaN counting as 4 km². Centres at one and the same point share one cell.
    """
    if len(longitude) == 0:
        return np.empty(0, dtype=object)
    squeeze = math.cos(math.radians(float(latitude.mean())))
    stretched = shapely.transform(outline, lambda xy: xy * [squeeze, 1.0])
    shapely.prepare(stretched)
    points = shapely.points(longitude * squeeze, latitude)
    off = np.flatnonzero(~shapely.covers(stretched, points))
    if len(off):
        area = np.where(np.isfinite(area_km2[off]), area_km2[off], 4.0)
        radius_degrees = np.sqrt(area / math.pi) / 111.2
        added = shapely.buffer(points[off], radius_degrees, quad_segs=_DISC_CORNERS // 4)
        stretched = shapely.union_all([stretched, *added])
        shapely.prepare(stretched)
    distinct, which = np.unique(np.column_stack([longitude * squeeze, latitude]), axis=0, return_inverse=True)
    if len(distinct) == 1:
        pieces = np.array([stretched], dtype=object)
    else:
        diagram = shapely.voronoi_polygons(shapely.multipoints(distinct), extend_to=stretched, ordered=True)
        pieces = shapely.get_parts(diagram)
        cut = ~shapely.covers(stretched, pieces)
        pieces[cut] = _clip(stretched, pieces[cut])
    shrunk = [1.0 / squeeze, 1.0]
    rounded = shapely.transform(pieces, lambda xy: np.round(xy * shrunk, 6))
    return rounded[which.ravel()]  # type: ignore[no-any-return]


def _clip(outline: BaseGeometry, pieces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each piece cut to the outline. The outline is cut to a piece's box first: it has thousands of corners."""
    found = np.empty(len(pieces), dtype=object)
    for i, piece in enumerate(pieces):
        near = shapely.make_valid(shapely.clip_by_rect(outline, *piece.bounds))
        cut = shapely.intersection(near, piece)
        parts = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"] if not cut.is_empty else []
        if cut.geom_type == "GeometryCollection":
            cut = shapely.multipolygons(parts)
        found[i] = cut
    return found


def discs(longitude: NDArray[np.float64], latitude: NDArray[np.float64], radius_m: float) -> BaseGeometry:
    """One multipolygon of small discs, degrees; how islands too small for a map's scale are drawn."""
    turn = np.linspace(0.0, 2.0 * math.pi, _DISC_CORNERS, endpoint=False)
    rings = []
    for x, y in zip(longitude, latitude, strict=True):
        east = radius_m / (111_320.0 * math.cos(math.radians(y))) * np.cos(turn)
        north = radius_m / 110_574.0 * np.sin(turn)
        rings.append(shapely.polygons(np.column_stack([x + east, y + north])))
    return shapely.union_all(rings)
