"""What runs in the background, what waits, what failed and why; and one task, for whoever started it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.errors import Refused
from dinh.spine.jobs import api as jobs
from dinh.systems.data_operations import queries
from dinh.systems.data_operations.web.tabs import tabs
from dinh.web.requests import actor, permission, signed_in

SIZE = 50
STATES = ("running", "waiting", "failed", "done", "cancelled")
FAILURES_SHOWN = 50


def state_names() -> dict[str, str]:
    return {
        "running": _("Runs"),
        "waiting": _("Waits"),
        "failed": _("Failed"),
        "done": _("Done"),
        "cancelled": _("Cancelled"),
    }


@require_safe
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """Everything for those who may see it; one's own tasks for anybody else who is signed in."""
    scope = queries.scope(actor(request))
    kinds = jobs.task_kinds(by=scope.by)
    state = request.GET.get("state", "") if request.GET.get("state") in STATES else ""
    kind = request.GET.get("kind", "") if request.GET.get("kind") in kinds else ""
    states = (state,) if state else ()
    counts = jobs.task_counts(kind=kind, by=scope.by)
    total = counts.get(state, 0) if state else sum(counts.values())
    page = min(_page(request), max(1, -(-total // SIZE)))
    rows = jobs.tasks(states=states, kind=kind, by=scope.by, offset=(page - 1) * SIZE, limit=SIZE)
    names = state_names()
    context: dict[str, Any] = queries.present(scope) | {
        "scope": scope,
        "kinds": kinds,
        "kind": kind,
        "state": state,
        "chips": [{"code": code, "name": names[code], "count": counts.get(code, 0)} for code in STATES],
        "all": sum(counts.values()),
        "rows": queries.shown(rows, kinds, scope),
        "names": names,
        "total": total,
        "size": SIZE,
        "page": page,
        "tabs": tabs(request, "jobs"),
    }
    if scope.sees_all:
        context["works"] = jobs.periodic_works()
        context["listeners"] = jobs.listeners()
        context["failures"] = jobs.failures(limit=FAILURES_SHOWN)
    return render(request, "data_operations/jobs.html", context)


@require_safe
@signed_in
def present(request: HttpRequest) -> HttpResponse:
    """A fragment: what runs and what waits, asked for again and again while the page is open."""
    scope = queries.scope(actor(request))
    return render(request, "data_operations/jobs_now.html", queries.present(scope) | {"scope": scope})


@require_safe
@signed_in
def task(request: HttpRequest, id: UUID) -> HttpResponse:
    scope = queries.scope(actor(request))
    row = _seen(id, scope)
    item = queries.shown([row], jobs.task_kinds(by=row.by), scope)[0]
    context = {
        "item": item,
        "state_name": state_names()[row.state],
        "result": queries.facts(row.result),
        "given": queries.facts(row.params),
        "tabs": tabs(request, "jobs"),
    }
    return render(request, "data_operations/job.html", context)


@require_POST
@signed_in
def cancel(request: HttpRequest, id: UUID) -> HttpResponse:
    row = jobs.cancel(str(_acted_on(request, id).id), by=actor(request).urn)
    if row.state == "cancelled":
        messages.success(request, _("“%(title)s” was cancelled.") % {"title": row.title})
    else:
        messages.info(request, _("“%(title)s” was asked to stop; what it has done stays.") % {"title": row.title})
    return _back(request, row)


@require_POST
@signed_in
def retry(request: HttpRequest, id: UUID) -> HttpResponse:
    row = jobs.retry(str(_acted_on(request, id).id), by=actor(request).urn)
    messages.success(request, _("“%(title)s” is tried again.") % {"title": row.title})
    return _back(request, row)


@require_POST
@permission("jobs.manage")
def retry_events(request: HttpRequest) -> HttpResponse:
    """Brings every event that was set aside to its listener once more."""
    if not queries.scope(actor(request)).manages:
        raise Refused(
            "jobs.not_everywhere",
            "events belong to no place; whoever manages background work in the whole area may bring them again",
        )
    taken = jobs.retry_failed()
    left = jobs.backlog().failed
    said = ngettext("%(count)d event was taken.", "%(count)d events were taken.", taken) % {"count": taken}
    if left:
        said += " " + ngettext("%(count)d still fails.", "%(count)d still fail.", left) % {"count": left}
        messages.warning(request, said)
    else:
        messages.success(request, said)
    return redirect("data_operations:jobs")


def _seen(id: UUID, scope: queries.Scope) -> jobs.TaskRow:
    """Somebody else's task is as if it were not there."""
    return jobs.task(str(id), by=scope.by)


def _acted_on(request: HttpRequest, id: UUID) -> jobs.TaskRow:
    scope = queries.scope(actor(request))
    row = _seen(id, scope)
    if not scope.may_act_on(row):
        raise Refused(
            "jobs.not_yours",
            "'{title}' was started by somebody else; ask them, or somebody who manages background work",
            title=row.title,
        )
    return row


def _back(request: HttpRequest, row: jobs.TaskRow) -> HttpResponse:
    if request.POST.get("back") == "list":
        return redirect("data_operations:jobs")
    return redirect("data_operations:job", id=row.id)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
