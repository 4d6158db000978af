"""One's own duties, what waits for a decision, and who is on time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.spine.observations.api import reported
from dinh.systems.reporting import queries, tables
from dinh.web.requests import actor, language, permission

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SEEN_BY = "observations.read"


def period_names() -> dict[str, str]:
    return {
        "day": _("Day"),
        "week": _("Week"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "half": _("Half-year"),
        "year": _("Year"),
    }


def punctuality_names() -> dict[str, str]:
    return {"on_time": _("on time"), "late": _("late"), "missing": _("not sent"), "waiting": _("not due yet"), "": ""}


@require_safe
@permission(SEEN_BY)
def home(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    duties, waiting = reported.duties(actor=who), reported.queue(actor=who)
    context = {
        "tab": "home",
        "duties": queries.lines(duties),
        "late": sum(row.late for row in duties),
        "waiting": len(waiting),
        "sent": queries.lines(reported.sent(actor=who)),
    }
    return render(request, "reporting/home.html", context)


@require_safe
@permission("observations.approve")
def review(request: HttpRequest) -> HttpResponse:
    rows = reported.queue(actor=actor(request))
    return render(request, "reporting/review.html", {"tab": "review", "rows": queries.lines(rows)})


def _overview(request: HttpRequest) -> tuple[str, Any, Any]:
    asked = request.GET.get("period", "")
    period = asked if asked in queries.PERIODS else "month"
    rows = reported.overview(actor=actor(request), period=period, since=queries.since(period))
    return period, *queries.matrix(rows, period)


@require_safe
@permission(SEEN_BY)
def overview(request: HttpRequest) -> HttpResponse:
    period, names, rows = _overview(request)
    said = punctuality_names()
    counts = dict.fromkeys(("on_time", "late", "missing"), 0)
    for row in rows:
        for _held, state in row.cells:
            if state in counts:
                counts[state] += 1
    context = {
        "tab": "overview",
        "period": period,
        "periods": period_names().items(),
        "names": names,
        "rows": [(row, [(held, state, said[state]) for held, state in row.cells]) for row in rows],
        "counts": [(said[state], count, state) for state, count in counts.items()],
    }
    return render(request, "reporting/overview.html", context)


@require_safe
@permission(SEEN_BY)
def export(request: HttpRequest, form: str) -> HttpResponse:
    period, names, rows = _overview(request)
    said, written = punctuality_names(), language(request)
    table: list[tables.Row] = [[_("Organisation"), _("Form"), *names]]
    for row in rows:
        office = row.organisation.name(written) if row.organisation else row.assignment.organisation
        table.append([office, row.assignment.name(written), *(said[state] for _held, state in row.cells)])
    return answer(table, f"bao-cao-{period}-{clock.today():%Y%m%d}", form, _("Overview"))


def answer(table: list[tables.Row], name: str, form: str, title: str) -> HttpResponse:
    """The table as a file. Raises NotFound for a form that there is not."""
    if form == "csv":
        response = HttpResponse(tables.csv_bytes(table), content_type="text/csv; charset=utf-8")
    elif form == "xlsx":
        response = HttpResponse(tables.xlsx_bytes(table, title, (30, 34)), content_type=XLSX)
    else:
        raise NotFound("reporting.no_such_file", "there is no file as '{form}'; there are csv and xlsx", form=form[:20])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
