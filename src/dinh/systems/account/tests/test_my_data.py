"""A person's data from the person's side: who read it, a copy that opens, an erasure that leaves no trace and every proof."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound, Refused
from dinh.kernel.vietnamese_text import fold
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.parties.models import Erasure
from dinh.spine.parties.personal import copying, erasing, register
from dinh.systems.account.tests.factories import PASSWORD, give_password, member_of_staff, person

pytestmark = pytest.mark.django_db
NAME, EMAIL, PHONE = "Huỳnh Thị Bảy", "co.bay@hopthu.example", "0912 345 678"
WORDS = ("bếp nhà tôi ngập", "con tôi đang ốm", "sáu mươi tuổi", "anh cán bộ hỏi cô Bảy")
DATA = "/account/data/"


@pytest.fixture(autouse=True)
def _clock_runs_on() -> Iterator[None]:
    yield
    clock.move_to(None)


@pytest.fixture
def bay() -> Actor:
    """A citizen with an account and no role."""
    row = parties.save_person(
        username="kh-0412", name=NAME, email=EMAIL, organisation=None, grants=(), password=PASSWORD
    )
    return Actor(row.urn, row.name_vi)


@pytest.fixture
def binh() -> Actor:
    row = person("binh", Grant("operator", None), name="Trần Bình")
    return Actor(row.urn, row.name_vi, (Grant("operator", None),), is_staff=True)


def reported(bay: Actor, binh: Actor) -> cases.CaseRow:
    """What the citizen reported, talked about with an official, with a paper and a name in an official's comment."""
    case = cases.open_case(
        type="incident",
        title=f"Nước vào, {WORDS[0]}",
        by=binh,
        requester=bay.urn,
        fields={"contact": PHONE, "damage": WORDS[2]},
    )
    cases.take(case.urn, by=binh)
    cases.ask(case.urn, text=WORDS[3], by=binh)
    cases.answer(case.urn, question=1, text=WORDS[1], by=bay)
    cases.comment(case.urn, text=f"Đã gọi cho {NAME}, chờ xe bơm", by=binh)
    cases.comment(case.urn, text="Xe bơm đã đến", by=binh)
    cases.reply(case.urn, text=f"Chào cô, xe đã đến, {WORDS[0]}", by=binh)
    cases.attach(case.urn, content=f"Đơn của {NAME}, {EMAIL}".encode(), name="don-cua-co-bay.txt", by=bay)
    return cases.case(case.urn)


def browser(who: str = "kh-0412") -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    give_password(client, who)
    return client


def work() -> None:
    jobs.deliver_pending()
    jobs.run_due_tasks()
    jobs.deliver_pending()


def every_text() -> Iterator[tuple[str, str]]:
    """Every value of every column of every model, as text, with where it stands."""
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.values(*names):
            for name, value in row.items():
                if isinstance(value, bytes | memoryview):
                    continue
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                yield f"{model._meta.label}.{name}", text


def traces(*words: str) -> list[tuple[str, str]]:
    sought = [form for word in words for form in (word.lower(), fold(word))]
    return [
        (where, word) for where, text in every_text() for word in sought if word in text.lower() or word in fold(text)
    ]


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
    with pytest.raises(Refused, match="beyond"):
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


# --- erasing -------------------------------------------------------------------------


def ask_on_the_page(client: Client) -> None:
    shown = client.get(f"{DATA}erase/").content.decode()
    assert "What stays, and why" in shown
    assert "law on archives" in shown or "cannot be changed" in shown
    assert client.post(f"{DATA}erase/").status_code == 422
    assert client.post(f"{DATA}erase/", {"sure": "1"}).status_code == 302


def test_after_an_erasure_no_trace_is_in_any_table_and_every_proof_holds(bay: Actor, binh: Actor) -> None:
    case = reported(bay, binh)
    cases.read_personal(case.urn, by=binh)
    parties.issue_key(label=f"Máy của {NAME}", owner=bay.urn, scopes=["cases.view"], by=parties.SYSTEM)
    copy = parties.personal.ask_copy(bay.urn, by=bay)
    client = browser()
    notices.save_wanted(bay, {("case.replied", "email"): "digest"})
    work()
    notices.dispatch_due()
    assert parties.personal.open_copy(copy.number, by=bay)
    before = {act.ledger_index: ledger.entry(act.ledger_index) for act in cases.acts(case.urn)}
    proofs = {index: ledger.inclusion_proof(index) for index in before}
    assert traces(NAME, EMAIL, PHONE, *WORDS)
    ask_on_the_page(client)
    work()
    clock.move_to(clock.now() + timedelta(days=6))
    assert erasing.start_due() == 0
    clock.move_to(clock.now() + timedelta(days=2))
    assert erasing.start_due() == 1
    work()
    assert parties.personal.erasure_of(bay.urn) is None
    assert Erasure.objects.get().done_at is not None
    assert traces(NAME, EMAIL, PHONE, "don-cua-co-bay", *WORDS) == []
    assert client.get(DATA).status_code == 302, "the session has ended"
    assert give_password(Client(), "kh-0412").status_code == 200, "nobody signs in any more"
    assert parties.party(bay.urn).name("vi") == "Người đã xoá"
    assert parties.party(bay.urn).name("en") == "Deleted person"
    assert ledger.verify().ok
    assert all(ledger.check_proof(proof) for proof in proofs.values())
    assert cases.altered_acts(case.urn) == []
    erased = {act.ledger_index for act in cases.acts(case.urn) if act.erased}
    assert {ledger.entry(index).kind for index in erased} >= {
        "case.opened",
        "case.asked",
        "case.answered",
        "case.replied",
    }
    assert all(ledger.erasure_of(ledger.entry(index)) for index in erased)
    comments = [act.detail.get("text") for act in cases.acts(case.urn) if act.what == "commented"]
    assert comments == [None, "Xe bơm đã đến"], "what does not tell of the person stays"
    assert files.verify().ok


def test_words_that_go_without_a_leaf_that_tells_of_it_are_altered_words(bay: Actor, binh: Actor) -> None:
    case = reported(bay, binh)
    act: Any = apps.get_model("cases", "Act").objects.get(what="answered")
    act.salt, act.detail = "", {"question": 1}
    act.save()
    assert cases.altered_acts(case.urn) == [act.ledger_index]
    ledger.record_erasure(case.urn, entries=[act.ledger_index], by="")
    assert cases.altered_acts(case.urn) == []
    act.detail = {"question": 2}
    act.save()
    assert cases.altered_acts(case.urn) == [act.ledger_index]


def test_what_an_official_did_stays_under_the_name_of_the_office(bay: Actor, binh: Actor) -> None:
    office = parties.save_organisation(id="so-xd", name_vi="Sở Xây dựng", name_en="Construction")
    parties.save_person(
        username="binh",
        name="Trần Bình",
        email="binh@example.vn",
        organisation=office.urn,
        grants=[Grant("operator", None)],
    )
    case = reported(bay, binh)
    chief = person("chief", Grant("leader", None), name="Lê Chánh")
    cases.assign(case.urn, to=chief.urn, by=binh)
    cases.take(cases.open_case(type="task", title="Dọn cống", by=binh).urn, by=binh)
    work()
    assert traces("Trần Bình")
    parties.personal.ask_erasure(by=binh)
    clock.move_to(clock.now() + timedelta(days=8))
    erasing.start_due()
    work()
    assert traces("Trần Bình", "binh@example.vn") == []
    comments = [act for act in cases.acts(case.urn) if act.what == "commented"]
    assert [act.by_name for act in comments] == ["Sở Xây dựng", "Sở Xây dựng"]
    assert comments[1].detail["text"] == "Xe bơm đã đến"
    assert cases.altered_acts(case.urn) == []
    left = list(cases.cases(cases.CaseQuery(queue="unowned"), actor=parties.SYSTEM).rows)
    assert [row.title for row in left] == ["Dọn cống"]
    assert parties.party(binh.urn).name("vi") == "Người đã xoá (Sở Xây dựng)"
    with pytest.raises(Refused, match="erased"):
        parties.save_person(username="binh", name="Ai Khác", email="", organisation=None, grants=())
    with pytest.raises(Refused, match="erased"):
        parties.set_active("binh", True, by=parties.SYSTEM)


def test_an_erasure_can_be_withdrawn_until_it_begins(bay: Actor) -> None:
    client = browser()
    ask_on_the_page(client)
    work()
    assert "Dữ liệu của bạn sẽ bị xoá" in [row.title for row in notices.inbox_of(bay).rows]
    assert client.post(f"{DATA}erase/withdraw/").status_code == 302
    clock.move_to(clock.now() + timedelta(days=8))
    assert erasing.start_due() == 0
    with pytest.raises(NotFound):
        parties.personal.withdraw_erasure(by=bay)
    parties.personal.ask_erasure(by=bay)
    Erasure.objects.filter(withdrawn_at=None).update(began_at=clock.now())
    with pytest.raises(Conflict, match="begun"):
        parties.personal.withdraw_erasure(by=bay)


def test_an_erasure_asks_for_the_password_or_factor_again(bay: Actor) -> None:
    client = browser()
    session = client.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 1000} for record in session["account_authentication_methods"]
    ]
    session.save()
    answer = client.post(f"{DATA}erase/", {"sure": "1"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm/")
    assert parties.personal.erasure_of(bay.urn) is None


def test_the_last_administrator_is_not_erased(bay: Actor) -> None:
    row = person("chief", Grant("administrator", None))
    chief = Actor(row.urn, row.name_vi, (Grant("administrator", None),), is_staff=True)
    with pytest.raises(Refused, match="last administrator"):
        parties.personal.ask_erasure(by=chief)
    person("deputy", Grant("administrator", None))
    parties.personal.ask_erasure(by=chief)
    parties.set_active("deputy", False, by=chief)
    clock.move_to(clock.now() + timedelta(days=8))
    assert erasing.start_due() == 0, "it waits for another one"
    parties.set_active("deputy", True, by=chief)
    assert erasing.start_due() == 1


def test_an_erasure_that_is_cut_off_goes_on_and_erases_the_rest_once(
    bay: Actor, binh: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = reported(bay, binh)
    asked: list[str] = []

    def counted(holder: parties.personal.Holder) -> parties.personal.Holder:
        def erase(urn: str, by: str) -> parties.personal.Outcome:
            asked.append(holder.code)
            if holder.code == "notices" and asked.count("notices") == 1:
                raise OSError("the power is off")
            return holder.erase(urn, by)

        return parties.personal.Holder(holder.code, holder.name, holder.export, holder.outlook, erase)

    monkeypatch.setattr(register, "_held", {holder.code: counted(holder) for holder in register.all_of_them()})
    parties.personal.ask_erasure(by=bay)
    clock.move_to(clock.now() + timedelta(days=8))
    erasing.start_due()
    work()
    assert NAME in {text for where, text in every_text() if where == "parties.User.name"}, "the account comes last"
    assert erasing.start_due() == 1
    clock.move_to(clock.now() + timedelta(minutes=5))
    work()
    assert {code: asked.count(code) for code in set(asked)} == {
        holder.code: 2 if holder.code == "notices" else 1 for holder in register.all_of_them()
    }
    assert traces(NAME, EMAIL) == []
    assert cases.altered_acts(case.urn) == []
    assert len(ledger.entries(subject=bay.urn, kind="person.erased")) == 1
    assert erasing.start_due() == 0
