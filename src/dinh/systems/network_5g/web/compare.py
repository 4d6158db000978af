"""Two scenarios of one area beside each other: figures, communes, and where the level differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from dinh.kernel.errors import Invalid, NotFound
from dinh.systems.network_5g import pictures, queries
from dinh.systems.network_5g.layers import DIFFERENCE
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.web.desk import image
from dinh.systems.network_5g.web.figures import CarrierFigures, Figures, shown
from dinh.systems.network_5g.web.scenarios import area_box
from dinh.web.requests import actor, language, permission


def _asked(request: HttpRequest, name: str) -> Scenario | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        return queries.scenario(UUID(text), actor(request))
    except ValueError as error:
        raise NotFound("network_5g.no_scenario", "there is no such scenario") from error


@require_safe
@permission(queries.READ)
def page(request: HttpRequest) -> HttpResponse:
    """Without b: choose what to compare a with."""
    a, b = _asked(request, "a"), _asked(request, "b")
    if a is None:
        raise NotFound("network_5g.no_scenario", "there is no such scenario")
    if b is not None and b.area_id != a.area_id:
        raise Invalid("network_5g.other_area", "only scenarios of one planning area can be compared")
    others = [row for row in queries.scenarios(actor(request), area=a.area) if row.pk != a.pk]
    context: dict[str, Any] = {"scenario": a, "a": a, "b": b, "others": others}
    if b is not None:
        found = [_figures(row, request) for row in (a, b)]
        context |= {"figures": found, "waiting": [row for row, one in zip((a, b), found, strict=True) if one is None]}
        if all(found):
            context |= _beside(a, b, found, request)
    return render(request, "network_5g/compare.html", context)


def _figures(row: Scenario, request: HttpRequest) -> Figures | None:
    question = queries.question(row)
    summary = queries.summary(question.digest)
    return shown(summary, question, row, language(request)) if summary else None


def _beside(a: Scenario, b: Scenario, found: list[Figures | None], request: HttpRequest) -> dict[str, Any]:
    first, second = (one for one in found if one is not None)
    codes = [
        one.carrier.code for one in first.carriers if one.carrier.code in {x.carrier.code for x in second.carriers}
    ]
    before, after = ({one.carrier.code: one for one in figures.carriers} for figures in (first, second))
    places = {line.urn: line for line in second.communes}
    numbers = [[one.carrier.code for one in figures.carriers] for figures in (first, second)]
    rows = []
    for line in first.communes:
        other = places[line.urn]
        pairs = [(line.covered[numbers[0].index(c)], other.covered[numbers[1].index(c)]) for c in codes]
        rows.append((line, [(code, x, y, y - x) for code, (x, y) in zip(codes, pairs, strict=True)]))
    rows.sort(key=lambda row: -max((abs(change) for _code, _x, _y, change in row[1]), default=0.0))
    frame = pictures.Frame.of(a.area.about)
    return {
        "codes": codes,
        "figures_beside": [(code, _lines(before[code], after[code])) for code in codes],
        "communes": rows,
        "config": {
            "path": reverse("network_5g:compare"), "a": str(a.id), "b": str(b.id), "box": frame.corners_deg(), "area": area_box(a),
            "communes": [commune["urn"] for commune in a.area.about["communes"]], "language": language(request),
            "carriers": codes, "digests": [queries.question(a).digest, queries.question(b).digest],
            "steps": [[step.from_, step.colour] for step in DIFFERENCE.steps],
        },
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    before: float | None
    after: float | None


def _lines(before: CarrierFigures, after: CarrierFigures) -> list[Line]:
    def line(name: str, of: Callable[[CarrierFigures], float | None]) -> Line:
        return Line(name, of(before), of(after))

    return [
        line(_("People covered"), lambda one: one.people),
        line(_("Area covered, km²"), lambda one: one.km2),
        line(_("Median rate down at the set load, Mb/s"), lambda one: one.down[1] if one.down else None),
        line(_("Median rate in the busy hour, Mb/s"), lambda one: one.busy["percentiles_mbps"][1]),
        line(_("Overloaded cells"), lambda one: one.busy["overloaded"]),
    ]


@require_GET
@permission(queries.READ)
def tile(request: HttpRequest, a: UUID, b: UUID, first: str, second: str, carrier: str, z: int, x: int, y: int) -> HttpResponseBase:  # fmt: skip
    """By how much the level of `b` is above that of `a`."""
    rows = [queries.scenario(id, actor(request)) for id in (a, b)]
    values = [pictures.values_of(queries.folder("results") / digest, carrier, "rsrp") for digest in (first, second)]
    frame = pictures.Frame.of(rows[0].area.about)
    if rows[0].area_id != rows[1].area_id or values[0].shape != values[1].shape:
        raise Invalid("network_5g.other_area", "only scenarios of one planning area can be compared")
    return image(pictures.difference_tile(values[0], values[1], frame, z, x, y))
