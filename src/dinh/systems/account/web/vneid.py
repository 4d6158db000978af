"""Addresses of sign-in by VNeID: there, back, linking, confirming, unlinking; and what VNeID told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dinh.kernel.errors import DinhError, NotFound
from dinh.spine.parties import api as parties
from dinh.systems.account import joining
from dinh.systems.account.feeds.vneid import doubt, metadata
from dinh.systems.account.provider import CONFIRM, VneidOAuth2Adapter, client
from dinh.systems.account.web.sign_in import not_in_demo, onward
from dinh.systems.account.web.vneid_adapter import way_back
from dinh.web import security
from dinh.web.limits import limited
from dinh.web.requests import actor, signed_in
from dinh.web.words import told

type View = Callable[..., HttpResponseBase]


def with_vneid(view: View) -> View:
    """As if the address were not there where VNeID is not set up; what goes wrong is told on the page one came from."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.VNEID:
            raise NotFound("account.no_vneid_here", "VNeID is not set up here; use another way to sign in")
        try:
            return view(request, *args, **kwargs)
        except DinhError as error:
            if error.code == "account.vneid_token":
                security.note("sign_in_failed", request)
            messages.error(request, told(error))
            return HttpResponseRedirect(way_back(request))

    return guarded


def _leave(request: HttpRequest, process: str, to: str, data: Any = None) -> HttpResponse:
    answer: HttpResponse = (
        get_adapter().get_provider(request, joining.VNEID).redirect(request, process, to or None, data)
    )
    return answer


@require_POST
@limited(per_minute=30, burst=30)
@with_vneid
def start(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward(request) or "/")
    return _leave(request, AuthProcess.LOGIN, onward(request))


class _Callback(OAuth2CallbackView):  # type: ignore[misc]
    adapter: VneidOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, answer = super()._get_state(request, provider)
        if state is not None:
            unnamed = "" if metadata(client()).names_itself else client().issuer
            if request.GET.get("iss", unnamed).rstrip("/") != client().issuer:  # RFC 9207
                raise doubt("it comes from another issuer")
            self.adapter.state = state
        return state, answer


@never_cache
@require_GET
@limited(per_minute=30, burst=30, reads=True)
@with_vneid
def callback(request: HttpRequest) -> HttpResponseBase:
    answer: HttpResponseBase = _Callback.adapter_view(VneidOAuth2Adapter(request))(request)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@not_in_demo
@with_vneid
@reauthentication_required  # type: ignore[untyped-decorator]
def link(request: HttpRequest) -> HttpResponseBase:
    """Confirmed here, before VNeID is asked; whoever comes back must be the one who asked."""
    username = request.user.get_username()
    if joining.linked_since(username) is not None:
        return HttpResponseRedirect(reverse("account:profile"))
    if request.method == "POST":
        return _leave(request, AuthProcess.CONNECT, reverse("account:profile"), {"by": username})
    return render(request, "account/vneid_link.html", {"simulated": settings.VNEID["simulated"]})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@with_vneid
def confirm(request: HttpRequest) -> HttpResponseBase:
    """For whoever has neither password nor second factor: VNeID is asked anew who they are."""
    username = request.user.get_username()
    if request.method == "POST":
        return _leave(request, CONFIRM, onward(request), {"by": username})
    return render(request, "account/vneid_confirm.html", {"next": onward(request)})


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@not_in_demo
@reauthentication_required  # type: ignore[untyped-decorator]
def unlink(request: HttpRequest) -> HttpResponseBase:
    username = request.user.get_username()
    if request.method == "POST":
        try:
            joining.unlink(username)
        except DinhError as error:
            messages.error(request, told(error))
        else:
            messages.success(request, _("VNeID is no longer linked to your account."))
        return HttpResponseRedirect(reverse("account:profile"))
    return render(request, "account/vneid_unlink.html", {"since": joining.linked_since(username)})


# --- what was told, and to whom it may be told --------------------------------------


@require_POST
@signed_in
def forget_identity(request: HttpRequest) -> HttpResponseBase:
    parties.personal.forget_identity(by=actor(request))
    messages.success(request, _("What VNeID told about you is erased, and every consent to it has ended."))
    return HttpResponseRedirect(reverse("account:profile"))


@require_POST
@signed_in
def withdraw_consent(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        parties.personal.withdraw_consent(number, by=actor(request))
    except NotFound as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("The consent is withdrawn. From now on nothing is told for this purpose."))
    return HttpResponseRedirect(reverse("account:profile") + "#consents")
