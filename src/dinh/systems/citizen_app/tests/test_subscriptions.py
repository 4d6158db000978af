"""Whoever hears of new reports finds, changes and ends what they subscribed to, and nobody finds another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.conf import LazySettings
from django.test import Client

from dinh.spine.notices import api as notices
from dinh.spine.notices import models as kept
from dinh.spine.parties.api import Actor
from dinh.spine.requests.models import Subscription
from dinh.systems.citizen_app.tests.world import NORTH, SOUTH, official, reported, signed_in, standing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ground(monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path, db: None) -> Iterator[None]:
    settings.OUTGOING = tmp_path / "outgoing"
    settings.NOTICE_CHANNELS = {"email": "file", "push": "", "sms": "", "zalo": ""}
    with standing(monkeypatch, settings, tmp_path):
        yield


@pytest.fixture
def binh() -> Actor:
    return official("binh", SOUTH)


def subscribed(client: Client, address: str, *, confirmed: bool = True, **choice: str) -> UUID:
    client.post("/app/subscriptions/", {"address": address, **choice})
    row = Subscription.objects.order_by("-since").first()
    assert row is not None
    if confirmed:
        client.post(f"/app/subscriptions/{row.pk}/")
    return row.pk


def test_by_the_link_of_any_letter_all_of_the_same_address_are_listed_changed_and_ended(client: Client) -> None:
    first = subscribed(client, "la@example.vn", unit=SOUTH, category="road_damage")
    second = subscribed(client, "la@example.vn", unit=NORTH)
    subscribed(client, "khac@example.vn", unit=NORTH, category="noise")
    for id in (first, second):
        lines = client.get(f"/app/subscriptions/{id}/all/").context["lines"]
        assert {line.row.id for line in lines} == {first, second}
    page = client.get(f"/app/subscriptions/{first}/all/")
    assert "l•••@example.vn" in page.content.decode()
    assert "la@example.vn" not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert f"/app/subscriptions/{second}/all/" in client.get(f"/app/subscriptions/{first}/stop/").content.decode()
    changed = client.post(f"/app/subscriptions/{first}/change/", {"unit": NORTH, "category": "street_light"})
    assert changed["Location"] == f"/app/subscriptions/{first}/all/"
    row = Subscription.objects.get(pk=first)
    assert (row.unit, row.category) == (NORTH, "street_light")
    assert client.post(f"/app/subscriptions/{first}/change/", {"category": "khong-co"}).status_code == 422
    client.post(f"/app/subscriptions/{first}/change/", {"unit": NORTH})
    assert not Subscription.objects.filter(pk=first).exists(), "the same was there already"
    client.post(f"/app/subscriptions/{second}/stop/")
    assert Subscription.objects.count() == 1


def test_a_link_that_nobody_confirmed_or_that_is_none_lists_nothing(client: Client) -> None:
    subscribed(client, "la@example.vn", unit=SOUTH)
    waiting = subscribed(client, "la@example.vn", confirmed=False, unit=NORTH)
    for id in (waiting, uuid4()):
        for path in ("all", "change"):
            answer = client.get(f"/app/subscriptions/{id}/{path}/")
            assert answer.status_code == 404
            assert "example.vn" not in answer.content.decode()


def test_an_account_sees_its_own_and_those_of_the_address_that_it_has_proven(binh: Actor, client: Client) -> None:
    assert client.get("/app/subscriptions/mine/").status_code == 302
    mine = signed_in("binh")
    mine.post("/app/subscriptions/", {"unit": SOUTH, "how": "account"})
    subscribed(client, "binh@example.vn", category="noise")
    subscribed(client, "la@example.vn", unit=NORTH)
    assert [line.row.way for line in mine.get("/app/subscriptions/mine/").context["lines"]] == ["account"]
    kept.Address.objects.create(person=binh.urn, kind="email", value="binh@example.vn", verified_at="2026-01-01T00:00Z")
    page = mine.get("/app/subscriptions/mine/")
    assert {line.row.way for line in page.context["lines"]} == {"account", "mail"}
    words = page.content.decode()
    for expected in ("Trong tài khoản", "b•••@example.vn", "Trần Đề", "đang nhận"):
        assert expected in words, expected
    assert "la@example.vn" not in words
    own = Subscription.objects.get(address=binh.urn)
    assert mine.get(f"/app/subscriptions/{own.pk}/all/")["Location"] == "/app/subscriptions/mine/"
    mine.post(f"/app/subscriptions/{own.pk}/change/", {"unit": NORTH})
    own.refresh_from_db()
    assert own.unit == NORTH


def test_a_letter_of_a_subscription_is_ended_by_one_post_without_a_session_that_can_do_nothing_else(
    client: Client, settings: LazySettings, tmp_path: Path
) -> None:
    id = subscribed(client, "la@example.vn", unit=SOUTH)
    reported("một")
    notices.dispatch_due()
    letters = [json.loads(path.read_text()) for path in (tmp_path / "outgoing/email").glob("*.json")]
    (letter,) = [one for one in letters if one["kind"] == "request.nearby"]
    assert letter["stop"] == f"{settings.PUBLIC_URL}/app/subscriptions/{id}/stop/"
    stranger = Client(enforce_csrf_checks=True)
    path = letter["stop"].removeprefix(settings.PUBLIC_URL)
    for _ in range(2):
        assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not Subscription.objects.exists(), "the second time begins nothing either"
