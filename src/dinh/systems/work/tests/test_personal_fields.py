"""Fields that tell of people: hidden on every page and in every table until somebody shows them on the record."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from dinh.kernel.errors import Refused
from dinh.spine.cases import api as cases
from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.systems.work.tests.test_pages import page, person
from dinh.web import requests

pytestmark = pytest.mark.django_db
CONTACT, NAME = "Ông Tư 0987 654 321", "Huỳnh Thị Bảy"


@pytest.fixture
def dao() -> Actor:
    return person("dao", "operator")


@pytest.fixture
def case(dao: Actor) -> cases.CaseRow:
    bay = parties.save_person(username="bay", name=NAME, email="bay@example.vn", organisation=None, grants=())
    return cases.open_case(
        type="incident", title="Ngập", by=dao, requester=bay.urn, fields={"contact": CONTACT, "damage": "Mái tôn"}
    )


def browser(monkeypatch: pytest.MonkeyPatch, who: Actor) -> Client:
    monkeypatch.setattr(requests, "_find_actor", lambda request: who)
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    return client


def test_a_case_hides_who_asked_and_how_to_reach_people_until_it_is_shown(
    monkeypatch: pytest.MonkeyPatch, dao: Actor, case: cases.CaseRow
) -> None:
    cases.describe(case.urn, fields={"contact": f"{CONTACT} (con)"}, by=dao)
    cases.ask(case.urn, text="Mấy giờ?", by=dao)
    cases.answer(case.urn, question=1, text="Sáng nay", by=Actor("urn:dinh:person:bay", NAME))
    client = browser(monkeypatch, dao)
    base = f"/work/cases/{case.number_text}/"
    hidden = page(client, base)
    assert CONTACT not in hidden
    assert NAME not in hidden
    assert "H••• T••• B•••" in hidden
    assert "Mái tôn" in hidden
    assert CONTACT not in page(client, f"{base}describe/")
    before = ledger.head().size
    page(client, base)
    assert ledger.head().size == before, "looking at a case is no reading of what it hides"
    answer = client.post(f"{base}show/")
    shown = answer.content.decode()
    assert CONTACT in shown
    assert NAME in shown
    assert "no-store" in answer["Cache-Control"]
    leaf = ledger.entry(before)
    assert (leaf.kind, leaf.data["by"], leaf.data["fields"]) == ("personal.read", dao.urn, ["contact", "requester"])
    assert CONTACT not in ledger.leaf_text(leaf)
    assert CONTACT not in page(client, base), "it is shown in that answer alone"


def test_whoever_does_not_work_on_cases_sees_them_but_not_what_they_hide(
    monkeypatch: pytest.MonkeyPatch, case: cases.CaseRow
) -> None:
    engineer = person("ky-su", "engineer")
    client = browser(monkeypatch, engineer)
    base = f"/work/cases/{case.number_text}/"
    assert "/show/" not in page(client, base)
    assert client.post(f"{base}show/").status_code == 403
    with pytest.raises(Refused):
        cases.read_personal(case.urn, by=engineer)
    assert not ledger.entries(kind="personal.read")


def test_lists_exports_and_searches_tell_nothing_of_what_is_hidden(
    monkeypatch: pytest.MonkeyPatch, dao: Actor, case: cases.CaseRow
) -> None:
    client = browser(monkeypatch, dao)
    for path in ("/work/", "/work/fragments/queue/"):
        text = page(client, path)
        assert CONTACT not in text
        assert NAME not in text
    table = b"".join(client.get("/work/export.csv"))
    assert CONTACT not in table.decode()
    assert case.number_text in page(client, "/work/?q=mai+ton")
    assert case.number_text not in page(client, "/work/?q=0987")


def test_a_form_keeps_what_it_hides_and_replaces_what_is_typed_anew(
    monkeypatch: pytest.MonkeyPatch, dao: Actor, case: cases.CaseRow
) -> None:
    client = browser(monkeypatch, dao)
    path = f"/work/cases/{case.number_text}/describe/"
    sent = {"title": "Ngập sâu", "contact": "", "damage": "Mái tôn, bếp", "version": "1"}
    assert client.post(path, sent).status_code == 302
    assert cases.read_personal(case.urn, by=dao).fields == {"contact": CONTACT}
    assert client.post(path, sent | {"contact": "Bà Năm", "version": "2"}).status_code == 302
    assert cases.read_personal(case.urn, by=dao).fields == {"contact": "Bà Năm"}
    assert cases.altered_acts(case.urn) == []


def test_two_people_who_change_a_hidden_field_see_that_they_did_but_not_the_values(
    monkeypatch: pytest.MonkeyPatch, dao: Actor, case: cases.CaseRow
) -> None:
    chief = person("truong", "leader")
    cases.describe(case.urn, fields={"contact": "Bà Năm"}, by=chief)
    client = browser(monkeypatch, dao)
    path = f"/work/cases/{case.number_text}/describe/"
    answer = client.post(path, {"title": "Ngập", "contact": "Ông Sáu", "damage": "Mái tôn", "version": "1"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Ông Sáu" in text
    assert "Bà Năm" not in text
    assert CONTACT not in text
    assert client.post(path, {"title": "Ngập", "contact": "Ông Sáu", "version": "2"}).status_code == 302
    assert cases.read_personal(case.urn, by=dao).fields["contact"] == "Ông Sáu"


def test_an_address_without_an_account_is_masked_and_is_in_the_ledger_as_a_commitment_only(
    monkeypatch: pytest.MonkeyPatch, dao: Actor
) -> None:
    case = cases.open_case(type="task", title="Rác", by=dao, requester="mailto:hai@hopthu.example")
    client = browser(monkeypatch, dao)
    assert "hai@hopthu.example" not in page(client, f"/work/cases/{case.number_text}/")
    assert "h•••@hopthu.example" in page(client, f"/work/cases/{case.number_text}/")
    assert cases.read_personal(case.urn, by=dao).requester == "hai@hopthu.example"
    assert "hai@hopthu" not in "".join(ledger.export())
    assert cases.altered_acts(case.urn) == []
