"""The rollout of a scenario from the form to the workbook, with a real radio process."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from dinh.kernel.errors import Conflict, Refused
from dinh.spine.jobs import api as jobs
from dinh.spine.parties.api import SYSTEM
from dinh.systems.network_5g import actions, programme_actions
from dinh.systems.network_5g.domain import Standing, plain
from dinh.systems.network_5g.models import Area, Edit, Rollout, Scenario
from dinh.systems.network_5g.programme import RolloutTerms
from dinh.systems.network_5g.tests import three_communes
from dinh.systems.network_5g.tests.three_communes import mast, scenario
from dinh.systems.network_5g.web.programme_forms import RolloutForm

pytestmark = pytest.mark.django_db
type Maker = Callable[..., Client]


@pytest.fixture
def row() -> Scenario:
    return scenario([mast(1), mast(0), mast(2, standing=Standing.SHARED)])


def address(row: Scenario, rest: str = "") -> str:
    return f"/5g/scenarios/{row.pk}/rollout/{rest}"


def form(**changes: str) -> dict[str, str]:
    return {**RolloutForm.of(RolloutTerms(budget=1500.0), "vi").texts, **changes}


def work(client: Client, row: Scenario, **changes: str) -> dict[str, Any]:
    answer = client.post(address(row), form(**changes))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    jobs.run_due_tasks()
    kept = Rollout.objects.get(scenario=row)
    assert kept.refused is None
    assert kept.answer is not None
    return dict(kept.answer)


def page(client: Client, row: Scenario) -> str:
    return str(client.get(address(row)).content.decode())


def test_the_mast_with_most_people_is_built_first_and_the_page_tells_it_by_quarter(client_of: Maker, row: Scenario) -> None:  # fmt: skip
    client = client_of("engineer")
    assert "Chưa có lộ trình nào được tính" in page(client, row)
    answer = work(client, row)
    names = {held.code: held.name for held in row.masts.all()}
    order = [names[code] for quarter in answer["quarters"] for code in quarter["masts"]]
    assert order == ["Trạm 0", "Trạm 1", "Trạm 2"]
    # New: 900 + 350 + 60 + 120, shared: 350 + 60 + 120; 1500 a quarter, what is left serves the next.
    assert [quarter["cost"] for quarter in answer["quarters"]] == [0.0, 1430.0, 2860.0, 3390.0]
    assert [commune["first"] for commune in answer["communes"]] == [1, 2, 3]
    text = page(client, row)
    assert "Quý 1/2027" in text
    assert "Quý 3/2027" in text
    assert f"/5g/scenarios/{row.pk}/?mast=" in text
    assert "3.390" in text
    assert "không có vùng phủ" not in text


def test_communes_that_stay_without_coverage_are_loud(client_of: Maker) -> None:
    row = scenario([mast(0)])
    client = client_of("engineer")
    work(client, row)
    text = page(client, row)
    assert "Xã 2 (900)" in text
    assert "không được phủ sóng" in text


def test_masts_that_exist_cover_from_the_start_or_are_equipped_as_is_asked(client_of: Maker) -> None:
    row = scenario([mast(0, standing=Standing.EXISTING), mast(1)])
    client = client_of("engineer")
    on_air = work(client, row)
    assert on_air["quarters"][0]["people"] > 1000
    assert [mast["once"] for mast in on_air["masts"]] == [0.0, 1430.0]
    equipped = work(client, row, existing="to_equip")
    assert equipped["quarters"][0]["people"] == 0.0
    assert [mast["once"] for mast in equipped["masts"]] == [150.0 + 350 + 60, 1430.0]


def test_a_reader_in_vietnamese_writes_twenty_thousand_with_a_point(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    assert work(client, row, budget="20.000")["terms"]["budget"] == 20_000.0
    assert work(client, row, budget="1500,5")["terms"]["budget"] == 1500.5


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"budget": "nhiều"}, "Ngân sách mỗi quý phải là số, không phải &#x27;nhiều&#x27;"),
        ({"budget": "0"}, "ngân sách mỗi quý nằm trong khoảng"),
        ({"year": "2027,5"}, "phải là số nguyên, không phải &#x27;2027,5&#x27;"),
        ({"cost_cell": "-1"}, "cell trên một sóng mang nằm trong khoảng"),
        ({"carrier": "n1"}, "không có sóng mang “n1”; hãy chọn một trong n41"),
        ({"busy_share": "140"}, "so với giờ cao điểm nằm trong khoảng"),
    ],
)
def test_bad_input_is_told_with_the_field_and_kept_in_the_form(client_of: Maker, row: Scenario, changes: dict[str, str], says: str) -> None:  # fmt: skip
    answer = client_of("engineer").post(address(row), form(**changes))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert says in text
    (value,) = changes.values()
    assert f'value="{value}"' in text or changes == {"carrier": "n1"}
    assert not Rollout.objects.exists()


def test_what_the_engine_refuses_is_told_on_the_page_in_its_language(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer", language="en")
    client.post(address(row), form(fibre="nearest"))
    jobs.run_due_tasks()
    assert "so there is no nearest fibre point" in page(client, row)
    client.cookies["django_language"] = "vi"
    assert "chưa có điểm cáp quang nào gần nhất" in page(client, row)
    Rollout.objects.update(refused=None)
    actions.edit_masts(
        scenario=row, kind=Edit.Kind.ADD, changes=[(None, plain(mast(1, standing=Standing.EXISTING, backhaul="fibre", name="Trạm quang")))], by=SYSTEM
    )  # fmt: skip
    answer = work(client, row, fibre="nearest", detour="1,5")
    cables = {held["name"]: held["once"] for held in answer["masts"]}
    # 5.49 km to the middle of the next commune.
    assert cables["Trạm 0"] == pytest.approx(900 + 350 + 120 + 60 * 5.49 * 1.5, abs=3)
    assert cables["Trạm quang"] == 0.0


def test_an_answer_that_is_not_of_the_scenario_as_it_stands_says_so(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    work(client, row)
    assert "Hãy tính lại trước khi sử dụng" not in page(client, row)
    held = row.masts.get(name="Trạm 1")
    actions.edit_masts(scenario=row, kind=Edit.Kind.CHANGE, changes=[(held.code, held.values | {"standing": "shared"})], by=SYSTEM)  # fmt: skip
    assert "Hãy tính lại trước khi sử dụng" in page(client, row)


def test_the_chart_and_the_files_hold_what_the_page_shows(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    assert client.get(address(row, "chart.json")).status_code == 404
    answer = work(client, row)
    chart = client.get(address(row, "chart.json")).json()
    people = [point[1] for point in chart["lines"][0]["points"]]
    assert people == [pytest.approx(100 * quarter["people"] / answer["people"], abs=0.001) for quarter in answer["quarters"]]  # fmt: skip
    assert people == sorted(people)
    book = load_workbook(io.BytesIO(client.get(address(row, "export.xlsx")).content))
    assert [sheet.title for sheet in book] == ["Tổng hợp", "Các quý", "Các trạm", "Các xã", "Giả định"]
    assert [cell.value for cell in book["Các trạm"]["D"]][1:] == ["Trạm 0", "Trạm 1", "Trạm 2"]
    rows = list(csv.reader(io.StringIO(client.get(address(row, "export.csv")).content.decode("utf-8-sig"))))
    assert [line[3] for line in rows[1:]] == ["Trạm 0", "Trạm 1", "Trạm 2"]
    assert client.get(address(row, "export.exe")).status_code == 404


def test_a_name_that_a_sheet_would_run_is_quoted(client_of: Maker) -> None:
    row = scenario([mast(0, name="=1+1")])
    client = client_of("engineer")
    work(client, row)
    assert "'=1+1" in client.get(address(row, "export.csv")).content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(client.get(address(row, "export.xlsx")).content))
    assert book["Các trạm"]["D2"].data_type == "s"


def test_a_leader_reads_and_asks_for_nothing(client_of: Maker, row: Scenario) -> None:
    work(client_of("engineer"), row)
    leader = client_of("leader")
    text = page(leader, row)
    assert "Quý 1/2027" in text
    assert "fieldset" in text
    assert "disabled" in text
    assert leader.post(address(row), form()).status_code == 403
    assert leader.post(address(row, "stop/")).status_code == 403
    assert Client().get(address(row)).status_code == 302
    assert client_of("operator").get(address(row)).status_code == 403


def test_a_scenario_of_somebody_else_is_not_there(client_of: Maker, row: Scenario) -> None:
    Scenario.objects.update(shared=False)
    engineer = client_of("engineer")
    for rest in ("", "chart.json", "export.xlsx"):
        assert engineer.get(address(row, rest)).status_code == 404
    assert engineer.post(address(row), form()).status_code == 404


def test_what_is_asked_while_it_is_worked_out_waits_and_can_be_stopped(client_of: Maker, row: Scenario) -> None:
    client = client_of("engineer")
    client.post(address(row), form())
    assert "Đang tính lộ trình" in page(client, row)
    again = client.post(address(row), form())
    assert again.status_code == 422
    assert "đang được tính" in again.content.decode()
    client.post(address(row, "stop/"))
    assert "Đã dừng tính." in page(client, row)
    jobs.run_due_tasks()
    assert Rollout.objects.get().answer is None
    assert work(client, row)["quarters"]


def test_an_answer_that_comes_late_does_not_take_the_place_of_a_newer_question(row: Scenario) -> None:
    kept = programme_actions.ask_rollout(scenario=row, terms=RolloutTerms(), by=SYSTEM)
    programme_actions.keep_answer(row=kept, task="urn:dinh:task:older", answer={"digest": "x"})
    assert Rollout.objects.get().answer is None
    with pytest.raises(Conflict, match="worked out already"):
        programme_actions.ask_rollout(scenario=row, terms=RolloutTerms(), by=SYSTEM)


def test_whoever_may_not_edit_is_refused_by_the_act_itself(row: Scenario) -> None:
    from dinh.spine.parties.api import ANYONE

    for act in (
        lambda: programme_actions.ask_rollout(scenario=row, terms=RolloutTerms(), by=ANYONE),
        lambda: programme_actions.stop(row=programme_actions.rollout_of(row), by=ANYONE),
    ):
        with pytest.raises(Refused):
            act()


def test_an_area_without_people_is_told_by_its_area(client_of: Maker) -> None:
    row = scenario([mast(0)], of=three_communes.area((0, 0, 0)))
    answer = work(client_of("engineer"), row)
    assert answer["quarters"][-1]["km2"] > 0
    assert answer["communes"][0]["first"] == 1
    assert "không có vùng phủ" not in page(client_of("engineer"), row)
    assert Area.objects.count() == 1
