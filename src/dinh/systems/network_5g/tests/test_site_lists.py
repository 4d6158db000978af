from __future__ import annotations

import gzip
import io
import json
import math
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook

from dinh.engines.tables.coordinates import Plane, from_degrees
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.domain import Cell, SiteList, Standing
from dinh.systems.network_5g.feeds import kml, packages
from dinh.systems.network_5g.feeds.sites import heights_above_ground, read_any
from dinh.systems.network_5g.tests import packed

CSV = (
    "Tên trạm,Vĩ độ,Kinh độ,Chiều cao anten (m),Góc phương vị,PCI,Hiện trạng,Nhà mạng,Truyền dẫn\n"
    "ST-01,9.6025,105.9739,32,0,1,Dùng chung,Viettel,Cáp quang\n"
    "ST-01,9.6025,105.9739,32,120,2,Dùng chung,Viettel,Cáp quang\n"
    "ST-02,9.55,106.01,24.5,0;180,7;8,hiện hữu,VNPT,viba\n"
    "ST-03,9.56,106.02,30,,,xây mới,,\n"
)


def told(read: SiteList) -> list[str]:
    return [str(fault) for fault in read.faults]


def test_a_list_tells_identities_standing_operator_and_backhaul_of_each_mast() -> None:
    read = read_any(CSV.encode(), "tram.csv")
    assert not told(read)
    first, second, third = (site.mast(f"m{number}") for number, site in enumerate(read.sites))
    assert [(cell.azimuth_deg, cell.pci) for cell in first.cells] == [(0, 1), (120, 2)]
    assert [(cell.azimuth_deg, cell.pci) for cell in second.cells] == [(0, 7), (180, 8)]
    assert (first.standing, second.standing, third.standing) == (Standing.SHARED, Standing.EXISTING, Standing.NEW)
    assert (first.operator, first.backhaul, second.backhaul) == ("Viettel", "fibre", "microwave")
    assert third.cells == (Cell(),)


def test_excel_is_known_by_its_content_whatever_its_name() -> None:
    book = Workbook()
    for line in CSV.splitlines():
        book.active.append(line.split(","))
    buffer = io.BytesIO()
    book.save(buffer)
    assert [site.name for site in read_any(buffer.getvalue(), "tram.kml").sites] == ["ST-01", "ST-02", "ST-03"]


def test_words_and_identities_that_cannot_be_are_told_with_line_and_remedy() -> None:
    text = "name,lat,lon,height,azimuth,pci,status,backhaul,power,tilt\nA,9.6,105.9,30,0;120,1,new,,49,3\nB,9.6,105.9,30,0,1008,new,,49,3\nC,9.6,105.9,30,0,1,someday,,49,3\nD,9.6,105.9,30,0,1,new,donkey,49,3\nE,9.6,105.9,30,0,1,new,,80000,3\nF,9.6,105.9,30,0,1,new,,49,x\nG,9.6,105.9,30,0,1,new,,49,3\n"  # fmt: skip
    read = read_any(text.encode(), "x")
    assert [site.name for site in read.sites] == ["G"]
    lines = dict(enumerate(told(read), start=2))
    assert "tells 1 identities for 2 azimuths" in lines[2]
    assert "line 3, pci '1008'" in lines[3]
    assert "from 0 to 1007" in lines[3]
    assert "status 'someday': is no standing that is known; write existing, shared or new" in lines[4]
    assert "backhaul 'donkey'" in lines[5]
    assert "power '80000': lies outside -30 to 80; give dBm" in lines[6]
    assert "tilt 'x': is no number; write digits alone" in lines[7]


@pytest.mark.filterwarnings("ignore:Normalized/laundered")
@pytest.mark.parametrize("pack", [lambda: packed.layer(".gpkg")[".gpkg"], packed.shapefile])
def test_layers_of_points_are_read_with_their_attributes(pack: Callable[[], bytes]) -> None:
    """A Shapefile cuts «Chiều cao» to ten bytes."""
    read = read_any(pack(), "sites.bin")
    assert not told(read)
    first, second = read.sites
    assert (first.latitude, first.longitude, first.antenna_height_m) == (9.6025, 105.9739, 32)
    assert first.name == "ST-01"
    assert [cell.pci for cell in first.cells] == [1, 2, 3]
    assert (first.line, second.line, second.azimuths_deg) == (1, 2, ())


def test_layers_in_metres_come_to_the_same_places() -> None:
    east, north = from_degrees(np.array([105.9739, 106.01]), np.array([9.6025, 9.55]), Plane(105.5))
    metres = [(float(x), float(y)) for x, y in zip(east, north, strict=True)]
    attributes = {"name": ["a", "b"], "height": [30.0, 30.0]}
    content = packed.shapefile(crs="EPSG:9209", places=metres, attributes=attributes)
    for read in (
        read_any(content, "vn2000.zip"),
        read_any(_without(content, ".prj"), "vn2000.zip", plane=Plane(105.5)),
    ):
        assert not told(read)
        assert read.sites[0].latitude == pytest.approx(9.6025, abs=2e-5)
        assert read.sites[0].longitude == pytest.approx(105.9739, abs=2e-5)
    with pytest.raises(Invalid, match="say the VN-2000 zone"):
        read_any(_without(content, ".prj"), "vn2000.zip")


def _without(content: bytes, suffix: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return packed.zipped({name: archive.read(name) for name in archive.namelist() if not name.endswith(suffix)})


def test_geojson_keeps_the_number_of_each_feature_in_its_faults() -> None:
    features = [
        {"type": "Feature", "properties": {"site": "A", "height": 30, "azimuth": [0, 120]}, "geometry": {"type": "Point", "coordinates": [105.97, 9.6, 12]}},
        {"type": "Feature", "properties": {"site": "B", "height": 30}, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
        {"type": "Feature", "properties": {"site": "C", "height": "tall"}, "geometry": {"type": "Point", "coordinates": [105.9, 9.6]}},
        {"type": "Feature", "properties": None, "geometry": None},
    ]  # fmt: skip
    read = read_any(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "x.csv")
    assert [(site.name, tuple(site.azimuths_deg)) for site in read.sites] == [("A", (0, 120))]
    assert told(read) == [
        "feature 3, height 'tall': is no number; write digits alone, such as 30 or 9.5",
        "feature 4, geometry '': is no place that can be read; give the point its coordinates",
    ]
    assert [str(warning) for warning in read.warnings] == [
        "feature 2, geometry '': 1 features are lines or areas and no points; they are left out"
    ]


def test_placemarks_tell_heights_by_their_altitude_mode() -> None:
    content = packed.kml(
        packed.placemark("A", "105.97,9.60,30", mode="relativeToGround"),
        packed.placemark("B", "105.98,9.60,130", mode="absolute"),
        packed.placemark(
            "C", "105.99,9.60,99", mode="clampToGround", data='<Data name="height"><value>25</value></Data>'
        ),
        packed.placemark("D", "106.00,9.60,99"),
        packed.placemark(
            "E", "north of here", data='<SchemaData><SimpleData name="height">25</SimpleData></SchemaData>'
        ),
    )
    for read in (read_any(content, "x"), read_any(packed.zipped({"doc.kml": content, "files/i.png": b""}), "x")):
        assert [(site.name, site.antenna_height_m, site.above_sea) for site in read.sites] == [
            ("A", 30, False), ("B", 130, True), ("C", 25, False),
        ]  # fmt: skip
        assert "placemark 4, height '': is empty; a site needs it" in told(read)
        assert "placemark 5, coordinates 'north of here'" in told(read)[-1]
        assumed = read_any(content, "x", default_height_m=28)
        assert [site.antenna_height_m for site in assumed.sites] == [30, 130, 25, 28]
        assert assumed.sites[3].note == "the height of the antenna is assumed, not measured"
        assert any("1 masts have no height in the list; 28 m is assumed" in str(warning) for warning in assumed.warnings)  # fmt: skip


def test_heights_above_sea_lose_the_terrain_and_what_would_be_below_ground_is_a_fault() -> None:
    text = "name,lat,lon,height\nA,9.6,105.9,130\nB,9.7,105.9,90\nC,9.8,105.9,600\nD,9.9,105.9,120\n"
    read = read_any(text.encode(), "x", above_sea=True)
    assert all(site.above_sea for site in read.sites)
    with pytest.raises(ValueError, match="above sea"):
        read.sites[0].mast("a")
    found = heights_above_ground(read, lambda latitude, longitude: math.nan if latitude > 9.85 else 100.0)
    assert [(site.name, site.antenna_height_m, site.above_sea) for site in found.sites] == [("A", 30, False)]
    below, high, unknown = told(found)
    assert (
        "line 3, Chiều cao / height '90': the terrain is 100.0 m high there, so that the antenna would be below ground"
        in below
    )
    assert "would stand 500 m above ground; the most is 400 m" in high
    assert "no terrain is known at this place" in unknown
    deep = packed.layer(".gpkg", places=[(105.97, 9.6, 130.0)], attributes={"name": ["Z"]})[".gpkg"]
    assert read_any(deep, "x", above_sea=True).sites[0].antenna_height_m == 130
    with pytest.raises(Invalid, match="no column «Chiều cao / height»"):
        read_any(deep, "x")


@pytest.mark.parametrize("headed", [True, False])
def test_cells_that_phones_heard_become_masts_of_their_operators(headed: bool) -> None:
    text = packed.CELLS if headed else packed.CELLS.partition("\n")[2]
    with pytest.raises(Invalid, match="tells no heights"):
        read_any(text.encode(), "452.csv")
    read = read_any(gzip.compress(text.encode()), "452.csv.gz", default_height_m=30)
    viettel, mobifone = read.sites
    assert (viettel.operator, viettel.standing, viettel.antenna_height_m) == ("Viettel", Standing.EXISTING, 30)
    assert (mobifone.operator, mobifone.cells[0].pci) == ("MobiFone", 7)
    assert viettel.cells == (Cell(),), "even antennas beside each other would only disturb each other"
    assert "estimated" in viettel.note
    (fault,) = told(read)
    assert f"line {8 if headed else 7}, lat, lon '0.0, 0.0': is no place in Vietnam" in fault
    warnings = " ".join(str(warning) for warning in read.warnings)
    for words in ("1 rows are of other countries", "1 cells are neither LTE nor NR", "2 masts are estimated"):
        assert words in warnings


def test_one_mast_under_two_names_is_warned_of() -> None:
    text = "name,lat,lon,height\nA,9.6,105.9,30\nB,9.60002,105.90002,30.2\nC,9.6001,105.9,30\nD,9.6,105.9,45\n"
    read = read_any(text.encode(), "x")
    assert [str(warning) for warning in read.warnings] == [
        "line 3, Tên trạm / name 'B': stands where A stands, equally high; is it the same mast under two names?"
    ]
    assert len(read.sites) == 4


def test_rows_that_are_repeated_are_warned_of() -> None:
    text = "name,lat,lon,height,azimuth\nA,9.6,105.9,30,0\nA,9.6,105.9,30,0\n"
    assert "are rows repeated?" in str(read_any(text.encode(), "x").warnings[0])


@pytest.mark.filterwarnings("ignore:Normalized/laundered")
def test_what_would_harm_is_refused_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>'
    with pytest.raises(Invalid, match="declares entities"):
        read_any(bomb, "x.kml")
    deep = f'{{"a": {"[" * 900}{"]" * 900}}}'
    point = f'{{"type": "Feature", "geometry": {{"type": "Point", "coordinates": [105.9, 9.6]}}, "properties": {deep}}}'
    assert len(read_any(point.encode(), "x.geojson", default_height_m=30).sites) == 1
    monkeypatch.setattr(kml, "MOST_ELEMENTS", 1_000)
    with pytest.raises(Invalid, match="more than 1,000 elements"):
        read_any(b"<kml>" + b"<a/>" * 1_000 + b"</kml>", "x.kml")
    with pytest.raises(Invalid, match="levels deep"):
        read_any(b"<kml>" + b"<Folder>" * 200 + b"</Folder>" * 200 + b"</kml>", "x.kml")
    view = tmp_path / "view.gpkg"
    view.write_bytes(packed.layer(".gpkg")[".gpkg"])
    with sqlite3.connect(view) as base:
        base.execute("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")  # fmt: skip
    base.close()
    with pytest.raises(Invalid, match="has a view, endless"):
        read_any(view.read_bytes(), "x.gpkg")
    with pytest.raises(Invalid, match="one part of a Shapefile"):
        read_any(packed.layer(".shp")[".shp"], "sites.shp")
    with pytest.raises(Invalid, match="without a Shapefile, KML or workbook"):
        read_any(packed.zipped({"a.txt": b"x"}), "x.zip")
    with pytest.raises(Invalid, match="is a web page"):
        read_any(b"<!doctype html><html></html>", "x.xls")
    with pytest.raises(Invalid, match="is empty"):
        read_any(b" \r\n", "x.csv")
    monkeypatch.setattr(packages, "MOST_BYTES", 100_000)
    with pytest.raises(Invalid, match="larger than"):
        read_any(packed.zipped({"doc.kml": b" " * 200_000}), "bomb.kmz")
    with pytest.raises(Invalid, match="larger than"):
        read_any(gzip.compress(b" " * 200_000 + b"x"), "bomb.csv.gz")


def test_only_shapefiles_parts_reach_the_reader_of_a_zip() -> None:
    content = packed.shapefile(attributes={"name": ["a", "b"], "height": [30.0, 30.0]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["tram/sites.vrt"] = b"<OGRVRTDataSource/>"
    files["../../sites.qpj"] = b"x"
    assert len(read_any(packed.zipped(files), "x.zip").sites) == 2
