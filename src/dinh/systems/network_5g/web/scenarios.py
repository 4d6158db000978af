"""Scenarios: open, copy, describe, share, put away; settings; the history of edits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.spine.parties import api as parties
from dinh.systems.network_5g import actions, pictures, queries
from dinh.systems.network_5g.layers import LAYERS
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.web import exports, forms, patterns
from dinh.web.requests import actor, language, permission
from dinh.web.words import told


def standing_names() -> dict[str, str]:
    return {"existing": _("existing"), "shared": _("shared tower"), "new": _("to be built")}


def edit_names() -> dict[str, str]:
    return {
        "add": _("Added"),
        "move": _("Moved"),
        "change": _("Changed"),
        "remove": _("Removed"),
        "import": _("Imported"),
        "choose": _("Sites chosen"),
        "number": _("PCI numbered"),
        "settings": _("Settings changed"),
    }


@require_POST
@permission(queries.PLAN)
def new(request: HttpRequest, id: UUID) -> HttpResponse:
    """A new scenario in an area, empty or as a copy of another one."""
    who = actor(request)
    area = queries.area(id, who)
    given = request.POST
    based_on = queries.scenario(given["based_on"], who) if given.get("based_on") else None
    try:
        row = actions.open_scenario(area=area, name=given.get("name", ""), by=who, based_on=based_on)
    except Invalid as error:
        messages.error(request, told(error))
        return redirect("network_5g:area", id=area.id)
    return redirect("network_5g:scenario", id=row.id)


@require_safe
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """The desk: map, masts, figures and tools of a scenario."""
    who = actor(request)
    row = queries.scenario(id, who)
    if not row.area.ground:
        messages.info(request, _("The ground of this area is not laid yet."))
        return redirect("network_5g:area", id=row.area_id)
    settings = queries.settings(row)
    frame = pictures.Frame.of(row.area.about)
    state = forms.state(row)
    context: dict[str, Any] = {
        "scenario": row,
        "area": row.area,
        "about": row.area.about,
        "settings": settings,
        "may_edit": queries.may_edit(who, row),
        "mine": row.by == who.urn,
        "maker": parties.parties([row.by]).get(row.by),
        "layers": LAYERS,
        "masts": len(state["masts"]),
        "standings": standing_names(),
        "exports": exports.names(),
        "others": [other for other in queries.scenarios(who, area=row.area) if other.pk != row.pk],
        "config": {
            "path": reverse("network_5g:scenario", args=[row.id]),
            "box": frame.corners_deg(),
            "area": area_box(row),
            "communes": [commune["urn"] for commune in row.area.about["communes"]],
            "language": language(request),
            "edits": queries.may_edit(who, row),
            "carriers": [{"code": c.code, "mhz": c.frequency_mhz} for c in settings.carriers],
            "layers": [
                {
                    "code": layer.code, "name": layer.name.in_(language(request)), "unit": layer.unit, "scale": layer.scale,
                    "steps": [[step.from_, step.colour] for step in layer.steps], "decimals": layer.decimals,
                }
                for layer in LAYERS
            ],
            "words": _words(),
            "state": state,
        },
    }  # fmt: skip
    return render(request, "network_5g/scenario.html", context)


def area_box(row: Scenario) -> tuple[float, float, float, float]:
    """Of the communes, without the margin around them."""
    about = row.area.about
    inset = row.area.margin_km * 1000
    frame = pictures.Frame(
        about["crs"], about["west"] + inset, about["north"] - inset, about["step"],
        max(1, about["rows"] - int(2 * inset / about["step"])), max(1, about["columns"] - int(2 * inset / about["step"])),
    )  # fmt: skip
    return frame.corners_deg()


def _words() -> dict[str, str]:
    return {
        "map": _("Map of the scenario"),
        "failed": _("The map cannot be drawn on this device. Lists and figures work without it."),
        "calculating": _("Calculating…"),
        "calculated": _("Calculated in {seconds} s"),
        "new_mast": _("New mast"),
        "no_reading": _("No site reaches this place."),
        "pick_first": _("Click where the path begins."),
        "pick_second": _("Click where the path ends."),
        "place_mast": _("Click where the new mast is to stand."),
        "drag_now": _("Drag the mast to where it is to stand."),
        "not_number": _("“{value}” is not a number; write digits alone, such as 30 or 9.5"),
        "remove": _("Remove this mast?"),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "zoom_in": _("Closer"),
        "zoom_out": _("Farther"),
        "whole": _("Whole area"),
        "below": _("below {value}"),
        "from": _("from {value}"),
        "generated": _("generated"),
        "stopped": _("The calculation was stopped."),
    }


@require_POST
@permission(queries.PLAN)
def describe(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        actions.describe_scenario(scenario=row, name=request.POST.get("name", ""), note=request.POST.get("note", ""), by=who)  # fmt: skip
    except Invalid as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("network_5g:scenario", id=row.id)


@require_POST
@permission(queries.PLAN)
def share(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    actions.share_scenario(scenario=row, shared=request.POST.get("shared") == "1", by=who)
    messages.success(
        request,
        _("Whoever plans here now sees and edits this scenario.")
        if row.shared
        else _("Now only you see this scenario."),
    )
    return redirect("network_5g:scenario", id=row.id)


@require_POST
@permission(queries.PLAN)
def archive(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    away = request.POST.get("archived") == "1"
    actions.archive_scenario(scenario=row, archived=away, by=who)
    messages.success(request, _("The scenario was put away.") if away else _("The scenario is back."))
    return redirect("network_5g:home") if away else redirect("network_5g:scenario", id=row.id)


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def settings(request: HttpRequest, id: UUID) -> HttpResponse:
    """What the scenario is calculated with, as a form."""
    who = actor(request)
    row = queries.scenario(id, who)
    error: DinhError | None = None
    form = forms.SettingsForm.of(queries.settings(row))
    if request.method == "POST":
        form = forms.SettingsForm.given(request.POST)
        try:
            changed = actions.change_settings(
                scenario=row, settings=actions.checked_settings(form.values(queries.settings(row))), by=who
            )
        except Invalid as found:
            error = found
        else:
            if changed is not None:
                messages.success(request, _("The settings were changed; the map follows."))
            return redirect("network_5g:scenario", id=row.id)
    context = {
        "scenario": row, "form": form, "error": error, "may_edit": queries.may_edit(who, row),
        "antennas": patterns.shown(queries.settings(row)),
    }  # fmt: skip
    return render(request, "network_5g/settings.html", context, status=422 if error else 200)


@require_safe
@permission(queries.READ)
def history(request: HttpRequest, id: UUID) -> HttpResponse:
    """Every edit, newest first; those that were undone are marked."""
    who = actor(request)
    row = queries.scenario(id, who)
    names = edit_names()
    edits = list(row.edits.order_by("-number")[:300])
    makers = parties.parties({edit.by for edit in edits})
    context = {
        "scenario": row,
        "edits": [(edit, names[edit.kind], makers.get(edit.by), len(edit.changes)) for edit in edits],
        "may_edit": queries.may_edit(who, row),
    }
    return render(request, "network_5g/history.html", context)


def step(request: HttpRequest, row: Scenario, back: bool) -> Edit | None:
    """One edit back or forth; None where there is none, which is told."""
    act = actions.undo if back else actions.redo
    try:
        return act(scenario=row, by=actor(request))
    except Conflict as error:
        messages.info(request, told(error))
        return None


@require_POST
@permission(queries.PLAN)
def go_to(request: HttpRequest, id: UUID, number: int) -> HttpResponse:
    """Undoes or does again until this edit is the last one that stands."""
    row = queries.scenario(id, actor(request))
    while row.position != number:
        if step(request, row, back=row.position > number) is None:
            break
    return redirect("network_5g:history", id=row.id)
