"""Tiles as a map asks for them."""

from __future__ import annotations

import json
import time
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dinh.engines.tiles import mercator
from dinh.gateways.tiles import answers
from dinh.spine.places import api as places

SOC_TRANG = "urn:dinh:unit:2004:94"
PHU_LOI = "urn:dinh:unit:2025:31510"


@pytest.fixture(autouse=True)
def _units(db: None) -> None:
    places.load_units()


def tile_at(z: int, longitude: float = 105.985, latitude: float = 9.5917) -> str:
    x, y = mercator.project(np.array([longitude]), np.array([latitude]))
    return f"{z}/{int(x[0] * (1 << z))}/{int(y[0] * (1 << z))}"


def features(path: str, layer: str, query: bytes = b"") -> list[dict[str, Any]]:
    tile = mapbox_vector_tile.decode(answers.answer(path, query).body)
    return [feature["properties"] for feature in tile.get(layer, {"features": []})["features"]]


def save(number: int = 30) -> None:
    report = places.save_places(
        {
            "kind": "asset", "id": f"cell-{i}", "level": "hospital" if i % 3 == 0 else "gnb_cell", "name_vi": f"Ô {i}",
            "name_en": f"Cell {i}", "longitude": 105.985 + i / 10_000, "latitude": 9.5917, "simulated": True,
        }
        for i in range(number)
    )  # fmt: skip
    assert report.taken == number


def test_communes_are_drawn_with_their_names_and_marked_approximate() -> None:
    drawn = {properties["urn"]: properties for properties in features(f"/tiles/units/{tile_at(10)}.mvt", "units")}
    assert drawn[PHU_LOI] == {
        "urn": PHU_LOI, "level": "commune", "code": "31510", "name_vi": "Phú Lợi", "name_en": "Phu Loi",
        "full_name_vi": "phường Phú Lợi", "full_name_en": "Phu Loi Ward", "approximate": True,
    }  # fmt: skip
    assert PHU_LOI in [row["urn"] for row in features(f"/tiles/units/{tile_at(10)}.mvt", "unit_labels")]


def test_small_zooms_show_provinces_and_every_label_once() -> None:
    labels = [
        row["urn"]
        for x in range(24, 27)
        for y in range(12, 16)
        for row in features(f"/tiles/units/5/{x}/{y}.mvt", "unit_labels")
    ]
    assert len(labels) == len(set(labels)) == 34
    assert {row["level"] for row in features("/tiles/units/5/25/15.mvt", "units")} == {"province"}


def test_the_archipelagos_are_drawn_as_parts_of_their_provinces() -> None:
    assert "urn:dinh:unit:2025:48" in [
        row["urn"] for row in features(f"/tiles/units/{tile_at(7, 112.3, 16.8)}.mvt", "units")
    ]
    assert [row["name_vi"] for row in features(f"/tiles/units/{tile_at(9, 111.92, 8.645)}.mvt", "units")] == [
        "Trường Sa"
    ]


def test_near_assets_are_one_cluster_with_its_count_and_its_box() -> None:
    save()
    drawn = features(f"/tiles/assets/{tile_at(8)}.mvt", "assets")
    assert sum(row.get("count", 1) for row in drawn) == 30
    [cluster] = drawn
    assert (cluster["west"], cluster["east"]) == pytest.approx((105.985, 105.9879))
    assert cluster["south"] == cluster["north"] == pytest.approx(9.5917)


def test_near_the_ground_every_asset_stands_alone_with_its_names() -> None:
    save()
    [row] = [
        row for row in features(f"/tiles/assets/{tile_at(16)}.mvt", "assets") if row["urn"] == "urn:dinh:asset:cell-1"
    ]
    assert row == {
        "urn": "urn:dinh:asset:cell-1", "kind": "asset", "level": "gnb_cell", "name_vi": "Ô 1", "name_en": "Cell 1",
        "simulated": True,
    }  # fmt: skip


def test_levels_narrow_what_is_shown() -> None:
    save()
    path = f"/tiles/assets/{tile_at(8)}.mvt"
    assert features(path, "assets", b"levels=hospital")[0]["count"] == 10
    assert features(path, "assets", b"levels=gnb_cell,hospital")[0]["count"] == 30
    assert features(path, "assets", b"levels=school") == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 6))
def test_all_tiles_of_a_zoom_together_hold_every_asset_once(zoom: int) -> None:
    if not places.positions().urns:
        save()
    size = 1 << zoom
    x, y = (int(part) for part in tile_at(zoom).split("/")[1:])
    around = [(a, b) for a in range(max(x - 1, 0), min(x + 2, size)) for b in range(max(y - 1, 0), min(y + 2, size))]
    counts = [row.get("count", 1) for a, b in around for row in features(f"/tiles/assets/{zoom}/{a}/{b}.mvt", "assets")]
    assert sum(counts) == 30


def test_a_saved_asset_is_on_the_next_tile() -> None:
    path = f"/tiles/assets/{tile_at(16)}.mvt"
    assert features(path, "assets") == []
    tag = answers.answer(path).tag
    save(1)
    assert len(features(path, "assets")) == 1
    assert answers.answer(path).tag != tag


def test_the_outline_holds_land_and_both_archipelagos_with_labels() -> None:
    outline = json.loads(answers.answer("/tiles/outline.geojson").body)
    parts = [(f["properties"]["part"], f["properties"]["name_vi"]) for f in outline["features"]]
    assert parts == [
        ("land", "Việt Nam"),
        ("archipelago", "Quần đảo Hoàng Sa"), ("label", "Quần đảo Hoàng Sa"),
        ("archipelago", "Quần đảo Trường Sa"), ("label", "Quần đảo Trường Sa"),
    ]  # fmt: skip


def test_boundaries_of_an_area_are_its_communes_of_today() -> None:
    found = json.loads(answers.answer("/tiles/boundaries.geojson", f"area={SOC_TRANG}&tolerance=100".encode()).body)
    assert len(found["features"]) == 43


def test_a_warm_tile_takes_less_than_ten_milliseconds() -> None:
    save(2_000)
    for path in (f"/tiles/units/{tile_at(9)}.mvt", f"/tiles/assets/{tile_at(12)}.mvt"):
        answers.answer(path)
        started = time.thread_time()
        for _ in range(5):
            answers.answer(path)
        assert (time.thread_time() - started) / 5 < 0.010
