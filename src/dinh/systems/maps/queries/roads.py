"""The roads as vector tiles: the great ones far out, all of them near."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from dinh.engines.tiles import encoding, mercator
from dinh.kernel.errors import NotFound
from dinh.systems.maps.feeds import road_lines
from dinh.systems.maps.routing import graph as graphs

FIRST: Final = 7
LAST: Final = 14
"""Zooms that are drawn; nearer, the map enlarges the last one."""
_SHOWN: Final = {7: 0, 8: 1, 9: 2, 10: 3, 11: 3, 12: 4, 13: 4, 14: 5}
_MOST: Final = 6_000
"""Roads in one tile, the great ones first."""
_reading: Final = threading.Lock()
"""A map asks for many tiles at once: the roads are read for all of them by the first."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """`points` in the unit square; `tree` knows the boxes of the roads in degrees."""

    lines: road_lines.Lines
    points: NDArray[np.float64]
    tree: shapely.STRtree


@lru_cache(maxsize=1)
def _drawn(digest: str) -> _Drawn:
    lines = road_lines.read(graphs.home() / digest)
    starts = lines.starts[:-1]
    west, south = (np.minimum.reduceat(lines.points[:, axis], starts) for axis in (0, 1))
    east, north = (np.maximum.reduceat(lines.points[:, axis], starts) for axis in (0, 1))
    across, down = mercator.project(lines.points[:, 0], lines.points[:, 1])
    return _Drawn(lines, np.column_stack([across, down]), shapely.STRtree(shapely.box(west, south, east, north)))


@lru_cache(maxsize=1024)
def tile(digest: str, z: int, x: int, y: int) -> bytes:
    """Layer `roads` with `rank` (0 the greatest) and `name`. Raises NotFound for a graph that is not in force."""
    graph = graphs.current()
    if graph is None or graph.digest != digest or not FIRST <= z <= LAST or not mercator.exists(z, x, y):
        raise NotFound(
            "maps.no_tile", "there is no tile of roads {z}/{x}/{y} of this map; load the page again", z=z, x=x, y=y
        )
    with _reading:
        drawn = _drawn(digest)
    found = drawn.tree.query(shapely.box(*mercator.tile_box(z, x, y, margin=0.02)))
    found = found[drawn.lines.ranks[found] <= _SHOWN[z]]
    found = found[np.argsort(drawn.lines.ranks[found], kind="stable")][:_MOST]
    layer = encoding.LayerWriter("roads", z, x, y)
    for i in found.tolist():
        start, end = drawn.lines.starts[i : i + 2]
        name = drawn.lines.names[drawn.lines.of_name[i]]
        layer.add_line(drawn.points[start:end], {"rank": int(drawn.lines.ranks[i]), "name": name or None})
    return layer.encoded()
