from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from dinh.kernel.errors import Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.systems.account.tests.factories import CHECK, code, give_password, member_of_staff, person
from dinh.web.requests import actor, permission

pytestmark = pytest.mark.django_db


def make(client: Client, **more: str) -> str:
    answer = client.post("/account/keys/", {"label": "Trạm", "scopes": "cases.view", "lifetime": "30", **more})
    assert answer.status_code == 201, answer.content.decode()
    found = re.search(r'id="new-key">([^<]+)<', answer.content.decode())
    assert found
    assert answer["Cache-Control"].count("no-store")
    return found.group(1)


def test_a_key_is_shown_once_and_works_until_it_is_revoked() -> None:
    client = member_of_staff("an", "operator")
    secret = make(client)
    assert secret not in client.get("/account/keys/").content.decode()
    row = parties.key_of(secret)
    assert row is not None
    assert row.expires_at is not None
    client.post(f"/account/keys/{row.id}/revoke/")
    assert parties.key_of(secret) is None


def test_nobody_gives_a_key_more_than_they_may_themselves() -> None:
    client = member_of_staff("an", "operator")
    for scope in ("parties.manage", "places.manage", "*"):
        answer = client.post("/account/keys/", {"label": "x", "scopes": scope, "lifetime": ""})
        assert answer.status_code == 422
    assert parties.keys() == ()


def test_nobody_makes_a_key_in_the_name_of_another() -> None:
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office")
    client = member_of_staff("an", "operator")
    client.post(
        "/account/keys/",
        {"label": "x", "scopes": "cases.view", "lifetime": "", "owner": "urn:dinh:organisation:so"},
    )
    every = parties.keys()
    assert {key.owner for key in every} <= {"urn:dinh:person:an"}


def test_an_administrator_makes_keys_for_organisations() -> None:
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office")
    client = member_of_staff("an", "administrator")
    secret = make(client, owner="urn:dinh:organisation:so", scopes="observations.record", sources="a, b")
    row = parties.key_of(secret)
    assert row is not None
    assert (row.owner, row.sources) == ("urn:dinh:organisation:so", frozenset({"a", "b"}))


def test_nobody_revokes_or_sees_the_key_of_another() -> None:
    person("binh", Grant("operator", None))
    row, _ = parties.issue_key(label="Khoá của Bình", owner="urn:dinh:person:binh", scopes=["cases.view"], by=SYSTEM)
    client = member_of_staff("an", "operator")
    assert client.post(f"/account/keys/{row.id}/revoke/").status_code == 404
    assert "Khoá của Bình" not in client.get("/account/keys/?all=1").content.decode()
    assert parties.keys()[0].revoked_at is None


def test_making_keys_is_limited() -> None:
    client = member_of_staff("an", "operator")
    statuses = [client.post("/account/keys/", {"label": "x"}, REMOTE_ADDR="192.0.2.99").status_code for _ in range(12)]
    assert statuses.count(422) == 10
    assert statuses[-1] == 429


@permission("cases.act", place_from="place")
def _act(request: HttpRequest, /, place: str) -> HttpResponse:
    return HttpResponse(actor(request).urn)


urlpatterns = [path("api/act/<str:place>/", _act), path("", include("dinh.project.urls"))]


@override_settings(ROOT_URLCONF=__name__)
def test_a_key_acts_within_its_scopes_without_cookies_and_an_unknown_one_is_refused() -> None:
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office")
    acting, watching = (
        parties.issue_key(label="x", owner="urn:dinh:organisation:so", scopes=[scope], by=SYSTEM)[1]
        for scope in ("cases.act", "cases.view")
    )

    def status(secret: str) -> int:
        strict = Client(enforce_csrf_checks=False, headers={"Authorization": f"Bearer {secret}"})
        return strict.post("/api/act/p/").status_code

    assert status(acting) == 200
    assert status(watching) == 403
    assert status("dinh_unknown") == 403
    assert Client().post("/api/act/p/").status_code == 302


def test_a_key_of_a_header_counts_also_beside_a_session() -> None:
    """The key's bounds hold, not the wider ones of whoever is signed in."""
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office")
    client = member_of_staff("an", "administrator")
    _, secret = parties.issue_key(label="x", owner="urn:dinh:organisation:so", scopes=["cases.view"], by=SYSTEM)
    assert client.get("/account/people/").status_code == 200
    assert client.get("/account/people/", headers={"Authorization": f"Bearer {secret}"}).status_code == 403


def test_sessions_are_listed_and_ended() -> None:
    first = member_of_staff("an")
    second = Client(headers={"User-Agent": "Mozilla/5.0 (Android 14) Firefox/140.0"})
    give_password(second, "an")
    second.post(CHECK, {"code": code(1)})
    page = first.get("/account/").content.decode()
    assert "Firefox, Android" in page
    first.post("/account/sessions/end/")
    assert second.get("/account/").status_code == 302
    assert first.get("/account/").status_code == 200


def test_nobody_ends_the_session_of_another() -> None:
    from allauth.usersessions.models import UserSession

    victim = member_of_staff("binh")
    row = UserSession.objects.get()
    thief = member_of_staff("an")
    assert thief.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert victim.get("/account/").status_code == 200


def test_an_actor_is_refused_when_a_session_writes_past_djangos_csrf_check() -> None:
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    person("an", Grant("operator", None))
    request = RequestFactory().post("/api/v1/cases/")
    request.session = SessionStore()
    request.user = get_user_model().objects.get()
    with pytest.raises(Refused) as caught:
        actor(request)
    assert caught.value.code == "request.forged"
