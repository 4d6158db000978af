"""The rollout of a scenario: what is assumed, quarter by quarter what is built, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Conflict, DinhError, NotFound
from dinh.systems.network_5g import programme_actions as acts
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.exports import rollout as files
from dinh.systems.network_5g.models import Choice, Rollout, Scenario
from dinh.systems.network_5g.programme import rollout_terms
from dinh.systems.network_5g.programme_tables import RolloutTables, quarter_ends, tables
from dinh.systems.network_5g.web.exports import TYPES, file_name
from dinh.systems.network_5g.web.programme_forms import RolloutForm
from dinh.systems.network_5g.web.scenarios import standing_names
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

SHOWN: Final = 100
FORMS: Final = ("xlsx", "csv")


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """Shown to whoever sees the scenario; asked for by whoever edits it."""
    who, tongue = actor(request), language(request)
    row = queries.scenario(id, who)
    if not row.area.ground:
        messages.info(request, _("The ground of this area is not laid yet."))
        return redirect("network_5g:area", id=row.area_id)
    carriers = [carrier.code for carrier in queries.settings(row).carriers]
    error: DinhError | None = None
    kept = acts.rollout_of(row)
    form = RolloutForm.of(acts.terms_of_rollout(kept), tongue)
    if request.method == "POST":
        queries.require_edit(who, row)
        form = RolloutForm.given(request.POST, tongue)
        try:
            acts.ask_rollout(scenario=row, terms=rollout_terms(form.values(), carriers), by=who)
        except DinhError as raised:
            if raised.family == "refused":
                raise
            error = raised
        else:
            return redirect("network_5g:rollout", id=row.id)
    found = _found(kept, tongue)
    context: dict[str, Any] = working(kept) | {
        "scenario": row,
        "form": form,
        "error": error,
        "carriers": carriers,
        "found": found,
        "stale": found is not None and not acts.is_current(kept, acts.rollout_question(kept).digest),
        "standings": standing_names(),
        "generated": is_generated(row),
        "shown": SHOWN,
        "may_edit": queries.may_edit(who, row),
        "masts": row.masts.count(),
    }
    return render(request, "network_5g/rollout.html", context, status=422 if error else 200)


def working(kept: Rollout | Choice) -> dict[str, Any]:
    """How far the work is, for `programme_work.html`."""
    task = acts.task_of(kept)
    running = acts.is_running(task)
    return {
        "task": task,
        "running": running,
        "progress": task.done / task.total if task and running and task.total else None,
        "refused": None if running else acts.refusal_of(kept),
    }


def is_generated(row: Scenario) -> bool:
    return row.area.demo or row.masts.filter(values__generated=True).exists()


def _found(kept: Rollout, tongue: str) -> RolloutTables | None:
    return tables(kept.answer, tongue) if kept.answer else None


@require_POST
@permission(queries.PLAN)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    who = actor(request)
    row = queries.scenario(id, who)
    try:
        acts.stop(row=acts.rollout_of(row), by=who)
    except Conflict as error:
        messages.info(request, told(error))
    return redirect("network_5g:rollout", id=row.id)


def _answered(request: HttpRequest, id: UUID) -> tuple[Scenario, RolloutTables]:
    row = queries.scenario(id, actor(request))
    found = _found(acts.rollout_of(row), language(request))
    if found is None:
        raise NotFound("network_5g.no_rollout", "no rollout was worked out yet; open its page and do that first")
    return row, found


@require_safe
@permission(queries.READ)
def chart(request: HttpRequest, id: UUID) -> HttpResponse:
    """Shares of people and area at the end of each quarter, as the chart draws them."""
    row, found = _answered(request, id)
    ends = [_ms(found, quarter.number) for quarter in found.quarters]
    lines = [
        (_("People covered"), [quarter.people_share for quarter in found.quarters]),
        (_("Area covered"), [quarter.km2_share for quarter in found.quarters]),
    ]
    data = {
        "name": _("Coverage"), "code": f"rollout-{file_name(row)}", "unit": "%", "decimals": 1, "target": None, "from": ends[0],
        "to": ends[-1], "thresholds": [], "sources": [], "simulated": is_generated(row), "language": language(request),
        "lines": [
            {"name": name, "series": None, "points": [(at, round(share * 100, 3), None, None) for at, share in zip(ends, shares, strict=True)]}
            for name, shares in lines
        ],
    }  # fmt: skip
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _ms(found: RolloutTables, number: int) -> int:
    day = quarter_ends(found.terms, number)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


@require_safe
@permission(queries.READ)
def export(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    row, found = _answered(request, id)
    if form not in FORMS:
        raise NotFound("network_5g.no_form", "there is no file as '{form}'", form=form[:20])
    content = files.mast_list(found) if form == "csv" else files.workbook(found, row.name, _assumed(found, request), generated=is_generated(row))  # fmt: skip
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="rollout-{file_name(row)}.{form}"'
    return answer


def _assumed(found: RolloutTables, request: HttpRequest) -> list[tuple[str, str, str]]:
    form = RolloutForm.of(found.terms, language(request))
    rows = [(field.label, field.value, field.unit) for field in (*form.money, *form.cables, *form.current, *form.costs)]
    words = {"each": _("so many kilometres each"), "nearest": _("to the nearest mast with fibre"), "on_air": _("send already"), "to_equip": _("are equipped")}  # fmt: skip
    return [(_("Fibre"), words[found.terms.fibre], ""), (_("Masts that exist"), words[found.terms.existing], ""), *rows]
