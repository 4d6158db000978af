"""One return: the grid to fill in, the decision on it, its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, Refused
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.systems.reporting import queries, tables
from dinh.systems.reporting.domain import parse_figure, period_name
from dinh.systems.reporting.web.lists import SEEN_BY, answer
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

FOUND_SHOWN = 30


def _typed(
    request: HttpRequest, row: reported.ReturnRow
) -> tuple[dict[tuple[str, int], reported.Cell], dict[str, str], dict[str, Invalid]]:
    """Cells, notes and, by the name of the field, what is no figure."""
    cells: dict[tuple[str, int], reported.Cell] = {}
    notes: dict[str, str] = {}
    faults: dict[str, Invalid] = {}
    written = language(request)
    for line, place in enumerate(row.assignment.places):
        notes[place] = request.POST.get(f"n-{line}", "")[:2000]
        for number in range(len(row.assignment.columns)):
            name = f"c-{line}-{number}"
            try:
                cells[place, number] = reported.Cell(*parse_figure(request.POST.get(name, ""), written))
            except Invalid as error:
                faults[name] = error
                if (place, number) in row.cells:
                    cells[place, number] = row.cells[place, number]
    return cells, notes, faults


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@require_http_methods(["GET", "POST"])
@permission(SEEN_BY)
def page(request: HttpRequest, number: int) -> HttpResponse:
    row = reported.one(number, actor=actor(request))
    if request.method == "POST":
        return _save(request, row)
    return _shown(request, row)


def _save(request: HttpRequest, row: reported.ReturnRow) -> HttpResponse:
    who, wants_json = actor(request), "application/json" in request.headers.get("Accept", "")
    cells, notes, faults = _typed(request, row)
    explanation = request.POST.get("explanation", "")
    try:
        saved = reported.save_draft(
            row.id, cells=cells, notes=notes, explanation=explanation, by=who, version=_version(request)
        )
    except (Conflict, Invalid) as error:
        if wants_json:
            return JsonResponse({"error": told(error), "code": error.code}, status=409)
        messages.error(request, told(error))
        if error.code == "reporting.changed":
            typed = {name: value for name, value in request.POST.items() if isinstance(value, str)}
            return _shown(request, reported.one(row.id, actor=who), typed=typed, status=409)
        return redirect("reporting:return", number=row.id)
    if wants_json:
        return JsonResponse(_marks(saved, faults))
    if faults:
        typed = {name: request.POST.get(name, "") for name in faults}
        return _shown(request, saved, typed=typed, faults=faults, status=422)
    if request.POST.get("act") == "submit":
        try:
            reported.submit(row.id, by=who, version=saved.version)
        except (Conflict, Invalid) as error:
            messages.error(request, told(error))
            return _shown(request, reported.one(row.id, actor=who), status=422)
        messages.success(request, _("Submitted. A second person will look at it."))
    else:
        messages.success(request, _("Saved as a draft."))
    return redirect("reporting:return", number=row.id)


def _marks(saved: reported.ReturnRow, faults: Mapping[str, Invalid]) -> dict[str, Any]:
    """What the page's script shows after a draft was saved by itself."""
    lines = {place: line for line, place in enumerate(saved.assignment.places)}
    marks = [{"name": name, "level": "error", "says": told(error)} for name, error in faults.items()]
    for finding in reported.findings(saved):
        name = f"c-{lines[finding.place]}-{finding.column}" if finding.place in lines else ""
        if name not in faults and finding.says.code != "reporting.incomplete":
            marks.append({"name": name, "level": finding.level, "says": told(finding.says)})
    return {"version": saved.version, "marks": marks, "saved": _("Saved as a draft.")}


def _shown(
    request: HttpRequest,
    row: reported.ReturnRow,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, Invalid] | None = None,
    status: int = 200,
) -> HttpResponse:
    who, written = actor(request), language(request)
    names = queries.names_of(row)
    found = reported.findings(row) if row.state not in {"approved", "recorded"} else ()
    grid = queries.grid(row, names, found, written, typed=typed)
    for line in grid:
        for cell in line.cells:
            if faults and cell.name in faults:
                cell.level, cell.says, cell.theirs = "error", [faults[cell.name]], ""
    versions = reported.versions(row)
    before = next((held for held in versions if held.sequence == row.sequence - 1), None)
    may_report = reported.may_report(row.assignment, actor=who)
    acts = reported.acts(row.id)
    people = parties.parties({urn for urn in (row.edited_by, row.submitted_by, row.decided_by) if urn})
    context = {
        "row": row,
        "period": period_name(row.assignment.period, row.first_day, queries.spoken()),
        "organisation": parties.parties([row.assignment.organisation]).get(row.assignment.organisation),
        "grid": grid,
        "columns": row.assignment.columns,
        "found": [(finding, names.get(finding.place), _column(row, finding.column)) for finding in found[:FOUND_SHOWN]],
        "errors": sum(finding.level == "error" for finding in found),
        "warnings": sum(finding.level == "warning" for finding in found),
        "may_fill_in": may_report and row.editable,
        "may_decide": row.state == "submitted" and reported.may_decide(row, actor=who),
        "may_correct": may_report and row.state == "recorded" and row.sequence == max(v.sequence for v in versions),
        "versions": versions,
        "changes": _changes(before, row, names, written) if before else [],
        "people": people,
        "submitted_by": people.get(row.submitted_by),
        "decided_by": people.get(row.decided_by),
        "edited_by": people.get(row.edited_by),
        "acts": [(act, act_names().get(act.what, act.what), queries.proof(act.ledger_index)) for act in acts],
        "altered": reported.altered_acts(row.id),
        "state_name": state_names()[row.state],
    }
    return render(request, "reporting/return.html", context, status=status)


def _column(row: reported.ReturnRow, number: int) -> reported.Column | None:
    return row.assignment.columns[number] if 0 <= number < len(row.assignment.columns) else None


def _changes(old: reported.ReturnRow, new: reported.ReturnRow, names: Any, written: str) -> Sequence[Any]:
    from dinh.systems.reporting.domain import show_figure

    return [
        (
            names.get(held.place),
            new.assignment.columns[held.column],
            show_figure(held.old.value, held.old.missing, written),
            show_figure(held.new.value, held.new.missing, written),
        )
        for held in reported.differences(old, new)
    ]


def state_names() -> dict[str, str]:
    return {
        "open": _("to be filled in"),
        "submitted": _("waits for approval"),
        "returned": _("sent back"),
        "approved": _("approved, being recorded"),
        "recorded": _("approved and recorded"),
    }


def act_names() -> dict[str, str]:
    return {
        "submitted": _("Submitted"),
        "returned": _("Sent back"),
        "approved": _("Approved"),
        "recorded": _("Recorded"),
        "correction": _("Correction begun"),
    }


@require_safe
@permission(SEEN_BY)
def download(request: HttpRequest, number: int, form: str) -> HttpResponse:
    row = reported.one(number, actor=actor(request))
    table = list(tables.grid(row, queries.names_of(row), language(request), numbers=form == "xlsx"))
    name = f"{row.assignment.code}-{row.first_day:%Y%m%d}"
    return answer(table, name, form, _("Form"))


@require_POST
@permission("observations.report")
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Takes the whole file or nothing: a file with faults changes no figure, and says all of them."""
    row = reported.one(number, actor=actor(request))
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        messages.error(request, _("Choose a file first."))
        return redirect("reporting:return", number=number)
    try:
        cells, notes, faults = tables.filled(sent.name or "", sent.read(tables.MOST_BYTES + 1), row, language(request))
        if faults:
            for line, code, error in faults[:FOUND_SHOWN]:
                said = {"line": line, "column": code, "why": told(error)}
                messages.error(request, _("Line %(line)s, %(column)s: %(why)s") % said)
            messages.error(request, _("Nothing was taken from the file; mend it and send it again."))
            return redirect("reporting:return", number=number)
        reported.save_draft(
            row.id, cells=cells, notes=notes, explanation=row.explanation, by=actor(request), version=_version(request)
        )
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    else:
        messages.success(request, _("%(count)s figures were taken from the file.") % {"count": len(cells)})
    return redirect("reporting:return", number=number)


@require_POST
@permission("observations.approve")
def decide(request: HttpRequest, number: int) -> HttpResponse:
    row, who = reported.one(number, actor=actor(request)), actor(request)
    try:
        if request.POST.get("act") == "approve":
            reported.approve(row.id, by=who, version=_version(request))
            messages.success(request, _("Approved. The figures are being recorded."))
            return redirect("reporting:review")
        reported.send_back(row.id, remarks=request.POST.get("remarks", ""), by=who, version=_version(request))
        messages.success(request, _("Sent back with your remarks."))
        return redirect("reporting:review")
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
    except Refused as error:
        if error.code != "reporting.own_return":
            raise
        messages.error(request, told(error))
    return redirect("reporting:return", number=number)


@require_POST
@permission("observations.report")
def correct(request: HttpRequest, number: int) -> HttpResponse:
    try:
        opened = reported.correct(number, reason=request.POST.get("reason", ""), by=actor(request))
    except (Conflict, Invalid) as error:
        messages.error(request, told(error))
        return redirect("reporting:return", number=number)
    return redirect("reporting:return", number=opened.id)


@require_POST
@permission("observations.approve")
def record_again(request: HttpRequest, number: int) -> HttpResponse:
    try:
        reported.record_again(number, by=actor(request))
    except NotFound:
        raise
    except DinhError as error:
        messages.error(request, told(error))
    return redirect("reporting:return", number=number)
