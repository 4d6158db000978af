"""Polygons as maps need them: valid, with no more corners than a scale can show, edges of neighbours kept common."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

_METRES_A_DEGREE = 111_320.0


def simplify(shapes: NDArray[np.object_], tolerance_m: float) -> NDArray[np.object_]:
    """Fewer corners, edges that neighbours share staying shared; six decimals of a degree (0.1 m)."""
    if not len(shapes):
        return shapes
    if tolerance_m > 0:
        shapes = shapely.coverage_simplify(shapes, tolerance_m / _METRES_A_DEGREE)
    shapes = shapely.transform(shapes, lambda xy: np.round(xy, 6))
    for i in np.flatnonzero(~shapely.is_valid(shapes)):
        shapes[i] = polygons_of(mend(shapes[i])) or shapes[i]
    return shapes


def mend(shape: BaseGeometry) -> BaseGeometry:
    """A valid shape of the same ground; a ring that crosses itself is untangled."""
    try:
        return shapely.make_valid(shape)
    except GEOSException:  # rings collapsed to lines, which this method takes for another dimension
        return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def polygons_of(shape: BaseGeometry) -> BaseGeometry | None:
    """The polygons of whatever came out of mending, as one shape; None when there is no ground in it."""
    parts = [
        piece
        for part in shapely.get_parts(shape)
        for piece in shapely.get_parts(part)
        if piece.geom_type == "Polygon" and piece.area > 0
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
