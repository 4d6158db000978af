"""One's own profile, appearance and sessions."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dinh.spine.parties import api as parties
from dinh.systems.account import actions, joining, queries
from dinh.systems.account.web.forms import PreferencesForm
from dinh.systems.account.web.rows import consent_rows, grant_rows
from dinh.web.guard import CHOICE_S, THEME_COOKIE
from dinh.web.requests import actor, is_demo_session, signed_in


def _username(request: HttpRequest) -> str:
    return request.user.get_username()


def _page(
    request: HttpRequest, form: PreferencesForm, status: int = 200, *, told: parties.personal.IdentityRow | None = None
) -> HttpResponse:
    """`told` shows the whole identity; otherwise most of it is covered."""
    username, who = _username(request), actor(request)
    identity = told or parties.personal.identity_of(who)
    person = parties.person(username)
    context = {
        "form": form,
        "person": person,
        "grants": grant_rows(person.grants),
        "factors": queries.factors(username),
        "codes_left": queries.recovery_codes_left(username),
        "sessions": queries.sessions(username, current_key=request.session.session_key),
        "key_count": len([key for key in parties.keys(owner=person.urn) if key.revoked_at is None]),
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        "demo": is_demo_session(request),
        "administers": parties.may(who, "parties.manage"),
        "vneid": settings.VNEID,
        "vneid_since": joining.linked_since(username),
        "identity": identity if told or identity is None else identity.masked(),
        "whole": told is not None,
        "consents": consent_rows(parties.personal.consents_of(who)),
        "contacts": joining.contacts(username),
        "self_made": username.startswith(joining.PREFIX),
        "by_code": joining.codes_offered(),
    }
    return render(request, "account/profile.html", context, status=status)


@require_GET
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    person = parties.person(_username(request))
    initial = {"name": person.name, "language": person.language, "theme": person.theme}
    return _page(request, PreferencesForm(initial=initial))


@never_cache
@require_POST
@signed_in
def identity(request: HttpRequest) -> HttpResponse:
    """The whole of it is in this answer alone: over a shoulder, or on a screen left open, most of it is covered."""
    person = parties.person(_username(request))
    initial = {"name": person.name, "language": person.language, "theme": person.theme}
    return _page(request, PreferencesForm(initial=initial), told=parties.personal.identity_of(actor(request)))


@require_POST
@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data
    parties.set_preferences(_username(request), name=chosen["name"], language=chosen["language"], theme=chosen["theme"])
    if chosen["language"]:
        translation.activate(chosen["language"])
    messages.success(request, _("Saved."))
    response = HttpResponseRedirect(reverse("account:profile"))
    for cookie, value in ((settings.LANGUAGE_COOKIE_NAME, chosen["language"]), (THEME_COOKIE, chosen["theme"])):
        if value:
            response.set_cookie(cookie, value, max_age=CHOICE_S, samesite="Lax")
        else:
            response.delete_cookie(cookie, samesite="Lax")
    return response


@require_POST
@signed_in
def end_one(request: HttpRequest, session_id: int) -> HttpResponse:
    actions.end_session(_username(request), session_id)
    messages.success(request, _("That session has ended."))
    return HttpResponseRedirect(reverse("account:profile") + "#sessions")


@require_POST
@signed_in
def end_others(request: HttpRequest) -> HttpResponse:
    ended = actions.end_sessions(_username(request), but=request.session.session_key)
    told = ngettext("%(count)d other session has ended.", "%(count)d other sessions have ended.", ended)
    messages.success(request, told % {"count": ended})
    return HttpResponseRedirect(reverse("account:profile") + "#sessions")
