"""The planning desk by its addresses, as a planner, a reader and a stranger."""

from __future__ import annotations

import io
import json
import math
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook
from PIL import Image

from dinh.spine.jobs import api as jobs
from dinh.spine.places import api as places
from dinh.systems.network_5g import actions, pictures, queries, telling
from dinh.systems.network_5g.exports.report import report_data
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.tests import planning

pytestmark = pytest.mark.django_db
type Maker = Callable[..., Client]
WHO = planning.planner("test-network_planner")
LIST = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao;Phương vị\nA;9,52;105,97;30;0\nA;9,52;105,97;30;120\nB;105,97;9,53;30;0\nC;9,53;105,96;0;0\n"


@pytest.fixture(autouse=True)
def _no_child_and_no_answers_of_other_tests() -> Iterator[None]:
    shutil.rmtree(queries.folder("results"), ignore_errors=True)
    pictures._array.cache_clear()
    with planning.in_this_process():
        yield


def tile_of(latitude: float, longitude: float, zoom: int = 12) -> str:
    down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return f"{zoom}/{int((longitude + 180) / 360 * 2**zoom)}/{int(down * 2**zoom)}.png"


@pytest.fixture
def client(client_of: Maker) -> Client:
    return client_of("network_planner", place=planning.PLACE)


@pytest.fixture
def row(client: Client) -> Scenario:
    return planning.scenario(by=WHO, masts=2)


def path(row: Scenario, rest: str = "") -> str:
    return f"/5g/scenarios/{row.pk}/{rest}"


def send(client: Client, address: str, body: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_the_first_page_lists_what_one_may_see(client: Client, row: Scenario, client_of: Maker) -> None:
    page = client.get("/5g/").content.decode()
    assert "Phương án A" in page
    assert "Vùng quy hoạch mới" in page
    reader = client_of("leader", place=planning.PLACE)
    seen = reader.get("/5g/").content.decode()
    assert "Trần Đề" in seen
    assert "Phương án A" not in seen
    assert "Vùng quy hoạch mới" not in seen
    assert Client().get("/5g/").status_code == 302


def test_what_belongs_to_somebody_else_is_as_if_it_were_not_there(row: Scenario, client_of: Maker) -> None:
    other = client_of("leader", place=planning.PLACE)
    stranger = client_of("engineer", place=planning.OTHER)
    for visitor in (other, stranger):
        for rest in ("", "state.json", "figures/", "masts/", "export.csv", "history/", "settings/"):
            assert visitor.get(path(row, rest)).status_code == 404
    actions.share_scenario(scenario=row, shared=True, by=WHO)
    assert other.get(path(row)).status_code == 200
    assert stranger.get(path(row)).status_code == 404
    change = {"kind": "add", "changes": [[None, planning.mast(7)]]}
    assert send(other, path(row, "edit/"), change).status_code == 403
    assert row.masts.count() == 2


def test_the_desk_is_told_masts_carriers_and_layers(client: Client, row: Scenario) -> None:
    page = client.get(path(row)).content.decode()
    config = json.loads(page.split('id="plan-config" type="application/json">')[1].split("</script>")[0])
    assert [mast["name"] for mast in config["state"]["masts"]] == ["Trạm 0", "Trạm 1"]
    assert [carrier["code"] for carrier in config["carriers"]] == ["n41", "n78"]
    assert config["edits"] is True
    assert "mặt đất phẳng" in page


def test_an_edit_is_taken_undone_and_done_again(client: Client, row: Scenario) -> None:
    state = send(
        client, path(row, "edit/"), {"kind": "add", "about": "C", "changes": [[None, planning.mast(5)]]}
    ).json()
    assert len(state["masts"]) == 3
    assert (state["undo"], state["redo"]) == (True, False)
    state = client.post(path(row, "undo/")).json()
    assert (len(state["masts"]), state["redo"]) == (2, True)
    assert len(client.post(path(row, "redo/")).json()["masts"]) == 3
    assert client.post(path(row, "redo/")).status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("no json", 422), ([], 422), ({"kind": "conquer", "changes": []}, 422), ({"kind": "add", "changes": [[1, 2, 3]]}, 422),
        ({"kind": "add", "changes": [[None, {"name": "X"}]]}, 422), ({"kind": "move", "changes": [["none", {}]]}, 409),
        ({"kind": "add", "changes": [[None, {"name": "X", "latitude": 99, "longitude": 1, "antenna_height_m": 1}]]}, 422),
    ],
)  # fmt: skip
def test_an_edit_that_makes_no_sense_is_refused_and_changes_nothing(client: Client, row: Scenario, body: Any, status: int) -> None:  # fmt: skip
    answer = client.post(path(row, "edit/"), body if isinstance(body, str) else json.dumps(body), content_type="application/json")  # fmt: skip
    assert answer.status_code in {status, 400}
    assert (row.masts.count(), row.edits.count()) == (2, 1)


def test_a_calculated_scenario_has_tiles_readings_and_figures(client: Client, row: Scenario) -> None:
    assert "Chưa tính" in client.get(path(row, "figures/")).content.decode()
    done = client.post(path(row, "calculate/")).json()
    assert done["state"] == "done"
    tile = client.get(path(row, f"tiles/{done['digest']}/n41/rsrp/{tile_of(*planning.MIDDLE)}"))
    assert tile.status_code == 200
    assert Image.open(io.BytesIO(tile.content)).size == (512, 512)
    assert "immutable" in tile["Cache-Control"]
    assert client.get(path(row, f"tiles/{done['digest']}/n41/rsrp/12/0/0.png")).status_code == 204
    assert client.get(path(row, f"tiles/{done['digest']}/n41/colour/12/0/0.png")).status_code == 404
    assert client.get(path(row, f"tiles/{'0' * 40}/n41/rsrp/{tile_of(*planning.MIDDLE)}")).status_code == 404
    figures = client.get(path(row, "figures/")).content.decode()
    assert "xã A" in figures
    assert "n78" in figures
    reading = client.get(path(row, "reading/?lon=105.97&lat=9.521")).content.decode()
    assert "Trạm" in reading
    assert "ngoài vùng" in client.get(path(row, "reading/?lon=100&lat=9")).content.decode()
    assert client.get(path(row, "reading/?lon=x&lat=9")).status_code in {400, 422}


def test_a_mast_that_is_dragged_shows_what_it_would_give_and_keeps_nothing(client: Client, row: Scenario) -> None:
    code, held = next((mast.code, mast.values) for mast in row.masts.all())
    moved = [[code, held | {"latitude": 9.525}]]
    found = send(client, path(row, "preview/"), {"carrier": "n41", "layer": "rsrp", "changes": moved}).json()
    west, south, east, north = found["box"]
    assert west < 105.97 < east
    assert south < 9.52 < north
    assert send(client, path(row, "preview/"), {"carrier": "n41", "layer": "rsrp", "changes": []}).json() == {}
    assert send(client, path(row, "preview/"), {"carrier": "n99", "changes": moved}).status_code == 404
    assert row.masts.get(code=code).values == held


def test_long_work_goes_to_the_background_and_can_be_stopped(
    client: Client, row: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "QUICK_S", 0.0)
    begun = client.post(path(row, "calculate/")).json()
    assert begun["state"] == "running"
    assert client.get(path(row, f"calculate/?task={begun['task']}")).json()["state"] == "running"
    send(client, path(row, "stop/"), {"task": begun["task"]})
    assert client.get(path(row, f"calculate/?task={begun['task']}")).json()["state"] == "cancelled"
    again = client.post(path(row, "calculate/")).json()
    jobs.run_due_tasks()
    assert client.get(path(row, f"calculate/?task={again['task']}")).json()["state"] == "done"
    assert client.post(path(row, "calculate/")).json()["state"] == "done"


def test_a_list_is_shown_with_every_fault_before_anything_is_taken(client: Client, row: Scenario) -> None:
    sent = SimpleUploadedFile("tram.csv", LIST.encode())
    page = client.post(path(row, "import/"), {"file": sent}).content.decode()
    assert "đổi chỗ" in page or "nhầm" in page or "hoán" in page or "105,97" in page
    assert row.masts.count() == 2
    token = page.split('name="token" value="')[1].split('"')[0]
    client.post(path(row, "import/take/"), {"token": token})
    assert row.masts.filter(name="A").count() == 1
    assert row.masts.get(name="A").cells == 2
    assert row.masts.count() == 3
    assert client.post(path(row, "import/take/"), {"token": token}).status_code == 404
    assert client.post(path(row, "import/take/"), {"token": "../../secret_key"}).status_code == 404


def test_of_heights_above_sea_the_mast_off_the_ground_alone_is_refused(client: Client, row: Scenario) -> None:
    text = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao\nGần;9,52;105,97;32\nXa;10,5;105,97;32\n"
    sent = {"file": SimpleUploadedFile("tram.csv", text.encode()), "heights": "sea"}
    page = client.post(path(row, "import/"), sent)
    assert page.status_code == 200, page.context["error"]
    (site,) = page.context["sites"]
    assert (site.name, site.antenna_height_m) == ("Gần", 30.0), "the ground is flat at 2 m"
    ((fault, _says),) = page.context["faults"]
    assert fault.line == 3
    assert "no terrain is known" in fault.sentence


def test_a_file_that_is_no_list_is_told_with_what_to_bring(client: Client, row: Scenario) -> None:
    for name, content in (("x.csv", b""), ("x.pdf", b"%PDF-1.7 nothing"), ("x.csv", b"a,b\n1,2\n")):
        answer = client.post(path(row, "import/"), {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert "Không đọc được tệp" in answer.content.decode()
    assert client.post(path(row, "import/")).status_code == 422


def test_a_list_without_a_good_row_offers_nothing_and_removes_nothing(client: Client, row: Scenario) -> None:
    text = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao;Phương vị\nA;105,97;9,52;0;bắc\n"
    page = client.post(path(row, "import/"), {"file": SimpleUploadedFile("t.csv", text.encode())})
    assert page.context["faulty_rows"] == 1, "three faults of one row are one row"
    assert len(page.context["faults"]) == 3
    assert "import/take/" not in page.content.decode()
    client.post(path(row, "import/take/"), {"token": page.context["token"], "replace": "1"})
    assert row.masts.count() == 2


def test_a_mast_in_no_commune_is_warned_of_also_on_flat_ground(
    client: Client, row: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "bounds", lambda _urns: (105.0, 9.0, 106.0, 10.0))
    monkeypatch.setattr(places, "unit_at", lambda longitude, _latitude: None if longitude > 105.975 else object())
    text = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao\nBờ;9,52;105,97;30\nBiển;9,52;105,98;30\n"
    page = client.post(path(row, "import/"), {"file": SimpleUploadedFile("t.csv", text.encode())})
    assert [(fault.value, fault.sentence) for fault, _says in page.context["warnings"]] == [
        ("Biển", "lies in no commune; does it stand in the sea or beyond the border?")
    ]


def test_a_list_of_somebody_else_cannot_be_taken(client: Client, row: Scenario, client_of: Maker) -> None:
    actions.share_scenario(scenario=row, shared=True, by=WHO)
    page = client.post(path(row, "import/"), {"file": SimpleUploadedFile("t.csv", LIST.encode())}).content.decode()
    token = page.split('name="token" value="')[1].split('"')[0]
    other = client_of("engineer", place=planning.PLACE)
    assert other.post(path(row, "import/take/"), {"token": token}).status_code == 404
    assert row.masts.count() == 2


def test_masts_are_found_sorted_and_shown_one_by_one(client: Client, row: Scenario) -> None:
    page = client.get(path(row, "masts/?q=tram+t0002&order=-height")).content.decode()
    assert "Trạm 1" in page
    assert "Trạm 0" not in page
    code = row.masts.first().code  # type: ignore[union-attr]
    assert "Trạm 0" in client.get(path(row, f"masts/{code}/")).content.decode()
    assert client.get(path(row, "masts/none/")).status_code == 404


def test_what_is_taken_away_holds_the_scenario(client: Client, row: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    box = (planning.WEST, planning.SOUTH, planning.EAST, planning.NORTH)
    monkeypatch.setattr(queries, "shapes_of", lambda *_: queries.Shapes(box, planning.communes()))
    assert client.get(path(row, "export.pdf")).status_code == 409
    client.post(path(row, "calculate/"))
    files = {form: client.get(path(row, f"export.{form}")) for form in ("pdf", "xlsx", "csv", "gpkg", "tif")}
    assert [answer.status_code for answer in files.values()] == [200] * 5
    assert files["pdf"].content.startswith(b"%PDF")
    book = load_workbook(io.BytesIO(files["xlsx"].content))
    assert "Trạm 1" in [cell.value for cell in book["Các trạm"]["B"]]
    assert "Trạm 1" in files["csv"].content.decode("utf-8-sig")
    assert files["tif"].content[:2] in {b"II", b"MM"}
    assert client.get(path(row, "export.doc")).status_code == 404


def test_settings_are_changed_by_the_form_and_bad_ones_are_told_beside_it(client: Client, row: Scenario) -> None:
    from dinh.systems.network_5g.web.forms import SettingsForm

    texts = dict(SettingsForm.of(queries.settings(row)).texts)
    assert client.post(path(row, "settings/"), texts | {"radius_km": "2,5", "load": "30"}).status_code == 302
    row.refresh_from_db()
    assert (row.settings["radius_km"], row.settings["load"]) == (2.5, 0.3)
    bad = client.post(path(row, "settings/"), texts | {"radius_km": "far"})
    assert bad.status_code == 422
    assert "far" in bad.content.decode()
    page = client.get(path(row, "history/")).content.decode()
    assert "Đổi thông số" in page
    client.post(path(row, "history/0/"))
    row.refresh_from_db()
    assert (row.position, row.masts.count()) == (0, 0)


def test_two_scenarios_are_compared_pixel_by_pixel(client: Client, row: Scenario) -> None:
    copy = actions.open_scenario(area=row.area, name="Phương án B", by=WHO, based_on=row)
    page = client.get(f"/5g/compare/?a={row.pk}&b={copy.pk}").content.decode()
    assert "chưa được tính" in page
    actions.edit_masts(scenario=copy, kind="add", changes=[(None, planning.mast(30))], by=WHO)
    digests = [client.post(path(one, "calculate/")).json()["digest"] for one in (row, copy)]
    page = client.get(f"/5g/compare/?a={row.pk}&b={copy.pk}").content.decode()
    assert "Mức thu của “Phương án B” so với “Phương án A”" in page
    tile = client.get(f"/5g/compare/{row.pk}/{copy.pk}/{digests[0]}/{digests[1]}/n41/{tile_of(*planning.MIDDLE)}")
    assert tile.status_code == 200
    assert client.get("/5g/compare/?a=nonsense").status_code == 404


def test_a_path_is_drawn_with_its_fresnel_zone_and_faults_are_told_in_its_place(client: Client, row: Scenario) -> None:
    drawn = client.get(path(row, "profile/?from=105.96,9.51&to=105.98,9.53&to_height=30")).content.decode()
    assert "plan-drawing__zone" in drawn
    link = client.get(path(row, "profile/?from=105.96,9.51&to=105.98,9.53&link=microwave&ghz=18")).content.decode()
    assert "Độ khả dụng" in link
    for query in ("from=105.96,9.51&to=105.96,9.51", "from=105,9&to=105.98,9.53", "from=x&to=y", "from=105.96,9.51&to=105.98,9.53&from_height=0"):  # fmt: skip
        answer = client.get(path(row, f"profile/?{query}"))
        assert answer.status_code == 200
        assert "notice--error" in answer.content.decode()


def test_the_coverage_of_a_shared_scenario_becomes_a_layer_of_the_map(
    client: Client, row: Scenario, client_of: Maker
) -> None:
    client.post(path(row, "calculate/"))
    client.post(path(row, "on-map/"), {"shown": "1"})
    assert client.get("/5g/coverage.geojson").json()["features"] == []
    actions.share_scenario(scenario=row, shared=True, by=WHO)
    client.post(path(row, "on-map/"), {"shown": "1"})
    reader = client_of("leader", place=planning.PLACE)
    (feature,) = reader.get("/5g/coverage.geojson").json()["features"]
    outline = shapely.geometry.shape(feature["geometry"])
    assert outline.contains(shapely.Point(planning.MIDDLE[1], planning.MIDDLE[0]))
    assert feature["properties"]["name"] == "Phương án A"
    stranger = client_of("engineer", place=planning.OTHER)
    assert stranger.get("/5g/coverage.geojson").json()["features"] == []
    other = actions.open_scenario(area=row.area, name="B", by=WHO, based_on=row)
    actions.share_scenario(scenario=other, shared=True, by=WHO)
    actions.show_on_map(scenario=other, shown=True, by=WHO)
    (feature,) = reader.get("/5g/coverage.geojson").json()["features"]
    assert feature["properties"]["name"] == "B"


def test_a_mast_beyond_the_ground_is_told_and_stops_nothing(client: Client, row: Scenario) -> None:
    far = LIST + "D;10,8;106,7;30;0\n"
    page = client.post(path(row, "import/"), {"file": SimpleUploadedFile("t.csv", far.encode())}).content.decode()
    assert "ngoài nền tính toán của vùng" in page
    client.post(path(row, "import/take/"), {"token": page.split('name="token" value="')[1].split('"')[0]})
    assert client.post(path(row, "calculate/")).json()["state"] == "done"
    assert "1 trạm nằm ngoài" in client.get(path(row, "figures/")).content.decode()
    row.refresh_from_db()
    report = telling.told(row, address="/5g/", with_maps=False)
    notes = [block["text"] for block in report_data(report, "en")["blocks"] if block["type"] == "note"]
    assert notes == ["1 mast stands outside of the planning area’s ground and is in no figure or map: D"]
