"""Choosing sites: candidates, what is wanted, the sites with a reason for each, and the choice taken as a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import programme_actions as acts
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.domain import Mast
from dinh.systems.network_5g.models import Choice, Scenario
from dinh.systems.network_5g.programme import choice_terms
from dinh.systems.network_5g.web import programmes
from dinh.systems.network_5g.web.masts import read_list
from dinh.systems.network_5g.web.programme_forms import ChoiceForm
from dinh.web.requests import actor, permission
from dinh.web.words import told

SIZE: Final = 100
"""Candidates on a page."""
FAULTS_SHOWN: Final = 50


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    return programmes.page(request, id, CHOICE)


@require_POST
@permission(queries.PLAN)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    """Once it searches, the best that was found by then stays as the answer."""
    return programmes.stop(request, id, CHOICE)


def _ask(row: Scenario, form: ChoiceForm, carriers: Sequence[str], by: Actor) -> object:
    return acts.ask_choice(scenario=row, terms=choice_terms(form.values(), carriers), by=by)


def _only_looks(post: QueryDict) -> bool:
    """By a button of the list of candidates, or the return key in its filter: the whole form comes along, so that no tick is
    lost from one page to the next."""
    return "look" in post or any(post.get(name, "") != post.get(f"{name}_was", "") for name in ("q", "standing"))


def _shows(request: HttpRequest, kept: Choice, form: ChoiceForm) -> dict[str, Any]:
    task = acts.task_of(kept)
    note = task.note if task and acts.is_running(task) else ""
    stale = kept.answer is not None and not acts.is_current(kept, acts.choice_question(kept).digest)
    candidates = acts.candidates_of(kept)
    asked = request.POST if request.method == "POST" else request.GET
    return {
        "work_note": _("distance to the best: %(gap)s") % {"gap": note} if note else "",
        "served_dbm": queries.settings(kept.scenario).served_dbm,
        "found": kept.answer,
        "kept_best": bool(kept.answer and not stale and kept.answer["ended"] == "cancelled"),
        "change": _change(kept),
        "stale": stale,
        "listed": _listed(candidates, kept, form, asked),
        "candidate_count": len(candidates),
        "existing_count": len(acts.existing_of(kept)),
    }


CHOICE: Final = programmes.Programme(
    "choose", acts.choice_of, lambda kept, tongue: ChoiceForm.of(acts.terms_of_choice(kept), tongue), ChoiceForm.given, _ask,
    _shows, _only_looks,
)  # fmt: skip


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the candidates that are looked for. `rows` are a mast, how it stands ('in', 'out' or '') and whether it was
    chosen; `hidden_in` and `hidden_out` are ticks of masts that are not on it."""

    rows: Sequence[tuple[Mast, str, bool]]
    found: int
    page: Page[Mast]
    q: str
    standing: str
    hidden_in: Sequence[str]
    hidden_out: Sequence[str]


def _listed(candidates: list[Mast], kept: Choice, form: ChoiceForm, asked: QueryDict) -> Listed:
    """Ticked and chosen ones first."""
    q, standing = asked.get("q", "")[:80].strip(), asked.get("standing", "")
    words = fold(q).split()
    found = [
        mast for mast in candidates
        if standing in ("", mast.standing) and all(word in fold(f"{mast.code} {mast.name} {mast.operator}") for word in words)
    ]  # fmt: skip
    chosen = {site["code"] for site in kept.answer["sites"]} if kept.answer else set()

    def place(mast: Mast) -> tuple[bool, bool]:
        return mast.code not in form.forced | form.dropped, mast.code not in chosen

    new_filter = any(asked.get(name, "") != asked.get(f"{name}_was", "") for name in ("q", "standing"))
    page = Paginator(sorted(found, key=place), SIZE).get_page(1 if new_filter else asked.get("look"))
    marks = {**dict.fromkeys(form.forced, "in"), **dict.fromkeys(form.dropped, "out")}
    here = {mast.code for mast in page}
    return Listed(
        [(mast, marks.get(mast.code, ""), mast.code in chosen) for mast in page], len(found), page, q, standing,
        sorted(form.forced - here), sorted(form.dropped - here),
    )  # fmt: skip


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
