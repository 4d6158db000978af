"""Where land is: the outline of the country with its islands, and the cells that stand in for missing boundaries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dinh.engines.tiles.cells import discs, nearest_cells
from dinh.engines.tiles.polygons import mend, polygons_of
from dinh.spine.places import domain
from dinh.spine.places.api import OutlinePart
from dinh.spine.places.tree import Tree

OUTLINE_FILE = Path(__file__).parent / "data" / "vietnam_outline.geojson"
_ISLAND_RADIUS_M = 3_000.0
_CLOSED_DEGREES = 0.05
"""River mouths up to twice as wide are land here: their islands are communes."""


@cache
def mainland() -> BaseGeometry:
    """Land and larger islands, Natural Earth 1:10m, degrees."""
    collection = json.loads(OUTLINE_FILE.read_bytes())
    shape = mend(shapely.from_geojson(json.dumps(collection["features"][0]["geometry"])))
    return polygons_of(shape) or shape


@cache
def archipelago(name: str) -> BaseGeometry:
    """Hoàng Sa or Trường Sa as discs round the principal islands, larger than these so that they can be seen."""
    islands = np.array(list(domain.ISLANDS[name].values()))
    return discs(islands[:, 0], islands[:, 1], _ISLAND_RADIUS_M)


@cache
def _land() -> BaseGeometry:
    closed = mainland().buffer(_CLOSED_DEGREES, quad_segs=2).buffer(-_CLOSED_DEGREES, quad_segs=2)
    return shapely.union_all([mainland(), closed, *(archipelago(name) for name in domain.ISLANDS)])


@cache
def parts() -> Sequence[OutlinePart]:
    found = [OutlinePart("land", "Việt Nam", "Vietnam", mainland(), None)]
    for name, label in domain.LABELS.items():
        english = f"{domain.bare(name)} (Vietnam)"
        found.append(OutlinePart("archipelago", f"Quần đảo {name}", english, archipelago(name), label))
    return tuple(found)


def cells(tree: Tree, urns: list[str]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """One cell for each unit of a period, in order."""
    rows = [tree.rows[urn] for urn in urns]
    return nearest_cells(
        np.array([row.longitude for row in rows], dtype=np.float64),
        np.array([row.latitude for row in rows], dtype=np.float64),
        _land(),
        np.array([np.nan if row.area_km2 is None else row.area_km2 for row in rows]),
    )
