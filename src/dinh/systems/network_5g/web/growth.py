"""What fails first: how far the traffic of a scenario can grow until cells are full."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from dinh.kernel.errors import Conflict, NotFound
from dinh.spine.jobs import api as jobs
from dinh.systems.network_5g import actions, queries
from dinh.systems.network_5g.exports.growth import growth_csv, growth_workbook
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.web.exports import TYPES, file_name
from dinh.web.requests import actor, language, permission


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    """Asked by POST it is calculated in the background; until then the page tells how far that is."""
    who = actor(request)
    row = queries.scenario(id, who)
    question = queries.question(row)
    found = queries.growth(question.digest)
    if request.method == "POST":
        if found is not None:
            return redirect("network_5g:growth", id=row.id)
        task = jobs.start(
            actions.GROW, {"scenario": str(row.pk), "digest": question.digest}, title="Find what fails first in a 5G network",
            by=who.urn,
        )  # fmt: skip
        return redirect(f"{reverse('network_5g:growth', args=[row.id])}?task={task.id}")
    names = {mast.code: mast.name for mast in question.masts}
    context: dict[str, Any] = {
        "scenario": row,
        "settings": question.settings,
        "masts": len(question.masts),
        "generated": any(mast.generated for mast in question.masts),
        "task": _task(request, row) if found is None else None,
        "found": found,
    }
    if found is not None:
        context |= {"steps": _side_by_side(found), "order": _order(found, names), "carriers": _carriers(found)}
    return render(request, "network_5g/growth.html", context)


def _task(request: HttpRequest, row: Scenario) -> jobs.TaskRow | None:
    try:
        task = jobs.task(request.GET.get("task", ""))
    except NotFound:
        return None
    return task if task.params.get("scenario") == str(row.pk) else None


def _carriers(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`customers` are as many as the first full cell bears, each asking for what it asks today."""
    return [
        {"code": code, "customers": None if one["first"] is None else found["customers"] * one["first"], **one}
        for code, one in found["carriers"].items()
    ]


def _side_by_side(found: Mapping[str, Any]) -> list[tuple[float, float, list[dict[str, Any]]]]:
    """Factor, customers, and what each carrier does at it."""
    return [
        (factor, found["customers"] * factor, [one["steps"][number] | {"cells": one["cells"]} for one in found["carriers"].values()])
        for number, factor in enumerate(found["factors"])
    ]  # fmt: skip


def _order(found: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (code, [cell | {"name": names.get(cell["mast"], cell["mast"]), "number": cell["cell"] + 1} for cell in one["order"]])
        for code, one in found["carriers"].items()
    ]  # fmt: skip


def _known(row: Scenario) -> dict[str, Any]:
    found = queries.growth(queries.question(row).digest)
    if found is None:
        raise Conflict("network_5g.not_calculated", "the scenario is not calculated as it stands; open it first")
    return found


@require_GET
@permission(queries.READ)
def chart(request: HttpRequest, id: UUID, what: str) -> HttpResponse:
    """What `<dinh-chart>` draws: the cells that are full, or the rates that people get, over growing demand."""
    row = queries.scenario(id, actor(request))
    found = _known(row)
    full = what == "full"
    data = {
        "name": _("Cells that are full") if full else _("Rate in the busy hour: half get more; band 5 to 95 of 100"),
        "code": f"growth-{what}", "unit": "%" if full else "Mb/s", "decimals": 1, "target": None, "thresholds": [],
        "from": found["factors"][0], "to": max(found["factors"][-1], found["factors"][0] * 1.01),
        "x": {"name": _("Times today’s demand"), "before": "×", "decimals": 1, "log": True},
        "lines": [{"name": code, "series": None, "points": _points(one, full=full)} for code, one in found["carriers"].items()],
        "sources": [], "simulated": any(mast.generated for mast in queries.masts(row)), "language": language(request),
    }  # fmt: skip
    return HttpResponse(json.dumps(data, ensure_ascii=False, allow_nan=False), content_type="application/json")


def _points(one: Mapping[str, Any], *, full: bool) -> list[list[float | None]]:
    if full:
        return [[step["factor"], 100 * step["full"] / max(one["cells"], 1), None, None] for step in one["steps"]]
    return [
        [step["factor"], step["percentiles_mbps"][1], step["percentiles_mbps"][0], step["percentiles_mbps"][2]] for step in one["steps"]
    ]  # fmt: skip


@require_GET
@permission(queries.READ)
def export(request: HttpRequest, id: UUID, form: str) -> HttpResponse:
    row = queries.scenario(id, actor(request))
    found = _known(row)
    if form not in ("csv", "xlsx"):
        raise NotFound("network_5g.no_form", "there is no file as '{form}'", form=form[:20])
    masts = queries.masts(row)
    content = (
        growth_csv(found)
        if form == "csv"
        else growth_workbook(
            found,
            title=row.name,
            names={mast.code: mast.name for mast in masts},
            generated=any(mast.generated for mast in masts),
            language=language(request),
        )
    )
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{file_name(row)}-growth.{form}"'
    return answer
