"""API keys: issue, show once, revoke."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.clock import now
from dinh.kernel.errors import Invalid, NotFound, Refused
from dinh.kernel.manifests import Text
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor, ApiKeyRow
from dinh.systems.account.web.forms import LIFETIMES, KeyForm
from dinh.systems.account.web.rows import KeyRow
from dinh.web.limits import limited
from dinh.web.requests import actor, language, signed_in
from dinh.web.words import told


def _form(request: HttpRequest, asking: Actor, *, filled: bool) -> KeyForm:
    manages = parties.may_everywhere(asking, "parties.manage")
    scopes = [code for code in parties.permissions() if manages or parties.may(asking, code)]
    owners = [(asking.urn, asking.name)]
    if manages:
        owners += [(row.urn, row.name(language(request))) for row in parties.organisations()]
    return KeyForm(request.POST if filled else None, scopes=scopes, owners=owners)


def _rows(keys: Sequence[ApiKeyRow]) -> Sequence[KeyRow]:
    owners = parties.parties({key.owner for key in keys})
    known = parties.permissions()
    rows = []
    for key in keys:
        owner = owners.get(key.owner)
        expired = key.expires_at is not None and key.expires_at <= now()
        rows.append(
            KeyRow(
                key=key,
                scopes=[known[code].name if code in known else Text(code, code) for code in sorted(key.scopes)],
                sources=sorted(key.sources),
                owner=Text(owner.name_vi, owner.name_en) if owner else Text(key.owner, key.owner),
                state="revoked" if key.revoked_at else "expired" if expired else "in_force",
            )
        )
    return rows


@never_cache
@require_http_methods(["GET", "POST"])
@limited(per_minute=10, burst=10)
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """The keys of the person, or all of them for who manages people; a new key's secret is in this answer alone."""
    asking = actor(request)
    manages = parties.may_everywhere(asking, "parties.manage")
    every = manages and request.GET.get("all") == "1"
    form = _form(request, asking, filled=request.method == "POST")
    secret, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = form.cleaned_data
            lifetime = LIFETIMES[chosen["lifetime"]]
            try:
                _row, secret = parties.issue_key(
                    label=chosen["label"],
                    owner=chosen.get("owner") or asking.urn,
                    scopes=chosen["scopes"],
                    sources=chosen["sources"],
                    by=asking,
                    expires_at=now() + lifetime if lifetime else None,
                )
                form, status = _form(request, asking, filled=False), 201
            except (Invalid, NotFound, Refused) as error:
                form.add_error(None, told(error))
    keys = parties.keys(owner=None if every else asking.urn)
    context = {"form": form, "rows": _rows(keys), "secret": secret, "manages": manages, "every": every}
    return render(request, "account/keys.html", context, status=status)


@require_POST
@signed_in
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    parties.revoke_key(key_id, by=actor(request))
    messages.success(request, _("The key is revoked and no longer works."))
    return HttpResponseRedirect(reverse("account:keys") + ("?all=1" if request.POST.get("all") else ""))
