"""Administration of people: list, create, edit, grants, invitations, lost second factors, closing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Grant, PersonRow
from dinh.systems.account import actions, queries
from dinh.systems.account.web.forms import GrantForm, PersonForm
from dinh.systems.account.web.rows import grant_rows, grant_rows_of, value_of
from dinh.web.requests import actor, permission
from dinh.web.words import told

PAGE = 50


def _to(username: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("account:person", args=[username]))


def _mine_to_administer(request: HttpRequest, username: str) -> PersonRow:
    return parties.person(username, actor=actor(request))


@require_GET
@permission("parties.manage")
def listing(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    page = parties.people(text, after=request.GET.get("after", "")[:100], limit=PAGE + 1, actor=actor(request))
    shown = page[:PAGE]
    context = {
        "text": text,
        "rows": list(zip(shown, grant_rows_of([person.grants for person in shown]), strict=True)),
        "more": shown[-1].username if len(page) > PAGE else "",
    }
    return render(request, "account/people.html", context)


@require_http_methods(["GET", "POST"])
@permission("parties.manage")
def new(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST if request.method == "POST" else None, new=True)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            parties.person(chosen["username"])
            form.add_error("username", _("This user name is taken."))
        except NotFound:
            if _save(request, form, chosen["username"]):
                messages.success(request, _("The account exists. Give it a role and send an invitation."))
                return _to(chosen["username"])
    status = 422 if request.method == "POST" else 200
    return render(request, "account/person_form.html", {"form": form, "person": None}, status=status)


@require_http_methods(["GET", "POST"])
@permission("parties.manage")
def edit(request: HttpRequest, username: str) -> HttpResponse:
    person = _mine_to_administer(request, username)
    initial = {
        "name": person.name,
        "organisation": person.organisation or "",
        "place": person.place or "",
    }
    form = PersonForm(
        request.POST if request.method == "POST" else None, new=False, initial=initial, email=person.email
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, username):
        messages.success(request, _("Saved."))
        return _to(username)
    status = 422 if request.method == "POST" else 200
    return render(request, "account/person_form.html", {"form": form, "person": person}, status=status)


def _save(request: HttpRequest, form: PersonForm, username: str) -> bool:
    """True when it was saved, within where the administrator's reach ends; else the form tells why not."""
    chosen = form.cleaned_data
    organisation = chosen["organisation"] or None
    place = chosen["place"] or None
    bound = place or (parties.party(organisation).place if organisation else None)
    if not queries.may_administer_place(actor(request), bound):
        form.add_error("place", _("Give a place or an organisation within where you manage people."))
        return False
    try:
        parties.save_person(
            username=username,
            name=chosen["name"],
            email=form.chosen_email(),
            organisation=organisation,
            grants=None,
            place=place,
            by=actor(request),
        )
    except Invalid as error:
        form.add_error(None, told(error))
        return False
    return True


@never_cache
@require_GET
@permission("parties.manage")
def detail(request: HttpRequest, username: str) -> HttpResponse:
    return _detail(request, _mine_to_administer(request, username), GrantForm())


@never_cache
@require_POST
@permission("parties.manage")
def show(request: HttpRequest, username: str) -> HttpResponse:
    """The e-mail address is in this answer alone, and that it was read is in the ledger."""
    email = parties.personal.read_account(username, by=actor(request))
    return _detail(request, parties.person(username), GrantForm(), email=email)


def _detail(
    request: HttpRequest,
    person: PersonRow,
    form: GrantForm,
    *,
    invitation: str = "",
    email: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": person,
        "grants": grant_rows(person.grants),
        "form": form,
        "factors": queries.factors(person.username),
        "self": person.urn == actor(request).urn,
        "invitation": invitation,
        "email": email,
    }
    return render(request, "account/person.html", context, status=status)


@require_POST
@permission("parties.manage")
def add_grant(request: HttpRequest, username: str) -> HttpResponse:
    person = _mine_to_administer(request, username)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _detail(request, person, form, status=422)
    chosen = form.cleaned_data
    grant = Grant(chosen["role"], chosen["place"].strip() or None, chosen["system"])
    try:
        parties.change_grants(username, give=[grant], by=actor(request))
    except (Invalid, NotFound) as error:
        form.add_error(None, told(error))
        return _detail(request, person, form, status=422)
    messages.success(request, _("The role is given."))
    return _to(username)


@require_POST
@permission("parties.manage")
def remove_grant(request: HttpRequest, username: str) -> HttpResponse:
    person = _mine_to_administer(request, username)
    gone = request.POST.get("grant", "")
    taken = [grant for grant in person.grants if value_of(grant) == gone]
    parties.change_grants(username, take=taken, by=actor(request))
    messages.success(request, _("The role is taken back."))
    return _to(username)


@never_cache
@require_POST
@permission("parties.manage")
def invite(request: HttpRequest, username: str) -> HttpResponse:
    """The link is in this answer alone."""
    person = _mine_to_administer(request, username)
    encoded, token = actions.invite(username, by=actor(request))
    link = request.build_absolute_uri(reverse("account:invitation", args=[encoded, token]))
    return _detail(request, person, GrantForm(), invitation=link)


@require_POST
@permission("parties.manage")
def take_back_factors(request: HttpRequest, username: str) -> HttpResponse:
    actions.take_back_factors(username, by=actor(request))
    messages.success(request, _("The second factors are removed and all sessions ended."))
    return _to(username)


@require_POST
@permission("parties.manage")
def close(request: HttpRequest, username: str) -> HttpResponse:
    _mine_to_administer(request, username)
    parties.set_active(username, False, by=actor(request))
    actions.end_sessions(username, but=None)
    messages.success(request, _("The account is closed, its sessions and keys have ended."))
    return _to(username)


@require_POST
@permission("parties.manage")
def reopen(request: HttpRequest, username: str) -> HttpResponse:
    _mine_to_administer(request, username)
    parties.set_active(username, True, by=actor(request))
    messages.success(request, _("The account is open again."))
    return _to(username)
