from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client

from dinh.kernel.errors import Refused
from dinh.spine.ledger import api as ledger
from dinh.spine.notices.models import Delivery
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PERSON, Actor, Grant
from dinh.systems.account import checks, codes, joining
from dinh.systems.account.models import Contact
from dinh.systems.account.tests import citizens
from dinh.systems.account.tests.factories import CHECK, PASSWORD, SIGN_IN, give_password, person, with_phone
from dinh.systems.account.tests.test_sign_in import who
from dinh.web import limits

pytestmark = pytest.mark.django_db

BEGIN, CODE, NAME = "/account/join/", "/account/join/code/", "/account/join/name/"
MAIL, PHONE = "suong@hopthu.example", "0912 345 678"


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.REGISTRATION = True
    settings.NOTICE_CHANNELS = {"email": "file", "sms": "file", "push": "", "zalo": ""}


def browser() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def sent() -> str:
    row = Delivery.objects.order_by("-pk")[0]
    found = re.search(r"\d{4} \d{4}", row.title)
    assert found, row.title
    return found.group()


def prove(client: Client, address: str = MAIL, **more: str) -> Any:
    answer = client.post(BEGIN, {"address": address, **more})
    assert (answer.status_code, answer["Location"]) == (302, CODE), answer.content.decode()
    return client.post(CODE, {"code": sent()})


def register(client: Client, address: str = MAIL, password: str = "", **more: str) -> Any:
    assert prove(client, address, **more)["Location"] == NAME
    return client.post(NAME, {"name": "Lâm Thị Sương", "language": "vi", "password": password})


@pytest.mark.parametrize("address", [MAIL, PHONE])
def test_anybody_makes_an_account_by_a_code_and_comes_back_by_one(address: str) -> None:
    first = browser()
    assert register(first, address, next="/")["Location"] == "/"
    username = who(first)
    row = parties.person(username)
    assert (row.name, row.grants, row.organisation, row.language) == ("Lâm Thị Sương", (), None, "vi")
    assert first.get("/account/").status_code == 200, "no second factor is forced"
    again = browser()
    assert prove(again, address, next="/account/keys/")["Location"] == "/account/keys/"
    assert who(again) == username


def test_a_password_chosen_when_registering_signs_in_by_address_and_by_name() -> None:
    client = browser()
    register(client, PHONE, PASSWORD)
    username = who(client)
    for typed in (PHONE, "+84912345678", "0912345678", username):
        other = browser()
        give_password(other, typed)
        assert who(other) == username, typed
    other = browser()
    give_password(other, "0912345679")
    assert who(other) == ""


def test_the_user_name_tells_nothing_and_the_ledger_has_no_address() -> None:
    client = browser()
    register(client)
    username = who(client)
    assert re.fullmatch(r"cd-[a-z0-9]{10}", username)
    told = str([entry.data for entry in ledger.entries(subject=PERSON + username)])
    assert not any(word in told for word in ("Sương", "suong@", "hopthu"))
    assert "suong@" not in str(list(Contact.objects.values()))


def test_until_the_code_is_there_a_known_and_an_unknown_address_are_treated_alike() -> None:
    register(browser())
    pages = []
    for address in (MAIL, "nobody@hopthu.example"):
        client = browser()
        answer = client.post(BEGIN, {"address": address})
        page = re.sub(r'csrfmiddlewaretoken" value="\w+|nonce="[^"]+|[sn]•••@', "", client.get(CODE).content.decode())
        wrong = client.post(CODE, {"code": "0000 0000"})
        pages.append((answer.status_code, answer["Location"], page, wrong.status_code, len(Delivery.objects.all()) > 0))
    assert pages[0] == pages[1]
    titles = {re.sub(r"\d", "0", row.title) + row.recipient[:6] for row in Delivery.objects.all()}
    assert len(titles) == 1


def test_a_code_is_worth_nothing_in_another_browser_and_only_once() -> None:
    client, thief = browser(), browser()
    client.post(BEGIN, {"address": MAIL})
    code = sent()
    assert thief.post(CODE, {"code": code})["Location"] == BEGIN
    thief.post(BEGIN, {"address": "thief@hopthu.example"})
    assert thief.post(CODE, {"code": code}).status_code == 422
    assert client.post(CODE, {"code": code})["Location"] == NAME
    assert client.post(CODE, {"code": code})["Location"] == BEGIN


def test_guessing_a_code_ends_after_five(settings: Any) -> None:
    client = browser()
    client.post(BEGIN, {"address": MAIL})
    code = sent()
    answers = [client.post(CODE, {"code": "12345678"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [302]
    assert client.post(CODE, {"code": code})["Location"] == BEGIN
    assert not Contact.objects.exists()


def test_a_code_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser()
    client.post(BEGIN, {"address": MAIL})
    code, later = sent(), time.time() + codes.LASTS_S + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.post(CODE, {"code": code})["Location"] == BEGIN


def test_nobody_is_rung_all_night_and_one_address_makes_no_crowd() -> None:
    for _ in range(codes.to_one_address.burst):
        assert browser().post(BEGIN, {"address": PHONE}).status_code == 302
    refused = browser().post(BEGIN, {"address": "+84912345678"})
    assert refused.status_code == 422
    assert "wait ten minutes" in refused.content.decode()
    statuses = {browser().post(BEGIN, {"address": f"a{n}@hopthu.example"}).status_code for n in range(30)}
    assert 429 in statuses
    limits.forget()


@pytest.mark.parametrize("typed", ["suong", "@", "12", "a@b", "+84 1", "urn:dinh:person:an"])
def test_what_is_no_address_is_refused_with_a_remedy(typed: str) -> None:
    answer = browser().post(BEGIN, {"address": typed})
    assert answer.status_code == 422
    assert "name@example.vn" in answer.content.decode()


def test_a_weak_password_is_refused_and_makes_no_account() -> None:
    client = browser()
    prove(client)
    answer = client.post(NAME, {"name": "Sương", "language": "vi", "password": "123456"})
    assert answer.status_code == 422
    assert "12" in answer.content.decode()
    assert not Contact.objects.exists()
    assert client.post(NAME, {"name": "Sương", "language": "en", "password": PASSWORD}).status_code == 302


def test_a_name_without_a_proved_address_makes_no_account() -> None:
    client = browser()
    assert client.post(NAME, {"name": "Sương", "language": "vi"})["Location"] == BEGIN
    assert who(client) == ""


def test_where_registration_is_closed_or_no_message_goes_out_the_pages_are_not_there(settings: Any) -> None:
    client = browser()
    prove(client)
    settings.REGISTRATION = False
    for path in (BEGIN, CODE, NAME):
        assert client.post(path, {"name": "Sương", "language": "vi"}).status_code == 404
    settings.REGISTRATION = True
    settings.NOTICE_CHANNELS = {"email": "", "sms": "", "push": "", "zalo": ""}
    assert browser().get(BEGIN).status_code == 404
    assert "with a code" not in browser().get(SIGN_IN).content.decode()


def test_a_code_is_no_second_factor_and_opens_no_closed_account() -> None:
    person("an", Grant("leader", None))
    joining.add_contact("an", codes.Address("email", MAIL))
    with_phone("an")
    client = browser()
    assert prove(client)["Location"] == CHECK
    assert who(client) == ""
    register(citizen := browser(), PHONE)
    username = who(citizen)
    parties.set_active(username, False, by=parties.SYSTEM)
    again = browser()
    assert prove(again, PHONE)["Location"] == "/account/closed/"
    assert who(again) == ""


def test_an_address_is_added_by_its_own_code_and_is_not_taken_from_another_account() -> None:
    register(browser(), PHONE)
    person("an")
    client = browser()
    give_password(client, "an")
    for address, added in ((PHONE, 0), (MAIL, 1)):
        assert client.post("/account/contacts/add/", {"address": address}).status_code == 302
        client.post("/account/contacts/add/code/", {"code": sent()})
        assert len(joining.contacts("an")) == added, address
    assert prove(again := browser())["Location"] == "/"
    assert who(again) == "an"
    number = joining.contacts("an")[0][0]
    stranger = browser()
    register(stranger, "khac@hopthu.example")
    stranger.post(f"/account/contacts/{number}/remove/")
    assert joining.contacts("an")
    client.post(f"/account/contacts/{number}/remove/")
    assert not joining.contacts("an")


def test_whoever_signs_in_by_code_confirms_by_code_and_keeps_a_way_in() -> None:
    client = browser()
    register(client)
    username = who(client)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 3600
    session.save()
    wanted = "/account/password/first/"
    assert client.get(wanted)["Location"].startswith("/account/confirm/message/?next=")
    for address, opened in (("khac@hopthu.example", False), (MAIL, True)):
        client.post("/account/confirm/message/", {"address": address, "next": wanted})
        client.post("/account/confirm/message/code/", {"code": sent()})
        assert (client.get(wanted).status_code == 200) is opened, address
    (number, _kind, _shown) = joining.contacts(username)[0]
    client.post(f"/account/contacts/{number}/remove/")
    assert joining.contacts(username), "the only way in stays"
    client.post(wanted, {"password": PASSWORD, "again": PASSWORD})
    again = browser()
    give_password(again, MAIL)
    assert who(again) == username


def test_a_passkey_that_is_the_only_way_in_is_kept_until_there_is_another() -> None:
    client = browser()
    register(client)
    user = get_user_model().objects.get()
    alone = {"name": "Điện thoại", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    passkey = Authenticator.objects.create(user=user, type="webauthn", data=alone)
    client.post(f"/account/contacts/{joining.contacts(user.username)[0][0]}/remove/")
    assert joining.ways_in(user.username) == 1
    for ask in (client.get, client.post):
        answer = ask(f"/account/second-factor/keys/{passkey.pk}/remove/", follow=True)
        assert (
            "this is the only way into your account; set a password or add another way first" in answer.content.decode()
        )
    assert Authenticator.objects.filter(pk=passkey.pk).exists()
    joining.add_contact(user.username, codes.Address("email", MAIL))
    client.post(f"/account/second-factor/keys/{passkey.pk}/remove/")
    assert not Authenticator.objects.filter(pk=passkey.pk).exists()


def test_a_citizens_data_is_copied_and_erased_and_the_address_is_free_again() -> None:
    client = browser()
    register(client, MAIL, PASSWORD)
    username = who(client)
    actor = Actor(PERSON + username, "Lâm Thị Sương")
    assert client.get("/account/data/").status_code == 200
    assert client.post("/account/data/copies/").status_code == 302
    assert client.post("/account/data/erase/", {"sure": "1"}).status_code == 302
    for holder in parties.personal.holders():
        holder.erase(actor.urn, actor.urn)
    assert citizens.traces("suong@hopthu", "Lâm Thị Sương") == []
    assert not Contact.objects.exists()
    again = browser()
    register(again)
    assert who(again) != username


def test_an_open_registration_through_which_nobody_gets_is_found_by_the_check(settings: Any) -> None:
    settings.VNEID = {}
    assert list(checks.findings()) == []
    settings.NOTICE_CHANNELS = {"email": "", "sms": "", "push": "", "zalo": ""}
    (finding,) = checks.findings()
    assert not finding.ok
    assert "DINH_EMAIL" in finding.remedy


def test_closing_the_registration_shuts_nobody_out_and_lets_nobody_in(settings: Any) -> None:
    register(browser())
    settings.REGISTRATION = False
    again, stranger = browser(), browser()
    assert prove(again)["Location"] == "/"
    assert who(again)
    assert prove(stranger, PHONE)["Location"] == BEGIN
    assert stranger.post(NAME, {"name": "Lạ", "language": "vi"})["Location"] == BEGIN
    assert who(stranger) == ""


@pytest.mark.django_db(transaction=True)
def test_two_ways_in_that_are_taken_away_at_one_moment_leave_one(monkeypatch: pytest.MonkeyPatch) -> None:
    username = joining.join(codes.Address("email", MAIL), name="Lâm Thị Sương", language="vi")
    joining.add_contact(username, codes.Address("phone", "+84912345678"))
    counted = joining.ways_in

    def slowly(username: str) -> int:
        ways = counted(username)
        time.sleep(0.2)
        return ways

    def remove(number: int) -> str:
        try:
            joining.remove_contact(username, number)
        except Refused as error:
            return error.code
        finally:
            connections.close_all()
        return ""

    monkeypatch.setattr(joining, "ways_in", slowly)
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(remove, [number for number, _, _ in joining.contacts(username)]))
    assert sorted(told) == ["", "account.last_way_in"]
    assert len(joining.contacts(username)) == 1
