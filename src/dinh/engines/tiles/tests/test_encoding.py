"""Tiles written here are read back by a decoder that others wrote."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.tiles import encoding
from dinh.engines.tiles.mercator import EXTENT


def decoded(layer: encoding.LayerWriter) -> list[dict[str, Any]]:
    tile = mapbox_vector_tile.decode(encoding.tile([layer]), default_options={"y_coord_down": True})
    features: list[dict[str, Any]] = tile[layer._name]["features"] if tile else []
    return features


values = st.one_of(
    st.text(max_size=20), st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), values, max_size=5), st.floats(0, 0.999), st.floats(0, 0.999))
def test_points_and_their_properties_come_back(properties: dict[str, Any], x: float, y: float) -> None:
    layer = encoding.LayerWriter("things", 0, 0, 0)
    layer.add_point(x, y, properties)
    [feature] = decoded(layer)
    assert feature["properties"] == properties
    assert feature["geometry"]["coordinates"] == [round(x * EXTENT), round(y * EXTENT)]


def test_a_property_without_a_value_is_left_out() -> None:
    layer = encoding.LayerWriter("things", 0, 0, 0)
    layer.add_point(0.5, 0.5, {"urn": "urn:dinh:asset:a", "name_en": None})
    assert decoded(layer)[0]["properties"] == {"urn": "urn:dinh:asset:a"}


def test_true_and_one_stay_different_values() -> None:
    layer = encoding.LayerWriter("things", 0, 0, 0)
    layer.add_point(0.5, 0.5, {"count": 1, "simulated": True, "share": 1.0})
    properties = decoded(layer)[0]["properties"]
    assert [type(properties[name]) for name in ("count", "simulated", "share")] == [int, bool, float]


@given(
    st.lists(st.tuples(st.floats(0.1, 0.4), st.floats(0.05, 0.09)), min_size=1, max_size=6),
    st.booleans(),
)
def test_areas_keep_their_ground_and_their_holes(parts: list[tuple[float, float]], holes: bool) -> None:
    polygons = []
    for i, (size, hole) in enumerate(parts):
        shape = shapely.box(0.1 + i * 0.13, 0.1, 0.1 + i * 0.13 + size / 4, 0.1 + size)
        polygons.append(shape.difference(shape.centroid.buffer(hole / 10)) if holes else shape)
    whole = shapely.multipolygons(polygons)
    layer = encoding.LayerWriter("areas", 0, 0, 0)
    layer.add_area(whole, {})
    [feature] = decoded(layer)
    back = shapely.geometry.shape(feature["geometry"])
    assert back.is_valid
    assert back.area / EXTENT**2 == pytest.approx(whole.area, rel=0.02)
    assert sum(len(part.interiors) for part in shapely.get_parts(back)) == (len(parts) if holes else 0)


def test_what_lies_off_the_tile_is_cut_away_but_for_a_margin() -> None:
    layer = encoding.LayerWriter("areas", 1, 0, 0)
    layer.add_area(shapely.box(0.25, 0.25, 0.75, 0.75), {"name": "middle"})
    layer.add_area(shapely.box(0.8, 0.8, 0.9, 0.9), {"name": "elsewhere"})
    [feature] = decoded(layer)
    assert feature["properties"] == {"name": "middle"}
    assert shapely.geometry.shape(feature["geometry"]).bounds == (EXTENT / 2, EXTENT / 2, EXTENT + 64, EXTENT + 64)


def test_an_area_smaller_than_a_unit_of_the_tile_is_left_out() -> None:
    layer = encoding.LayerWriter("areas", 0, 0, 0)
    layer.add_area(shapely.box(0.5, 0.5, 0.5 + 1e-6, 0.5 + 1e-6), {})
    assert encoding.tile([layer]) == b""


@given(st.lists(st.integers(0, 2**33), min_size=1))
def test_numbers_are_written_in_base_128(numbers: list[int]) -> None:
    assert encoding.varints(np.array(numbers, dtype=np.int64)) == b"".join(encoding._varint(n) for n in numbers)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=2, max_size=12))
def test_a_line_keeps_its_corners_within_the_tile_and_nothing_beyond_its_edge(
    corners: list[tuple[float, float]],
) -> None:
    """On the one tile of the world every corner comes back; on a quarter of it, what lies there."""
    xy = np.array(corners)
    layer = encoding.LayerWriter("lines", 0, 0, 0)
    layer.add_line(xy, {"rank": 1})
    wanted = np.rint(xy * EXTENT).astype(int).tolist()
    kept = [point for i, point in enumerate(wanted) if i == 0 or point != wanted[i - 1]]
    found = decoded(layer)
    assert (found[0]["geometry"]["coordinates"] if found else []) == (kept if len(kept) > 1 else [])
    quarter = encoding.LayerWriter("lines", 1, 0, 0)
    quarter.add_line(xy, {})
    for feature in decoded(quarter):
        shape = shapely.geometry.shape(feature["geometry"])
        assert shapely.box(-66, -66, EXTENT + 66, EXTENT + 66).contains(shape)
