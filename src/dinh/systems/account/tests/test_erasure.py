"""An erasure leaves no trace in any table and every proof valid; it can be withdrawn, and is done once whatever happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, NotFound, Refused
from dinh.spine.cases import api as cases
from dinh.spine.files import api as files
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.spine.parties.models import Erasure
from dinh.spine.parties.personal import erasing, register
from dinh.systems.account.tests.citizens import (
    DATA,
    EMAIL,
    NAME,
    PHONE,
    WORDS,
    browser,
    every_text,
    reported,
    traces,
    work,
)
from dinh.systems.account.tests.factories import give_password, person

pytestmark = pytest.mark.django_db


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


def test_papers_of_a_case_are_its_requesters_whoever_gave_them(bay: Actor, binh: Actor) -> None:
    case = reported(bay, binh)
    scan = cases.attach(case.urn, content=b"Gi\xe1\xba\xa5y khai sinh", name="ban-quet.txt", by=binh)
    assert {file.name for file in register.personal_files(bay.urn)} == {"don-cua-co-bay.txt", "ban-quet.txt"}
    assert register.personal_files(binh.urn) == []
    assert [file.urn for file in register.files_of_work(binh.urn)] == [scan.urn]
    files.give_out(scan.urn, by=binh.urn)
    assert [row.fields for row in parties.personal.readings_of(bay)] == [("file",)]
    parties.personal.ask_erasure(by=binh)
    clock.move_to(clock.now() + timedelta(days=8))
    erasing.start_due()
    work()
    assert files.file(scan.urn).state == "kept"
    parties.personal.ask_erasure(by=bay)
    clock.move_to(clock.now() + timedelta(days=8))
    erasing.start_due()
    work()
    assert files.file(scan.urn).state == "erased"
    assert cases.altered_acts(case.urn) == []
    assert traces("ban-quet") == []


def test_an_erasure_that_somebody_stopped_is_taken_up_again(bay: Actor) -> None:
    parties.personal.ask_erasure(by=bay)
    clock.move_to(clock.now() + timedelta(days=8))
    erasing.start_due()
    (task,) = jobs.tasks(kind=erasing.TASK)
    jobs.cancel(task.id, by="urn:dinh:person:somebody")
    work()
    assert parties.personal.erasure_of(bay.urn) is not None
    erasing.start_due()
    work()
    assert traces(NAME, EMAIL) == []


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
