"""What django-allauth tells about a sign-in becomes leaves of the ledger and the session's second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_changed, password_set, user_logged_in
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest

from dinh.spine.parties import api as parties
from dinh.spine.parties.api import ANYONE
from dinh.web import security

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_METHODS = "account_authentication_methods"


def _urn(user: Any) -> str:
    return str(user.urn) if user is not None else ANYONE.urn


def _named(method: str) -> str:
    return "vneid" if method == "socialaccount" else method


def _level(sociallogin: Any) -> dict[str, str]:
    """The level of identity that VNeID told. It is recorded and gives nobody more rights: what a sign-in is worth to the
    house is a factor that the house itself has checked."""
    acr = str(sociallogin.account.extra_data.get("acr", "")) if sociallogin is not None else ""
    return {"level": acr} if acr else {}


def _signed_in(request: HttpRequest, user: Any, sociallogin: Any = None, **_: Any) -> None:
    records = request.session.get(_METHODS) or []
    methods = sorted({_named(str(record.get("type") or record.get("method"))) for record in records})
    parties.note("signed_in", _urn(user), by=_urn(user), methods=" ".join(methods), **_level(sociallogin))
    security.note("session_begun", request)


def _not_signed_in(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is not None:
        security.note("sign_in_failed", request, username=str(credentials.get("username", "")))


def _signed_out(user: Any = None, **_: Any) -> None:
    if user is not None:
        parties.note("signed_out", _urn(user), by=_urn(user))


def _added(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """Setting up a factor proved it: a code was typed, or the key signed a challenge."""
    parties.note("factor_added", _urn(user), by=_urn(user), factor=str(authenticator.type))
    if authenticator.type in FACTORS and request.user.pk == user.pk:
        record_authentication(request, user, "mfa", type=authenticator.type, id=authenticator.pk)


def _removed(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """A session that rested on the removed factor alone no longer counts as having one."""
    parties.note("factor_removed", _urn(user), by=_urn(user), factor=str(authenticator.type))
    if not Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
        records = request.session.get(_METHODS) or []
        request.session[_METHODS] = [record for record in records if record.get("method") != "mfa"]


def _renewed(user: Any, authenticator: Authenticator, **_: Any) -> None:
    parties.note("factor_renewed", _urn(user), by=_urn(user), factor=str(authenticator.type))


def _used(user: Any, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        parties.note("recovery_code_used", _urn(user), by=_urn(user))


def _password(user: Any, **_: Any) -> None:
    parties.note("password_changed", _urn(user), by=_urn(user))


def connect() -> None:
    """Called once when the applications are ready."""
    pairs = (
        (user_logged_in, _signed_in),
        (user_login_failed, _not_signed_in),
        (user_logged_out, _signed_out),
        (mfa.authenticator_added, _added),
        (mfa.authenticator_removed, _removed),
        (mfa.authenticator_reset, _renewed),
        (mfa.authenticator_used, _used),
        (password_changed, _password),
        (password_set, _password),
    )
    for signal, receiver in pairs:
        signal.connect(receiver, dispatch_uid=f"dinh.account.{receiver.__name__}")
