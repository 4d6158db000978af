"""An OpenID issuer whose every answer a test may falsify; only the network is not there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import Client

from dinh.systems.account.feeds import vneid

ISSUER: Final = "https://vneid.example"
CLIENT_ID: Final = "dinh"
NUMBER: Final = "999195000001"
SETTINGS: Final[dict[str, Any]] = {
    "issuer": ISSUER,
    "client_id": CLIENT_ID,
    "secret": "s",
    "hosts": [],
    "simulated": False,
}
START, CALLBACK = "/account/vneid/", "/account/vneid/callback/"


class Issuer:
    """`change` is applied to the ID token's claims before they are signed; `signed` may sign otherwise."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.person: dict[str, Any] = {
            "sub": "so-1",
            "name": "Lâm Thị Sương",
            "birthdate": "1995-03-08",
            "gender": "female",
            "citizen_id": NUMBER,
            "phone_number": "0912345678",
            "address": {"formatted": "Ấp Chợ, xã Trần Đề"},
            "acr": "2",
        }
        self.nonce = ""
        self.change: Callable[[dict[str, Any]], None] = lambda claims: None
        self.signed: Callable[[dict[str, Any]], str] = self.sign
        self.userinfo: dict[str, Any] | None = None
        self.metadata: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
        }
        self.posted: list[dict[str, Any]] = []

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": "one"})

    def fetch(self, method: str, url: str, **more: Any) -> Any:
        path = urlsplit(url).path
        if path == "/.well-known/openid-configuration":
            return self.metadata
        if path == "/keys":
            public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**public, "kid": "one", "alg": "ES256", "use": "sig"}]}
        if path == "/token":
            self.posted.append(more)
            now = int(time.time())
            claims = {
                "iss": ISSUER,
                "sub": self.person["sub"],
                "aud": CLIENT_ID,
                "iat": now,
                "exp": now + 300,
                "auth_time": now,
                "nonce": self.nonce,
            }
            self.change(claims)
            return {"access_token": "a", "id_token": self.signed(claims)}
        if path == "/userinfo":
            return self.userinfo or self.person
        raise AssertionError(url)


def other_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "one"})


def unknown_key(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers={"kid": "two"})


def other_kind(claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "one"})


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": "one"})


def by_the_secret(claims: dict[str, Any]) -> str:
    """As though the client's secret, which both know, were a key."""
    return jwt.encode(claims, SETTINGS["secret"] * 32, algorithm="HS256", headers={"kid": "one"})


def by_the_public_key(claims: dict[str, Any], public: bytes) -> str:
    """As though what everybody can read were a secret: HS256 with the public key's own letters."""
    said = [{"alg": "HS256", "kid": "one", "typ": "JWT"}, claims]
    body = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in said)
    made = hmac.new(public, body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def by_a_key_of_its_own(claims: dict[str, Any]) -> str:
    """The token brings its key, and says where there are more like it."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    elsewhere = "https://evil.example/keys"
    headers = {"kid": "evil", "jwk": {**public, "kid": "evil"}, "jku": elsewhere, "x5u": elsewhere}
    return jwt.encode(claims, key, algorithm="ES256", headers=headers)


@contextmanager
def set_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    settings.VNEID = dict(SETTINGS)
    settings.REGISTRATION = True
    issuer = Issuer()
    vneid.forget()
    monkeypatch.setattr(vneid, "fetch", issuer.fetch)
    yield issuer
    vneid.forget()


def leave(client: Client, address: str = START, **form: str) -> dict[str, str]:
    """Goes as far as VNeID's door; what the browser carries there."""
    answer = client.post(address, form)
    assert answer.status_code == 302, answer.content.decode()[:500]
    assert answer["Location"].startswith(f"{ISSUER}/authorize?"), answer["Location"]
    return dict(parse_qsl(urlsplit(answer["Location"]).query))


def come_back(client: Client, issuer: Issuer, asked: dict[str, str], **more: str) -> Any:
    issuer.nonce = asked["nonce"]
    return client.get(CALLBACK, {"code": "c", "state": asked["state"], **more})


def through(client: Client, issuer: Issuer, address: str = START, **form: str) -> Any:
    return come_back(client, issuer, leave(client, address, **form))
