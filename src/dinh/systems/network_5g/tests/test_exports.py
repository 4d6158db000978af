from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pyogrio
import pypdf
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dinh.kernel.vietnamese_text import nfc
from dinh.systems.network_5g.domain import Cell, Mast, Standing
from dinh.systems.network_5g.exports.geopackage import geopackage
from dinh.systems.network_5g.exports.report import page, report_data, report_pdf
from dinh.systems.network_5g.exports.site_list import site_list
from dinh.systems.network_5g.exports.workbook import workbook
from dinh.systems.network_5g.feeds.sites import read_any
from dinh.systems.network_5g.tests.scenarios import masts, scenario
from dinh.web import typesetting

WORDS = st.text("abcXYZ019 ăâđêôơưừỗÁĐ=+-@'\",;|()./", min_size=1, max_size=14).map(nfc).filter(bool)
CELLS = st.builds(
    Cell,
    azimuth_deg=st.none() | st.floats(0, 359.99),
    tilt_deg=st.none() | st.floats(-90, 90),
    gain_dbi=st.none() | st.floats(-20, 50),
    power_dbm=st.none() | st.floats(-30, 80),
    pci=st.none() | st.integers(0, 1007),
    bands=st.lists(st.sampled_from(["n41", "n78", "B3", "n28"]), max_size=3, unique=True).map(tuple),
)
MASTS = st.builds(
    Mast,
    code=st.just(""),
    name=WORDS,
    latitude=st.floats(8.0, 23.5),
    longitude=st.floats(102.0, 117.5),
    antenna_height_m=st.floats(0.01, 400),
    cells=st.lists(CELLS, min_size=1, max_size=4).map(tuple),
    standing=st.sampled_from(Standing),
    operator=st.just("") | WORDS,
    backhaul=st.sampled_from(["", "fibre", "microwave"]),
    generated=st.booleans(),
)


def coded(found: list[Mast]) -> list[Mast]:
    from dataclasses import replace

    return [replace(mast, code=f"m{number}") for number, mast in enumerate(found)]


@settings(max_examples=150, deadline=None)
@given(st.lists(MASTS, min_size=1, max_size=5).map(coded))
def test_a_list_of_sites_reads_back_to_the_same_masts(given_: list[Mast]) -> None:
    read = read_any(site_list(given_), "tram.csv")
    assert not read.faults
    assert [row.mast(row.code) for row in read.sites] == given_


def test_no_cell_of_a_list_begins_like_a_formula() -> None:
    wild = [Mast("=1+1", "=HYPERLINK(x)", 9.6, 105.9, 30.0, operator="@cmd")]
    rows = list(csv.reader(io.StringIO(site_list(wild).decode("utf-8-sig"))))
    texts = [rows[1][rows[0].index(column)] for column in ("code", "name", "operator")]
    assert all(text.startswith("'") for text in texts)


def test_a_workbook_holds_numbers_as_numbers_and_texts_as_texts() -> None:
    told = scenario(title="=cmd|'/c calc'!A1")
    book = load_workbook(io.BytesIO(workbook(told, "en")))
    assert book.sheetnames == ["Summary", "Masts", "Cells", "Communes", "Capacity", "Settings", "Inputs"]
    assert "generated data" in str(book["Summary"]["A1"].value)
    title = book["Summary"]["B2"]
    assert (title.value, title.data_type) == ("=cmd|'/c calc'!A1", "s")
    first = [cell.value for cell in book["Cells"][2]]
    assert first[:4] == ["m0", "Trạm 01 Trần Đề", 1, 0]
    assert first[7:10] == [0, "n41", pytest.approx(0.05)]
    assert book["Cells"].max_row == 1 + 3 * 3 * 2
    assert isinstance(book["Masts"]["C2"].value, float)
    assert book["Communes"]["E2"].value == pytest.approx(1 - 120 / 20_000)
    assert load_workbook(io.BytesIO(workbook(told, "vi"))).sheetnames[0] == "Tổng hợp"


def test_a_workbook_takes_signs_that_sheets_cannot_hold() -> None:
    odd = scenario(title="a\x00b\x0bc\ufffe", masts=[Mast("a", "\x01", 9.6, 105.9, 30.0)], loads=[])
    book = load_workbook(io.BytesIO(workbook(odd, "en")))
    assert book["Summary"]["B2"].value == "abc"


def test_a_geopackage_has_masts_sectors_and_communes_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "scenario.gpkg"
    even = Mast("e", "even", 9.7, 106.2, 25.0)
    path.write_bytes(geopackage(scenario(masts=[*masts(2), even])))
    assert sorted(name for name, _ in pyogrio.list_layers(path)) == ["cells", "communes", "masts"]
    meta, _, points, values = pyogrio.raw.read(path, layer="masts")
    told = dict(zip(meta["fields"], values, strict=True))
    assert meta["crs"] == "EPSG:4326"
    assert (told["code"].tolist(), told["generated"].tolist()) == (["m0", "m1", "e"], [True, False, False])
    assert shapely.from_wkb(points[0]).coords[0] == (106.05, 9.5)
    meta, _, shapes, values = pyogrio.raw.read(path, layer="cells")
    told = dict(zip(meta["fields"], values, strict=True))
    north, east_south = (shapely.from_wkb(shape) for shape in shapes[:2])
    assert north.contains(shapely.Point(106.05, 9.5 + 300 / 111_000))
    assert not north.contains(shapely.Point(106.05, 9.5 - 100 / 111_000))
    assert east_south.contains(shapely.Point(106.05 + 0.002, 9.5 - 0.001))
    assert shapely.from_wkb(shapes[-1]).contains(shapely.Point(106.2, 9.7))
    assert told["pci"][:3].tolist() == [0, 1, 2]
    assert str(told["pci"][-1]) == "nan", "an identity that is not known is none, not 0"
    meta, _, _, values = pyogrio.raw.read(path, layer="communes")
    assert dict(zip(meta["fields"], values, strict=True))["name"][0] == "xã Trần Đề"
    read = read_any(path.read_bytes(), "scenario.gpkg")
    assert [site.name for site in read.sites] == ["Trạm 01 Trần Đề", "Trạm 02 Trần Đề", "even"]


def test_a_scenario_without_masts_exports_empty_layers(tmp_path: Path) -> None:
    path = tmp_path / "empty.gpkg"
    path.write_bytes(geopackage(scenario(masts=[], loads=[], communes=[])))
    assert sorted(name for name, _ in pyogrio.list_layers(path)) == ["cells", "masts"]
    assert workbook(scenario(masts=[], loads=[], communes=[], coverage=[], bands=[], inputs=[]), "vi")


def text_of(made: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages).split())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_report_is_a_tagged_pdf_in_its_language_with_maps_tables_and_clauses(language: str) -> None:
    made = report_pdf(scenario(40), language)
    reader = pypdf.PdfReader(io.BytesIO(made))
    marks: Any = reader.root_object["/MarkInfo"]
    assert marks["/Marked"]
    assert str(reader.root_object["/Lang"]) == language
    assert sum(len(sheet.images) for sheet in reader.pages) == 4
    text = text_of(made)
    words = {
        "vi": ("Có dữ liệu mô phỏng", "Vùng phủ", "97,2 %", "Trần Đề", "Dân số", "xã Liêu Tú", "Tài liệu", "1.753"),
        "en": (
            "Contains generated data",
            "Coverage",
            "97.2 %",
            "Trần Đề",
            "Population",
            "xã Liêu Tú",
            "Sources",
            "1,753",
        ),
    }[language]
    for word in (*words, "TR 38.901", "TS 38.306", "P.526-15", "cdcdcd", "1/4"):
        assert word in text, word
    assert "P.1812" not in text, "only what was used is named"


def test_the_report_tells_the_worst_first() -> None:
    data = report_data(scenario(40), "en")
    tables = [block for block in data["blocks"] if block["type"] == "table"]
    communes = next(table for table in tables if table["columns"][0] == "Commune")
    assert [row[0] for row in communes["rows"]][:2] == ["xã Liêu Tú", "xã Thạnh Thới An"]
    assert next(row for row in communes["rows"] if row[0] == "xã Lịch Hội Thượng")[3] == "99.99 %", "not all of them"
    loads = next(table for table in tables if table["columns"][3] == "Load")
    assert len(loads["rows"]) == 20
    assert loads["bad"]
    assert loads["rows"][0][-1] == "overloaded"


def test_a_surveyed_scenario_says_nothing_of_generated_data() -> None:
    plain = scenario(masts=[Mast("a", "A", 9.6, 105.9, 30.0)], inputs=[], loads=[])
    assert not report_data(plain, "en")["generated"]
    assert not [block for block in report_data(plain, "en")["blocks"] if block["type"] == "note"]


def test_an_empty_scenario_is_a_report_too() -> None:
    empty = scenario(masts=[], coverage=[], communes=[], bands=[], loads=[], maps=[], inputs=[], people=0.0, digest="")
    assert typesetting.typeset(page(), report_data(empty, "vi")).startswith(b"%PDF")
