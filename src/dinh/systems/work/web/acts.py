"""What every act on a case shares: who may see it, doing it and saying so, its form in a dialog or on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import CaseRow, TemplateRow
from dinh.spine.parties import api as parties
from dinh.systems.work.web import forms
from dinh.web.requests import actor
from dinh.web.words import told


def seen(request: HttpRequest, number: str, *, to: str = "") -> CaseRow:
    """The case, for whoever may see it; for anybody else it is as if there were none. With `to` for those alone who hold
    that permission on it, so that a form is not shown to people whose answer would be refused."""
    row = cases.case(f"urn:dinh:case:{number}", actor=actor(request))
    if to and not cases.may_act(row, to, actor=actor(request)):
        parties.require(actor(request), to, place=row.place)
    return row


def back(request: HttpRequest, row: CaseRow) -> HttpResponse:
    """To where the form says, if that is here; else to the case."""
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return redirect("work:case", number=row.number_text)


def do(request: HttpRequest, row: CaseRow, act: Callable[[], CaseRow], done: str) -> HttpResponse:
    """Does it and says so, or says why not; what is merely impossible now is no error page."""
    try:
        act()
    except (Conflict, Invalid, NotFound) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, done)
    return back(request, row)


def version_in(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def act_form(
    request: HttpRequest,
    row: CaseRow,
    form: forms.Form,
    act: Callable[[], CaseRow],
    *,
    title: str,
    button: str,
    done: str,
    templates: Sequence[TemplateRow] = (),
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
                return back(request, row)
            else:
                messages.success(request, done)
                return back(request, row)
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
        "templates": templates,
        "version": version_in(request) if request.method == "POST" else form.version,
    }
    template = "work/act_dialog.html" if request.headers.get("HX-Request") else "work/act.html"
    return render(request, template, context, status=status)
