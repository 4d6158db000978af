"""Facilities and assets from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.places import api as places

pytestmark = pytest.mark.usefixtures("units")


def test_a_csv_with_a_semicolon_a_mark_and_vietnamese_columns_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tram.csv"
    path.write_text(
        "mã;tên;loại;kinh độ;vĩ độ;độ sâu\nmy-thanh;Trạm Mỹ Thanh;Trạm mặn;105.985;9.5917;2\nsai;Sai;x;abc;9.5;\n",
        encoding="utf-8-sig",
    )
    report = places.import_places(path)
    assert report.taken == 1
    assert report.refused[0].startswith("line 3: 'sai' stands at longitude 'abc'")
    row = places.place("urn:dinh:asset:my-thanh")
    assert (row.level, row.name_vi, row.name_en) == ("tram_man", "Trạm Mỹ Thanh", "Tram My Thanh")
    assert row.attributes == {"độ sâu": "2"}
    assert row.unit == "urn:dinh:unit:2025:31510"


def test_geojson_points_and_shapes_are_read_with_what_the_file_does_not_say(tmp_path: Path) -> None:
    path = tmp_path / "hospitals.geojson"
    square = [[[105.9, 9.5], [106.0, 9.5], [106.0, 9.6], [105.9, 9.6], [105.9, 9.5]]]
    features = [
        {"type": "Feature", "properties": {"id": "h1", "name": "Bệnh viện 1"},
         "geometry": {"type": "Point", "coordinates": [105.985, 9.5917]}},
        {"type": "Feature", "properties": {"id": "h2", "name": "Bệnh viện 2"},
         "geometry": {"type": "Polygon", "coordinates": square}},
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert places.import_places(path, kind="facility", level="hospital", simulated=True).taken == 2
    row = places.place("urn:dinh:facility:h2")
    assert (row.level, row.simulated) == ("hospital", True)
    assert row.longitude is not None
    assert 105.9 < row.longitude < 106.0


def test_columns_can_be_named_and_a_wrong_name_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nr,title,lon,lat\n1,Một,105.985,9.5917\n")
    assert places.import_places(path, level="gauge", columns={"id": "nr", "name_vi": "title"}).taken == 1
    with pytest.raises(Invalid, match="no column 'number'"):
        places.import_places(path, level="gauge", columns={"id": "number"})
    with pytest.raises(Invalid, match="no field size"):
        places.import_places(path, level="gauge", columns={"size": "nr"})


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        places.import_places(tmp_path / "absent.csv")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="UTF-8"):
        places.import_places(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_bytes(b"nothing")
    with pytest.raises(Invalid, match="Parquet"):
        places.import_places(tmp_path / "a.parquet")


def test_real_places_of_hanoi_are_taken_once(boundary_files: Path) -> None:
    path = boundary_files.parent / "map" / "hanoi_osm_poi.csv.gz"
    report = places.import_places(path, kind="facility", columns={"id": "osm_id"})
    assert (report.taken, len(report.refused)) == (14_279, 6)
    again = places.import_places(path, kind="facility", columns={"id": "osm_id"})
    assert (again.taken, again.changed, again.unchanged) == (0, 0, 14_279)
