"""People who sign in, and a phone that shows codes."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Grant

PASSWORD = "bốn từ không liên quan"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, CHECK, SET_UP = "/account/sign-in/", "/account/second-factor/check/", "/account/second-factor/"
COMMUNE_A, COMMUNE_B = "urn:dinh:unit:2025:31673", "urn:dinh:unit:2025:31507"


def person(username: str, *grants: Grant, name: str = "Nguyễn Thị Đào") -> parties.PartyRow:
    return parties.save_person(
        username=username,
        name=name,
        email=f"{username}@example.vn",
        organisation=None,
        grants=grants,
        password=PASSWORD,
    )


def with_phone(username: str) -> None:
    """Sets up the app with codes and ten recovery codes, as the pages do."""
    user = get_user_model().objects.get(username=username)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)


def code(steps_later: int = 0) -> str:
    """What the phone shows now, or so many half minutes later."""
    return code_of(SECRET, steps_later)


def code_of(secret: str, steps_later: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps_later)))


def give_password(client: Client, username: str, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(SIGN_IN, {"login": username, "password": password, **more})  # type: ignore[return-value]


def signed_in(username: str, **headers: str) -> Client:
    """A browser that went through both factors."""
    client = Client(headers=headers)
    give_password(client, username)
    answer = client.post(CHECK, {"code": code()})
    assert answer.status_code == 302, answer.content.decode()
    return client


def member_of_staff(username: str = "an", role: str = "official", place: str | None = None) -> Client:
    person(username, Grant(role, place))
    with_phone(username)
    return signed_in(username)
