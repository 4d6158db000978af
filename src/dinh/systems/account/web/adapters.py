"""How django-allauth behaves in this house: its words, its secrets, its idea of who connects."""

from __future__ import annotations

import base64
import ipaddress
import time
from functools import cache
from io import BytesIO
from typing import Any, ClassVar

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dinh.spine.parties import api as parties
from dinh.systems.account import joining
from dinh.web import security
from dinh.web.limits import client_of

OWN = ("vneid", "code")
"""Ways to confirm of which allauth knows nothing."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up but ours; the address of the connection, never of a header; plain words for refusals."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed. Ask your administrator."),
        "username_password_mismatch": _("The user name or the password is not right."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("Type your present password."),
        "incorrect_code": _("The code is not right. Look at the app again: a code changes every 30 seconds."),
        "too_many_login_attempts": _(
            "Too many failed attempts. Wait five minutes and try again, or sign in with a passkey."
        ),
        "rate_limited": _("Too many requests came from your address. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        address = client_of(request)
        try:
            return str(ipaddress.ip_address(address.partition("%")[0]))
        except ValueError:
            return "0.0.0.0"  # noqa: S104 - "no address", over a local socket; nothing binds to it

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            security.note("locked_out", request, username=str(credentials.get("username", "")))
            raise

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in or confirmed within the last minutes need not do it again."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(context.request, context.request.user)
        latest = max((float(record.get("at", 0)) for record in records), default=0.0)
        if time.time() - latest <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        methods = self.get_reauthentication_methods(context.request.user)
        if methods and methods[0]["id"] in OWN:
            raise ReauthenticationRequired  # allauth would let everybody pass who has neither password nor factor
        return True

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """For whoever has neither password nor factor: the code to their own address, or VNeID anew."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        username = user.get_username()
        if settings.VNEID and joining.linked_since(username) is not None:
            methods.append({"id": "vneid", "description": "", "url": reverse("account:vneid-confirm")})
        if joining.contacts(username):
            methods.append({"id": "code", "description": "", "url": reverse("account:code-confirm")})
        return methods


@cache
def _cipher(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"dinh second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted in the registers under the machine's key; staff keep at least one."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Look at the app again: a code changes every 30 seconds."),
        "cannot_delete_authenticator": _("Your role needs a second factor. Set up another one before you remove this."),
    }

    def encrypt(self, text: str) -> str:
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if not parties.needs_second_factor(authenticator.user):
            return True
        others = Authenticator.objects.filter(
            user=authenticator.user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exclude(pk=authenticator.pk)
        return bool(others.exists())

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "name": user.username, "display_name": user.get_full_name()}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Đình"}

    def build_totp_svg(self, url: str) -> str:
        out = BytesIO()
        segno.make(url, error="m").save(
            out, kind="svg", scale=4, border=3, dark="#17222b", light="#ffffff", xmldecl=False
        )
        return out.getvalue().decode()
