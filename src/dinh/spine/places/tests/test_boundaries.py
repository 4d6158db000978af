"""Exact boundaries: taken, refused with reason, used by every lookup; cells where there are none."""

from __future__ import annotations

import gzip
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import connection

from dinh.engines.tiles import polygons
from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.places import api as places
from dinh.spine.places import domain, outlines, shapes
from dinh.spine.places.tree import tree

pytestmark = pytest.mark.usefixtures("units")

SOC_TRANG = "urn:dinh:unit:2004:94"
PHU_LOI = "urn:dinh:unit:2025:31510"
SQUARE = [[[105.9, 9.5], [106.0, 9.5], [106.0, 9.6], [105.9, 9.6], [105.9, 9.5]]]


def feature(code: Any = "31510", name: str = "Phường Phú Lợi", rings: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **more},
        "geometry": {"type": "Polygon", "coordinates": SQUARE if rings is None else rings},
    }


def saved(folder: Path, *features: Any, name: str = "units.geojson", **more: Any) -> Path:
    path = folder / name
    text = json.dumps({"type": "FeatureCollection", "features": list(features), **more})
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_a_boundary_makes_its_unit_exact_and_carries_facts_along(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    report = places.import_boundaries(
        saved(tmp_path, feature(population=57_688, area_km2=10.04)),
        progress=lambda done, total: calls.append((done, total)),
    )
    assert (report.taken, report.changed, report.unchanged, report.refused) == (1, 0, 0, ())
    assert calls == [(1, 1)]
    row = places.place(PHU_LOI)
    assert (row.boundary, row.population, row.area_km2) == ("exact", 57_688, 10.04)
    inside = places.unit_at(105.901, 9.501)
    assert inside is not None
    assert inside.urn == PHU_LOI
    again = places.import_boundaries(saved(tmp_path, feature()))
    assert (again.taken, again.changed, again.unchanged) == (0, 0, 1)
    assert places.load_units().changed == 0
    assert places.place(PHU_LOI).boundary == "exact"


def test_shapes_are_simplified_before_the_registers_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds for a country, and SQLite has one writer: alerts and cases would wait for it."""
    held, simplify = [], polygons.simplify

    def watched(*arguments: Any) -> Any:
        held.append(len(connection.savepoint_ids))
        return simplify(*arguments)

    monkeypatch.setattr(polygons, "simplify", watched)
    before = len(connection.savepoint_ids)
    assert places.import_boundaries(saved(tmp_path, feature())).taken == 1
    assert held
    assert set(held) == {before}


def test_cells_make_room_for_an_exact_neighbour(tmp_path: Path) -> None:
    places.import_boundaries(saved(tmp_path, feature()))
    drawn = json.loads(places.boundaries([row.urn for row in places.area(SOC_TRANG)], tolerance_m=0))["features"]
    exact = {f["properties"]["urn"] for f in drawn if not f["properties"]["approximate"]}
    assert exact == {PHU_LOI}
    square = shapely.Polygon(SQUARE[0])
    for other in drawn:
        if other["properties"]["urn"] != PHU_LOI:
            assert shapely.geometry.shape(other["geometry"]).intersection(square).area < 1e-5


def test_an_asset_moves_with_the_boundary_of_its_commune(tmp_path: Path) -> None:
    row = places.save_place(
        kind="asset", id="a", level="gauge", name_vi="A", name_en="A", longitude=105.903, latitude=9.503
    )
    assert row.unit != PHU_LOI
    assert "1 facilities and assets" in places.import_boundaries(saved(tmp_path, feature())).note
    assert places.place(row.urn).unit == places.place(row.urn).parent == PHU_LOI


def test_a_centre_outside_its_boundary_is_moved_inside(tmp_path: Path) -> None:
    rings = [[[x + 0.3, y] for x, y in SQUARE[0]]]
    places.import_boundaries(saved(tmp_path, feature(rings=rings)))
    row = places.place(PHU_LOI)
    assert row.longitude is not None
    assert 106.2 < row.longitude < 106.3


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (feature("99999", "Phường Không Có"), "code '99999', name 'Phường Không Có'"),
        (feature(rings=[[[9.5, 105.9], [9.5, 106.0], [9.6, 106.0], [9.5, 105.9]]]), "longitude comes first"),
        (
            feature(rings=[[[588_000, 1_050_000], [589_000, 1_050_000], [589_000, 1_051_000], [588_000, 1_050_000]]]),
            "EPSG:4326",
        ),
        (feature(rings=[[[105.0, 21.0], [105.1, 21.0], [105.1, 21.1], [105.0, 21.0]]]), "lies at"),
        ({**feature(), "geometry": None}, "no geometry"),
        ({**feature(), "geometry": {"type": "Point", "coordinates": [105.9, 9.5]}}, "Point, not a polygon"),
        ({**feature(), "geometry": {"type": "Polygon", "coordinates": "none"}}, "cannot be read"),
        ("nonsense", "no GeoJSON feature"),
        ({**feature(), "properties": None}, "neither code nor name"),
        (feature(None, "Xã Phường Huyện"), "name 'Xã Phường Huyện'"),
    ],
)
def test_a_wrong_feature_is_refused_with_its_number_value_and_remedy(tmp_path: Path, wrong: Any, told: str) -> None:
    report = places.import_boundaries(saved(tmp_path, feature("31507", "Phường Sóc Trăng"), wrong))
    assert report.taken == 1
    [line] = report.refused
    assert line.startswith("feature 2")
    assert told in line


def test_the_second_of_two_features_of_one_unit_is_refused(tmp_path: Path) -> None:
    report = places.import_boundaries(saved(tmp_path, feature(), feature()))
    assert report.taken == 1
    assert "is feature 1 already" in report.refused[0]


def test_a_ring_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = [[[105.9, 9.5], [106.0, 9.6], [106.0, 9.5], [105.9, 9.6], [105.9, 9.5]]]
    report = places.import_boundaries(saved(tmp_path, feature(rings=bow)))
    assert report.taken == 1
    assert "1 mended" in report.note
    assert shapes.exact(PHU_LOI).is_valid


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.geojson", b"{", "places.not_json"),
        ("a.geojson", b"[]", "places.not_geojson"),
        ("a.geojson.gz", b"no gzip", "places.not_json"),
        ("a.gpkg", b"no database", "places.not_geopackage"),
        ("a.shp", b"", "places.file_kind"),
        ("a.geojson", b'{"features": [], "crs": {"properties": {"name": "EPSG:0"}}}', "places.crs"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_a_remedy(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Invalid) as refusal:
        places.import_boundaries(tmp_path / name)
    assert refusal.value.code == code
    with pytest.raises(NotFound):
        places.import_boundaries(tmp_path / "absent.geojson")


def test_a_geopackage_in_vn_2000_lands_where_it_should(tmp_path: Path) -> None:
    import pyogrio
    import pyproj

    to_vn2000 = pyproj.Transformer.from_crs(4326, 9210, always_xy=True)  # VN-2000 / TM-3 105-30
    square = shapely.transform(
        shapely.Polygon(SQUARE[0]), lambda xy: np.column_stack(to_vn2000.transform(xy[:, 0], xy[:, 1]))
    )
    path = tmp_path / "units.gpkg"
    pyogrio.raw.write(
        path, geometry=np.array([shapely.to_wkb(square)], dtype=object), field_data=[np.array(["31510"]), np.array(["Phú Lợi"])],
        fields=np.array(["ma_xa", "ten_xa"]), geometry_type="Polygon", crs="EPSG:9210", layer="xa",
    )  # fmt: skip
    assert places.import_boundaries(path).taken == 1
    assert shapes.exact(PHU_LOI).bounds == pytest.approx((105.9, 9.5, 106.0, 9.6), abs=1e-4)


def test_numbers_as_codes_names_alone_and_dropped_zeros_are_understood(tmp_path: Path) -> None:
    hanoi = [[[105.80, 21.02], [105.86, 21.02], [105.86, 21.06], [105.80, 21.06], [105.80, 21.02]]]
    report = places.import_boundaries(saved(tmp_path, feature(4, "Ba Đình", hanoi), feature(31510, "Phú Lợi")))
    assert (report.taken, report.refused) == (2, ())
    assert places.place("urn:dinh:unit:2025:00004").boundary == "exact"
    alone = feature(name="", ten_xa="Xã Trần Đề", rings=[[[x + 0.2, y - 0.05] for x, y in SQUARE[0]]])
    del alone["properties"]["code"], alone["properties"]["name"]
    assert places.import_boundaries(saved(tmp_path, alone)).taken == 1
    assert places.place("urn:dinh:unit:2025:31673").boundary == "exact"


# Taken, and refused: what the catalogue of 2025-06-30 no longer had.
REAL_FILES = {
    "soctrang94_pre2025_full.geojson.gz": (12, 0),
    "soctrang_census2009_communes.geojson.gz": (108, 1),
    "vn2025_cantho92_wards103_full.geojson.gz": (103, 0),
    "vn2025_provinces34.geojson.gz": (34, 0),
    "vn2025_wards3321_simplified.geojson.gz": (3321, 0),
    "vn_pre2025_districts.geojson.gz": (679, 13),
    "vn_pre2025_provinces63.geojson.gz": (62, 0),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", REAL_FILES)
def test_each_file_of_real_boundaries_is_taken(boundary_files: Path, name: str) -> None:
    report = places.import_boundaries(boundary_files / name)
    assert (report.taken, len(report.refused)) == REAL_FILES[name]
    assert all(line.startswith("feature ") for line in report.refused)
    exact = [row for row in tree().rows.values() if row.boundary == "exact"]
    assert len(exact) == report.taken
    for row in exact[:: len(exact) // 20 + 1]:
        assert row.longitude is not None
        assert row.latitude is not None
        started = time.thread_time()
        unit = places.unit_at(row.longitude, row.latitude, level=row.level, on=row.valid_from or date(2025, 6, 30))
        took = time.thread_time() - started
        assert unit is not None
        assert unit.urn == row.urn or "đặc khu" in row.full_name_vi
    assert took < 0.020


def test_the_former_soc_trang_is_as_large_as_its_43_communes(boundary_files: Path) -> None:
    places.import_boundaries(boundary_files / "vn2025_cantho92_wards103_full.geojson.gz")
    places.import_boundaries(boundary_files / "soctrang94_pre2025_full.geojson.gz")
    communes = shapely.union_all([shapes.exact(row.urn) for row in places.area(SOC_TRANG)])
    assert communes.area == pytest.approx(shapes.exact(SOC_TRANG).area, rel=0.05)
    assert sum(row.area_km2 or 0 for row in places.area(SOC_TRANG)) == pytest.approx(3_298, rel=0.001)


def test_units_without_boundary_have_cells_that_are_called_approximate() -> None:
    row = places.place(PHU_LOI)
    assert row.boundary == "approximate"
    drawn = json.loads(
        places.boundaries([PHU_LOI, SOC_TRANG, "urn:dinh:unit:2025:92", "urn:dinh:asset:none"], tolerance_m=50)
    )
    assert [f["properties"]["urn"] for f in drawn["features"]] == [PHU_LOI, SOC_TRANG, "urn:dinh:unit:2025:92"]
    assert all(f["properties"]["approximate"] for f in drawn["features"])
    for f in drawn["features"]:
        shape = shapely.geometry.shape(f["geometry"])
        assert shape.is_valid
        assert shape.contains(shapely.Point(row.longitude, row.latitude))


def test_every_unit_of_both_periods_can_be_drawn() -> None:
    for urn in (
        "urn:dinh:unit:2025:20333",
        "urn:dinh:unit:2004:498",
        "urn:dinh:unit:2004:951",
        "urn:dinh:unit:2025:79",
    ):
        found = outlines.shape_of(urn)
        assert found is not None
        assert found[0].area > 0
        assert not found[1]


def test_every_centre_lies_in_its_own_unit() -> None:
    held = shapes.layer(present=True)
    rows = [tree().rows[urn] for urn in held.urns]
    found = shapes.communes_at(np.array([row.longitude for row in rows]), np.array([row.latitude for row in rows]))
    assert sum(one != other for one, other in zip(found, held.urns, strict=True)) <= 5  # units placed at one point


@pytest.mark.parametrize(
    ("longitude", "latitude"), [(100.0, 10.0), (103.0, 13.5), (114.0, 14.0), (0.0, 0.0), (float("nan"), 9.0)]
)
def test_a_point_outside_every_unit_has_none(longitude: float, latitude: float) -> None:
    assert places.unit_at(longitude, latitude) is None


def test_the_islands_contain_their_points_in_both_periods() -> None:
    for on, name in ((date(2026, 1, 1), "đặc khu Hoàng Sa"), (date(2020, 1, 1), "huyện Hoàng Sa")):
        unit = places.unit_at(112.338, 16.834, level="commune" if on.year == 2026 else "district", on=on)
        assert unit is not None
        assert unit.full_name_vi == name


def test_a_point_lies_in_a_unit_of_its_day() -> None:
    former = places.unit_at(105.985, 9.5917, level="district", on=date(2025, 6, 30))
    assert former is not None
    assert former.urn.startswith("urn:dinh:unit:2004:94")
    assert places.unit_at(105.985, 9.5917, level="district", on=date(2025, 7, 1)) is None


def test_the_box_round_places_holds_them() -> None:
    west, south, east, north = places.bounds([SOC_TRANG]) or (0, 0, 0, 0)
    assert 105.3 < west < 105.6 < 106.1 < east < 106.4
    assert 9.1 < south < 9.4 < 9.8 < north < 10.1
    assert places.bounds(["urn:dinh:asset:none"]) is None


def test_the_outline_shows_both_archipelagos() -> None:
    parts = {part.name_vi: part for part in places.country_outline()}
    assert parts["Việt Nam"].shape.contains(shapely.Point(106.1, 9.6))
    for name in ("Hoàng Sa", "Trường Sa"):
        part = parts[f"Quần đảo {name}"]
        assert shapely.get_num_geometries(part.shape) >= 8
        assert part.label is not None
        assert all(part.shape.contains(shapely.Point(*at)) for at in domain.ISLANDS[name].values())
