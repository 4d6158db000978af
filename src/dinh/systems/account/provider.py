"""VNeID as django-allauth knows providers; it looks for this module by its name.

Of allauth's own OpenID Connect provider only the way of a browser there and back is used. It sends no nonce, takes an ID
token from the token endpoint without looking at its signature, does not compare it with the userinfo, and keeps all claims
in the clear: those parts are `feeds.vneid` and the spine's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from dinh.spine.parties.api import personal
from dinh.systems.account.feeds import vneid, vneid_claims
from dinh.systems.account.joining import VNEID

CONFIRM = "confirm"


def client() -> vneid.Client:
    set_up = settings.VNEID
    return vneid.Client(set_up["issuer"], set_up["client_id"], set_up["secret"], tuple(set_up["hosts"]))


class VneidOAuth2Adapter(OAuth2Adapter):  # type: ignore[misc]
    provider_id = VNEID
    state: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def authorize_url(self) -> str:
        return vneid.metadata(client()).authorization

    @property
    def access_token_url(self) -> str:
        return vneid.metadata(client()).token

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("account:vneid-callback"))

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client_: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, str]:
        """What allauth calls the token's data is of no use to it: tokens are spent here and kept nowhere."""
        self.claims = vneid.claims(
            client(),
            code=request.GET["code"],
            verifier=pkce_code_verifier or "",
            redirect_uri=self.get_callback_url(request, app),
            nonce=str(self.state.get("nonce", "")),
        )
        return {"access_token": "spent"}

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        login = self.get_provider().sociallogin_from_response(request, self.claims)
        login.identity = vneid_claims.identity(self.claims, simulated=bool(settings.VNEID["simulated"]))
        login.authenticated_at = self.claims.get("auth_time")
        return login


class VneidProvider(OAuth2Provider):  # type: ignore[misc]
    id = VNEID
    name = "VNeID"
    account_class = ProviderAccount
    oauth2_adapter_class = VneidOAuth2Adapter
    pkce_enabled_default = True
    scopes: ClassVar = ("openid", "profile", "phone", "address")

    def get_callback_url(self) -> str:
        return str(reverse("account:vneid-callback"))

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> Any:
        """Only what is said here goes to VNeID: allauth would let the address add parameters and scopes of its own."""
        nonce = secrets.token_urlsafe(32)
        params = {"nonce": nonce}
        if process == CONFIRM:
            params |= {"prompt": "login", "max_age": "0"}
        return super().redirect(
            request, process, next_url, data, auth_params=params, scope=settings.VNEID.get("scope"), nonce=nonce
        )

    def get_default_scope(self) -> list[str]:
        return list(self.scopes)

    def extract_uid(self, data: Mapping[str, Any]) -> str:
        """With the issuer in it: the same number of another issuer is another person. Not readable: it may be a citizen's number."""
        return personal.fingerprint(f"{data['iss']} {data['sub']}", use="vneid")

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, str]:
        return {"acr": vneid_claims.level(data.get("acr"))}

    def extract_common_fields(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {}


provider_classes = [VneidProvider]
