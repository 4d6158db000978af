"""One case: its page, and every act on it. Acts are forms that post and come back to the page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import Text, registry
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow
from dinh.spine.parties import api as parties
from dinh.systems.work import queries
from dinh.systems.work.web import forms
from dinh.web.requests import actor, permission
from dinh.web.words import told


def _seen(request: HttpRequest, number: str) -> CaseRow:
    """The case, for whoever may see it."""
    row = cases.case(f"urn:dinh:case:{number}")
    if not cases.may_see(row, actor=actor(request)):
        parties.require(actor(request), "cases.view", place=row.place)
    return row


@require_safe
@permission("cases.view")
def page(request: HttpRequest, number: str) -> HttpResponse:
    row = _seen(request, number)
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
        "history": queries.history(row),
        "cause": queries.cause_of(row),
        "mine": row.owner == who.urn,
        "may_act": may_act,
        "may_take": may_act and going_on and (row.owner != who.urn or row.state == _first_state(row)),
        "may_assign": going_on and cases.may_act(row, "cases.assign", actor=who),
        "may_hand_on": may_act and going_on,
        "declared": registry.case_type(row.type) is not None,
        "comment": forms.Comment(),
    }
    return render(request, "work/case.html", context)


def _first_state(row: CaseRow) -> str:
    spec = registry.case_type(row.type)
    return spec.initial if spec else ""


def _back(request: HttpRequest, row: CaseRow) -> HttpResponse:
    """To where the form says, if that is here; else to the case."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("work:case", number=row.number_text)


def _do(request: HttpRequest, row: CaseRow, act: Callable[[], CaseRow], done: str) -> HttpResponse:
    """Does it and says so, or says why not; what is merely impossible now is no error page."""
    try:
        act()
    except (Conflict, Invalid, NotFound) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    return _back(request, row)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@require_POST
@permission("cases.view")
def take(request: HttpRequest, number: str) -> HttpResponse:
    row, who = _seen(request, number), actor(request)
    return _do(
        request,
        row,
        lambda: cases.take(row.urn, by=who, version=_version(request)),
        _("%(number)s is yours.") % {"number": row.number_text},
    )


@require_POST
@permission("cases.view")
def comment(request: HttpRequest, number: str) -> HttpResponse:
    row, who = _seen(request, number), actor(request)
    text = request.POST.get("text", "")
    return _do(request, row, lambda: cases.comment(row.urn, text=text, by=who), _("Your comment is recorded."))


@require_POST
@permission("cases.view")
def tick(request: HttpRequest, number: str, step: int) -> HttpResponse:
    row, who = _seen(request, number), actor(request)
    done = request.POST.get("done") == "1"
    try:
        cases.tick_step(row.urn, step=step, by=who, done=done)
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    return _back(request, row)


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def assign(request: HttpRequest, number: str) -> HttpResponse:
    row, who = _seen(request, number), actor(request)
    form = forms.Assign(request.POST or None, people=queries.people_for(row), owner=row.owner)

    def act() -> CaseRow:
        return cases.assign(
            row.urn, to=form.cleaned_data["to"], note=form.cleaned_data["note"], by=who, version=_version(request)
        )

    return _form(request, row, form, act, title=_("Assign"), button=_("Assign"), done=_("The case is assigned."))


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def hand_on(request: HttpRequest, number: str) -> HttpResponse:
    row, who = _seen(request, number), actor(request)
    form = forms.HandOn(request.POST or None, offices=queries.offices_for(row))

    def act() -> CaseRow:
        return cases.hand_on(
            row.urn,
            organisation=form.cleaned_data["organisation"],
            reason=form.cleaned_data["reason"],
            by=who,
            version=_version(request),
        )

    return _form(
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
    row, who = _seen(request, number), actor(request)
    step = next((step for step in cases.next_steps(row.urn, actor=who) if step.code == code), None)
    name = _name_of(step.name_vi, step.name_en) if step else code
    needs_reason = step is not None and step.needs_reason

    def moved(reason: str) -> CaseRow:
        return cases.move(row.urn, transition=code, by=who, reason=reason, version=_version(request))

    if not needs_reason and request.method == "POST":
        return _do(request, row, lambda: moved(request.POST.get("reason", "")), _("Done: %(step)s.") % {"step": name})
    form = forms.Reason(request.POST or None, needed=needs_reason)
    return _form(
        request,
        row,
        form,
        lambda: moved(form.cleaned_data["reason"]),
        title=name,
        button=name,
        done=_("Done: %(step)s.") % {"step": name},
    )


def _name_of(vi: str, en: str) -> str:
    from django.utils.translation import get_language

    return Text(vi, en).in_(get_language() or "vi")


def _form(
    request: HttpRequest,
    row: CaseRow,
    form: forms.Form,
    act: Callable[[], CaseRow],
    *,
    title: str,
    button: str,
    done: str,
) -> HttpResponse:
    """The form in a dialog where the page's script asked for it, else on a page of its own."""
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                act()
            except Invalid as error:
                form.add_error(None, told(error))
            except (Conflict, NotFound) as error:
                messages.error(request, told(error))
                return _back(request, row)
            else:
                messages.success(request, done)
                return _back(request, row)
        status = 422
    elif request.method == "GET":
        version = request.GET.get("version", "")
        form.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else row.version
    context = {
        "case": row,
        "form": form,
        "title": title,
        "button": button,
        "action": request.path,
        "version": _version(request) if request.method == "POST" else form.version,
    }
    template = "work/act_dialog.html" if request.headers.get("HX-Request") else "work/act.html"
    return render(request, template, context, status=status)
