from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from dinh.kernel.errors import Refused
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE, SYSTEM, Grant
from dinh.web.requests import SEEN_AT, SIGNED_IN_AT, actor_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """A session with both factors."""
    parties.save_person(username="an", name="An", email="", organisation=None, grants=[Grant("operator", None)])
    user = get_user_model().objects.get(username="an")
    made = Client()
    made.force_login(user)
    session = made.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return made


def scope(client: Client | None = None, method: str = "GET", **headers: str) -> dict[str, Any]:
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    if client is not None:
        sent.append((b"cookie", f"a=b; {settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()))
    return {"type": "http", "method": method, "path": "/live", "headers": sent}


def test_before_django_a_session_counts_for_reading_with_its_roles(client: Client) -> None:
    found = actor_in(scope(client))
    assert found.urn == "urn:dinh:person:an"
    assert parties.may(found, "observations.acknowledge")


def test_before_django_a_session_never_writes(client: Client) -> None:
    assert actor_in(scope(client, "POST")) == ANYONE


def test_before_django_a_session_without_a_second_factor_has_no_staff_role(client: Client) -> None:
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    found = actor_in(scope(client))
    assert not found.is_staff
    assert not parties.may(found, "cases.view")


def test_factors_passed_by_somebody_else_in_the_session_do_not_count(client: Client) -> None:
    session = client.session
    session["account_authentication_methods_user"] = "999999"
    session.save()
    assert not actor_in(scope(client)).is_staff


@pytest.mark.parametrize(
    ("began_ago_s", "seen_ago_s"),
    [(settings.SESSION_ABSOLUTE_S + 5, 1), (settings.SESSION_IDLE_S + 60, settings.SESSION_IDLE_S + 5)],
)
def test_before_django_an_ended_session_is_nobodys(client: Client, began_ago_s: int, seen_ago_s: int) -> None:
    session = client.session
    session[SIGNED_IN_AT], session[SEEN_AT] = time.time() - began_ago_s, time.time() - seen_ago_s
    session.save()
    assert actor_in(scope(client)) == ANYONE


def test_a_session_of_the_demonstration_is_nobodys_outside_it(client: Client, settings: Any) -> None:
    session = client.session
    session["dinh_demo_role"] = "an"
    session.save()
    settings.DEMO = True
    assert actor_in(scope(client)).is_staff
    settings.DEMO = False
    assert actor_in(scope(client)) == ANYONE


@pytest.mark.parametrize("cookie", ["", "dinh_session=made-up", "dinh_session=", ";;;=", 'dinh_session="x'])
def test_a_made_up_cookie_is_nobodys(cookie: str) -> None:
    assert actor_in(scope(cookie=cookie)) == ANYONE


def test_before_django_a_key_reads_and_writes_and_an_unknown_one_is_refused() -> None:
    parties.save_organisation(id="so", name_vi="Sở", name_en="Office")
    _, secret = parties.issue_key(
        label="x", owner="urn:dinh:organisation:so", scopes=["observations.record"], by=SYSTEM
    )
    found = actor_in(scope(None, "POST", authorization=f"Bearer {secret}"))
    assert parties.may(found, "observations.record")
    with pytest.raises(Refused) as caught:
        actor_in(scope(None, "POST", authorization="Bearer dinh_unknown"))
    assert caught.value.code == "parties.key_not_in_force"
    assert actor_in(scope(None, "GET", authorization="Basic YTpi")) == ANYONE
