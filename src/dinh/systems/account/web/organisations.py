"""Administration of organisations: the tree, create, edit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import PartyRow
from dinh.systems.account import queries
from dinh.systems.account.web.forms import OrganisationForm
from dinh.web.requests import actor, permission
from dinh.web.words import told

URN = "urn:dinh:organisation:"


def _tree(rows: list[PartyRow]) -> list[tuple[PartyRow, int]]:
    """Depth first, siblings by name; a row whose parent is not among them stands at the top."""
    known = {row.urn for row in rows}
    below: dict[str | None, list[PartyRow]] = {}
    for row in rows:
        below.setdefault(row.parent if row.parent in known else None, []).append(row)
    found: list[tuple[PartyRow, int]] = []
    waiting = [(row, 0) for row in sorted(below.get(None, []), key=_by_name, reverse=True)]
    while waiting:
        row, depth = waiting.pop()
        found.append((row, min(depth, 5)))
        waiting += [(child, depth + 1) for child in sorted(below.get(row.urn, []), key=_by_name, reverse=True)]
    return found


def _by_name(row: PartyRow) -> str:
    return fold(row.name_vi)


@require_GET
@permission("parties.manage")
def listing(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:100]
    return render(
        request, "account/organisations.html", {"text": text, "rows": _tree(list(parties.organisations(text)))}
    )


@require_http_methods(["GET", "POST"])
@permission("parties.manage")
def new(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST if request.method == "POST" else None, new=True)
    if request.method == "POST" and form.is_valid():
        if parties.parties([URN + form.cleaned_data["id"]]):
            form.add_error("id", _("This code is taken."))
        elif _save(request, form, form.cleaned_data["id"]):
            return HttpResponseRedirect(reverse("account:organisations"))
    status = 422 if request.method == "POST" else 200
    return render(request, "account/organisation.html", {"form": form, "row": None}, status=status)


@require_http_methods(["GET", "POST"])
@permission("parties.manage")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    row = parties.party(URN + slug)
    initial = {"name_vi": row.name_vi, "name_en": row.name_en, "parent": row.parent or "", "place": row.place or ""}
    form = OrganisationForm(request.POST if request.method == "POST" else None, new=False, initial=initial)
    mine = queries.may_administer_place(actor(request), row.place)
    if request.method == "POST":
        parties.require(actor(request), "parties.manage", place=row.place)
        if form.is_valid() and mine and _save(request, form, slug):
            return HttpResponseRedirect(reverse("account:organisations"))
    context = {"form": form, "row": row, "members": parties.members(row.urn) if mine else (), "mine": mine}
    return render(request, "account/organisation.html", context, status=422 if request.method == "POST" else 200)


def _save(request: HttpRequest, form: OrganisationForm, slug: str) -> bool:
    chosen = form.cleaned_data
    place = chosen["place"] or None
    if not queries.may_administer_place(actor(request), place):
        form.add_error("place", _("Give a place within where you manage people."))
        return False
    try:
        parties.save_organisation(
            id=slug,
            name_vi=chosen["name_vi"],
            name_en=chosen["name_en"],
            parent=chosen["parent"] or None,
            place=place,
            by=actor(request),
        )
    except (Invalid, NotFound) as error:
        form.add_error(None, told(error))
        return False
    messages.success(request, _("Saved."))
    return True
