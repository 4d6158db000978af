"""A person's data from the person's side: who read it, and a copy of it that opens."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest

from dinh.kernel import clock
from dinh.kernel.errors import NotFound, Refused
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.parties.personal import copying, register
from dinh.systems.account.tests.citizens import (
    DATA,
    EMAIL,
    NAME,
    PHONE,
    browser,
    reported,
    work,
)
from dinh.systems.account.tests.factories import member_of_staff, person

pytestmark = pytest.mark.django_db


# --- a copy --------------------------------------------------------------------------


def test_the_copy_opens_and_holds_the_persons_words_files_and_readings(bay: Actor, binh: Actor) -> None:
    case = reported(bay, binh)
    cases.read_personal(case.urn, by=binh)
    client = browser()
    assert client.post(f"{DATA}copies/").status_code == 302
    assert "is being made" in client.get(DATA).content.decode()
    work()
    assert next(row.title for row in notices.inbox_of(bay).rows) == "Bản sao dữ liệu của bạn đã sẵn sàng"
    (copy,) = parties.personal.copies(bay)
    answer = client.get(f"{DATA}copies/{copy.number}/")
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        page = archive.read("index.html").decode()
        told = {name: json.loads(archive.read(name)) for name in names if name.endswith(".json")}
        paper = next(archive.read(name).decode() for name in names if name.startswith("files/"))
    assert {f"{holder.code}.json" for holder in parties.personal.holders()} == set(told)
    assert paper == f"Đơn của {NAME}, {EMAIL}"
    assert NAME in page
    assert told["account.json"]["sections"]["account"]["rows"][0]["email"] == EMAIL
    (asked,) = told["cases.json"]["sections"]["requested"]["rows"]
    assert asked["fields"]["contact"] == PHONE
    assert {row["what"] for row in told["cases.json"]["sections"]["talk"]["rows"]} == {"asked", "answered", "replied"}
    assert told["notices.json"]["sections"]["messages"]["rows"]
    kinds = [row["kind"] for row in told["account.json"]["sections"]["ledger"]["rows"]]
    assert "personal.read" in kinds
    whole = page + json.dumps(told, ensure_ascii=False)
    assert "pbkdf2" not in whole
    assert "md5$" not in whole
    assert "Trần Bình" not in json.dumps(told["cases.json"], ensure_ascii=False)


def test_nobody_else_opens_a_copy_and_after_a_week_nobody_does(bay: Actor, binh: Actor) -> None:
    copy = parties.personal.ask_copy(bay.urn, by=bay)
    work()
    person("lan")
    assert browser("lan").get(f"{DATA}copies/{copy.number}/").status_code == 404
    with pytest.raises(NotFound):
        parties.personal.open_copy(copy.number, by=Actor(binh.urn, "Bình", binh.grants, is_staff=True))
    with pytest.raises(Refused, match="signed in"):
        parties.personal.open_copy(copy.number, by=Actor(bay.urn, "a key", permissions=frozenset({"*"})))
    row, _content = parties.personal.open_copy(copy.number, by=bay)
    clock.move_to(clock.now() + timedelta(days=7, minutes=1))
    with pytest.raises(Refused, match="7 days"):
        parties.personal.open_copy(copy.number, by=bay)
    assert copying.expire() == 1
    assert copying.expire() == 0
    assert files.file(row.urn).state == "erased"
    assert parties.personal.copies(bay)[0].state == "gone"


def test_one_copy_is_made_at_a_time_and_a_newer_one_takes_the_place_of_the_older(bay: Actor) -> None:
    first = parties.personal.ask_copy(bay.urn, by=bay)
    assert parties.personal.ask_copy(bay.urn, by=bay).number == first.number
    work()
    second = parties.personal.ask_copy(bay.urn, by=bay)
    work()
    assert [(row.number, row.state) for row in parties.personal.copies(bay)] == [
        (second.number, "ready"),
        (first.number, "gone"),
    ]


def test_an_administrator_has_a_copy_made_for_a_request_on_paper_but_only_within_reach(bay: Actor) -> None:
    chief = member_of_staff("chief", "administrator")
    assert chief.post("/account/people/kh-0412/copy/").status_code == 302
    work()
    (copy,) = parties.personal.copies(bay)
    assert copy.state == "ready"
    assert chief.get(f"{DATA}copies/{copy.number}/").status_code == 404
    local = Actor("urn:dinh:person:x", "X", (Grant("administrator", "urn:dinh:unit:2025:31673"),), is_staff=True)
    with pytest.raises(NotFound, match="no account"):
        parties.personal.ask_copy(bay.urn, by=local)


# --- readings ------------------------------------------------------------------------


def test_a_person_sees_who_read_what_and_when_and_the_ledger_holds_no_value(bay: Actor, binh: Actor) -> None:
    case = reported(bay, binh)
    shown = cases.read_personal(case.urn, by=binh)
    assert (shown.fields, shown.requester) == ({"contact": PHONE}, NAME)
    cases.read_personal(case.urn, by=bay)
    (reading,) = parties.personal.readings_of(bay)
    assert (reading.by_name, reading.fields, reading.about) == ("Trần Bình", ("contact", "requester"), case.urn)
    assert PHONE not in ledger.leaf_text(ledger.entry(reading.ledger_index))
    text = browser().get(DATA).content.decode()
    assert "Trần Bình" in text
    assert "Contact on the spot" in text
    assert PHONE not in text


def test_the_address_of_an_account_is_masked_until_it_is_shown_on_the_record(bay: Actor) -> None:
    chief = member_of_staff("chief", "administrator")
    for path in ("/account/people/", "/account/people/kh-0412/", "/account/people/kh-0412/edit/"):
        text = chief.get(path).content.decode()
        assert EMAIL not in text, path
        assert "c•••@hopthu.example" in text, path
    assert not parties.personal.readings_of(bay)
    assert EMAIL in chief.post("/account/people/kh-0412/show/").content.decode()
    assert [row.fields for row in parties.personal.readings_of(bay)] == [("email",)]


def test_editing_an_account_keeps_replaces_or_removes_the_address_without_showing_it(bay: Actor) -> None:
    chief = member_of_staff("chief", "administrator")
    path = "/account/people/kh-0412/edit/"
    kept = {"name": NAME, "email": "", "organisation": "", "place": ""}
    owner = register.account_of(bay.urn)
    assert owner is not None
    assert chief.post(path, kept).status_code == 302
    owner.refresh_from_db()
    assert owner.email == EMAIL
    assert chief.post(path, kept | {"email": "moi@example.vn"}).status_code == 302
    owner.refresh_from_db()
    assert owner.email == "moi@example.vn"
    assert chief.post(path, kept | {"no_email": "on"}).status_code == 302
    owner.refresh_from_db()
    assert owner.email == ""
