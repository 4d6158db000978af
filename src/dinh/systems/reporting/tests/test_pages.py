from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from dinh.kernel import clock
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind, Text
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.spine.places import api as places

pytestmark = pytest.mark.django_db
OFFICE = "urn:dinh:organisation:so-y-te"


@pytest.fixture(scope="module")
def communes(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[str]]:
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        places.load_units()
        yield [row.urn for row in places.area(settings.AREA)][:2]
        transaction.set_rollback(True)


@pytest.fixture
def form(communes: list[str]) -> reported.AssignmentRow:
    for code, name in (("test.births", "Trẻ sinh"), ("test.girls", "Bé gái")):
        spec = IndicatorSpec(
            code=code, name=Text(name, name), domain=Text("Y tế", "Health"), unit="1", kind=Kind.GAUGE, valid_min=0,
            over_time=Aggregation.SUM, over_place=Aggregation.SUM, decimals=0,
        )  # fmt: skip
        observations.declare_indicators([spec], by=SYSTEM)
    parties.save_organisation(id="so-y-te", name_vi="Sở Y tế", name_en="Department of Health")
    month = clock.today().replace(day=1)
    row = reported.save_assignment(
        code="births", name_vi="Trẻ mới sinh", name_en="Newborn children", organisation=OFFICE, place=settings.AREA,
        of_places=communes, columns=[{"indicator": "test.births"}, {"indicator": "test.girls"}], period="month",
        due_days=5, first_day=date(month.year - 1, month.month, 1), by=SYSTEM, change_percent=50,
        checks=[reported.Check("at_most", left=1, right=0)],
    )  # fmt: skip
    reported.open_returns()
    return row


type Maker = Callable[..., Client]


@pytest.fixture
def sign_in(client_of: Maker) -> Maker:
    """A person of the office."""

    def make(role: str, *, place: str | None = None, organisation: str | None = OFFICE, **more: Any) -> Client:
        client = client_of(role, place=place, **more)
        parties.save_person(
            username=f"test-{role}", name=f"Người {role}", email="", organisation=organisation,
            grants=[Grant(role, place)],
        )  # fmt: skip
        return client

    return make


def first(client: Client) -> int:
    return int(client.get("/reporting/").context["duties"][0].row.id)


def fields(version: int, *texts: str, **more: str) -> dict[str, str]:
    names = ["c-0-0", "c-0-1", "c-1-0", "c-1-1"]
    return {"version": str(version), **dict(zip(names, texts, strict=False)), **more}


def version_of(client: Client, number: int) -> int:
    return int(client.get(f"/reporting/returns/{number}/").context["row"].version)


def submit(client: Client, number: int, *texts: str) -> Any:
    given = fields(version_of(client, number), *texts, act="submit", explanation="Đã kiểm tra lại")
    return client.post(f"/reporting/returns/{number}/", given, follow=True)


def test_an_official_fills_in_a_leader_approves_and_the_history_has_it(
    form: reported.AssignmentRow, sign_in: Maker, communes: list[str]
) -> None:
    official = sign_in("official")
    number = first(official)
    page = submit(official, number, "1.234", "600", "20", "-").content.decode()
    assert "chờ duyệt" in page
    leader = sign_in("leader")
    assert "Trẻ mới sinh" in leader.get("/reporting/review/").content.decode()
    seen = leader.get(f"/reporting/returns/{number}/").content.decode()
    assert "Phê duyệt" in seen
    assert "1234" in seen
    leader.post(f"/reporting/returns/{number}/decide/", {"act": "approve", "version": version_of(leader, number)})
    reported.record_approved()
    assert "đã duyệt và ghi nhận" in official.get(f"/reporting/returns/{number}/").content.decode()
    (latest,) = observations.latest(indicator="test.births", subject=communes[0])
    assert (latest.value, latest.series.source) == (1234.0, "reported.so-y-te")


def test_who_submitted_sees_no_button_to_approve_and_is_refused(form: reported.AssignmentRow, sign_in: Maker) -> None:
    leader = sign_in("leader")
    number = first(leader)
    submit(leader, number, "1", "1", "1", "1")
    page = leader.get(f"/reporting/returns/{number}/")
    assert not page.context["may_decide"]
    given = {"act": "approve", "version": version_of(leader, number)}
    answer = leader.post(f"/reporting/returns/{number}/decide/", given, follow=True).content.decode()
    assert "người thứ hai" in answer
    assert leader.get(f"/reporting/returns/{number}/").context["row"].state == "submitted"


def test_a_return_that_is_sent_back_tells_its_official_why(form: reported.AssignmentRow, sign_in: Maker) -> None:
    from dinh.spine.notices import api as notices

    official, leader = sign_in("official"), sign_in("leader")
    number = first(official)
    submit(official, number, "10", "1", "1", "1")
    given = {"act": "return", "remarks": "Thiếu trạm Mỹ Xuyên", "version": version_of(leader, number)}
    leader.post(f"/reporting/returns/{number}/decide/", given)
    page = official.get(f"/reporting/returns/{number}/")
    assert page.context["row"].state == "returned"
    assert "Thiếu trạm Mỹ Xuyên" in page.content.decode()
    assert notices.unread_count("urn:dinh:person:test-official") == 1
    told = notices.inbox_of(parties.Actor("urn:dinh:person:test-official", ""))
    assert "Thiếu trạm Mỹ Xuyên" in str(told)


def test_faults_are_shown_beside_their_figures_and_nothing_is_submitted(
    form: reported.AssignmentRow, sign_in: Maker
) -> None:
    official = sign_in("official")
    number = first(official)
    answer = submit(official, number, "10", "11", "1.5", "2")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1.5"' in page
    answer = submit(official, number, "10", "11", "5", "2")
    assert answer.status_code == 422
    assert [finding.says.code for finding, *_ in answer.context["found"]] == ["reporting.at_most"]
    assert answer.context["row"].state == "open"


def test_a_draft_saves_itself_and_a_conflict_shows_both_figures(form: reported.AssignmentRow, sign_in: Maker) -> None:
    official = sign_in("official")
    number = first(official)
    path, version = f"/reporting/returns/{number}/", version_of(official, number)
    answer = official.post(path, fields(version, "-5", "1", "x"), headers={"accept": "application/json"})
    saved = answer.json()
    assert saved["version"] == version + 1
    assert [mark["name"] for mark in saved["marks"]] == ["c-0-0", "c-0-1"]
    stale = official.post(path, fields(version, "7", "1"), headers={"accept": "application/json"})
    assert (stale.status_code, stale.json()["code"]) == (409, "reporting.changed")
    page = official.post(path, fields(version, "7", "1"))
    assert page.status_code == 409
    assert (page.context["grid"][0].cells[0].text, page.context["grid"][0].cells[0].theirs) == ("7", "-5")


def test_the_form_goes_out_as_a_sheet_and_comes_back_filled(form: reported.AssignmentRow, sign_in: Maker) -> None:
    official = sign_in("official")
    number = first(official)
    sheet_bytes = official.get(f"/reporting/returns/{number}/form.xlsx").content
    book = load_workbook(io.BytesIO(sheet_bytes))
    sheet = book.worksheets[0]
    for row, values in ((2, (12.5, 4)), (3, ("-", "x"))):
        for column, value in enumerate(values, start=3):
            sheet.cell(row, column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    given = {"version": version_of(official, number), "file": SimpleUploadedFile("x.xlsx", buffer.getvalue())}
    official.post(f"/reporting/returns/{number}/upload/", given)
    page = official.get(f"/reporting/returns/{number}/")
    assert [[cell.text for cell in row.cells] for row in page.context["grid"]] == [["12,5", "4"], ["-", "x"]]
    text = official.get(f"/reporting/returns/{number}/form.csv").content.decode("utf-8-sig")
    broken = text.replace('"12,5"', "12a").encode()
    given = {"version": version_of(official, number), "file": SimpleUploadedFile("x.csv", broken)}
    answer = official.post(f"/reporting/returns/{number}/upload/", given, follow=True).content.decode()
    assert "12a" in answer
    assert official.get(f"/reporting/returns/{number}/").context["grid"][0].cells[0].text == "12,5"


def test_a_correction_shows_the_old_and_the_new_figure_with_its_reason(
    form: reported.AssignmentRow, sign_in: Maker
) -> None:
    official, leader = sign_in("official"), sign_in("leader")
    number = first(official)
    submit(official, number, "10", "1", "1", "1")
    leader.post(f"/reporting/returns/{number}/decide/", {"act": "approve", "version": version_of(leader, number)})
    reported.record_approved()
    opened = official.post(f"/reporting/returns/{number}/correct/", {"reason": "Đếm sót"}, follow=True)
    again = int(opened.context["row"].id)
    assert again != number
    page = submit(official, again, "12", "1", "1", "1")
    assert [(old, new) for _, _, old, new in page.context["changes"]] == [("10", "12")]
    assert "Đếm sót" in page.content.decode()


def test_the_overview_tells_who_is_on_time_and_goes_out_as_a_sheet(
    form: reported.AssignmentRow, sign_in: Maker
) -> None:
    official = sign_in("official")
    submit(official, first(official), "1", "1", "1", "1")
    leader = sign_in("leader")
    page = leader.get("/reporting/overview/")
    states = [state for _, state, _ in page.context["rows"][0][1]]
    assert states[0] == "late"
    assert "missing" in states
    assert "chưa gửi" in page.content.decode()
    assert "Sở Y tế" in leader.get("/reporting/overview.csv").content.decode()
    assert leader.get("/reporting/overview.xlsx").content[:2] == b"PK"
    assert leader.get("/reporting/overview.pdf").status_code == 404


def test_targets_are_set_withdrawn_and_imported(
    form: reported.AssignmentRow, sign_in: Maker, communes: list[str]
) -> None:
    leader = sign_in("leader")
    given = {
        "indicator": "test.births",
        "place": communes[0],
        "year": "2026",
        "kind": "plan",
        "value": "1.500",
        "document": "=NQ 1",
    }
    leader.post("/reporting/targets/", given)
    assert [row.value for row, *_ in leader.get("/reporting/targets/?year=2026").context["rows"]] == [1500.0]
    rows = f"indicator;place;year;kind;value;document\ntest.births;{communes[1]};2026;target;20,5;NQ 2\n"
    leader.post("/reporting/targets/upload/", {"file": SimpleUploadedFile("t.csv", rows.encode())})
    bad = rows + "test.births;nowhere;2026;target;1;\n" + rows.split("\n")[1].replace("20,5", "99")
    answer = leader.post("/reporting/targets/upload/", {"file": SimpleUploadedFile("t.csv", bad.encode())}, follow=True)
    assert "Dòng 3" in answer.content.decode() or "dòng 3" in answer.content.decode()
    assert sorted(row.value for row, *_ in leader.get("/reporting/targets/?year=2026").context["rows"]) == [
        20.5,
        1500.0,
    ]
    leader.post("/reporting/targets/", given | {"value": ""})
    history = leader.get("/reporting/targets/?year=2026&history=1&indicator=test.births").context["rows"]
    assert [row.value for row, *_ in history if row.kind == "plan"] == [None, 1500.0]


def test_a_formula_is_tried_saved_and_followed_to_the_readings(
    form: reported.AssignmentRow, sign_in: Maker, communes: list[str]
) -> None:
    official, leader = sign_in("official"), sign_in("leader")
    number = first(official)
    submit(official, number, "10", "4", "20", "5")
    leader.post(f"/reporting/returns/{number}/decide/", {"act": "approve", "version": version_of(leader, number)})
    reported.record_approved()
    month = official.get(f"/reporting/returns/{number}/").context["row"].first_day
    engineer = sign_in("engineer")
    given = {
        "code": "test.share", "name_vi": "Tỷ lệ bé gái", "name_en": "Share of girls", "unit": "%", "decimals": "1",
        "expression": "test.girls / test.births", "step": "month", "day": month.isoformat(), "version": "0",
    }  # fmt: skip
    tried = engineer.post("/reporting/formulas/new/", given | {"act": "try"})
    assert sorted(value.value for value, _ in tried.context["values"]) == [25.0, 40.0]
    assert (
        engineer.post("/reporting/formulas/new/", given | {"act": "try", "expression": "test.girls +"}).status_code
        == 422
    )
    assert engineer.post("/reporting/formulas/new/", given | {"act": "save"}).status_code == 302
    at = f"step=month&day={month.isoformat()}"
    page = leader.get(f"/reporting/lineage/?code=test.share&place={communes[0]}&{at}")
    assert page.context["node"]["node"].value == pytest.approx(40.0)
    assert "reported.so-y-te" in page.content.decode()
    assert official.post("/reporting/formulas/new/", given | {"act": "save"}).status_code == 403


def test_a_form_is_declared_on_its_page(form: reported.AssignmentRow, sign_in: Maker, communes: list[str]) -> None:
    engineer = sign_in("engineer")
    given = {
        "code": "more", "name_vi": "Thêm", "name_en": "More", "organisation": OFFICE, "place": settings.AREA,
        "of_places": communes, "columns": ["test.births"], "period": "quarter", "due_days": "10", "first_day": "2026-01-01",
    }  # fmt: skip
    assert engineer.post("/reporting/forms/new/", given).status_code == 302
    assert engineer.post("/reporting/forms/new/", given).status_code == 422
    assert "more" in engineer.get("/reporting/forms/").content.decode()


PAGES = ("/reporting/", "/reporting/overview/", "/reporting/targets/", "/reporting/formulas/", "/reporting/lineage/")


def test_pages_open_by_role_and_place(form: reported.AssignmentRow, sign_in: Maker) -> None:
    official = sign_in("official")
    number = first(official)
    own = f"/reporting/returns/{number}/"
    for path in (*PAGES, own):
        assert official.get(path).status_code == 200
        assert Client().get(path).status_code == 302
    assert official.get("/reporting/review/").status_code == 403
    assert official.get("/reporting/forms/").status_code == 403
    assert sign_in("leader").get("/reporting/review/").status_code == 200
    assert sign_in("engineer").get("/reporting/forms/").status_code == 200
    elsewhere = sign_in("leader", place="urn:dinh:unit:2025:01")
    for path in (own, f"{own}form.csv"):
        assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"{own}decide/", {"act": "approve"}).status_code == 404
    assert elsewhere.get(f"/reporting/lineage/?code=test.births&place={form.places[0]}").status_code == 403
    target = {"indicator": "test.births", "place": form.places[0], "year": "2026", "kind": "plan", "value": "1"}
    assert elsewhere.post("/reporting/targets/", target).status_code == 403
    stranger = sign_in("official", organisation=None)
    assert stranger.get(own).status_code == 404
    assert stranger.post(own, {"version": "1"}).status_code == 404
    assert sign_in("operator").get(own).status_code == 404


def test_the_pages_are_complete_in_english(form: reported.AssignmentRow, sign_in: Maker) -> None:
    official = sign_in("official", language="en")
    page = official.get("/reporting/").content.decode()
    assert "Newborn children" in page
    assert "To be filled in" in page


def test_pages_take_a_fixed_number_of_queries(
    form: reported.AssignmentRow, sign_in: Maker, django_assert_max_num_queries: Any
) -> None:
    official, leader = sign_in("official"), sign_in("leader")
    number = first(official)
    for client, path in (
        (official, "/reporting/"),
        (leader, "/reporting/overview/"),
        (official, f"/reporting/returns/{number}/"),
    ):
        client.get(path)
        with django_assert_max_num_queries(24):
            client.get(path)
