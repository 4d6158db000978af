"""The catalogues of both periods and what became of what."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import NotFound
from dinh.spine.places import api as places
from dinh.spine.places import domain
from dinh.spine.places.tree import tree

pytestmark = pytest.mark.usefixtures("units")

SOC_TRANG = "urn:dinh:unit:2004:94"
CAN_THO = "urn:dinh:unit:2025:92"


def test_every_unit_of_both_periods_is_there() -> None:
    rows = tree().rows.values()
    assert Counter((row.urn.split(":")[3], row.level) for row in rows if row.level != "country") == {
        ("2004", "province"): 63,
        ("2004", "district"): 696,
        ("2004", "commune"): 10_035,
        ("2025", "province"): 34,
        ("2025", "commune"): 3_321,
    }
    assert sum(row.level == "district" and not places.children(row.urn) for row in rows) == 5


def test_a_second_load_changes_nothing() -> None:
    before = places.version("units")
    report = places.load_units()
    assert (report.taken, report.changed, report.unchanged, report.refused) == (0, 0, 14_150, ())
    assert places.version("units") == before


def test_a_name_that_was_spoilt_is_put_right_by_loading_again() -> None:
    from dinh.spine.places.models import Place

    Place.objects.filter(urn=CAN_THO).update(name_vi="Cần")
    report = places.load_units()
    assert (report.taken, report.changed) == (0, 1)
    assert places.place(CAN_THO).name_vi == "Cần Thơ"


def test_the_former_soc_trang_is_43_communes_of_can_tho_today(boundary_files: Path) -> None:
    area = places.area(SOC_TRANG)
    assert len(area) == 43
    assert {row.parent for row in area} == {CAN_THO}
    districts = {row.name_vi for row in places.children(SOC_TRANG)}
    with gzip.open(boundary_files / "soctrang94_pre2025_full.geojson.gz") as file:
        features = json.load(file)["features"]
    assert len(districts) == 11
    assert {places.place(domain.unit_urn(2004, f["properties"]["code"])).level for f in features} == {
        "province",
        "district",
    }
    # The census of 2009 names the communes of the province; the 43 are those that were merged from them.
    with gzip.open(boundary_files / "vn2025_wards3321_attributes.csv.gz", "rt", encoding="utf-8") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert sum(int(rows[row.code]["population_sapnhap"]) for row in area) == 1_469_870


def test_an_area_is_itself_below_a_unit_of_today_and_its_heirs_for_a_former_one() -> None:
    assert len(places.area(CAN_THO)) == 103
    assert [row.urn for row in places.area("urn:dinh:unit:2025:31507")] == ["urn:dinh:unit:2025:31507"]
    assert len(places.area(places.COUNTRY)) == 3_321
    district = places.area("urn:dinh:unit:2004:951")
    assert {row.name_vi for row in district} >= {"Trần Đề", "Lịch Hội Thượng", "Tài Văn"}


def test_codes_and_names_are_those_of_the_published_boundaries(boundary_files: Path) -> None:
    with gzip.open(boundary_files / "vn2025_wards3321_attributes.csv.gz", "rt", encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    different = []
    for row in published:
        unit = tree().rows.get(domain.unit_urn(2025, row["code"]))
        if unit is None or domain.bare(unit.name_vi) != domain.bare(row["name"]):
            different.append((row["code"], row["name"]))
    # The one commune on whose code the two sources differ.
    assert different == [("06978", "Ba Chẽ")]


def test_centres_lie_near_the_published_ones(boundary_files: Path) -> None:
    with gzip.open(boundary_files / "vn2025_wards3321_attributes.csv.gz", "rt", encoding="utf-8") as file:
        published = {row["code"]: row for row in csv.DictReader(file)}
    far = []
    for code, row in published.items():
        unit = tree().rows.get(domain.unit_urn(2025, code))
        if unit is None or unit.longitude is None or unit.latitude is None or "đặc khu" in unit.full_name_vi:
            continue
        east = (unit.longitude - float(row["lon"])) * 111.3 * math.cos(math.radians(unit.latitude))
        if math.hypot(east, (unit.latitude - float(row["lat"])) * 110.6) > 25:
            far.append(unit.full_name_vi)
    assert len(far) <= 8, far


@pytest.mark.parametrize(
    ("urn", "west", "south", "east", "north"),
    [
        ("urn:dinh:unit:2025:20333", 111.0, 15.6, 113.0, 17.2),
        ("urn:dinh:unit:2004:498", 111.0, 15.6, 113.0, 17.2),
        ("urn:dinh:unit:2025:22736", 111.5, 7.0, 116.0, 12.0),
        ("urn:dinh:unit:2004:576", 111.5, 7.0, 116.0, 12.0),
        ("urn:dinh:unit:2004:22737", 114.2, 11.3, 114.5, 11.5),
    ],
)
def test_hoang_sa_and_truong_sa_lie_in_the_sea(urn: str, west: float, south: float, east: float, north: float) -> None:
    row = places.place(urn)
    assert row.longitude is not None
    assert row.latitude is not None
    assert west < row.longitude < east
    assert south < row.latitude < north


def test_both_archipelagos_belong_to_their_provinces_today() -> None:
    assert places.ancestors("urn:dinh:unit:2025:20333")[0].full_name_vi == "thành phố Đà Nẵng"
    assert places.ancestors("urn:dinh:unit:2025:22736")[0].full_name_vi == "tỉnh Khánh Hòa"


def test_namesakes_of_merged_provinces_are_not_taken_for_one_another() -> None:
    # Long Phú of Sóc Trăng and Long Phú of Hậu Giang are 55 km apart.
    here = places.became("urn:dinh:unit:2004:31669")
    assert [(line.place.full_name_vi, line.whole) for line in here] == [("xã Long Phú", True)]
    formers = {line.place.urn for commune in places.area(SOC_TRANG) for line in places.came_from(commune.urn)}
    provinces = {places.ancestors(urn)[-2].urn for urn in formers}
    assert provinces == {SOC_TRANG}


def test_a_divided_commune_passed_in_parts_to_several() -> None:
    divided = [urn for urn in tree().heirs if len(places.became(urn)) > 1]
    assert 400 < len(divided) < 480
    for urn in divided[:50]:
        assert not any(line.whole for line in places.became(urn))
        assert places.unit_of(urn) in {line.place.urn for line in places.became(urn)}


@given(st.data())
def test_successions_invert(data: st.DataObject) -> None:
    held = tree()
    former = data.draw(st.sampled_from(sorted(held.rows)))
    for line in places.became(former):
        assert (former, line.whole, line.on) in [
            (back.place.urn, back.whole, back.on) for back in places.came_from(line.place.urn)
        ]
    for line in places.came_from(former):
        assert former in [on.place.urn for on in places.became(line.place.urn)]
    for line in places.became(former):
        assert line.on == date(2025, 7, 1) == line.place.valid_from


def test_every_former_commune_has_an_heir_and_every_commune_of_today_an_origin() -> None:
    for row in tree().rows.values():
        if row.level == "commune":
            assert places.became(row.urn) if row.valid_to else places.came_from(row.urn), row.urn


def test_a_former_unit_is_contained_where_all_its_heirs_are() -> None:
    assert places.contains(CAN_THO, SOC_TRANG)
    assert not places.contains(SOC_TRANG, CAN_THO)
    assert places.contains(SOC_TRANG, "urn:dinh:unit:2025:31673")
    assert not places.contains(SOC_TRANG, "urn:dinh:unit:2025:31120")
    assert places.contains("urn:dinh:unit:2004:951", "urn:dinh:unit:2004:31673")
    assert places.contains(places.COUNTRY, SOC_TRANG)
    assert not places.contains(CAN_THO, "urn:dinh:asset:unknown")


def test_names_carry_rank_and_a_plain_english_form() -> None:
    row = places.place("urn:dinh:unit:2025:31673")
    assert (row.name_vi, row.name_en, row.full_name_vi, row.full_name_en) == (
        "Trần Đề", "Tran De", "xã Trần Đề", "Tran De Commune",
    )  # fmt: skip
    assert places.place(CAN_THO).full_name_vi == "thành phố Cần Thơ"
    assert domain.names("Phường", "Phường 1") == ("Phường 1", "Ward 1", "phường 1", "Ward 1")


def test_an_unknown_place_is_told_with_its_name_and_a_remedy() -> None:
    for ask in (places.place, places.children, places.ancestors, places.became, places.came_from, places.area):
        with pytest.raises(NotFound, match="urn:dinh:unit:2025:none") as told:
            ask("urn:dinh:unit:2025:none")
        assert told.value.code == "places.no_place"
    assert places.places(["urn:dinh:unit:2025:none", CAN_THO]).keys() == {CAN_THO}
