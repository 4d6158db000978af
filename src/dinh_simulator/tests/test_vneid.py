from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from dinh_simulator.vneid import pages
from dinh_simulator.vneid.citizens import CITIZENS
from dinh_simulator.vneid.provider import Provider, Wrong, _basic

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
BACK = "http://localhost:8000/account/vneid/callback/"
ASKED = {
    "client_id": "dinh",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile",
    "state": "s",
    "nonce": "n",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PROVIDER = Provider("http://127.0.0.1:1", "dinh", "secret")
LET_IN = _basic("dinh", "secret")


def code() -> str:
    return parse_qs(urlsplit(PROVIDER.chosen(ASKED, CITIZENS[0].sub)).query)["code"][0]


def exchange(**changed: str) -> dict[str, str]:
    form = {"code": code(), "code_verifier": VERIFIER, "redirect_uri": BACK} | changed
    return dict(PROVIDER.exchange(form, LET_IN))


def test_a_code_becomes_a_token_about_the_chosen_citizen() -> None:
    tokens = exchange()
    key = jwt.PyJWK(PROVIDER.keys()["keys"][0]).key
    said = jwt.decode(tokens["id_token"], key, algorithms=["ES256"], audience="dinh", issuer=PROVIDER.issuer)
    assert (said["name"], said["nonce"]) == (CITIZENS[0].name, "n")
    assert PROVIDER.userinfo(f"Bearer {tokens['access_token']}")["sub"] == said["sub"]


@pytest.mark.parametrize(
    "changed", [{"code": "x"}, {"code_verifier": "y" * 64}, {"redirect_uri": BACK + "x"}, {"code_verifier": ""}]
)
def test_a_false_exchange_gives_nothing(changed: dict[str, str]) -> None:
    with pytest.raises(Wrong, match="invalid_grant"):
        exchange(**changed)


def test_a_code_works_once_and_only_for_the_client() -> None:
    once = code()
    exchange(code=once)
    with pytest.raises(Wrong):
        exchange(code=once)
    with pytest.raises(Wrong, match="invalid_client"):
        PROVIDER.exchange({"code": code()}, _basic("dinh", "guess"))


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/account/vneid/callback/"},
        {"redirect_uri": "http://evil.example\\@localhost/account/vneid/callback/"},
        {"redirect_uri": "javascript://localhost/account/vneid/callback/"},
        {"redirect_uri": "http://localhost:8000/elsewhere/"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"nonce": ""},
        {"response_type": "token"},
    ],
)
def test_nobody_is_sent_anywhere_after_a_request_that_is_not_sound(changed: dict[str, str]) -> None:
    with pytest.raises(Wrong):
        PROVIDER.chosen(ASKED | changed, CITIZENS[0].sub)


def test_the_page_says_that_it_is_none_and_repeats_nothing_as_markup() -> None:
    page = pages.choose(ASKED | {"state": '"><script>x()</script>'})
    assert "VNeID mô phỏng" in page
    assert "<script" not in page


def test_no_invented_number_can_be_anybodys() -> None:
    assert all(one.citizen_id.startswith("999") and len(one.citizen_id) == 12 for one in CITIZENS)
