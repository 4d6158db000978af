"""My data: who read it, a copy of it, erasing it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from dinh.kernel.errors import DinhError, NotFound
from dinh.spine.parties import api as parties
from dinh.systems.account.web.rows import reading_rows
from dinh.systems.account.web.sign_in import not_in_demo
from dinh.web.limits import limited
from dinh.web.requests import actor, is_demo_session, language, permission, signed_in
from dinh.web.words import told


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("account:data"))


@never_cache
@require_GET
@signed_in
def page(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    context = {
        "copies": parties.personal.copies(who),
        "erasure": parties.personal.erasure_of(who.urn),
        "readings": reading_rows(parties.personal.readings_of(who)),
        "holders": [holder.name for holder in parties.personal.holders()],
        "demo": is_demo_session(request),
    }
    return render(request, "account/data.html", context)


@require_POST
@limited(per_minute=6, burst=6)
@signed_in
def ask_copy(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    parties.personal.ask_copy(who.urn, by=who)
    messages.success(request, _("The copy is being made. You will be told when it is ready."))
    return _back()


@require_safe
@signed_in
@reauthentication_required  # type: ignore[untyped-decorator]
def open_copy(request: HttpRequest, number: int) -> HttpResponse:
    """Given out here and nowhere else: there is no address that would open it for somebody else."""
    try:
        row, content = parties.personal.open_copy(number, by=actor(request))
    except DinhError as error:
        if error.code != "parties.copy_expired":
            raise
        messages.error(request, told(error))
        return _back()
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{row.name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
@not_in_demo
@reauthentication_required  # type: ignore[untyped-decorator]
def erase(request: HttpRequest) -> HttpResponse:
    """Shows what goes and what stays; posted, it is asked for."""
    who = actor(request)
    fault = ""
    if request.method == "POST":
        if request.POST.get("sure") == "1":
            try:
                parties.personal.ask_erasure(by=who)
            except DinhError as error:
                fault = told(error)
            else:
                messages.success(
                    request, _("Your data will be erased in seven days. Until then you can withdraw this.")
                )
                return _back()
        else:
            fault = _("Tick that you have read what goes and what stays.")
    outlook = [
        (
            name.in_(language(request)),
            [one for one in outcome.gone if one.count],
            [one for one in outcome.kept if one.count],
        )
        for name, outcome in parties.personal.outlook(who)
    ]
    context = {
        "outlook": [line for line in outlook if line[1] or line[2]],
        "erasure": parties.personal.erasure_of(who.urn),
        "fault": fault,
    }
    return render(request, "account/erase.html", context, status=422 if fault else 200)


@require_POST
@signed_in
def withdraw(request: HttpRequest) -> HttpResponse:
    try:
        parties.personal.withdraw_erasure(by=actor(request))
    except DinhError as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Nothing will be erased."))
    return _back()


# --- for whoever administers the account ---------------------------------------------


@require_POST
@permission("parties.manage")
def ask_copy_for(request: HttpRequest, username: str) -> HttpResponse:
    """For a request on paper: the person opens the copy, nobody else can."""
    person = parties.person(username)
    if person.erased:
        raise NotFound("parties.no_person", "there is no account '{username}'", username=username)
    parties.personal.ask_copy(person.urn, by=actor(request))
    messages.success(request, _("The copy is being made. Only the person can open it, in their own account."))
    return HttpResponseRedirect(reverse("account:person", args=[username]))
