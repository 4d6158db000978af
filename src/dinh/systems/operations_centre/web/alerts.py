"""The page of an alert, and what may be done to it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.urns import parse_urn
from dinh.spine.cases import api as cases
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.operations_centre import actions
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import picture
from dinh.systems.operations_centre.web import cards
from dinh.systems.operations_centre.web.parts import view_of
from dinh.web.requests import actor, language, permission
from dinh.web.words import told


def _urn(id: str) -> str:
    return str(parse_urn(f"urn:dinh:alert:{id}"))


@require_safe
def alert(request: HttpRequest, id: str) -> HttpResponse:
    view = view_of(request)
    urn = _urn(id)
    context = cards.alert_context(request, urn, view)
    row: observations.AlertRow = context["card_alert"]
    rule = next((rule for rule in observations.rules() if rule.code == row.rule), None)
    named = areas.names([row.subject, row.place])
    who = actor(request)
    staff = parties.may(who, "operations.view_detail", place=row.place)
    context |= {
        "view": view,
        "rule": rule,
        "rule_name": rule.name.in_(language(request)) if rule else row.name(language(request)),
        "subject": named.get(row.subject),
        "commune": named.get(row.place or ""),
        "detail": staff,
        "acknowledged_by": _who(row.acknowledged_by, language(request)) if staff else "",
        "entries": ledger.entries(subject=urn, limit=20) if parties.may(who, "ledger.read") else (),
        "panels": picture.panels("operations.alert", who),
        "rule_path": registry.link_path("rule", row.rule) or "" if staff else "",
        "members": _members(row, language(request)),
        "notes": observations.alert_notes(urn) if staff else (),
        "may_note": parties.may(who, "observations.acknowledge", place=row.place),
        "id": id,
    }
    return render(request, "operations_centre/alert.html", context)


def _members(row: observations.AlertRow, tongue: str) -> list[tuple[observations.AlertRow, str]]:
    """What stands under a group, each with the name of its subject."""
    rows = observations.group_members(row.urn) if row.is_group else ()
    named = areas.names([one.subject for one in rows])
    return [(one, areas.place_label(named.get(one.subject), tongue) or one.subject) for one in rows]


@require_POST
@permission("observations.acknowledge")
def note(request: HttpRequest, id: str) -> HttpResponse:
    try:
        observations.note_alert(_urn(id), request.POST.get("text", ""), by=actor(request))
    except Invalid as error:
        messages.warning(request, told(error))
    return HttpResponseRedirect(f"/alerts/{id}/")


@require_POST
@permission("observations.acknowledge")
def set_apart(request: HttpRequest, id: str) -> HttpResponse:
    try:
        observations.set_alert_apart(_urn(id), by=actor(request))
    except Conflict as error:
        messages.warning(request, told(error))
    else:
        messages.success(request, _("The alert stands for itself now."))
    return HttpResponseRedirect(f"/alerts/{id}/")


def _who(urn: str | None, tongue: str) -> str:
    found = parties.parties([urn]) if urn else {}
    return found[urn].name(tongue) if urn and urn in found else ""


@require_POST
@permission("observations.acknowledge")
def acknowledge(request: HttpRequest, id: str) -> HttpResponse:
    urn = _urn(id)
    parties.require(actor(request), "observations.acknowledge", place=observations.alert(urn).place)
    try:
        actions.acknowledge_alert(urn, by=actor(request), note=request.POST.get("note", ""))
    except Conflict as error:
        messages.warning(request, told(error))
    else:
        messages.success(request, _("Seen. The list shows it to everyone."))
    return _back(request, id)


@require_POST
@permission("cases.act")
def take(request: HttpRequest, id: str) -> HttpResponse:
    """«I am on it» for the case of this alert; a case that somebody took meanwhile stays with them."""
    case = cases.case_of(_urn(id))
    if case is None:
        raise Invalid("alert.no_case", "alert {id} has no case yet; open one first", id=id)
    version = request.POST.get("version", "")
    try:
        actions.take_case(case.urn, by=actor(request), version=int(version) if version.isdigit() else None)
    except Conflict as error:
        messages.warning(request, told(error))
    else:
        messages.success(request, _("You have it now."))
    return _back(request, id)


def _back(request: HttpRequest, id: str) -> HttpResponse:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = f"/alerts/{id}/"
    if request.headers.get("HX-Request"):
        # The fragments refresh by themselves; the page stays as it is.
        answer = HttpResponse(status=204)
        answer["HX-Trigger"] = '{"dinh:alerts": {}, "dinh:cases": {}}'
        return answer
    return HttpResponseRedirect(target)
