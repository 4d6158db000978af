"""The provider's rules, without a network: authorization code with PKCE, each code once, tokens signed with ES256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from dinh_simulator.vneid.citizens import CITIZENS, Citizen

CODE_LASTS_S: Final = 60.0
TOKEN_LASTS_S: Final = 300
LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Wrong(Exception):
    """A request that is refused; the OAuth error code."""


@dataclass(frozen=True, slots=True)
class Granted:
    citizen: Citizen
    redirect_uri: str
    challenge: str
    nonce: str
    at: float


@dataclass
class Provider:
    issuer: str
    client_id: str
    secret: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    _codes: dict[str, Granted] = field(default_factory=dict)
    _tokens: dict[str, Citizen] = field(default_factory=dict)

    def metadata(self) -> Mapping[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def keys(self) -> Mapping[str, Any]:
        public: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": self._kid(), "alg": "ES256", "use": "sig"}]}

    def _kid(self) -> str:
        return hashlib.sha256(self.key.public_key().public_numbers().x.to_bytes(32, "big")).hexdigest()[:16]

    def check(self, asked: Mapping[str, str]) -> None:
        """Of an authorization request. Raises Wrong; then nobody is sent anywhere."""
        to = urlsplit(asked.get("redirect_uri", ""))
        if asked.get("client_id") != self.client_id:
            raise Wrong("unauthorized_client")
        # Browsers read a backslash as a slash, so that what stands before it is the host.
        if to.scheme not in ("http", "https") or "@" in to.netloc or "\\" in to.netloc:
            raise Wrong("invalid_redirect_uri")
        if to.hostname not in LOCAL or not to.path.endswith("/account/vneid/callback/"):
            raise Wrong("invalid_redirect_uri")
        if asked.get("response_type") != "code" or "openid" not in asked.get("scope", "").split():
            raise Wrong("invalid_request")
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge") or not asked.get("nonce"):
            raise Wrong("invalid_request")

    def chosen(self, asked: Mapping[str, str], sub: str) -> str:
        """Where the browser goes after somebody chose who they are; '' as `sub` is whoever went back."""
        self.check(asked)
        answer = {"state": asked.get("state", ""), "iss": self.issuer}
        if not sub:
            return f"{asked['redirect_uri']}?{urlencode(answer | {'error': 'access_denied'})}"
        citizen = next((one for one in CITIZENS if one.sub == sub), None)
        if citizen is None:
            raise Wrong("invalid_request")
        code = secrets.token_urlsafe(32)
        self._codes[code] = Granted(
            citizen, asked["redirect_uri"], asked["code_challenge"], asked["nonce"], time.monotonic()
        )
        return f"{asked['redirect_uri']}?{urlencode(answer | {'code': code})}"

    def exchange(self, form: Mapping[str, str], authorization: str) -> Mapping[str, Any]:
        """Raises Wrong."""
        if not hmac.compare_digest(authorization, _basic(self.client_id, self.secret)):
            raise Wrong("invalid_client")
        granted = self._codes.pop(form.get("code", ""), None)  # tried once, right or wrong
        if granted is None or time.monotonic() - granted.at > CODE_LASTS_S:
            raise Wrong("invalid_grant")
        proved = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if proved.decode().rstrip("=") != granted.challenge or form.get("redirect_uri") != granted.redirect_uri:
            raise Wrong("invalid_grant")
        access = secrets.token_urlsafe(32)
        self._tokens[access] = granted.citizen
        now = int(time.time())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims = {
            **granted.citizen.claims(),
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": now,
            "exp": now + TOKEN_LASTS_S,
            "auth_time": now,
            "nonce": granted.nonce,
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
        }
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": TOKEN_LASTS_S,
            "id_token": jwt.encode(claims, self.key, algorithm="ES256", headers={"kid": self._kid()}),
        }

    def userinfo(self, authorization: str) -> Mapping[str, Any]:
        """Raises Wrong."""
        citizen = self._tokens.pop(authorization.removeprefix("Bearer "), None)
        if citizen is None:
            raise Wrong("invalid_token")
        return citizen.claims()


def _basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()
