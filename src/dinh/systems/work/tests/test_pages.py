from __future__ import annotations

import io
import re

import pytest
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel.errors import Conflict
from dinh.kernel.manifests import registry
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.web import requests

pytestmark = pytest.mark.django_db


def person(username: str, role: str) -> Actor:
    grant = Grant(role, None)
    row = parties.save_person(
        username=username, name=f"Nguyễn {username}", email=f"{username}@example.vn", organisation=None, grants=[grant]
    )
    return Actor(row.urn, row.name_vi, (grant,), None, is_staff=True)


@pytest.fixture
def dao() -> Actor:
    return person("dao", "operator")


@pytest.fixture
def binh() -> Actor:
    return person("binh", "official")


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch, dao: Actor) -> Client:
    """The browser of Đào; who may sign in and how is another system's business."""
    monkeypatch.setattr(requests, "_find_actor", lambda request: dao)
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    return client


@pytest.fixture
def case(dao: Actor) -> cases.CaseRow:
    return cases.open_case(type="incident", title="Độ mặn vượt 4 g/l", by=dao, severity="critical")


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_a_stranger_is_led_to_sign_in(client: Client, case: cases.CaseRow) -> None:
    for path in ("/work/", f"/work/cases/{case.number_text}/", "/work/new/", "/work/export.csv"):
        response = client.get(path)
        assert response.status_code == 302
        assert settings.LOGIN_URL in response.url  # type: ignore[attr-defined]


def test_the_inbox_shows_what_is_wrong_who_has_it_and_by_when(
    signed_in: Client, case: cases.CaseRow, dao: Actor
) -> None:
    text = page(signed_in, "/work/")
    assert "Độ mặn vượt 4 g/l" in text
    assert "nobody yet" in text
    assert "14 min left" in text
    assert '>Without owner <span class="num">1</span>' in text
    cases.take(case.urn, by=dao)
    assert "nobody yet" not in page(signed_in, "/work/")
    assert "Độ mặn" in page(signed_in, "/work/?queue=mine&q=do+man&severity=critical&order=-opened_at")
    assert "Nothing matches" in page(signed_in, "/work/?q=nothing-like-it")


def test_the_inbox_takes_as_many_queries_for_many_cases_as_for_one(
    signed_in: Client, case: cases.CaseRow, dao: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(signed_in, "/work/")
    for number in range(30):
        cases.open_case(type="incident", title=f"Vụ {number}", by=dao)
    with django_assert_max_num_queries(14):
        page(signed_in, "/work/")


def test_a_case_goes_its_whole_way_by_plain_forms(
    signed_in: Client, case: cases.CaseRow, binh: Actor, dao: Actor
) -> None:
    base = f"/work/cases/{case.number_text}"

    def post(path: str, **data: object) -> str:
        response = signed_in.post(f"{base}/{path}", data)
        assert response.status_code == 302, response.content.decode()
        assert response.url == f"{base}/"  # type: ignore[attr-defined]
        return cases.case(case.urn).state

    assert "I am on it" in page(signed_in, f"{base}/")
    assert post("take/", version=1) == "acknowledged"
    assert post("move/start/") == "in_progress"
    post("steps/1/", done="1")
    post("comment/", text="Đã gọi trạm.")
    assert "To whom" in page(signed_in, f"{base}/assign/")
    post("assign/", to=binh.urn, note="Nhờ anh")
    assert cases.case(case.urn).owner == binh.urn
    assert post("move/resolve/") == "resolved"
    assert "needs" not in page(signed_in, f"{base}/move/close/")
    assert post("move/close/", reason="Cống đã mở") == "closed"
    text = page(signed_in, f"{base}/")
    for said in ("Cống đã mở", "Đã gọi trạm.", "Nhờ anh", "Nguyễn binh", "ticked step 1", "in time"):
        assert said in text
    for act in cases.acts(case.urn):
        link = registry.link_path("leaf", str(act.ledger_index))
        assert link is None or f'href="{link}"' in text
    assert "does not agree" not in text
    assert post("move/reopen/", reason="Lại mặn") == "in_progress"


def test_a_missing_reason_comes_back_with_the_form_and_keeps_what_was_typed(
    signed_in: Client, case: cases.CaseRow
) -> None:
    response = signed_in.post(f"/work/cases/{case.number_text}/move/reject/", {"reason": " "})
    assert response.status_code == 422
    assert 'name="reason"' in response.content.decode()
    assert cases.case(case.urn).state == "new"


def test_what_is_not_possible_now_is_said_on_the_page(signed_in: Client, case: cases.CaseRow, binh: Actor) -> None:
    cases.take(case.urn, by=binh)
    response = signed_in.post(f"/work/cases/{case.number_text}/take/", {"version": "1"}, follow=True)
    assert "was changed meanwhile by Nguyễn binh" in response.content.decode()
    response = signed_in.post(f"/work/cases/{case.number_text}/move/close/", {}, follow=True)
    assert "is not possible" in response.content.decode()


def test_a_form_is_a_dialog_for_scripts_and_a_page_without(signed_in: Client, case: cases.CaseRow) -> None:
    path = f"/work/cases/{case.number_text}/hand-on/"
    assert "<dialog data-open" not in page(signed_in, path)
    fragment = signed_in.get(path, headers={"HX-Request": "true"}).content.decode()
    assert fragment.startswith("<dialog data-open")
    assert "<html" not in fragment


def test_nobody_is_led_to_another_host(signed_in: Client, case: cases.CaseRow) -> None:
    for target in ("https://example.com/", "//example.com/", "/\\example.com"):
        response = signed_in.post(f"/work/cases/{case.number_text}/comment/", {"text": "x", "next": target})
        assert response.url == f"/work/cases/{case.number_text}/"  # type: ignore[attr-defined]


def test_a_new_case_is_opened_taken_and_escaped(signed_in: Client, dao: Actor) -> None:
    data = {
        "title": "<b>Mất điện</b>",
        "type": "incident",
        "severity": "major",
        "place": "",
        "text": "Ba trạm",
        "take": "on",
    }
    response = signed_in.post("/work/new/", data, follow=True)
    text = response.content.decode()
    assert "&lt;b&gt;Mất điện&lt;/b&gt;" in text
    assert "<b>Mất điện</b>" not in text
    (row,) = cases.cases(cases.CaseQuery(queue="mine"), actor=dao).rows
    assert row.state == "acknowledged"
    assert [act.what for act in cases.acts(row.urn)] == ["opened", "commented", "taken"]
    assert signed_in.post("/work/new/", {**data, "title": ""}).status_code == 422


def drawn(client: Client) -> dict[str, str]:
    found = re.search(r'name="drawn" value="([0-9a-f-]{36})"', page(client, "/work/new/"))
    assert found
    return {"title": "Mất điện", "type": "incident", "severity": "major", "text": "Ba trạm", "take": "on"} | {
        "drawn": found[1]
    }


def test_a_form_that_is_sent_twice_opens_one_case(signed_in: Client, dao: Actor) -> None:
    data = drawn(signed_in)
    first, second = (signed_in.post("/work/new/", data) for _ in range(2))
    assert first["Location"] == second["Location"]
    (row,) = cases.cases(cases.CaseQuery(), actor=dao).rows
    assert [act.what for act in cases.acts(row.urn)] == ["opened", "commented", "taken"]
    assert signed_in.post("/work/new/", data | {"title": "Mất nước"})["Location"] != first["Location"]
    assert signed_in.post("/work/new/", drawn(signed_in))["Location"] != first["Location"]
    assert signed_in.post("/work/new/", data | {"drawn": "x"}).status_code == 422


def test_a_case_that_cannot_be_taken_is_not_opened_either(
    signed_in: Client, dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise Conflict("tests.not_now", "not now")

    data = drawn(signed_in)
    with monkeypatch.context() as patched:
        patched.setattr(cases, "take", refused)
        response = signed_in.post("/work/new/", data)
    assert response.status_code == 422
    assert data["drawn"] in response.content.decode()
    assert not cases.cases(cases.CaseQuery(), actor=dao).rows
    assert signed_in.post("/work/new/", data).status_code == 302
    assert len(cases.cases(cases.CaseQuery(), actor=dao).rows) == 1


def test_exports_hold_what_the_filter_shows_and_no_formula(signed_in: Client, case: cases.CaseRow, dao: Actor) -> None:
    cases.open_case(type="task", title="=1+1", by=dao)
    text = b"".join(signed_in.get("/work/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeffNumber,Title")
    assert "Độ mặn vượt 4 g/l" in text
    assert ",'=1+1," in text
    narrow = b"".join(signed_in.get("/work/export.csv?type=task").streaming_content)  # type: ignore[attr-defined]
    assert "Độ mặn" not in narrow.decode()
    book = load_workbook(io.BytesIO(signed_in.get("/work/export.xlsx").content))
    assert book.active is not None
    rows = list(book.active.values)
    assert len(rows) == 3
    assert {cell.data_type for cell in book.active["B"]} == {"s"}
    assert signed_in.get("/work/export.pdf").status_code == 404


def test_the_small_queue_stands_by_itself(signed_in: Client, case: cases.CaseRow) -> None:
    text = page(signed_in, "/work/fragments/queue/?queue=unowned&within=")
    assert "<html" not in text
    assert "Độ mặn vượt 4 g/l" in text
    assert f'href="/work/cases/{case.number_text}/"' in text


def test_whoever_may_not_act_sees_no_buttons_and_is_refused(
    signed_in: Client, case: cases.CaseRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    engineer = person("em", "engineer")
    monkeypatch.setattr(requests, "_find_actor", lambda request: engineer)
    text = page(signed_in, f"/work/cases/{case.number_text}/")
    assert "<form" not in text.split('id="now"')[1].split("</section>")[0]
    for path in ("take", "comment", "move/reject", "assign"):
        data = {"text": "x", "reason": "x", "to": engineer.urn}
        response = signed_in.post(f"/work/cases/{case.number_text}/{path}/", data)
        assert response.status_code in (403, 422), path
    assert cases.case(case.urn).version == 1


def test_a_case_that_does_not_exist_is_not_found(signed_in: Client) -> None:
    assert signed_in.get("/work/cases/2026-999999/").status_code == 404
    assert signed_in.get("/work/cases/nothing/").status_code == 404
    assert signed_in.get("/work/?at=yesterday").status_code == 422


def test_a_step_that_no_kind_of_case_knows_is_not_found(signed_in: Client, case: cases.CaseRow) -> None:
    assert signed_in.get(f"/work/cases/{case.number_text}/move/zzz/").status_code == 404
