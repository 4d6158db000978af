"""VNeID as an OpenID provider: what it says of itself, the exchange of a code, and an ID token that nobody forged.

Source: OpenID Connect Core 1.0, sections 3.1.2.1, 3.1.3 and 5.3; RFC 7636 (PKCE); RFC 9700 (best current practice).
Every doubt ends in Refused `account.vneid_token` or SourceUnavailable `account.vneid_silent`; no token, code or claim is
repeated in a message or in the log.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import jwt
import structlog

from dinh.kernel.errors import Refused, SourceUnavailable

log = structlog.get_logger("dinh.vneid")
TIMEOUT_S: Final = 5.0
LONGEST_S: Final = 8.0
"""For a whole answer: each of its parts could be waited for anew."""
AT_ONCE: Final = 3
PATIENCE_S: Final = 1.0
"""How many ask VNeID at a time, and how long others wait: while it hangs, the threads of the house are for everybody else."""
MOST_BYTES: Final = 256 * 1024
KEPT_S: Final = 600.0
"""How long what the issuer says of itself, and its keys, are believed."""
ASKED_AGAIN_S: Final = 30.0
"""Keys are fetched no more often than this for a token that names an unknown one."""
SKEW_S: Final = 60
OLDEST_S: Final = 600
ALGORITHMS: Final[Mapping[str, str]] = {
    "RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "PS256": "RSA", "PS384": "RSA", "PS512": "RSA",
    "ES256": "EC", "ES384": "EC",
}  # fmt: skip
"""Signatures by keys that only the issuer has; none that a shared secret or nothing at all makes. With the type of key."""
SECRET_BY_BASIC: Final = "client_secret_basic"  # noqa: S105 - the name of a method


@dataclass(frozen=True, slots=True)
class Client:
    """How Đình is known at the issuer, and where a browser may be led for its sake."""

    issuer: str
    client_id: str
    secret: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metadata:
    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    by_basic: bool
    names_itself: bool
    """In the answers that a browser brings (RFC 9207)."""


@dataclass(slots=True)
class _Kept:
    at: float
    value: Any


_kept: dict[str, _Kept] = {}
_lock = threading.Lock()
_asking = threading.BoundedSemaphore(AT_ONCE)


def forget() -> None:
    """What was fetched is fetched anew."""
    with _lock:
        _kept.clear()


# --- the network -------------------------------------------------------------------


def fetch(method: str, url: str, **more: Any) -> Any:
    """JSON of one address. No redirect is followed: a secret sent along would go wherever it led."""
    if not _asking.acquire(timeout=PATIENCE_S):
        raise _silent("too many are asking it already")
    try:
        return _fetched(method, url, **more)
    finally:
        _asking.release()


def _fetched(method: str, url: str, **more: Any) -> Any:
    ends = time.monotonic() + LONGEST_S
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, **more) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise _silent(f"status {answer.status_code}")
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES:
                    raise _silent("an answer that is too long")
                if time.monotonic() > ends:
                    raise _silent("an answer that does not end")
        return json.loads(body)
    except httpx.HTTPError as error:
        raise _silent(type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise _silent("an answer that is no JSON") from error


def _silent(why: str) -> SourceUnavailable:
    """The reason is for the operator, in the log."""
    log.warning("VNeID does not answer as it should", why=why)
    return SourceUnavailable(
        "account.vneid_silent", "VNeID does not answer as it should; try again in a few minutes or sign in another way"
    )


def doubt(why: str) -> Refused:
    """The reason is for the operator, in the log."""
    log.warning("an answer of VNeID is refused", why=why)
    return Refused("account.vneid_token", "what VNeID sent cannot be trusted; sign in again from the beginning")


def _keep(url: str, *, longest_s: float = KEPT_S) -> Any:
    with _lock:
        there = _kept.get(url)
    if there is None or time.monotonic() - there.at > longest_s:
        there = _Kept(time.monotonic(), fetch("GET", url))
        with _lock:
            _kept[url] = there
    return there.value


# --- what the issuer says of itself ------------------------------------------------


def metadata(client: Client) -> Metadata:
    """By discovery. Raises SourceUnavailable where it speaks for another issuer or leads elsewhere than configured."""
    said = _keep(f"{client.issuer}/.well-known/openid-configuration")
    if not isinstance(said, dict) or str(said.get("issuer", "")).rstrip("/") != client.issuer:
        raise _silent("it speaks for another issuer")
    addresses = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        address = str(said.get(name, ""))
        parts = urlsplit(address)
        if parts.scheme != "https" and _origin(address) != _origin(client.issuer):
            raise _silent(f"its {name} is not encrypted")
        addresses[name] = address
    permitted = {_origin(address) for address in (client.issuer, *client.hosts)}
    if _origin(addresses["authorization_endpoint"]) not in permitted:
        raise _silent("its sign-in page is on a host that is not in DINH_VNEID_HOSTS")
    methods = said.get("token_endpoint_auth_methods_supported") or [SECRET_BY_BASIC]
    return Metadata(
        issuer=str(said["issuer"]),
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        keys=addresses["jwks_uri"],
        userinfo=addresses["userinfo_endpoint"],
        by_basic=SECRET_BY_BASIC in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _key(where: Metadata, kid: str, algorithm: str) -> Any:
    for longest_s in (KEPT_S, ASKED_AGAIN_S):
        said = _keep(where.keys, longest_s=longest_s)
        listed = said.get("keys") if isinstance(said, dict) else None
        for one in listed if isinstance(listed, list) else ():
            if not isinstance(one, dict) or str(one.get("kid", "")) != kid:
                continue
            fits = one.get("kty") == ALGORITHMS[algorithm] and one.get("alg", algorithm) == algorithm
            if not fits or one.get("use", "sig") != "sig":
                raise doubt("its key is of another kind")
            try:
                return jwt.PyJWK(one, algorithm).key
            except jwt.PyJWTError as error:
                raise doubt("its key cannot be read") from error
    raise doubt("it is signed by an unknown key")


# --- a code becomes claims ---------------------------------------------------------


def claims(client: Client, *, code: str, verifier: str, redirect_uri: str, nonce: str) -> Mapping[str, Any]:
    """What VNeID says of whoever came back with the code: the ID token's claims, and those of the userinfo beside them."""
    where = metadata(client)
    tokens = _exchange(client, where, code=code, verifier=verifier, redirect_uri=redirect_uri)
    access = tokens["access_token"]
    proved = verified(client, where, tokens["id_token"], nonce=nonce, access_token=access)
    beside = fetch("GET", where.userinfo, headers={"Authorization": f"Bearer {access}"})
    if not isinstance(beside, dict) or beside.get("sub") != proved["sub"]:
        raise doubt("its two answers are about different people")
    return {**beside, **proved}


def _exchange(client: Client, where: Metadata, *, code: str, verifier: str, redirect_uri: str) -> Mapping[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_id": client.client_id,
    }
    if where.by_basic:
        told = fetch("POST", where.token, data=form, auth=(client.client_id, client.secret))
    else:
        told = fetch("POST", where.token, data={**form, "client_secret": client.secret})
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in ("access_token", "id_token")):
        raise doubt("a token is missing")
    return {name: told[name] for name in ("access_token", "id_token")}


def verified(client: Client, where: Metadata, token: str, *, nonce: str, access_token: str) -> Mapping[str, Any]:
    """The claims of an ID token that the issuer signed, just now, for Đình, in answer to this very request."""
    try:
        header = jwt.get_unverified_header(token)
        algorithm = str(header.get("alg", ""))
        if algorithm not in ALGORITHMS:
            raise doubt("it is not signed as it must be")
        said: dict[str, Any] = jwt.decode(
            token,
            _key(where, str(header.get("kid", "")), algorithm),
            algorithms=[algorithm],
            audience=client.client_id,
            issuer=where.issuer,
            leeway=SKEW_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise doubt(_REASONS.get(type(error).__name__, "it is not a sound token")) from error
    if not nonce or not hmac.compare_digest(str(said["nonce"]).encode(), nonce.encode()):
        raise doubt("it answers another request")
    if time.time() - float(said["iat"]) > OLDEST_S:
        raise doubt("it is too old")
    audience = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    if said.get("azp", client.client_id) != client.client_id or (len(audience) > 1 and "azp" not in said):
        raise doubt("it was made for another client")
    if not isinstance(said["sub"], str) or not 0 < len(said["sub"]) <= 255:
        raise doubt("it names nobody")
    if "at_hash" in said and not hmac.compare_digest(str(said["at_hash"]), _at_hash(access_token, algorithm)):
        raise doubt("its two tokens do not belong together")
    return said


_REASONS: Final[Mapping[str, str]] = {
    "ExpiredSignatureError": "it has expired",
    "ImmatureSignatureError": "it is from the future; check this machine's clock",
    "InvalidAudienceError": "it was made for another client",
    "InvalidIssuerError": "it is from another issuer",
    "InvalidSignatureError": "its signature is false",
    "MissingRequiredClaimError": "it lacks what it must say",
}


def _at_hash(access_token: str, algorithm: str) -> str:
    digest = hashlib.new(f"sha{algorithm[-3:]}", access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
