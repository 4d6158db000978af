from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.systems.account.tests.factories import SET_UP, SIGN_IN, person

pytestmark = pytest.mark.django_db

TAKE = "/account/demo/demo-operator/"


@pytest.fixture(autouse=True)
def _demonstration(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    for role in ("operator", "administrator"):
        parties.save_person(
            username=f"demo-{role}", name=f"Diễn {role}", email="", organisation=None, grants=[Grant(role, None)]
        )


def local(**more: str) -> Client:
    return Client(headers={"Host": "localhost:8000", **more}, REMOTE_ADDR="127.0.0.1")


def taken(client: Client) -> bool:
    answer = client.post(TAKE)
    assert answer.status_code in (302, 404)
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_browser_on_this_machine_takes_a_role_with_one_click(host: str, address: str) -> None:
    client = Client(headers={"Host": host}, REMOTE_ADDR=address)
    assert "/account/demo/demo-operator/" in client.get(SIGN_IN).content.decode()
    assert taken(client)
    assert client.get("/account/").status_code == 200


def test_the_role_counts_as_with_a_second_factor_and_says_what_it_is() -> None:
    client = local()
    client.post("/account/demo/demo-administrator/")
    assert client.get("/account/people/").status_code == 200
    assert "vai trò trình diễn" in client.get("/account/").content.decode()


def test_outside_the_demonstration_there_is_no_such_address(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    client = local()
    assert "demo-operator" not in client.get(SIGN_IN).content.decode()
    assert not taken(client)


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.5", "172.17.0.1", "::ffff:192.0.2.7", "2001:db8::1", ""])
def test_another_machine_is_not_offered_a_role(address: str) -> None:
    client = Client(headers={"Host": "localhost:8000"}, REMOTE_ADDR=address)
    assert "demo-operator" not in client.get(SIGN_IN).content.decode()
    assert not taken(client)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_a_request_through_a_proxy_on_this_machine_is_not_local(header: str) -> None:
    client = local(**{header: "127.0.0.1"})
    assert "demo-operator" not in client.get(SIGN_IN).content.decode()
    assert not taken(client)


def test_a_forged_forwarded_address_does_not_make_another_machine_local() -> None:
    client = Client(headers={"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}, REMOTE_ADDR="192.0.2.7")
    assert not taken(client)


@pytest.mark.parametrize("host", ["dinh.example.vn", "localhost.evil.example", "127.0.0.1.evil.example", "evil"])
def test_another_host_name_is_not_offered_a_role(host: str) -> None:
    client = Client(headers={"Host": host}, REMOTE_ADDR="127.0.0.1")
    assert "demo-operator" not in client.get(SIGN_IN).content.decode()
    assert not taken(client)


def test_a_role_is_taken_by_post_with_a_csrf_token_alone() -> None:
    client = local()
    assert client.get(TAKE).status_code == 405
    strict = Client(enforce_csrf_checks=True, headers={"Host": "localhost"}, REMOTE_ADDR="127.0.0.1")
    assert strict.post(TAKE).status_code == 403
    assert "_auth_user_id" not in strict.session


def test_only_people_of_the_demonstration_are_taken() -> None:
    person("an", Grant("administrator", None))
    person("demonstrator", Grant("administrator", None))
    client = local()
    for username in ("an", "demonstrator", "demo-nobody"):
        assert client.post(f"/account/demo/{username}/").status_code == 404
        assert "_auth_user_id" not in client.session


def test_a_closed_demonstration_account_is_not_taken() -> None:
    parties.set_active("demo-operator", False, by=SYSTEM)
    assert not taken(local())


def test_a_session_of_the_demonstration_ends_with_it(settings: pytest.FixtureRequest) -> None:
    client = local()
    assert taken(client)
    settings.DEMO = False  # type: ignore[attr-defined]
    answer = client.get("/account/keys/")
    assert answer["Location"].startswith(SIGN_IN)
    assert SET_UP not in answer["Location"]
    assert "_auth_user_id" not in client.session


def test_a_session_of_the_demonstration_is_worth_nothing_on_another_machine() -> None:
    client = local()
    assert taken(client)
    answer = client.get("/account/", REMOTE_ADDR="192.0.2.7")
    assert answer["Location"].startswith(SIGN_IN)


def test_a_role_of_the_demonstration_cannot_be_given_a_password_or_factor_that_outlives_it() -> None:
    client = local()
    assert taken(client)
    for path in ("/account/password/", "/account/second-factor/app/", "/account/second-factor/keys/add/"):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403
    assert not get_user_model().objects.get(username="demo-operator").has_usable_password()


def test_taking_a_role_is_in_the_ledger() -> None:
    taken(local())
    last = ledger.entries(subject="urn:dinh:person:demo-operator")[-1]
    assert (last.kind, last.data["methods"]) == ("person.signed_in", "demo")


def test_taking_another_role_begins_a_new_session() -> None:
    client = local()
    assert taken(client)
    before = client.session.session_key
    client.post("/account/demo/demo-administrator/")
    assert client.session.session_key != before
    assert client.session["dinh_demo_role"] == "demo-administrator"
