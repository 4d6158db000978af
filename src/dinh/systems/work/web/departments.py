"""Figures of departments in a window of time, as a page and as a file; and the tasks asked of my department."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.manifests import registry
from dinh.spine.cases import api as cases
from dinh.spine.cases.api import DepartmentRow
from dinh.spine.parties import api as parties
from dinh.systems.work import queries
from dinh.web.requests import actor, language, permission

WINDOWS: Final = (7, 30, 90, 365)


def _asked(request: HttpRequest) -> tuple[Sequence[DepartmentRow], dict[str, Any]]:
    days = request.GET.get("days", "")
    window = int(days) if days in {str(known) for known in WINDOWS} else 30
    kind, within = request.GET.get("type", "")[:64], request.GET.get("within", "")[:160]
    now = clock.now()
    rows = cases.department_figures(
        since=now - timedelta(days=window), until=now, actor=actor(request), within=within or None, type=kind
    )
    return rows, {"days": window, "type": kind, "within": within}


@require_safe
@permission("cases.view")
def departments(request: HttpRequest) -> HttpResponse:
    rows, asked = _asked(request)
    names = parties.parties({row.organisation for row in rows if row.organisation})
    context = {
        "rows": [(row, names.get(row.organisation)) for row in rows],
        "total": sum(row.open for row in rows),
        "windows": WINDOWS,
        "types": registry.case_types(),
        "communes": queries.communes(settings.AREA),
        "export": request.GET.urlencode(),
        **asked,
    }
    return render(request, "work/departments.html", context)


@require_safe
@permission("cases.view")
def departments_csv(request: HttpRequest) -> HttpResponse:
    rows, _given = _asked(request)
    names = parties.parties({row.organisation for row in rows if row.organisation})
    spoken = language(request)
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow([
        _("Organisation"), _("Cases opened"), _("Cases ended"), _("Going on"), _("Without owner"), _("Overdue"), _("Ended in time"),
        _("Minutes to owner"), _("Minutes to answer"), _("Minutes to end"), _("Opened again"),
    ])  # fmt: skip
    for row in rows:
        party = names.get(row.organisation)
        name = party.name(spoken) if party else _("No organisation")
        writer.writerow([
            "'" + name if name[:1] in "=+-@" else name, row.opened, row.closed, row.open, row.unowned, row.overdue,
            _cell(row.on_time), _cell(row.minutes_to_owner), _cell(row.minutes_to_answer), _cell(row.minutes_to_close),
            _cell(row.reopened),
        ])  # fmt: skip
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="don-vi-{clock.now().astimezone(VIETNAM):%Y%m%d}.csv"'
    return response


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


@require_safe
@permission("cases.view")
def my_tasks(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    tasks = queries.named_tasks(cases.open_tasks(actor=who))
    return render(request, "work/tasks.html", {"tasks": tasks, "organisation": queries.name_for(who.organisation, who)})
