"""What the map of a scenario asks for: edits, calculations, previews, tiles, readings. JSON and pictures."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.jobs import api as jobs
from dinh.systems.network_5g import actions, pictures, queries
from dinh.systems.network_5g.domain import Mast, mast_of
from dinh.systems.network_5g.layers import BY_CODE
from dinh.systems.network_5g.models import Edit, Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web import forms
from dinh.systems.network_5g.web.figures import shown
from dinh.web.requests import actor, language, permission

MOST_BYTES: Final = 2_000_000
WEEK_S: Final = 7 * 24 * 3600


def _sent(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise Invalid("network_5g.too_much", "that is too much at once; import a list instead")
    try:
        found = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("network_5g.not_json", "the request is no JSON") from error
    if not isinstance(found, dict):
        raise Invalid("network_5g.not_json", "the request is no JSON")
    return found


@require_safe
@permission(queries.READ)
def state(request: HttpRequest, id: UUID) -> HttpResponse:
    return JsonResponse(forms.state(queries.scenario(id, actor(request))))


@require_POST
@permission(queries.PLAN)
def edit(request: HttpRequest, id: UUID) -> HttpResponse:
    """{"kind", "about", "changes": [[code or null, values or null]], "seen": {code: values}} -> the state."""
    who = actor(request)
    row = queries.scenario(id, who)
    given = _sent(request)
    kind = given.get("kind", "change")
    changes = given.get("changes")
    if kind not in (Edit.Kind.ADD, Edit.Kind.MOVE, Edit.Kind.CHANGE, Edit.Kind.REMOVE) or not isinstance(changes, list):
        raise Invalid("network_5g.edit", "an edit names its kind and a list of changes")
    actions.edit_masts(
        scenario=row, kind=kind, about=str(given.get("about", "")), by=who, seen=given.get("seen") or None,
        changes=[_change(change) for change in changes[:1000]],
    )  # fmt: skip
    return JsonResponse(forms.state(row))


def _change(change: Any) -> tuple[str | None, Mapping[str, Any] | None]:
    if not (isinstance(change, list) and len(change) == 2):
        raise Invalid("network_5g.edit", "an edit names its kind and a list of changes")
    code, values = change
    if not (code is None or isinstance(code, str)) or not (values is None or isinstance(values, dict)):
        raise Invalid("network_5g.edit", "an edit names its kind and a list of changes")
    return code, values


@require_POST
@permission(queries.PLAN)
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    row = queries.scenario(id, actor(request))
    actions.undo(scenario=row, by=actor(request))
    return JsonResponse(forms.state(row))


@require_POST
@permission(queries.PLAN)
def redo(request: HttpRequest, id: UUID) -> HttpResponse:
    row = queries.scenario(id, actor(request))
    actions.redo(scenario=row, by=actor(request))
    return JsonResponse(forms.state(row))


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def calculate(request: HttpRequest, id: UUID) -> HttpResponse:
    """Asked by POST it begins, or answers at once where that is quick; by GET it tells how far the task is."""
    who = actor(request)
    row = queries.scenario(id, who)
    if request.method == "GET":
        return JsonResponse(_progress(request.GET.get("task", ""), row))
    question = queries.question(row)
    if queries.summary(question.digest) is None:
        if queries.seconds_of(question, row.area.resolution_m) > queries.QUICK_S:
            task = jobs.start(
                actions.CALCULATE, {"scenario": str(row.pk), "digest": question.digest}, title="Calculate a 5G network",
                by=who.urn,
            )  # fmt: skip
            return JsonResponse({"state": "running", "task": task.id, "done": 0, "of": 0})
        desk().ask("calculate", question)
    summary = queries.summary(question.digest)
    return JsonResponse({"state": "done", "digest": question.digest, "seconds": summary["seconds"] if summary else 0})


def _progress(id: str, row: Scenario) -> dict[str, Any]:
    task = jobs.task(id)
    if task.params.get("scenario") != str(row.pk):
        raise NotFound("jobs.no_task", "there is no such task")
    if task.state == "done":
        summary = queries.summary(str(task.result.get("digest"))) or {}
        return {"state": "done", "digest": task.result.get("digest"), "seconds": summary.get("seconds", 0)}
    running = task.state in ("waiting", "running")
    return {"state": "running" if running else task.state, "task": task.id, "done": task.done, "of": task.total or 0, "error": task.error}  # fmt: skip


@require_POST
@permission(queries.READ)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    """Whoever asked for a calculation may stop it."""
    who = actor(request)
    row = queries.scenario(id, who)
    task = jobs.task(str(_sent(request).get("task", "")), by=who.urn)
    if task.params.get("scenario") == str(row.pk) and task.state in ("waiting", "running"):
        jobs.cancel(task.id, by=who.urn)
    return JsonResponse({"state": "cancelled"})


@require_POST
@permission(queries.READ)
def preview(request: HttpRequest, id: UUID) -> HttpResponse:
    """{"carrier", "layer", "changes": [[code or null, values or null]]} -> {"png", "box"}, or {} where nothing changes.

    Nothing is kept: whoever may look may also try.
    """
    row = queries.scenario(id, actor(request))
    given = _sent(request)
    base = queries.question(row)
    layer = BY_CODE.get(str(given.get("layer")), BY_CODE["rsrp"])
    carrier = str(given.get("carrier"))
    if carrier not in {c.code for c in base.settings.carriers}:
        raise NotFound("network_5g.no_carrier", "there is no carrier '{code}' in this scenario", code=carrier[:20])
    masts = _with(base.masts, [_change(change) for change in (given.get("changes") or [])[:50]])
    found = desk().ask("preview", base, queries.question(row, masts), carrier, layer.code, patience_s=5.0)
    if found is None:
        return JsonResponse({})
    picture = pictures.overlay(found["values"], pictures.Frame.of(row.area.about), layer, top=found["top"], left=found["left"])  # fmt: skip
    return JsonResponse({"png": base64.b64encode(picture.png).decode(), "box": picture.box})


def _with(masts: tuple[Mast, ...], changes: list[tuple[str | None, Mapping[str, Any] | None]]) -> list[Mast]:
    held = {mast.code: mast for mast in masts}
    for number, (code, values) in enumerate(changes):
        if code is not None and values is None:
            held.pop(code, None)
        elif values is not None:
            name = code or f"new{number}"
            try:
                held[name] = mast_of({**values, "code": name})
            except Exception as error:
                raise Invalid("network_5g.mast_values", "mast {name}: {why}", name=name, why=str(error)) from error
    return list(held.values())


@require_GET
@permission(queries.READ)
def tile(
    request: HttpRequest, id: UUID, digest: str, carrier: str, layer: str, z: int, x: int, y: int
) -> HttpResponseBase:
    """A picture of an answer; its name tells what it was calculated from, so it never changes."""
    row = queries.scenario(id, actor(request))
    drawn = _layer(layer)
    values = pictures.values_of(queries.folder("results") / digest, carrier, drawn.code)
    png = pictures.tile(values, pictures.Frame.of(row.area.about), drawn, z, x, y)
    return image(png)


def _layer(code: str) -> Any:
    if code not in BY_CODE:
        raise NotFound("network_5g.no_layer", "there is no layer '{code}'", code=code[:20])
    return BY_CODE[code]


def image(content: bytes | None) -> HttpResponse:
    answer = HttpResponse(content, content_type="image/png") if content else HttpResponse(status=204)
    answer["Cache-Control"] = f"private, max-age={WEEK_S}, immutable"
    return answer


@require_GET
@permission(queries.READ)
def reading(request: HttpRequest, id: UUID) -> HttpResponse:
    """A fragment: what each carrier gives at a point."""
    row = queries.scenario(id, actor(request))
    question = queries.question(row)
    lon, lat = _degree(request, "lon"), _degree(request, "lat")
    frame = pictures.Frame.of(row.area.about)
    place = frame.pixel(lon, lat)
    summary = queries.summary(question.digest)
    lines = []
    if place is not None and summary is not None:
        names = {mast.code: mast.name for mast in question.masts}
        for carrier in question.settings.carriers:
            at = {code: pictures.values_of(question.answer, carrier.code, code)[place] for code in BY_CODE}
            cell = summary["carriers"][carrier.code]["cells"][int(at["server"])] if at["server"] >= 0 else None
            lines.append((carrier, _values(at) if cell else None, names.get(cell["mast"], "") if cell else "", cell))
    context = {"scenario": row, "lines": lines, "longitude": lon, "latitude": lat, "calculated": summary is not None, "inside": place is not None}  # fmt: skip
    return render(request, "network_5g/reading.html", context)


def _values(at: Mapping[str, Any]) -> dict[str, float | None]:
    return {
        code: None if at[code] == np.int16(-32768) else float(at[code]) / layer.scale
        for code, layer in BY_CODE.items()
        if layer.unit
    }


def _degree(request: HttpRequest, name: str) -> float:
    try:
        found = float(request.GET.get(name, ""))
    except ValueError as error:
        raise Invalid("network_5g.no_number", "{what} is a number, not '{value}'", what=name, value=request.GET.get(name, "")[:20]) from error  # fmt: skip
    if not -180 <= found <= 180:
        raise Invalid("network_5g.no_number", "{what} is a number, not '{value}'", what=name, value=found)
    return found


@require_safe
@permission(queries.READ)
def figures(request: HttpRequest, id: UUID) -> HttpResponse:
    """A fragment: coverage and capacity by carrier, communes, cells."""
    row = queries.scenario(id, actor(request))
    question = queries.question(row)
    summary = queries.summary(question.digest)
    context = {
        "scenario": row,
        "settings": question.settings,
        "found": shown(summary, question, row, language(request)) if summary else None,
        "masts": len(question.masts),
        "may_edit": queries.may_edit(actor(request), row),
    }
    return render(request, "network_5g/figures.html", context)
