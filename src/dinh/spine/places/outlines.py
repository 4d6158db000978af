"""Boundaries for pictures: GeoJSON at a tolerance, and the box round places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from dinh.engines.tiles import polygons
from dinh.spine.places import shapes, standing
from dinh.spine.places.api import PlaceRow, UnitShape
from dinh.spine.places.tree import Tree, tree
from dinh.spine.places.versions import current

STORED_M = (0, 15, 60, 250, 1000)


def shape_of(urn: str, *, tolerance_m: float = 0) -> tuple[BaseGeometry, bool] | None:
    """The shape of a unit and whether it is exact; None for what is no unit.

    A larger unit without a boundary of its own is made of its communes; a former province of the present
    communes that it became, once these are all exact.
    """
    held = tree()
    row = held.rows.get(urn)
    if row is None:
        return None
    stored = max(level for level in STORED_M if level <= max(tolerance_m, 0))
    if row.boundary == "exact":
        return shapes.exact(urn, stored), True
    leaves = _leaves(held, row)
    if not leaves:
        return None
    layer = shapes.layer(present=held.is_present(leaves[0]))
    parts = [i for leaf in leaves if (i := layer.index.get(leaf)) is not None]
    if not parts:
        return None
    pieces = [shapes.exact(layer.urns[i], stored) if layer.exact[i] else layer.cells[i] for i in parts]
    shape = pieces[0] if len(pieces) == 1 else shapely.union_all(pieces, grid_size=1e-6)
    return shape, False


def _leaves(held: Tree, row: PlaceRow) -> Sequence[str]:
    if not held.is_present(row.urn):
        became = sorted(held.communes(row.urn))
        if row.level == "province" and all(held.rows[urn].boundary == "exact" for urn in became):
            return became
        return sorted(_below(held, row.urn))
    return sorted(held.communes(row.urn))


def _below(held: Tree, urn: str) -> set[str]:
    below = held.below.get(urn)
    return {leaf for child in below for leaf in _below(held, child)} if below else {urn}


def boundaries(urns: Sequence[str], *, tolerance_m: float) -> bytes:
    return _boundaries(tuple(dict.fromkeys(urns)), float(tolerance_m), current("units"), current("boundaries"))


@lru_cache(maxsize=64)
def _boundaries(urns: tuple[str, ...], tolerance_m: float, units: int, version: int) -> bytes:
    held = tree()
    found = [(urn, shape) for urn in urns if (shape := shape_of(urn, tolerance_m=tolerance_m)) is not None]
    drawn = polygons.simplify(np.array([shape for _, (shape, _) in found], dtype=object), tolerance_m)
    texts = shapely.to_geojson(drawn) if len(drawn) else []
    features = []
    for (urn, (_, exactly)), text in zip(found, texts, strict=True):
        row = held.rows[urn]
        properties = {
            "urn": urn, "name_vi": row.name_vi, "name_en": row.name_en, "full_name_vi": row.full_name_vi,
            "full_name_en": row.full_name_en, "level": row.level, "approximate": not exactly,
        }  # fmt: skip
        head = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
        features.append(f'{{"type":"Feature","id":"{urn}","properties":{head},"geometry":{text}}}')
    return ('{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}").encode()


@lru_cache(maxsize=512)
def _province(urn: str, stored: int, units: int, version: int) -> tuple[BaseGeometry, bool]:
    found = shape_of(urn, tolerance_m=stored)
    if found is None:
        return shapely.MultiPolygon(), False
    return found


def units_in(box: tuple[float, float, float, float], *, level: str, tolerance_m: float) -> Sequence[UnitShape]:
    held = tree()
    layer = shapes.layer(present=True)
    frame = shapely.box(*box)
    near = sorted(layer.urns[i] for i in layer.tree.query(frame).tolist())
    stored = max(known for known in STORED_M if known <= max(tolerance_m, 0))
    if level == "commune":
        found = []
        for urn in near:
            i = layer.index[urn]
            shape = shapes.exact(urn, stored) if layer.exact[i] else layer.cells[i]
            found.append(UnitShape(held.rows[urn], shape, not layer.exact[i]))
        return found
    provinces = dict.fromkeys(held.rows[urn].parent or "" for urn in near)
    drawn = [(urn, *_province(urn, stored, current("units"), current("boundaries"))) for urn in sorted(provinces)]
    return [UnitShape(held.rows[urn], shape, not exactly) for urn, shape, exactly in drawn if shape.intersects(frame)]


def bounds(urns: Sequence[str]) -> tuple[float, float, float, float] | None:
    held = tree()
    boxes: list[tuple[float, ...]] = []
    points: list[str] = []
    for urn in dict.fromkeys(urns):
        row = held.rows.get(urn)
        if row is None:
            points.append(urn)
            continue
        leaves = _leaves(held, row)
        if leaves:
            layer = shapes.layer(present=held.is_present(leaves[0]))
            boxes += [tuple(layer.boxes[layer.index[leaf]]) for leaf in leaves if leaf in layer.index]
    for row in standing.places(points).values():
        if row.longitude is not None and row.latitude is not None:
            boxes.append((row.longitude, row.latitude, row.longitude, row.latitude))
    if not boxes:
        return None
    array = np.array(boxes)
    west, south = array[:, :2].min(axis=0).tolist()
    east, north = array[:, 2:].max(axis=0).tolist()
    return west, south, east, north
