from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from dinh.spine.ledger import api as ledger
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import SYSTEM, Grant
from dinh.systems.account.tests.factories import (
    CHECK,
    PASSWORD,
    SECRET,
    SET_UP,
    SIGN_IN,
    code,
    give_password,
    member_of_staff,
    person,
    signed_in,
    with_phone,
)

pytestmark = pytest.mark.django_db


def who(client: Client) -> str:
    """The user name of whoever is signed in, '' for nobody."""
    pk = client.session.get("_auth_user_id")
    return get_user_model().objects.get(pk=pk).username if pk else ""


def test_password_and_code_sign_in() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    client = Client()
    answer = give_password(client, "an")
    assert answer["Location"] == CHECK
    assert who(client) == ""
    assert client.post(CHECK, {"code": code()}).status_code == 302
    assert who(client) == "an"
    assert client.get("/account/").status_code == 200


def test_a_password_alone_does_not_sign_in_where_a_second_factor_is_set_up() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    client = Client()
    give_password(client, "an")
    for path in ("/account/", SET_UP, "/account/keys/", "/account/second-factor/app/"):
        client.get(path)
        assert who(client) == ""


def test_a_code_works_once() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    used = code()
    first = Client()
    give_password(first, "an")
    assert first.post(CHECK, {"code": used}).status_code == 302
    second = Client()
    give_password(second, "an")
    assert second.post(CHECK, {"code": used}).status_code == 200
    assert who(second) == ""


def test_a_used_code_stays_used_as_long_as_a_clock_that_is_slow_may_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    person("an", Grant("official", None))
    with_phone("an")
    moment = time.time() // 30 * 30 - 30
    used = code(-1)
    for later_s, enters in ((0, True), (31, False), (59, False)):
        monkeypatch.setattr(time, "time", lambda at=moment + later_s: at)
        client = Client()
        give_password(client, "an")
        client.post(CHECK, {"code": used})
        assert bool(who(client)) is enters, later_s


def test_a_wrong_code_does_not_sign_in_and_guessing_is_stopped() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    client = Client()
    give_password(client, "an")
    for _ in range(6):
        answer = client.post(CHECK, {"code": "000000"})
    assert answer.status_code == 200
    assert "Sai quá nhiều lần" in answer.content.decode()
    assert client.post(CHECK, {"code": code()}).status_code == 200
    assert who(client) == ""


def test_a_recovery_code_works_once_and_is_noted() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first = Client()
    give_password(first, "an")
    assert first.post(CHECK, {"code": spare}).status_code == 302
    second = Client()
    give_password(second, "an")
    assert second.post(CHECK, {"code": spare}).status_code == 200
    assert who(second) == ""
    kinds = [entry.kind for entry in ledger.entries(subject="urn:dinh:person:an")]
    assert "person.recovery_code_used" in kinds
    assert kinds[-1] == "person.signed_in"


def test_secrets_of_second_factors_are_not_readable_in_the_registers() -> None:
    person("an")
    with_phone("an")
    stored = str([row.data for row in Authenticator.objects.all()])
    assert SECRET not in stored
    wrapped = Authenticator.objects.get(type="recovery_codes").wrap()
    assert wrapped.get_unused_codes()[0] not in stored


def answer_to(username: str, password: str) -> str:
    body = give_password(Client(), username, password).content.decode()
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    return body.replace(f'value="{username}"', "?")


def test_the_answer_does_not_tell_whether_a_user_name_exists() -> None:
    person("an")
    person("binh")
    parties.set_active("binh", False, by=SYSTEM)
    parties.save_person(username="chi", name="Chi", email="", organisation=None, grants=[])
    answers = {answer_to(name, "một mật khẩu sai hẳn") for name in ("an", "binh", "chi", "nobody")}
    assert len(answers) == 1
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answers.pop()


def test_an_unknown_user_name_costs_as_much_time_as_a_known_one(settings: pytest.FixtureRequest) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # type: ignore[attr-defined]
    person("an")

    def seconds(username: str) -> float:
        began = time.process_time()
        give_password(Client(), username, "một mật khẩu sai hẳn")
        return time.process_time() - began

    seconds("warm-up")
    known, unknown = min(seconds("an"), seconds("an")), min(seconds("nobody"), seconds("nobody2"))
    assert 0.5 < unknown / known < 2


def test_guessing_a_password_is_stopped_in_plain_words_and_the_right_one_too() -> None:
    person("an")
    for _ in range(6):
        answer = give_password(Client(), "an", "một mật khẩu sai hẳn")
    assert "Hãy đợi năm phút" in answer.content.decode()
    client = Client()
    give_password(client, "an", PASSWORD)
    assert who(client) == ""


def test_a_forged_forwarded_header_does_not_escape_the_limit_of_an_address() -> None:
    for number in range(31):
        answer = Client(headers={"X-Forwarded-For": f"203.0.113.{number}"}).post(
            SIGN_IN, {"login": f"p{number}", "password": "x"}
        )
    assert answer.status_code == 429


def test_a_closed_account_cannot_sign_in() -> None:
    person("an")
    parties.set_active("an", False, by=SYSTEM)
    client = Client()
    give_password(client, "an")
    assert who(client) == ""


def test_closing_an_account_ends_its_sessions() -> None:
    client = member_of_staff("an")
    parties.set_active("an", False, by=SYSTEM)
    assert client.get("/account/").status_code == 302
    assert client.get("/account/")["Location"].startswith(SIGN_IN)


def test_nobody_signs_up() -> None:
    for path in ("/account/signup/", "/account/sign-up/", "/account/password/reset/", "/account/email/"):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)"],
)
def test_signing_in_leads_to_no_other_host(target: str) -> None:
    person("an")
    client = Client()
    assert target not in client.get(SIGN_IN, {"next": target}).content.decode()
    answer = give_password(client, "an", next=target)
    assert answer.status_code == 302
    assert answer["Location"] == settings.LOGIN_REDIRECT_URL


def test_signing_in_leads_to_the_page_that_was_asked_for() -> None:
    person("an")
    assert give_password(Client(), "an", next="/account/keys/")["Location"] == "/account/keys/"


def test_a_session_known_before_signing_in_is_worth_nothing_afterwards() -> None:
    person("an", Grant("official", None))
    with_phone("an")
    client = Client()
    give_password(client, "an")
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post(CHECK, {"code": code()})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/account/")["Location"].startswith(SIGN_IN)


def test_cookies_are_kept_from_scripts_and_other_sites_and_are_secure_over_tls() -> None:
    person("an")
    client = Client()
    client.get(SIGN_IN, secure=True)
    client.post(SIGN_IN, {"login": "an", "password": PASSWORD}, secure=True)
    session, csrf = client.cookies[settings.SESSION_COOKIE_NAME], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == csrf["samesite"] == "Lax"
    assert session["secure"]
    assert csrf["secure"]


def test_over_tls_browsers_are_told_to_stay_there_but_not_on_localhost(settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["dinh.example.vn", "localhost"]  # type: ignore[attr-defined]
    client = Client()
    assert "Strict-Transport-Security" in client.get(SIGN_IN, secure=True, headers={"Host": "dinh.example.vn"})
    assert "Strict-Transport-Security" not in client.get(SIGN_IN, headers={"Host": "dinh.example.vn"})
    assert "Strict-Transport-Security" not in client.get(SIGN_IN, secure=True, headers={"Host": "localhost:8443"})


def test_signing_in_and_out_needs_a_csrf_token() -> None:
    person("an")
    client = Client(enforce_csrf_checks=True)
    assert give_password(client, "an").status_code == 403
    assert client.post("/account/sign-out/").status_code == 403


def test_signing_out_needs_a_post() -> None:
    client = member_of_staff("an")
    client.get("/account/sign-out/")
    assert who(client) == "an"
    client.post("/account/sign-out/")
    assert who(client) == ""


def test_a_session_left_alone_ends_and_so_does_an_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    person("an")
    for idle_s, steps in ((settings.SESSION_IDLE_S + 1, 1), (settings.SESSION_IDLE_S - 60, 8)):
        client = Client()
        give_password(client, "an")
        assert client.get("/account/").status_code == 200
        moment = time.time()
        for step in range(1, steps + 1):
            monkeypatch.setattr(time, "time", lambda at=moment + step * idle_s: at)
            answer = client.get("/account/")
        monkeypatch.undo()
        assert answer.status_code == 302
        assert who(client) == ""


def test_a_used_session_lasts_beyond_the_idle_time(monkeypatch: pytest.MonkeyPatch) -> None:
    person("an")
    client = Client()
    give_password(client, "an")
    client.get("/account/")
    moment = time.time()
    for step in range(1, 4):
        monkeypatch.setattr(time, "time", lambda at=moment + step * 3600: at)
        assert client.get("/account/").status_code == 200


def test_changing_the_password_ends_every_session() -> None:
    first = member_of_staff("an")
    Authenticator.objects.get(type="totp")
    second = Client()
    give_password(second, "an")
    second.post(CHECK, {"code": code(1)})
    assert who(second) == "an"
    new = "năm từ khác hẳn không quen"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert second.post("/account/password/", form).status_code == 302
    assert first.get("/account/")["Location"].startswith(SIGN_IN)
    assert "person.password_changed" in [e.kind for e in ledger.entries(subject="urn:dinh:person:an")]


def test_staff_cannot_remove_their_last_second_factor() -> None:
    client = member_of_staff("an")
    client.post("/account/second-factor/app/remove/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_removing_the_last_factor_of_a_person_without_a_role_takes_it_from_the_session_too() -> None:
    person("an")
    with_phone("an")
    client = signed_in("an")
    client.post("/account/second-factor/app/remove/")
    assert not Authenticator.objects.exists()
    parties.set_grants("an", [Grant("leader", None)], by=SYSTEM)
    assert client.get("/account/keys/")["Location"] == SET_UP


def test_after_a_quarter_of_an_hour_a_second_factor_is_changed_only_after_confirming(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = member_of_staff("an")
    assert client.get("/account/second-factor/keys/add/").status_code == 200
    late = time.time() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 60
    monkeypatch.setattr(time, "time", lambda: late)
    answer = client.get("/account/second-factor/keys/add/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm/")


def test_the_language_and_look_that_a_person_chose_come_with_them_to_a_new_device() -> None:
    person("an")
    parties.set_preferences("an", name="An", language="en", theme="dark")
    client = Client()
    give_password(client, "an")
    assert client.cookies["django_language"].value == "en"
    assert client.cookies["dinh_theme"].value == "dark"
    assert "My account" in client.get("/account/").content.decode()


def test_who_has_no_password_is_told_so_where_passwords_are_changed(client_of: Callable[..., Client]) -> None:
    answer = client_of("official").get("/account/password/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/")
