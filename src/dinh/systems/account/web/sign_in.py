"""The sign-in page, one-click roles of the demonstration, invitations, and guards around allauth's views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from dinh.kernel.errors import Invalid, Refused
from dinh.systems.account import actions, joining, queries
from dinh.systems.account.web.forms import InvitationForm
from dinh.web.limits import limited
from dinh.web.requests import is_demo_session
from dinh.web.words import told

type View = Callable[..., HttpResponseBase]


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page with the demonstration's people where they are offered."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            **context,
            "demo_roles": queries.demo_roles(self.request),
            "next": onward(self.request),
            "vneid": settings.VNEID,
            "open": settings.REGISTRATION,
            "by_code": joining.codes_offered(),
        }


sign_in = SignInView.as_view()


def onward(request: HttpRequest) -> str:
    """Where to go after signing in: the asked address if it is one of ours, else ''."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if ours else ""


def not_in_demo(view: View) -> View:
    """People of the demonstration keep no secrets: a password or factor set here would outlive it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_demo_session(request):
            raise Refused(
                "account.demo",
                "a one-click role of the demonstration has no password or second factor of its own",
            )
        return view(request, *args, **kwargs)

    return guarded


def with_password(view: View) -> View:
    """Whoever signs in without one has no password to change, but may set one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            if joining.ways_in(request.user.get_username()):
                return HttpResponseRedirect(reverse("account:first-password"))
            messages.info(request, _("Your account has no password. An administrator can invite you to set one."))
            return HttpResponseRedirect(reverse("account:profile"))
        return view(request, *args, **kwargs)

    return guarded


def keep_one_factor(view: View) -> View:
    """Staff cannot remove their last second factor, and nobody the passkey that is their only way in."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponseBase:
        with transaction.atomic():
            found = Authenticator.objects.filter(pk=pk, user_id=request.user.pk).first()
            if found is not None and (fault := _why_kept(found)):
                messages.error(request, fault)
                return HttpResponseRedirect(reverse("mfa_index"))
            return view(request, pk=pk)

    return guarded


def _why_kept(factor: Authenticator) -> str:
    if not get_adapter().can_delete_authenticator(factor):
        return str(get_adapter().error_messages["cannot_delete_authenticator"])
    try:
        joining.require_way_in_without(factor)
    except Refused as error:
        return told(error)
    return ""


@require_POST
@limited(per_minute=60, burst=30)
def take_demo_role(request: HttpRequest, username: str) -> HttpResponse:
    target = onward(request) or "/"
    actions.take_demo_role(request, username)
    return HttpResponseRedirect(target)


@never_cache
@sensitive_post_parameters("password", "again")
@limited(per_minute=10, burst=10, reads=True)
def accept_invitation(request: HttpRequest, encoded: str, token: str) -> HttpResponse:
    username = actions.invited(encoded, token)
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.accept_invitation(encoded, token, form.cleaned_data["password"])
        except Invalid as error:
            form.add_error("password", told(error))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(reverse("account_login"))
    response = render(request, "account/invitation.html", {"form": form, "username": username})
    response["Referrer-Policy"] = "same-origin"  # with no-referrer browsers post «Origin: null», which CSRF refuses
    return response
