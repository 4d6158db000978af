"""The parts of a case, many at once, and what departments set, through the pages alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel import clock
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.systems.work.tests.test_pages import page, person
from dinh.web import requests

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    kinds: list[str] = []
    monkeypatch.setattr(notices, "notify", lambda kind, **more: kinds.append(kind))
    return kinds


@pytest.fixture
def dao() -> Actor:
    return person("dao", "operator")


@pytest.fixture
def chief() -> Actor:
    return person("truong", "leader")


class Browser:
    """A signed-in browser whose person can change."""

    def __init__(self, who: Actor) -> None:
        self.who = who
        self.client = Client()
        self.client.cookies["django_language"] = "en"

    def page(self, path: str) -> str:
        return page(self.client, path)

    def post(self, path: str, data: Mapping[str, Any] | None = None, status: int = 302) -> str:
        response = self.client.post(path, data or {})
        assert response.status_code == status, response.content.decode()[:3000]
        return response.content.decode()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, dao: Actor) -> Browser:
    found = Browser(dao)
    monkeypatch.setattr(requests, "_find_actor", lambda request: found.who)
    return found


def citizen() -> str:
    return parties.save_person(
        username="hoa", name="Nguyễn Hoa", email="hoa@example.vn", organisation=None, grants=[]
    ).urn


def opened(dao: Actor, **more: Any) -> cases.CaseRow:
    values: dict[str, Any] = {"type": "incident", "title": "Mất điện trạm bơm", "by": dao}
    return cases.open_case(**(values | more))


def test_a_case_is_described_by_the_fields_of_its_kind_and_wrong_values_stand_at_their_field(
    browser: Browser, dao: Actor
) -> None:
    case = opened(dao, category="power")
    base = f"/work/cases/{case.number_text}"
    assert "Power" in browser.page(f"{base}/")
    assert "People affected" in browser.page(f"{base}/describe/")
    said = browser.post(f"{base}/describe/", {"title": case.title, "affected_people": "-3", "version": 1}, status=422)
    assert "greater than or equal to 0" in said
    browser.post(f"{base}/describe/", {"title": case.title, "affected_people": "120", "cause": "nature", "version": 1})
    text = browser.page(f"{base}/")
    assert "120" in text
    assert "Nature, weather" in text
    assert "described it anew" in text


def test_who_edits_what_somebody_else_edited_meanwhile_sees_both_side_by_side_and_chooses(
    browser: Browser, dao: Actor, chief: Actor
) -> None:
    case = opened(dao)
    base = f"/work/cases/{case.number_text}/describe/"
    cases.describe(case.urn, fields={"cause": "equipment"}, by=chief)
    said = browser.post(base, {"title": case.title, "cause": "people", "version": 1}, status=409)
    for words in ("Equipment failed", "People", "both changed it", chief.name):
        assert words in said
    browser.post(base, {"title": case.title, "cause": "people", "version": 2})
    assert cases.fields_of(case.urn) == {"cause": "people"}


def test_asking_stops_the_clock_on_the_page_and_the_answer_starts_it(
    browser: Browser, dao: Actor, told: list[str]
) -> None:
    case = opened(dao, requester=citizen())
    base = f"/work/cases/{case.number_text}"
    browser.post(f"{base}/ask/", {"text": "Ở đâu?"})
    assert "stands still" in browser.page(f"{base}/")
    assert "waits for the requester" in browser.page("/work/")
    browser.post(f"{base}/questions/1/answer/", {"text": "Ở ấp 3"})
    text = browser.page(f"{base}/")
    assert "stands still" not in text
    assert "Ở ấp 3" in text
    browser.post(f"{base}/reply/", {"text": "Đang đến."})
    assert told == ["case.asked", "case.replied"], "who recorded the answer knows it"


def test_a_department_that_is_asked_finds_the_task_answers_it_and_the_case_can_end(
    browser: Browser, dao: Actor
) -> None:
    office = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company").urn
    expert = parties.save_person(
        username="tho",
        name="Thợ điện",
        email="",
        organisation=office,
        grants=[Grant("official", "urn:dinh:unit:2025:31500")],
    )
    case = opened(dao)
    base = f"/work/cases/{case.number_text}"
    browser.post(f"{base}/tasks/add/", {"title": "Đóng lại cầu dao", "organisation": office})
    browser.who = parties.actor_for_work(expert.urn)
    assert "Đóng lại cầu dao" in browser.page("/work/tasks/")
    browser.post(f"{base}/tasks/1/take/")
    browser.post(f"{base}/tasks/1/answer/", {"outcome": "done", "answer": "Đã đóng"})
    assert "Nothing is asked of us" in browser.page("/work/tasks/")
    browser.who = dao
    assert "Đã đóng" in browser.page(f"{base}/")


def test_a_likely_duplicate_is_offered_joined_and_split_off(browser: Browser, dao: Actor) -> None:
    main, other = opened(dao), opened(dao)
    base = f"/work/cases/{other.number_text}"
    assert main.number_text in browser.page(f"{base}/")
    browser.post(f"{base}/join/", {"into": main.number_text, "reason": "Cùng trạm"})
    assert "A duplicate of" in browser.page(f"{base}/")
    assert other.number_text in browser.page(f"/work/cases/{main.number_text}/")
    assert other.number_text not in browser.page("/work/")
    browser.post(f"{base}/split/")
    assert cases.case(other.urn).joined_to is None


def test_many_cases_are_chosen_previewed_and_done_with_what_was_seen(
    browser: Browser, dao: Actor, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Mapping[str, Any]] = []

    def start(kind: str, params: Mapping[str, Any], **more: Any) -> Any:
        started.append(params)
        return type("Row", (), {"id": "1"})()

    monkeypatch.setattr(jobs, "start", start)
    first, second = opened(dao), opened(dao)
    cases.move(second.urn, transition="reject", by=dao, reason="Nhầm")
    marked = {"case": [first.number_text, second.number_text]}
    assert "2 cases are chosen" in browser.post("/work/bulk/", marked, status=200)
    said = browser.post("/work/bulk/", marked | {"act": "assign", "to": chief.urn}, status=200)
    assert "1 of 2 cases would change" in said
    assert "is ended; reopen it first" in said
    assert cases.case(first.urn).owner is None, "a preview changes nothing"
    browser.post(
        "/work/bulk/", marked | {"act": "assign", "to": chief.urn, "start": "1", "lines": f"{first.number_text}@1"}
    )
    assert started[0]["cases"] == [[first.urn, 1]]
    browser.post("/work/bulk/", {})
    assert "No case is chosen" in browser.page("/work/")


def test_files_are_listed_opened_by_an_address_that_expires_and_refused_with_their_name(
    browser: Browser, dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from dinh.kernel.errors import Invalid

    case = opened(dao)

    def attach(urn: str, *, content: bytes, name: str, by: Actor) -> None:
        raise Invalid("files.kind", "'{name}' is no file that is taken", name=name)

    monkeypatch.setattr(cases, "attach", attach)
    browser.post(f"/work/cases/{case.number_text}/files/", {"files": SimpleUploadedFile("virus.exe", b"MZ")})
    assert "is no file that is taken" in browser.page(f"/work/cases/{case.number_text}/")
    assert files.files_of(case.urn) == ()


def test_what_departments_set_is_set_by_leaders_and_only_read_by_others(
    browser: Browser, dao: Actor, chief: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "start", lambda *given, **more: None)
    office = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company").urn
    for path in ("routing", "duty", "texts", "calendar"):
        assert "Set the" not in browser.page(f"/work/{path}/")
    browser.post(
        "/work/routing/", {"what": "incident/power", "place": "", "organisation": office, "note": ""}, status=422
    )
    browser.who = chief
    browser.post("/work/routing/", {"what": "incident/power", "place": "", "organisation": office, "note": "Trực điện"})
    assert "Power company" in browser.page("/work/routing/")
    assert opened(dao, category="power").organisation == office
    browser.post(f"/work/routing/{cases.routing_rules()[0].id}/drop/")
    assert cases.routing_rules() == []
    said = browser.post(f"/work/duty/?organisation={office}", {"form": "chain", "minutes_0": "5"}, status=422)
    assert "Give both" in said
    browser.post(
        f"/work/duty/?organisation={office}",
        {"form": "chain", "minutes_0": "0", "to_0": "duty", "minutes_1": "30", "to_1": "leaders"},
    )
    assert [(step.after_minutes, step.to) for step in cases.escalation_chain(office)] == [(0, "duty"), (30, "leaders")]
    parties.save_person(
        username="truc", name="Trực ban", email="", organisation=office, grants=[Grant("operator", None)]
    )
    browser.post(
        f"/work/duty/?organisation={office}",
        {
            "form": "shift",
            "person": "urn:dinh:person:truc",
            "starts_at": "2026-11-26T07:00",
            "ends_at": "2026-11-26T19:00",
        },
    )
    browser.post(
        "/work/texts/",
        {"use": "close", "title": "Xong", "text_vi": "Đã xử lý {number}.", "type": "", "organisation": ""},
    )
    case = opened(dao)
    cases.take(case.urn, by=chief)
    cases.move(case.urn, transition="resolve", by=chief)
    template = cases.all_templates()[0].id
    path = f"/work/cases/{case.number_text}/move/close/"
    assert "Xong" in browser.page(path)
    assert f"Đã xử lý {case.number_text}." in browser.page(f"{path}?template={template}")
    browser.post("/work/calendar/?year=2026", {"form": "day", "day": "2026-08-22", "how": "work", "name_vi": "Làm bù"})
    assert "Làm bù" in browser.page("/work/calendar/?year=2026")
    assert cases.working_calendar(clock.now()).is_open_on(date(2026, 8, 22))
    said = browser.post("/work/calendar/", {"form": "week", "hours": "07:00-11:00, x", "weekdays": ["0"]}, status=422)
    assert "no span of hours" in said


def test_figures_of_departments_are_shown_and_downloaded_in_a_fixed_number_of_queries(
    browser: Browser, dao: Actor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    office = parties.save_organisation(id="dien-luc", name_vi="Điện lực", name_en="Power company").urn
    for _number in range(5):
        cases.take(opened(dao, organisation=office).urn, by=dao)
    browser.page("/work/departments/")  # the catalogues of places and sources are read once by each process
    with django_assert_max_num_queries(12):
        text = browser.page("/work/departments/")
    assert "Power company" in text
    rows = browser.page("/work/departments.csv?days=7")
    assert rows.splitlines()[1].startswith("Power company,5,0,5,0,0")


def test_a_form_that_sends_every_field_overwrites_only_what_its_person_changed(
    browser: Browser, dao: Actor, chief: Actor
) -> None:
    case = opened(dao)
    base = f"/work/cases/{case.number_text}/describe/"
    cases.describe(case.urn, fields={"affected_people": 0, "contact": "Ông Tư"}, by=dao)
    cases.describe(case.urn, fields={"affected_people": 12000}, by=chief)
    sent = {"title": case.title, "affected_people": "0", "contact": "Ông Tư", "cause": "nature", "version": 2}
    browser.post(base, sent)
    assert cases.fields_of(case.urn) == {"affected_people": 12000, "contact": "•••••", "cause": "nature"}
    assert cases.read_personal(case.urn, by=dao).fields == {"contact": "Ông Tư"}
    said = browser.post(base, sent | {"affected_people": "7", "contact": "Bà Năm"}, status=409)
    assert "12,000" in said or "12000" in said
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', said))
    assert (kept["affected_people"], kept["contact"]) == ("7", "Bà Năm")
    cases.describe(case.urn, fields={"damage": "Mái tôn"}, by=chief)
    browser.post(base, kept | {"version": cases.case(case.urn).version})
    assert cases.fields_of(case.urn)["affected_people"] == 7


def test_more_cases_than_a_form_has_fields_are_previewed_and_started(
    browser: Browser, dao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Mapping[str, Any]] = []

    def start(kind: str, params: Mapping[str, Any], **more: Any) -> Any:
        started.append(params)
        return type("Row", (), {"id": "1"})()

    monkeypatch.setattr(jobs, "start", start)
    case = opened(dao)
    chosen = " ".join([case.number_text] + [f"2020-{number:06d}" for number in range(1999)])
    lines = " ".join(f"{number}@1" for number in chosen.split())
    browser.post("/work/bulk/", {"chosen": chosen, "act": "take", "start": "1", "lines": lines})
    assert len(started[0]["cases"]) == 2000
