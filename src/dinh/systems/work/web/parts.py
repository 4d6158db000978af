"""What stands beside a case: its fields, questions to the requester, tasks of others, duplicates, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid
from dinh.kernel.manifests import registry
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow, PersonalRow, TemplateRow
from dinh.spine.files import api as files
from dinh.spine.parties.api import Actor
from dinh.systems.work import field_words, queries
from dinh.systems.work.web import field_forms, forms
from dinh.systems.work.web.acts import act_form, back, do, seen, version_in
from dinh.web import uploads
from dinh.web.requests import actor, permission
from dinh.web.words import told


def beside(row: CaseRow, who: Actor, shown: PersonalRow | None = None) -> dict[str, Any]:
    """What the case's page shows beside the case itself; a fixed number of queries. `shown` is what was read on the record."""
    fields = {**cases.fields_of(row.urn), **(shown.fields if shown else {})}
    open_ = row.closed_at is None
    may_act = open_ and cases.may_act(row, "cases.act", actor=who)
    tasks = cases.tasks(row.urn)
    return {
        "described": field_words.told_fields(registry.case_type(row.type), fields),
        "may_show": shown is None and cases.may_read_personal(row.urn, by=who),
        "is_shown": shown is not None,
        "may_describe": may_act,
        "questions": cases.questions(row.urn),
        "may_ask": may_act and row.requester is not None,
        "may_answer": open_ and (may_act or who.urn == row.requester),
        "requester": shown.requester if shown else queries.name_for(row.requester, who),
        "tasks": queries.named_tasks(tasks),
        "may_add_task": may_act,
        "my_organisation": who.organisation,
        "files": files.files_of(row.urn),
        "upload": uploads.field(),
        "may_attach": open_ and (may_act or who.urn == row.requester),
        "may_erase": cases.may_act(row, "cases.assign", actor=who),
        "joined": cases.joined(row.urn) if row.joined_to is None else (),
        "likely": cases.likely_duplicates(row.urn, actor=who) if may_act else (),
        "main": queries.case_or_none(row.joined_to),
        "may_split": row.joined_to is not None and cases.may_act(row, "cases.act", actor=who),
    }


def texts_for(request: HttpRequest, row: CaseRow, use: str, who: Actor) -> tuple[Sequence[TemplateRow], str]:
    """Texts to begin from, and the one that the address names, filled with what the case knows."""
    found = cases.templates(organisation=row.organisation or who.organisation, type=row.type, use=use)
    chosen = request.GET.get("template", "")
    text = next((template for template in found if str(template.id) == chosen), None)
    return found, queries.filled(text, row) if text else ""


# --- fields --------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def describe(request: HttpRequest, number: str) -> HttpResponse:
    """The fields as a form. Where somebody else changed the same ones meanwhile, both stand side by side."""
    row, who = seen(request, number), actor(request)
    spec = registry.case_type(row.type)
    present = {**cases.fields_of(row.urn), "title": row.title}
    form = field_forms.Described(request.POST or None, spec=spec, present=present)
    version = version_in(request)
    if request.method == "POST" and form.is_valid():
        wanted = form.changed_from(present if version is None else None)
        title = str(wanted.pop("title", "")) or None
        try:
            cases.describe(row.urn, fields=wanted, title=title, by=who, version=version)
        except Conflict as error:
            if error.code != "cases.edited_meanwhile" or version is None:
                messages.error(request, told(error))
                return back(request, row)
            both = cases.meanwhile(row.urn, version=version, fields=wanted | ({"title": title} if title else {}))
            return render(
                request,
                "work/meanwhile.html",
                {
                    "case": row,
                    "both": both,
                    "lines": field_forms.side_by_side(spec, both),
                    "settled": field_forms.settled(spec, both),
                },
                status=409,
            )
        except Invalid as error:
            form.take_faults(error)
        else:
            messages.success(request, _("The case is described anew."))
            return back(request, row)
    context = {
        "case": row, "form": form, "title": _("Describe the case"), "button": _("Save"), "action": request.path,
        "version": version if request.method == "POST" else row.version,
    }  # fmt: skip
    template = "work/act_dialog.html" if request.headers.get("HX-Request") else "work/act.html"
    return render(request, template, context, status=422 if request.method == "POST" else 200)


# --- the requester -------------------------------------------------------------------


def _words(
    request: HttpRequest,
    row: CaseRow,
    *,
    title: str,
    use: str,
    act: Callable[[str], CaseRow],
    done: str,
    help: str,
) -> HttpResponse:
    """A form of one text, with texts to begin from."""
    texts, begun = texts_for(request, row, use, actor(request)) if use else ((), "")
    form = forms.Words(request.POST or None, initial={"text": begun}, label=title, help=help)
    return act_form(
        request,
        row,
        form,
        lambda: act(form.cleaned_data["text"]),
        title=title,
        button=title,
        done=done,
        templates=texts,
    )


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def ask(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return _words(
        request, row, title=_("Ask the requester"), use="ask",
        act=lambda text: cases.ask(row.urn, text=text, by=who), done=_("The question is on its way; the deadlines stand still."),
        help=_("The deadlines stand still until the answer is here."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def reply(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return _words(
        request, row, title=_("Tell the requester"), use="answer",
        act=lambda text: cases.reply(row.urn, text=text, by=who), done=_("The requester is told."),
        help=_("The requester reads this; no names of others, no internal words."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def answer(request: HttpRequest, number: str, question: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return _words(
        request, row, title=_("Record the answer"), use="",
        act=lambda text: cases.answer(row.urn, question=question, text=text, by=who),
        done=_("The answer is recorded; the deadlines go on."), help=_("What the requester said, in the requester's words."),
    )  # fmt: skip


@require_POST
@permission("cases.view")
def withdraw_question(request: HttpRequest, number: str, question: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return do(
        request,
        row,
        lambda: cases.withdraw_question(row.urn, question=question, by=who),
        _("The question is withdrawn."),
    )


# --- tasks ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def add_task(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number, to="cases.act"), actor(request)
    form = forms.NewTask(request.POST or None, offices=queries.offices_for(row))

    def act() -> CaseRow:
        given = form.cleaned_data
        return cases.add_task(
            row.urn, title=given["title"], organisation=given["organisation"], due_at=given["due_at"], by=who
        )

    return act_form(
        request, row, form, act, title=_("Ask a department"), button=_("Ask"), done=_("The department is asked.")
    )


@require_POST
@permission("cases.view")
def take_task(request: HttpRequest, number: str, task: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return do(request, row, lambda: cases.take_task(row.urn, task=task, by=who), _("The task is yours."))


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def end_task(request: HttpRequest, number: str, task: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    form = forms.TaskAnswer(request.POST or None)

    def act() -> CaseRow:
        given = form.cleaned_data
        return cases.end_task(row.urn, task=task, outcome=given["outcome"], answer=given["answer"], by=who)

    return act_form(
        request, row, form, act, title=_("Answer the task"), button=_("Answer"), done=_("The task is answered.")
    )


@require_POST
@permission("cases.view")
def withdraw_task(request: HttpRequest, number: str, task: int) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return do(request, row, lambda: cases.withdraw_task(row.urn, task=task, by=who), _("The task is withdrawn."))


# --- duplicates ----------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def join(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    likely = cases.likely_duplicates(row.urn, actor=who)
    form = forms.Join(request.POST or None, likely=likely, initial={"into": request.GET.get("into", "")[:40]})

    def act() -> CaseRow:
        given = form.cleaned_data
        return cases.join(row.urn, into=given["into"], reason=given["reason"], by=who)

    return act_form(
        request, row, form, act, title=_("Join as a duplicate"), button=_("Join"),
        done=_("The case is joined; it ends with the other one."),
    )  # fmt: skip


@require_POST
@permission("cases.view")
def split(request: HttpRequest, number: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    return do(request, row, lambda: cases.split(row.urn, by=who), _("The case stands by itself again."))


# --- files ---------------------------------------------------------------------------


@require_POST
@permission("cases.view")
def attach(request: HttpRequest, number: str) -> HttpResponse:
    """Each file by itself: what is refused is told with its name, the others are kept."""
    row, who = seen(request, number), actor(request)
    found, faults = uploads.read_each(request)
    refused: list[DinhError] = list(faults)
    kept = 0
    for content, name in found:
        try:
            cases.attach(row.urn, content=content, name=name, by=who)
            kept += 1
        except DinhError as error:
            refused.append(error)
    for fault in refused:
        messages.error(request, told(fault))
    if kept:
        messages.success(request, _("Files kept: %(count)s.") % {"count": kept})
    elif not refused:
        messages.error(request, _("No file was chosen."))
    return back(request, row)


@require_safe
@permission("cases.view")
def open_file(request: HttpRequest, number: str, file: str) -> HttpResponse:
    """Leads to an address that expires, after the case's permissions were asked."""
    row = seen(request, number)
    found = files.file(f"urn:dinh:file:{file}")
    if found.about != row.urn:
        raise Conflict("cases.file_elsewhere", "this file belongs to something else")
    return redirect(files.signed_path(found.urn))


@require_http_methods(["GET", "POST"])
@permission("cases.view")
def erase_file(request: HttpRequest, number: str, file: str) -> HttpResponse:
    row, who = seen(request, number), actor(request)
    form = forms.Reason(request.POST or None)
    return act_form(
        request, row, form,
        lambda: cases.erase_attachment(row.urn, file=f"urn:dinh:file:{file}", reason=form.cleaned_data["reason"], by=who),
        title=_("Erase the file"), button=_("Erase for good"), done=_("The file is erased."),
    )  # fmt: skip
