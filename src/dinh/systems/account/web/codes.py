"""Signing in, registering and confirming by a code to an e-mail address or phone number; the addresses of an account.

Signing in and registering are one way: the same page, the same message, the same words until the code is there. Nobody
learns from it whether an address has an account, except whoever reads what is sent to the address.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, Refused
from dinh.systems.account import codes, joining, queries
from dinh.systems.account.web.forms import CodeAddressForm, CodeTypedForm, InvitationForm, JoinForm
from dinh.systems.account.web.sign_in import not_in_demo, onward
from dinh.web import security
from dinh.web.limits import limited
from dinh.web.requests import language, signed_in
from dinh.web.words import told

type View = Callable[..., HttpResponseBase]
SHOWN = "dinh_demo_code"
"""In the demonstration no message leaves the machine: the page itself shows the code."""


def open_here(view: View) -> View:
    """As if the address were not there where nobody may register, or no code can be sent."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not joining.codes_offered():
            raise NotFound("account.no_codes", "no codes are sent here; sign in with your user name and password")
        return view(request, *args, **kwargs)

    return guarded


def _ask(request: HttpRequest, *, purpose: str, template: str, then: str, **context: object) -> HttpResponse:
    form = CodeAddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                code = codes.ask(request, form.cleaned_data["address"], purpose=purpose, onward=onward(request))
            except DinhError as error:
                form.add_error("address", told(error))
            else:
                request.session.pop(SHOWN, None)
                if queries.demo_offered(request):
                    request.session[SHOWN] = f"{code[:4]} {code[4:]}"
                return HttpResponseRedirect(reverse(then))
    page = {"form": form, "next": onward(request), "kinds": codes.kinds(), **context}
    return render(request, template, page, status=status)


def _typed(
    request: HttpRequest, *, purpose: str, template: str, back: str, go_on: Callable[[codes.Asked], HttpResponseBase]
) -> HttpResponseBase:
    asked = codes.waiting(request)
    if asked is None or asked.purpose != purpose:
        messages.info(request, _("There is no code to enter any more. Ask for a new one."))
        return HttpResponseRedirect(reverse(back))
    form = CodeTypedForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return go_on(codes.prove(request, form.cleaned_data["code"], purpose=purpose))
            except (Conflict, Refused) as error:
                messages.error(request, told(error))
                return HttpResponseRedirect(reverse(back))
            except Invalid as error:
                security.note("sign_in_failed", request)
                form.add_error("code", told(error))
    shown = request.session.get(SHOWN, "") if queries.demo_offered(request) else ""
    page = {"form": form, "to": asked.address.shown, "back": reverse(back), "demo_code": shown}
    return render(request, template, page, status=status)


# --- signing in and registering ----------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=10, burst=20)
@open_here
def begin(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward(request) or "/")
    return _ask(
        request,
        purpose="join",
        template="account/join.html",
        then="account:join-code",
        vneid=settings.VNEID,
        open=settings.REGISTRATION,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=20, burst=20)
@open_here
def enter(request: HttpRequest) -> HttpResponseBase:
    def go_on(asked: codes.Asked) -> HttpResponseBase:
        username = joining.username_by(asked.address)
        if username is not None:
            return _sign_in(request, username, asked.onward)
        joining.require_open()
        codes.keep_proven(request, asked)
        return HttpResponseRedirect(reverse("account:join-name"))

    return _typed(request, purpose="join", template="account/code.html", back="account:join", go_on=go_on)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@limited(per_minute=1, burst=20)
@open_here
def finish(request: HttpRequest) -> HttpResponseBase:
    asked = codes.proven(request)
    if asked is None:
        messages.info(request, _("Begin with your e-mail address or phone number."))
        return HttpResponseRedirect(reverse("account:join"))
    form = JoinForm(request.POST if request.method == "POST" else None, initial={"language": language(request)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = form.cleaned_data
            try:
                username = joining.join(
                    asked.address, name=chosen["name"], language=chosen["language"], password=chosen["password"]
                )
            except (Invalid, Conflict, Refused) as error:
                form.add_error("password" if error.code == "parties.weak_password" else None, told(error))
            else:
                codes.forget_proven(request)
                messages.success(request, _("Your account is made."))
                return _sign_in(request, username, asked.onward or reverse("account:profile"))
    page = {"form": form, "to": asked.address.shown}
    return render(request, "account/join_name.html", page, status=status)


def _sign_in(request: HttpRequest, username: str, to: str) -> HttpResponseBase:
    """As after a password: a second factor, where there is one, is asked for; a closed account stays closed."""
    request.session.pop(SHOWN, None)
    user = get_user_model().objects.get(username=username)
    record_authentication(request, user, "code")
    answer: HttpResponseBase = perform_login(request, Login(user=user, redirect_url=to or "/"))
    return answer


# --- the addresses of an account ---------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=6, burst=10)
@signed_in
@not_in_demo
@open_here
@reauthentication_required  # type: ignore[untyped-decorator]
def add(request: HttpRequest) -> HttpResponseBase:
    return _ask(request, purpose="add", template="account/contact.html", then="account:add-contact-code")


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=20, burst=20)
@signed_in
@not_in_demo
@open_here
def add_code(request: HttpRequest) -> HttpResponseBase:
    def go_on(asked: codes.Asked) -> HttpResponseBase:
        joining.add_contact(request.user.get_username(), asked.address)
        messages.success(request, _("From now on you can sign in by this address."))
        return HttpResponseRedirect(reverse("account:profile"))

    return _typed(request, purpose="add", template="account/code.html", back="account:add-contact", go_on=go_on)


@require_POST
@signed_in
@not_in_demo
@reauthentication_required  # type: ignore[untyped-decorator]
def remove(request: HttpRequest, number: int) -> HttpResponseBase:
    try:
        joining.remove_contact(request.user.get_username(), number)
    except DinhError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("This address signs in to your account no longer."))
    return HttpResponseRedirect(reverse("account:profile"))


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
@signed_in
@not_in_demo
@reauthentication_required  # type: ignore[untyped-decorator]
def first_password(request: HttpRequest) -> HttpResponseBase:
    username = request.user.get_username()
    if not request.user.is_authenticated or request.user.has_usable_password() or not joining.ways_in(username):
        return HttpResponseRedirect(reverse("account_change_password"))
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            joining.set_first_password(username, form.cleaned_data["password"])
        except Invalid as error:
            form.add_error("password", told(error))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(reverse("account_login"))
    page = {"form": form, "username": username}
    return render(request, "account/first_password.html", page, status=422 if request.method == "POST" else 200)


# --- confirming that it is you -----------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=6, burst=10)
@signed_in
@not_in_demo
@open_here
def confirm(request: HttpRequest) -> HttpResponseBase:
    return _ask(request, purpose="confirm", template="account/code_confirm.html", then="account:code-confirm-code")


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=20, burst=20)
@signed_in
@not_in_demo
@open_here
def confirm_code(request: HttpRequest) -> HttpResponseBase:
    def go_on(asked: codes.Asked) -> HttpResponseBase:
        if joining.username_by(asked.address) != request.user.get_username():
            raise Conflict(
                "account.not_your_address", "your account does not sign in by this address; type the one that it does"
            )
        record_authentication(request, request.user, "code", reauthenticated=True)
        resume_request(request)  # forgets what was interrupted: it is done again by hand
        return HttpResponseRedirect(asked.onward or reverse("account:profile"))

    return _typed(request, purpose="confirm", template="account/code.html", back="account:code-confirm", go_on=go_on)
