"""Choosing sites: candidates, what is wanted, the sites with a reason for each, and the choice taken as a scenario."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.systems.network_5g import programme_actions as acts
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.models import Choice
from dinh.systems.network_5g.programme import choice_terms
from dinh.systems.network_5g.web.masts import read_list
from dinh.systems.network_5g.web.programme_forms import ChoiceForm
from dinh.systems.network_5g.web.rollout import is_generated, working
from dinh.systems.network_5g.web.scenarios import standing_names
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

SHOWN: Final = 300
FAULTS_SHOWN: Final = 50


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """Shown to whoever sees the scenario; asked for by whoever edits it."""
    who, tongue = actor(request), language(request)
    row = queries.scenario(id, who)
    if not row.area.ground:
        messages.info(request, _("The ground of this area is not laid yet."))
        return redirect("network_5g:area", id=row.area_id)
    carriers = [carrier.code for carrier in queries.settings(row).carriers]
    kept = acts.choice_of(row)
    form = ChoiceForm.of(acts.terms_of_choice(kept), tongue)
    error: DinhError | None = None
    if request.method == "POST":
        queries.require_edit(who, row)
        form = ChoiceForm.given(request.POST, tongue)
        try:
            acts.ask_choice(scenario=row, terms=choice_terms(form.values(), carriers), by=who)
        except DinhError as raised:
            if raised.family == "refused":
                raise
            error = raised
        else:
            return redirect("network_5g:choose", id=row.id)
    candidates = acts.candidates_of(kept)
    work = working(kept)
    note = work["task"].note if work["running"] else ""
    context: dict[str, Any] = work | {
        "scenario": row,
        "kept": kept,
        "form": form,
        "error": error,
        "carriers": carriers,
        "work_note": _("distance to the best: %(gap)s") % {"gap": note} if note else "",
        "served_dbm": queries.settings(row).served_dbm,
        "found": kept.answer,
        "change": _change(kept),
        "stale": kept.answer is not None and not acts.is_current(kept, acts.choice_question(kept).digest),
        "candidates": _listed(candidates, kept, form),
        "candidate_count": len(candidates),
        "existing_count": len(acts.existing_of(kept)),
        "shown": SHOWN,
        "standings": standing_names(),
        "generated": is_generated(row),
        "may_edit": queries.may_edit(who, row),
    }
    return render(request, "network_5g/choose.html", context, status=422 if error else 200)


def _change(kept: Choice) -> dict[str, Any] | None:
    """Against the answer before, where both are of the same people."""
    now, before = kept.answer, kept.before
    if not now or not before or before["people"] != now["people"]:
        return None
    names = [{site["code"]: site["name"] for site in one["sites"]} for one in (now, before)]
    return {
        "people": now["covered"] - before["covered"],
        "cost": now["cost"] - before["cost"],
        "come": [name for code, name in names[0].items() if code not in names[1]],
        "gone": [name for code, name in names[1].items() if code not in names[0]],
    }


def _listed(candidates: list[Mast], kept: Choice, form: ChoiceForm) -> list[tuple[Mast, str, bool]]:
    """With how it stands ('in', 'out' or '') and whether it was chosen; ticked and chosen ones first, so that they are always there."""
    chosen = {site["code"] for site in kept.answer["sites"]} if kept.answer else set()

    def place(mast: Mast) -> tuple[bool, bool]:
        return mast.code not in form.forced | form.dropped, mast.code not in chosen

    rows = sorted(candidates, key=place)[:SHOWN]
    marks = {**dict.fromkeys(form.forced, "in"), **dict.fromkeys(form.dropped, "out")}
    return [(mast, marks.get(mast.code, ""), mast.code in chosen) for mast in rows]


@require_POST
@permission(queries.PLAN)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        acts.stop(row=acts.choice_of(row), by=who)
    except Conflict as error:
        messages.info(request, told(error))
    return redirect("network_5g:choose", id=row.id)


@require_POST
@permission(queries.PLAN)
def candidates(request: HttpRequest, id: UUID) -> HttpResponse:
    """Takes a list as candidates, or forgets the one that was brought."""
    who = actor(request)
    row = queries.scenario(id, who)
    queries.require_edit(who, row)
    if request.POST.get("forget") == "1":
        acts.forget_candidates(scenario=row, by=who)
        messages.success(request, _("Candidates are the masts of the scenario again."))
        return redirect("network_5g:choose", id=row.id)
    try:
        name, found = read_list(request, row)
        acts.bring_candidates(scenario=row, sites=found.sites, name=name, by=who)
    except DinhError as error:
        if error.family == "refused":
            raise
        messages.error(request, told(error))
        return redirect("network_5g:choose", id=row.id)
    messages.success(request, ngettext("%(count)s candidate was brought.", "%(count)s candidates were brought.", len(found.sites)) % {"count": len(found.sites)})  # fmt: skip
    for fault in [*found.faults, *found.warnings][:FAULTS_SHOWN]:
        messages.warning(request, _("Line %(line)s, “%(value)s”: %(says)s") % {"line": fault.line, "value": fault.value, "says": fault.in_words(_)})  # fmt: skip
    return redirect("network_5g:choose", id=row.id)


@require_POST
@permission(queries.PLAN)
def take(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        copy = acts.take_choice(scenario=row, name=request.POST.get("name", ""), by=who)
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
        return redirect("network_5g:choose", id=row.id)
    messages.success(request, _("This scenario holds the masts that exist and the chosen ones."))
    return redirect("network_5g:scenario", id=copy.id)
