"""New cases: by the form, and from an alert with one press."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Conflict, DinhError
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties.api import Actor
from dinh.systems.work import queries
from dinh.systems.work.web import forms
from dinh.web.requests import actor, permission
from dinh.web.words import told


@require_http_methods(["GET", "POST"])
@permission("cases.open")
def new(request: HttpRequest) -> HttpResponse:
    """`place`, `subject` and `title` may come with the address: a map or a chart knows them."""
    who = actor(request)
    asked = request.POST if request.method == "POST" else request.GET
    places = list(queries.communes(settings.AREA))
    named = queries.place_or_none(asked.get("place", "")[:160])
    if named is not None and all(row.urn != named.urn for row in places):
        places.insert(0, named)
    given = {name: asked[name] for name in ("place", "subject", "title", "type") if asked.get(name)}
    form = forms.NewCase(request.POST or None, initial=given, types=cases.types(actor=who), places=places)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                row = _open(values, who)
            except DinhError as error:
                form.add_error(None, told(error))
            else:
                messages.success(request, _("Case %(number)s is open.") % {"number": row.number_text})
                return redirect("work:case", number=row.number_text)
    return render(request, "work/new.html", {"form": form}, status=status)


@transaction.atomic
def _open(values: Mapping[str, Any], who: Actor) -> CaseRow:
    """Opens, tells and takes as a whole; the same form sent again finds the case that it opened.

    The acts after the first lock only the new case, which nobody else can see yet.
    """
    row = cases.open_case(
        type=values["type"],
        title=values["title"],
        by=who,
        subject=values["subject"] or None,
        place=values["place"] or None,
        severity=values["severity"],
        simulated=bool(settings.DEMO),
        key=_key(values, who),
        category=_category(values),
    )
    if row.version > 1:
        return row
    if values["text"].strip():
        cases.comment(row.urn, text=values["text"], by=who)
    if values["take"]:
        cases.take(row.urn, by=who)
    return row


def _category(values: Mapping[str, Any]) -> str:
    """The chosen category where it is one of the chosen kind."""
    kind, _slash, category = values["category"].partition("/")
    return str(category) if kind == values["type"] else ""


def _key(values: Mapping[str, Any], who: Actor) -> str:
    """One per drawn form, person and content: who goes back and writes something else means another case."""
    if values["drawn"] is None:
        return ""
    content = json.dumps([who.urn, values], sort_keys=True, default=str)
    return f"form:{hashlib.sha256(content.encode()).hexdigest()}"


@require_POST
@permission("cases.view")
def from_alert(request: HttpRequest, alert: str) -> HttpResponse:
    """Opens the alert's case, or finds the one it has; with `take=1` the actor becomes its owner."""
    who = actor(request)
    row = cases.open_for_alert(f"urn:dinh:alert:{alert}", by=who, type=request.POST.get("type") or None)
    if request.POST.get("take") == "1":
        try:
            cases.take(row.urn, by=who)
        except Conflict as error:
            messages.error(request, told(error))
    return redirect("work:case", number=row.number_text)
