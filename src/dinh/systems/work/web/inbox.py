"""The inbox: queues, filters, export; and the same list in small for other screens."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import registry
from dinh.spine.cases import api as cases
from dinh.spine.parties import api as parties
from dinh.systems.work import queries, tables
from dinh.systems.work.web.filters import QUEUES, SIZE, Filters
from dinh.web.requests import actor, language, permission

IN_FRAGMENT = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def queue_names() -> dict[str, str]:
    return {
        "all": _("All"),
        "mine": _("Mine"),
        "unowned": _("Without owner"),
        "due_soon": _("Due soon"),
        "overdue": _("Overdue"),
    }


def _chips(page: cases.CasePage, present: str) -> list[dict[str, Any]]:
    names = queue_names()
    return [{"code": code, "name": names[code], "count": page.counts[code], "on": code == present} for code in QUEUES]


@require_safe
@permission("cases.view")
def inbox(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    filters = Filters.of(request)
    page = cases.cases(filters.query, actor=who)
    offices = sorted(parties.find_parties(kind="organisation", limit=500), key=lambda row: row.name_vi)
    communes = list(queries.communes(settings.AREA))
    chosen = queries.place_or_none(filters.within)
    if chosen is not None and all(row.urn != chosen.urn for row in communes):
        communes.insert(0, chosen)
    context = {
        "filters": filters,
        "order": filters.order,
        "rows": queries.shown(page.rows),
        "page": page,
        "chips": _chips(page, filters.queue),
        "size": SIZE,
        "communes": communes,
        "offices": offices,
        "types": registry.case_types(),
        "may_open": parties.may(who, "cases.open"),
        "may_act": parties.may(who, "cases.act") and filters.at is None,
        "me": who.urn,
        "export": request.GET.urlencode(),
    }
    return render(request, "work/inbox.html", context)


@require_safe
@permission("cases.view")
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    filters = Filters.of(request)
    rows = queries.all_cases(filters.query, actor=actor(request))
    name = f"vu-viec-{clock.now().astimezone(VIETNAM):%Y%m%d-%H%M}"
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(
            tables.csv_lines(rows, language(request)), content_type="text/csv; charset=utf-8"
        )
    elif form == "xlsx":
        response = HttpResponse(tables.xlsx(rows, language(request)), content_type=XLSX)
    else:
        raise NotFound("work.no_such_form", "there is no export as '{form}'; there are csv and xlsx", form=form)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


@require_safe
@permission("cases.view")
def queue(request: HttpRequest) -> HttpResponse:
    """A fragment: the queue in small, for another system's screen to show by address."""
    filters = Filters.of(request)
    page = cases.cases(filters.query, actor=actor(request))
    context = {
        "filters": filters,
        "rows": queries.shown(page.rows[:IN_FRAGMENT]),
        "page": page,
        "chips": _chips(page, filters.queue),
        "more": max(0, page.total - IN_FRAGMENT),
    }
    return render(request, "work/queue.html", context)
