"""The bell, the list, the settings and the sending, as a browser sees them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from dinh.kernel import clock
from dinh.kernel.manifests import NoticeSpec, System, Text, registry
from dinh.spine.notices import api as notices
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, Grant
from dinh.web import limits

pytestmark = pytest.mark.django_db
Browse = Callable[..., Client]
ME = "urn:dinh:person:test-official"
KIND = NoticeSpec(
    "test.news",
    Text("Tin", "News"),
    Text("{what} vượt ngưỡng", "{what} too high"),
    Text("Xem ngay", "Look"),
    channels=("inbox", "email"),
)


@pytest.fixture(autouse=True)
def _surroundings(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every channel writes files; it is ten in the morning, when nothing is held."""
    noon = clock.now().replace(hour=3)
    monkeypatch.setattr(clock, "now", lambda: noon)
    settings.NOTICE_CHANNELS = dict.fromkeys(("email", "push", "sms", "zalo"), "file")
    settings.OUTGOING = tmp_path
    limits.forget()
    manifest = System(
        slug="test_inbox", name=Text("", ""), summary=Text("", ""), notices=(KIND,), links={"publication": "/p/{id}/"}
    )
    registry.add(manifest)
    yield
    registry._systems.pop("test_inbox")


@pytest.fixture
def an(client_of: Browse) -> Client:
    return client_of("official", language="en")


def tell(count: int = 1, *, to: str = ME, about: str | None = None, what: str = "Độ mặn") -> None:
    with transaction.atomic():
        for number in range(count):
            notices.notify("test.news", to=[to], key=f"{what}{number}", about=about, params={"what": what})


def actor(urn: str = ME) -> Actor:
    return Actor(urn, "An", (Grant("official", None),))


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_a_stranger_is_led_to_sign_in_and_sees_no_bell(client: Client) -> None:
    for path in ("", "1/", "preferences/", "sending/", "fragments/bell/"):
        answer = client.get(f"/notices/{path}")
        assert answer.status_code == 302
        assert "/account/sign-in/" in answer["Location"]
    assert "fragments/bell" not in client.get("/").content.decode()


def test_every_page_has_the_bell_and_asks_nothing_of_the_database_for_it(
    an: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert 'hx-get="/notices/fragments/bell/"' in page(an, "/notices/preferences/")
    tell(3)
    answer = an.get("/notices/fragments/bell/", headers={"HX-Request": "true"})
    assert "3 unread notices" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert an.get("/notices/fragments/bell/")["Location"] == "/notices/"
    with django_assert_num_queries(4):  # the session, the person, the roles, the count
        an.get("/notices/fragments/bell/", headers={"HX-Request": "true"})


def test_opening_a_notice_marks_it_read_and_leads_to_what_it_is_about(an: Client) -> None:
    tell(about="urn:dinh:publication:x1")
    tell(what="Gió")
    linked, plain = sorted((row for row in notices.inbox_of(actor()).rows), key=lambda row: row.about is None)
    assert an.get(f"/notices/{linked.id}/")["Location"] == registry.link_path("publication", "x1")
    assert notices.unread_count(ME) == 1
    assert "Gió vượt ngưỡng" in page(an, f"/notices/{plain.id}/")
    assert notices.unread_count(ME) == 0
    an.post(f"/notices/{plain.id}/mark/", {"read": "0"})
    assert notices.unread_count(ME) == 1


def test_nobody_opens_or_marks_the_notices_of_others(an: Client) -> None:
    parties.save_person(username="binh", name="Bình", email="b@example.vn", organisation=None, grants=[])
    tell(to="urn:dinh:person:binh")
    (row,) = notices.inbox_of(actor("urn:dinh:person:binh")).rows
    assert an.get(f"/notices/{row.id}/").status_code == 404
    assert an.post(f"/notices/{row.id}/mark/", {"read": "1"}).status_code == 404
    an.post("/notices/mark-all/")
    assert notices.unread_count("urn:dinh:person:binh") == 1
    assert "No notices yet" in page(an, "/notices/")


def test_the_list_is_filtered_searched_without_marks_and_marked_as_a_whole(
    an: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tell(2)
    tell(30, what="Mưa")
    assert "Độ mặn vượt ngưỡng" in page(an, "/notices/?q=do+man&kind=test.news&show=unread")
    assert "Mưa" not in page(an, "/notices/?q=do+man")
    assert "Nothing matches" in page(an, "/notices/?q=gio")
    page(an, "/notices/")
    with django_assert_max_num_queries(12):
        page(an, "/notices/")
    an.post("/notices/mark-all/", {"next": "/notices/?show=unread"})
    assert "Everything is read" in page(an, "/notices/?show=unread")
    assert an.post("/notices/mark-all/", {"next": "//evil.example/"})["Location"] == "/notices/"


def test_words_of_a_notice_are_escaped(an: Client) -> None:
    tell(what="<img src=x>")
    assert "<img src=x>" not in page(an, "/notices/")
    assert "&lt;img src=x&gt;" in page(an, "/notices/")


def test_what_is_wanted_is_chosen_a_kind_and_a_channel(an: Client) -> None:
    text = page(an, "/notices/preferences/")
    assert 'name="w|test.news|email"' in text
    answer = an.post("/notices/preferences/", {"w|test.news|email": "digest", "w|*|sms": "off", "next": "x"})
    assert answer.status_code == 302
    chosen = notices.preferences_of(actor())
    assert next(row for row in chosen.rows if row.kind == "test.news").wanted["email"] == "digest"
    assert chosen.every["sms"] == "off"
    assert an.post("/notices/preferences/", {"w|test.news|inbox": "digest"}).status_code == 422
    assert an.post("/notices/preferences/", {"w|none|inbox": "now"}).status_code == 422


def test_quiet_hours_and_the_hour_of_the_digest_are_saved_or_come_back_with_their_fault(an: Client) -> None:
    given = {"quiet_from": "21:30", "quiet_to": "05:45", "digest_at": "08:00"}
    assert an.post("/notices/preferences/times/", given).status_code == 302
    assert 'value="21:30"' in page(an, "/notices/preferences/")
    assert an.post("/notices/preferences/times/", given | {"quiet_to": "late"}).status_code == 422


def test_a_phone_number_is_used_once_its_code_came_back(an: Client, tmp_path: Path) -> None:
    an.post("/notices/preferences/phone/ask/", {"value": "0912 345 678"})
    assert notices.preferences_of(actor()).phone.value == ""
    notices.dispatch_due()
    (path,) = (tmp_path / "sms").glob("*.json")
    told = json.loads(path.read_text())
    assert told["to"] == "+84912345678"
    code = re.findall(r"\b\d{6}\b", told["text"])[0]
    assert "+84912345678" in page(an, "/notices/preferences/")
    wrong = "000000" if code != "000000" else "000001"
    assert (
        "not the code" in an.post("/notices/preferences/phone/confirm/", {"code": wrong}, follow=True).content.decode()
    )
    an.post("/notices/preferences/phone/confirm/", {"code": f"{code[:3]} {code[3:]}"})
    assert notices.preferences_of(actor()).phone.value == "+84912345678"
    an.post("/notices/preferences/phone/remove/")
    assert notices.preferences_of(actor()).phone.value == ""
    assert an.post("/notices/preferences/fax/ask/", {"value": "1"}).status_code == 404


def test_a_browser_is_added_only_at_a_known_push_service(an: Client) -> None:
    def add(endpoint: str) -> Any:
        given = {"endpoint": endpoint, "keys": {"p256dh": "B" * 87, "auth": "a" * 22}, "label": "Chrome · Linux"}
        return an.post("/notices/preferences/browsers/", json.dumps(given), content_type="application/json")

    for bad in ("https://10.0.0.1/x", "http://fcm.googleapis.com/x", "https://fcm.googleapis.com.evil.example/x"):
        assert add(bad).status_code == 422, bad
    for body in ("[]", "[" * 4_000 + "]" * 4_000):
        assert an.post("/notices/preferences/browsers/", body, content_type="application/json").status_code == 422
    assert add("https://fcm.googleapis.com/fcm/send/abc").status_code == 200
    (browser,) = notices.preferences_of(actor()).browsers
    assert browser.digest == hashlib.sha256(b"https://fcm.googleapis.com/fcm/send/abc").hexdigest()
    assert "Chrome · Linux" in page(an, "/notices/preferences/")
    an.post(f"/notices/preferences/browsers/{browser.id}/remove/")
    assert not notices.preferences_of(actor()).browsers


def test_a_test_message_goes_by_every_channel_that_reaches(an: Client, tmp_path: Path) -> None:
    said = an.post("/notices/preferences/test/", follow=True).content.decode()
    assert "by 2 channels" in said
    notices.dispatch_due()
    assert len(list((tmp_path / "email").glob("*.json"))) == 1
    assert notices.unread_count(ME) == 1


@pytest.fixture
def dead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three letters that a carrier refused for ever."""
    from dinh.spine.notices import drivers

    class Never:
        def send(self, message: drivers.Message) -> drivers.Sent:
            raise drivers.NotSent("rejected", "SMTP 550: no such mailbox", permanent=True)

        def describe(self) -> str:
            return ""

    parties.save_person(
        username="binh", name="Trần Bình", email="binh@example.vn", organisation=None, grants=[Grant("official", None)]
    )
    for number in range(2):
        tell(to="urn:dinh:person:binh", what=f"Kín {number}")
    tell(to="mailto:dan.cu@example.vn", what="Kín 3")
    with monkeypatch.context() as patched:
        patched.setattr(drivers, "driver", {"email": Never()}.get)
        notices.dispatch_due()


@pytest.mark.usefixtures("dead")
def test_an_administrator_sees_what_was_given_up_without_its_words_and_tries_it_again_or_lets_it_go(
    client_of: Browse, tmp_path: Path, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    from dinh.spine.ledger import api as ledger

    head = client_of("administrator", language="en")
    text = page(head, "/notices/sending/?channel=email&error=rejected&kind=test.news&days=1")
    assert text.count("T••• B•••") >= 2
    assert "no such mailbox" in text
    assert "Kín" not in text
    assert "dan.cu@" not in text
    with django_assert_max_num_queries(16):
        page(head, "/notices/sending/")
    numbers = re.findall(r'name="message" value="(\d+)"', text)
    assert len(numbers) == 3
    said = head.post("/notices/sending/act/", {"message": numbers[:1], "do": "discard", "reason": " "}, follow=True)
    assert "say why" in said.content.decode()
    head.post("/notices/sending/act/", {"message": numbers[:1], "do": "discard", "reason": "Đã gọi điện"})
    head.post("/notices/sending/act/", {"message": numbers[2:], "one": numbers[1]})
    assert notices.dispatch_due() == 1
    head.post("/notices/sending/act/", {"message": numbers[2:], "do": "retry"})
    assert notices.dispatch_due() == 1
    assert "No message was given up" in page(head, "/notices/sending/")
    leaves = [*ledger.entries(kind="notice.discarded"), *ledger.entries(kind="notice.retried")]
    assert [leaf.data["messages"] for leaf in leaves] == [1, 1, 1]
    assert "gọi điện" not in json.dumps([leaf.data for leaf in leaves], ensure_ascii=False)


@pytest.mark.usefixtures("dead")
def test_nobody_but_an_administrator_of_everywhere_sees_or_moves_what_was_given_up(
    an: Client, client_of: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = client_of("administrator", place="urn:dinh:unit:2025:31673")
    for client in (an, client_of("operator"), client_of("leader"), local):
        assert client.get("/notices/sending/").status_code == 403
        assert client.post("/notices/sending/act/", {"message": "1"}).status_code == 403
    assert "Sending" not in page(an, "/notices/")


def test_receipts_are_taken_from_whoever_can_sign_alone(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.NOTICE_CHANNELS = {"sms": "http://127.0.0.1:9/x"}
    body = json.dumps({"id": "x", "status": "delivered"})
    path = "/notices/receipts/sms/"
    assert client.post(path, body, content_type="application/json").status_code == 403
    assert client.get(path).status_code == 405
    assert client.post("/notices/receipts/fax/", body, content_type="application/json").status_code == 404
    from dinh.spine.notices.drivers.signing import signature

    moment = str(int(clock.now().timestamp()))
    signed = {"X-Dinh-Timestamp": moment, "X-Dinh-Signature": signature(settings.RECEIPTS_KEY, moment, body.encode())}
    answer = client.post(path, body, content_type="application/json", headers=signed)
    assert (answer.status_code, answer.json()) == (200, {"noted": 0})
    changed = client.post(path, body + " ", content_type="application/json", headers=signed)
    assert changed.status_code == 403
    assert client.post(path, "x" * 300_000, content_type="application/json").status_code == 413
