"""Places are found as people ask for them."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.conf import settings as house
from django.test import Client
from structlog.testing import capture_logs

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.domain.geometry import Point, point_in
from dinh.systems.maps.queries import finding
from dinh.systems.maps.queries.spots import spot

NEAR = Point(105.97, 9.60)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)


def place(id: str, level: str, name: str, east: float = 0.0, **attributes: str) -> dict[str, object]:
    return {
        "kind": "facility", "id": id, "level": level, "name_vi": name, "name_en": name, "longitude": NEAR.longitude + east,
        "latitude": NEAR.latitude, "attributes": attributes,
    }  # fmt: skip


@pytest.fixture
def some(units: None) -> None:
    places.save_places(
        [
            place("h1", "hospital", "Bệnh viện Đa khoa Sóc Trăng", 0.02, opening_hours="24/7", phone="0299 3822251"),
            place("h2", "hospital", "Bệnh viện Phụ sản", 0.001),
            place("c1", "clinic", "Phòng khám cạnh bệnh viện", 0.0005),
            place("p1", "pharmacy", "Nhà thuốc Hoà Bình", 0.003, opening_hours="Mo-Fr 07:30-11:30,13:30-17:00; PH off"),
            place("p2", "pharmacy", "Nhà thuốc Đông Á", 0.001, opening_hours="theo lịch trực"),
            place("s1", "school", "Trường Tiểu học Hùng Vương", 0.01),
            place("s2", "school", "Trường THPT Hoàng Diệu", 0.011),
            place("x1", "warehouse", "Kho Hùng Vương", 0.012),
            place("m1", "marketplace", "Chợ đêm", 0.0, address="<b>Lầu 1</b>"),
            {**place("a1", "gnb_site", "Bệnh viện trạm 5G"), "kind": "asset"},
        ]
    )


def ids(text: str, **more: object) -> list[str]:
    return [hit.place.code for hit in finding.find(text, **more).hits]  # type: ignore[arg-type]


def test_a_kind_is_found_by_its_name_without_diacritics_and_so_is_a_name(some: None) -> None:
    assert set(ids("benh vien")) == {"h1", "h2", "c1"}, "assets are no places of the public"
    assert ids("BỆNH VIỆN phu san") == ["h2"]
    assert ids("hospital")[:2] == ["h1", "h2"]
    assert ids("hung vuong") == ["x1", "s1"]
    assert ids("tieu hoc")[0] == "s1", "a word that means the kind and more puts names first"
    assert ids("kho hung vuong") == ["x1"]


def test_a_slip_of_the_pen_is_forgiven(some: None) -> None:
    assert ids("benh vien phu san")[0] == ids("benh vien phu sna")[0] == "h2"
    found = finding.find("bn vien")
    assert found.meant
    assert found.kind == kinds.BY_CODE["hospital"]
    assert {hit.place.code for hit in found.hits} == {"h1", "h2"}
    assert finding.find("qwertyuiop").total == 0


def test_near_a_point_the_nearest_comes_first_and_an_exact_name_before_it(some: None) -> None:
    assert ids("benh vien", near=NEAR)[:2] == ["c1", "h2"]
    assert ids("", kind="pharmacy", near=NEAR) == ["p2", "p1"]
    assert ids("nhà thuốc gần đây", near=NEAR) == ["p2", "p1"]
    assert finding.find("nha thuoc gan toi").nearby
    assert ids("benh vien da khoa soc trang", near=NEAR)[0] == "h1"
    hit = finding.find("", kind="pharmacy", near=NEAR).hits[0]
    assert hit.distance_m == pytest.approx(109.8, abs=1)


def test_a_kind_with_the_name_of_a_commune_is_looked_for_there(some: None) -> None:
    commune = places.places(["urn:dinh:facility:h1"])["urn:dinh:facility:h1"].unit
    assert commune is not None
    name = places.place(commune).name_vi
    assert set(ids(f"bệnh viện {name}")) >= {"h1"}
    assert "s2" not in ids(f"bệnh viện {name}")


def test_a_point_is_read_as_people_copy_it() -> None:
    assert point_in("9.6025, 105.9739") == point_in("105.9739 9.6025") == Point(105.9739, 9.6025)
    assert point_in("số 9, đường 105") is None
    assert point_in("9.6") is None
    for wrong in ("91.5, 181", "200,300"):
        with pytest.raises(Exception, match="no place on earth"):
            point_in(wrong)


def test_a_typed_goal_is_the_commune_of_that_name_else_the_best_match(some: None) -> None:
    goal = spot("tran de", "", language="vi")
    assert spot("Trần Đề", "", language="vi").value.startswith("urn:dinh:unit:2025:")
    assert goal.value
    assert spot("phụ sản", "", language="vi").value == "urn:dinh:facility:h2"
    again = spot("Bệnh viện Phụ sản", "urn:dinh:facility:h2", language="vi")
    assert again.value == "urn:dinh:facility:h2"
    assert spot("phong kham", "urn:dinh:facility:h2", language="vi").value == "urn:dinh:facility:c1", (
        "the text was changed since"
    )
    for nothing in ("qwertyuiop", "urn:dinh:asset:a1", "urn:dinh:facility:khong-co"):
        with pytest.raises(Exception, match="on the map"):
            spot(nothing, "", language="vi")


@pytest.mark.parametrize(
    ("language", "closed"), [("vi", "Đang đóng cửa, mở cửa lúc 13:30"), ("en", "Closed now, opens at 13:30")]
)
def test_pages_say_what_is_open_until_when(some: None, client: Client, language: str, closed: str) -> None:
    client.cookies.load({"django_language": language})
    clock.move_to(MONDAY.replace(hour=12))
    try:
        listed = client.get(f"/maps/?q=nha+thuoc&near={NEAR.written()}").content.decode()
        assert closed in listed
        assert "theo lịch trực" in listed
        assert "110\N{NARROW NO-BREAK SPACE}m" in listed
        page = client.get("/maps/place/p1/").content.decode()
    finally:
        clock.move_to(None)
    assert closed in page
    assert "07:30–11:30, 13:30–17:00" in page
    assert 'href="tel:02993822251"' in client.get("/maps/place/h1/").content.decode()
    assert "&lt;b&gt;Lầu 1" in client.get("/maps/place/m1/").content.decode()


def test_a_position_is_written_to_no_log(
    some: None, client: Client, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with capture_logs() as logged:
        client.get("/maps/?q=nha+thuoc&near=9.612,105.987")
        client.get("/maps/way/?from=9.61234,105.98765&to=9.55555,105.95555")
        client.get("/maps/?near=9.61234,205.98765")
    told = f"{logged} {caplog.text} {capsys.readouterr()}"
    assert "/maps/" in told
    assert "9.61" not in told
    assert "105.9" not in told


def test_pages_refuse_what_is_not_there(some: None, client: Client) -> None:
    client.cookies.load({"django_language": "vi"})
    assert client.get("/maps/").status_code == 200
    assert "Không tìm thấy" in client.get("/maps/?q=qwertyuiop").content.decode()
    for path, status in (
        ("/maps/place/khong-co/", 404), ("/maps/place/a1/", 404), ("/maps/?kind=rocket", 422), ("/maps/?near=91,181", 422),
        ("/maps/?near=urn:dinh:unit:2025:99999", 404), ("/maps/?q=nha&page=99999999999", 200), ("/maps/area/99999.json", 404), (f"/maps/?q=nha&page={'9' * 5000}", 200),
        ("/maps/area/..json", 404), (f"/maps/roads/{'0' * 40}/12/1/1.mvt", 404),
    ):  # fmt: skip
        assert client.get(path).status_code == status, path


def test_the_places_of_a_commune_are_one_address_that_caches_may_keep(some: None, client: Client) -> None:
    commune = places.place(places.place("urn:dinh:facility:h1").unit or "")
    answer = client.get(f"/maps/area/{commune.code}.json")
    told = json.loads(answer.content)
    assert told["commune"]["name"]["vi"] == commune.full_name_vi
    held = {one["id"]: one for one in told["places"]}
    assert held["h1"]["week"] == ["00:00–24:00"] * 7
    assert "public" in answer["Cache-Control"]
    assert client.get(f"/maps/area/{commune.code}.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    places.save_places([place("h9", "hospital", "Bệnh viện Mới", 0.02)])
    assert client.get(f"/maps/area/{commune.code}.json", headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_every_page_tells_its_map_where_the_roads_are(some: None, hanoi: None, client: Client) -> None:
    found = re.search(r'data-roads="([^"]+)"', client.get("/verify/").content.decode())
    assert found is not None
    tile = found[1].replace("{z}", "14").replace("{x}", "13007").replace("{y}", "7210")
    assert b"roads" in client.get(tile).content


def test_the_area_of_the_house_is_offered_to_be_near_to(some: None, client: Client) -> None:
    page = client.get("/maps/").content.decode()
    assert all(row.urn in page for row in places.area(house.AREA))
