"""What becomes of somebody who comes back from VNeID: signed in, linked, confirmed, or sent away with a word."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from dinh.kernel.errors import Refused
from dinh.spine.parties.api import PERSON, personal
from dinh.systems.account import joining
from dinh.systems.account.provider import CONFIRM
from dinh.web import security
from dinh.web.requests import language

FRESH_S = 300


class VneidAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """From the environment alone: no row of the registers makes anybody a provider of identities."""
        if not settings.VNEID or provider not in (None, joining.VNEID):
            return []
        app = SocialApp(provider=joining.VNEID, name="VNeID", client_id=settings.VNEID["client_id"])
        return [app]

    def serialize_instance(self, instance: Any) -> dict[str, Any]:
        """While a second factor is waited for, a session keeps whose it is, not their password's hash."""
        if isinstance(instance, get_user_model()):
            return {"pk": instance.pk}
        found: dict[str, Any] = super().serialize_instance(instance)
        return found

    def deserialize_instance(self, model: Any, data: dict[str, Any]) -> Any:
        if model is get_user_model():
            return model.objects.get(pk=data["pk"])
        return super().deserialize_instance(model, data)

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        told: personal.IdentityRow = sociallogin.identity
        process = sociallogin.state.get("process")
        onward = sociallogin.state.get("next")
        if process == AuthProcess.CONNECT:
            self._link(request, sociallogin, told)
            raise ImmediateHttpResponse(HttpResponseRedirect(onward or reverse("account:profile")))
        if process == CONFIRM:
            self._confirm(request, sociallogin)
            resume_request(request)  # forgets what was interrupted: it is done again by hand
            raise ImmediateHttpResponse(HttpResponseRedirect(onward or reverse("account:profile")))
        if not sociallogin.is_existing:
            joining.join_by_vneid(sociallogin.account.uid, told, language=language(request))
            sociallogin.lookup()
        elif sociallogin.user.is_active:
            personal.save_identity(PERSON + sociallogin.user.username, told)

    def _link(self, request: HttpRequest, sociallogin: Any, told: personal.IdentityRow) -> None:
        """To whoever asked for it, before they left for VNeID, with a fresh password or factor."""
        if not self._is_same(request, sociallogin):
            raise _other_session()
        joining.link(request.user.get_username(), sociallogin.account.uid, told)
        messages.success(request, _("VNeID is linked to your account."))

    def _confirm(self, request: HttpRequest, sociallogin: Any) -> None:
        if not self._is_same(request, sociallogin) or sociallogin.user != request.user:
            raise Refused("account.vneid_other", "this VNeID does not belong to your account; use the one that does")
        at = sociallogin.authenticated_at
        if not isinstance(at, int | float) or time.time() - at > FRESH_S:
            raise Refused(
                "account.vneid_stale", "VNeID did not ask who you are; sign in there anew, then confirm again"
            )
        record_authentication(request, request.user, "vneid", reauthenticated=True)

    def _is_same(self, request: HttpRequest, sociallogin: Any) -> bool:
        asked_by = (sociallogin.state.get("data") or {}).get("by")
        return request.user.is_authenticated and asked_by == request.user.get_username()

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Away from the address that carries the code, and without a word of what was in it."""
        if error == AuthError.CANCELLED:
            messages.info(request, _("You came back from VNeID without signing in."))
        else:
            security.note("sign_in_failed", request)
            messages.error(request, _("Sign-in by VNeID did not succeed. Begin again on this page."))
        raise ImmediateHttpResponse(HttpResponseRedirect(way_back(request)))


def _other_session() -> Refused:
    return Refused("account.vneid_session", "you signed in as somebody else meanwhile; begin again from your profile")


def way_back(request: HttpRequest) -> str:
    return reverse("account:profile") if request.user.is_authenticated else reverse("account_login")
