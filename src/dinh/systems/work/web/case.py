"""One case: its page, and every act on it. Acts are forms that post and come back to the page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import Text, registry
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow, PersonalRow
from dinh.systems.work import queries
from dinh.systems.work.web import forms
from dinh.systems.work.web.acts import act_form, back, do, seen, version_in
from dinh.systems.work.web.parts import beside, texts_for
from dinh.web.requests import actor, permission
from dinh.web.words import told


@require_safe
@permission("cases.view")
def page(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, seen(request, number), None)


@never_cache
@require_POST
@permission("cases.view")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """What is hidden, in this answer alone; that it was read is in the ledger before."""
    row = seen(request, number)
    return _page(request, row, cases.read_personal(row.urn, by=actor(request)))


def _page(request: HttpRequest, row: CaseRow, personal: PersonalRow | None) -> HttpResponse:
    who = actor(request)
    going_on = row.closed_at is None
    may_act = cases.may_act(row, "cases.act", actor=who)
    steps = [step for step in cases.next_steps(row.urn, actor=who) if step.code != "accept"]
    forward = queries.forward_step(row, (step.code for step in steps if step.allowed))
    steps.sort(key=lambda step: step.code != forward)
    (shown,) = queries.shown([row])
    context = {
        "shown": shown,
        "case": row,
        "path": queries.path_of(row),
        "next_steps": [(step, Text(step.name_vi, step.name_en)) for step in steps],
        "forward": forward,
        "steps": [(step, Text(step.text_vi, step.text_en)) for step in cases.steps(row.urn)],
        "history": queries.history(row, hidden=personal is None and row.requester != who.urn),
        "cause": queries.cause_of(row),
        "mine": row.owner == who.urn,
        "may_act": may_act,
        "may_take": may_act and going_on and (row.owner != who.urn or row.state == _first_state(row)),
        "may_assign": going_on and cases.may_act(row, "cases.assign", actor=who),
        "may_hand_on": may_act and going_on,
        "declared": registry.case_type(row.type) is not None,
        "comment": forms.Comment(initial={"text": texts_for(request, row, "comment", who)[1]}),
        "comment_texts": texts_for(request, row, "comment", who)[0],
        "panels": queries.panels_of(row, who),
        **beside(row, who, personal),
    }
    return render(request, "work/case.html", context)


def _first_state(row: CaseRow) -> str:
    spec = registry.case_type(row.type)
    return spec.initial if spec else ""


@require_POST
@permission("cases.view")
def take(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return do(
        request,
        row,
        lambda: cases.take(row.urn, by=who, version=version_in(request)),
        _("%(number)s is yours.") % {"number": row.number_text},
    )


@require_POST
@permission("cases.view")
def comment(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    text = request.POST.get("text", "")
    return do(request, row, lambda: cases.comment(row.urn, text=text, by=who), _("Your comment is recorded."))


@require_POST
@permission("cases.view")
def tick(request: HttpRequest, number: str, step: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    done = request.POST.get("done") == "1"
    try:
        cases.tick_step(row.urn, step=step, by=who, done=done)
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    return back(request, row)


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def assign(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number, to="cases.assign"), actor(request)
    form = forms.Assign(request.POST or None, people=queries.people_for(row), owner=row.owner)

    def act() -> CaseRow:
        return cases.assign(
            row.urn, to=form.cleaned_data["to"], note=form.cleaned_data["note"], by=who, version=version_in(request)
        )

    return act_form(request, row, form, act, title=_("Assign"), button=_("Assign"), done=_("The case is assigned."))


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def hand_on(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number, to="cases.act"), actor(request)
    form = forms.HandOn(request.POST or None, offices=queries.offices_for(row))

    def act() -> CaseRow:
        return cases.hand_on(
            row.urn,
            organisation=form.cleaned_data["organisation"],
            reason=form.cleaned_data["reason"],
            by=who,
            version=version_in(request),
        )

    return act_form(
        request,
        row,
        form,
        act,
        title=_("Hand on to another organisation"),
        button=_("Hand on"),
        done=_("The case is handed on; its deadlines stay."),
    )


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def move(request: HttpRequest, number: str, code: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    step = next((step for step in cases.next_steps(row.urn, actor=who) if step.code == code), None)
    spec = registry.case_type(row.type)
    if spec is not None and all(known.code != code for known in spec.transitions):
        raise NotFound("work.no_such_step", "there is no step '{step}' for this kind of case", step=code[:64])
    name = _name_of(step.name_vi, step.name_en) if step else code
    needs_reason = step is not None and step.needs_reason

    def moved(reason: str) -> CaseRow:
        return cases.move(row.urn, transition=code, by=who, reason=reason, version=version_in(request))

    if not needs_reason and request.method == "POST":
        return do(request, row, lambda: moved(request.POST.get("reason", "")), _("Done: %(step)s.") % {"step": name})
    ends = step is not None and _ends(row, code)
    texts, begun = texts_for(request, row, "close", who) if ends else ((), "")
    form = forms.Reason(request.POST or None, needed=needs_reason, initial={"reason": begun})
    cause = queries.cause_of(row) if ends else None
    if cause is not None and cause.alert.cleared_at is None:
        form.fields["reason"].help_text = _(
            "The alert still stands: once the case is ended it is shown again as something that nobody has."
        )
    return act_form(
        request,
        row,
        form,
        lambda: moved(form.cleaned_data["reason"]),
        title=name,
        button=name,
        done=_("Done: %(step)s.") % {"step": name},
        templates=texts,
    )


def _ends(row: CaseRow, code: str) -> bool:
    spec = registry.case_type(row.type)
    if spec is None:
        return False
    final = {state.code for state in spec.states if state.final}
    return any(step.code == code and step.to_state in final for step in spec.transitions)


def _name_of(vi: str, en: str) -> str:
    from django.utils.translation import get_language

    return Text(vi, en).in_(get_language() or "vi")
