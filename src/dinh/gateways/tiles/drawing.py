"""Draws tiles from the register of places; each is kept until what it shows has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from dinh.engines.tiles import encoding, mercator
from dinh.engines.tiles.clusters import Clusters
from dinh.kernel.errors import Invalid
from dinh.spine.places import api as places

COMMUNES_FROM = 8
"""Provinces are drawn at smaller zooms, communes from this one on."""
_MARGIN = 0.05
_MOST_TOLERANCE_M = 5_000.0


@lru_cache(maxsize=16)
def _clusters(version: int, levels: tuple[str, ...]) -> tuple[Clusters, np.ndarray[Any, Any]]:
    """Clusters of the chosen levels (all when none is named), and which positions they are."""
    held = places.positions()
    chosen = np.arange(len(held.urns))
    if levels:
        numbers = [i for i, level in enumerate(held.levels) if level in levels]
        chosen = np.flatnonzero(np.isin(held.kinds, numbers))
    return Clusters(held.longitude[chosen], held.latitude[chosen]), chosen


@lru_cache(maxsize=4096)
def assets(z: int, x: int, y: int, levels: tuple[str, ...], version: int) -> bytes:
    """Layer `assets`: points, and clusters with `count` and the box to zoom to."""
    held = places.positions()
    clusters, chosen = _clusters(held.version, levels)
    gathered = clusters.at(z)
    layer = encoding.LayerWriter("assets", z, x, y)
    for i in range(*gathered.of_tile(z, x, y).indices(len(gathered.count))):
        count = int(gathered.count[i])
        if count > 1:
            west, south, east, north = gathered.box[i].round(6).tolist()
            box = {"west": west, "south": south, "east": east, "north": north}
            layer.add_point(gathered.x[i], gathered.y[i], {"count": count, **box})
            continue
        at = int(chosen[gathered.first[i]])
        urn = held.urns[at]
        layer.add_point(
            gathered.x[i],
            gathered.y[i],
            {
                "urn": urn,
                "kind": urn.split(":", 3)[2],
                "level": held.levels[held.kinds[at]],
                "name_vi": held.names_vi[at],
                "name_en": held.names_en[at],
                "simulated": bool(held.simulated[at]),
            },
        )
    return layer.encoded()


@lru_cache(maxsize=4096)
def units(z: int, x: int, y: int, version: int) -> bytes:
    """Layers `units` and `unit_labels`; a label stands in the one tile that holds its point."""
    level = "province" if z < COMMUNES_FROM else "commune"
    found = places.units_in(mercator.tile_box(z, x, y, margin=_MARGIN), level=level, tolerance_m=mercator.pixel_m(z))
    layer = encoding.LayerWriter("units", z, x, y)
    shapes = np.array([unit.shape for unit in found], dtype=object)
    for unit, shape in zip(found, encoding.to_unit_square(shapes) if len(shapes) else (), strict=True):
        layer.add_area(shape, {**_names(unit.place), "approximate": unit.approximate})
    labels = encoding.LayerWriter("unit_labels", z, x, y)
    rows = [unit.place for unit in found]
    if z == COMMUNES_FROM:
        rows += [row for row in places.children(places.COUNTRY) if row.level == "province"]
    for row in rows:
        if row.longitude is None or row.latitude is None:
            continue
        across, down = mercator.project(np.array([row.longitude]), np.array([row.latitude]))
        if (int(across[0] * (1 << z)), int(down[0] * (1 << z))) == (x, y):
            labels.add_point(float(across[0]), float(down[0]), _names(row))
    return encoding.tile([layer, labels])


def _names(row: places.PlaceRow) -> dict[str, encoding.Value | None]:
    return {
        "urn": row.urn, "level": row.level, "code": row.code, "name_vi": row.name_vi, "name_en": row.name_en,
        "full_name_vi": row.full_name_vi, "full_name_en": row.full_name_en,
    }  # fmt: skip


@lru_cache(maxsize=1)
def outline() -> bytes:
    """GeoJSON: the land, the islands of Hoàng Sa and Trường Sa, and a point for the label of each archipelago."""
    features = []
    for part in places.country_outline():
        names = {"name_vi": part.name_vi, "name_en": part.name_en, "part": part.part}
        features.append(_feature(names, part.shape))
        if part.label is not None:
            features.append(_feature({**names, "part": "label"}, shapely.Point(*part.label)))
    return _collection(features)


def boundaries(area: str, tolerance_m: float) -> bytes:
    """GeoJSON: the communes of an area. Raises NotFound, and Invalid for a tolerance out of bounds."""
    if not 0 <= tolerance_m <= _MOST_TOLERANCE_M:
        raise Invalid(
            "tiles.tolerance",
            "tolerance is {value}; give metres from 0 to {most}",
            value=tolerance_m,
            most=int(_MOST_TOLERANCE_M),
        )
    return places.boundaries([row.urn for row in places.area(area)], tolerance_m=round(tolerance_m))


def _feature(properties: dict[str, str], shape: Any) -> str:
    head = json.dumps(properties, ensure_ascii=False)
    return f'{{"type":"Feature","properties":{head},"geometry":{shapely.to_geojson(shape)}}}'


def _collection(features: Sequence[str]) -> bytes:
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()
