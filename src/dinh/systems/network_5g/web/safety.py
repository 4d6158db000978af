"""How near people may come to the antennas of a mast: QCVN 8:2022/BTTTT and ICNIRP 2020 beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel.errors import DinhError, NotFound
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.calculation.questions import SafetyQuestion
from dinh.systems.network_5g.domain import Mast, mast_of
from dinh.systems.network_5g.models import Scenario
from dinh.systems.network_5g.radio_process import desk
from dinh.systems.network_5g.web.asked import Asked
from dinh.systems.network_5g.web.safety_drawing import draw
from dinh.web.requests import actor, permission

SIZE: Final = 100
LIMITS: Final = (("qcvn", "QCVN 8:2022/BTTTT"), ("icnirp", "ICNIRP 2020"))
SORTS: Final = ("name", "distance", "ground", "height")


def reflections() -> dict[str, tuple[float, str]]:
    """Field with the ground over field without."""
    return {
        "none": (1.0, _("none")),
        "k52": (1.6, _("field × 1.6 (ITU-T K.52)")),
        "whole": (2.0, _("field × 2 (all is reflected)")),
    }


@dataclass(frozen=True)
class Terms:
    """What is taken for granted, as the form has it; `roof_m` None where no roof is asked about."""

    reduction: float
    reflection: str
    antenna_m: float
    roof_m: float | None
    roof_at_m: float | None
    faults: Mapping[str, DinhError]

    @classmethod
    def of(cls, request: HttpRequest) -> Terms:
        asked = Asked(request.GET)
        return cls(
            asked.number("reduction", _("Power reduction factor"), 1.0, 0.01, 1.0), asked.one_of("reflection", reflections(), "none"),
            asked.number("antenna", _("Largest side of an antenna"), 1.0, 0.1, 5.0), asked.maybe("roof", _("Height of the roof"), 0.0, 200.0),
            asked.maybe("roof_at", _("Distance of the roof"), 0.0, 1000.0), asked.faults,
        )  # fmt: skip

    def question(self, row: Scenario, masts: Sequence[Mast], *, outlines: bool) -> SafetyQuestion:
        return SafetyQuestion(
            tuple(masts), queries.settings(row), self.reduction, reflections()[self.reflection][0], self.antenna_m, self.roof_m,
            outlines,
        )  # fmt: skip


def _context(request: HttpRequest, row: Scenario, terms: Terms) -> dict[str, Any]:
    query = request.GET.copy()
    for name in ("q", "page", "order"):
        query.pop(name, None)
    return {
        "scenario": row, "terms": terms, "given": request.GET, "reflections": [(code, words) for code, (_factor, words) in reflections().items()],
        "limits": LIMITS, "kept": query.urlencode(), "settings": queries.settings(row),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """One limit. `roof_reached` None where no roof was asked about."""

    code: str
    name: str
    found: Mapping[str, Any]
    roof_reached: bool | None

    @property
    def ground_reached(self) -> bool:
        return bool(self.found["ground"]["reach_m"] > 0.0)


def _verdicts(found: Mapping[str, Any], terms: Terms) -> list[Verdict]:
    def reached(roof: Mapping[str, Any] | None) -> bool | None:
        return None if roof is None else bool(roof["reach_m"] > (terms.roof_at_m or 0.0))

    return [Verdict(code, name, found[code], reached(found[code]["roof"])) for code, name in LIMITS]


@require_safe
@permission(queries.READ)
def mast(request: HttpRequest, id: UUID, code: str) -> HttpResponse:
    """One mast: what it sends, both distances, ground and roof, and a drawing from the side."""
    row = queries.scenario(id, actor(request))
    held = row.masts.filter(code=code).first()
    if held is None:
        raise NotFound("network_5g.no_mast", "the mast {code} is not there any more", code=code[:40])
    this = mast_of(held.values)
    terms = Terms.of(request)
    context = _context(request, row, terms) | {"mast": this, "error": None}
    if terms.faults:
        return render(request, "network_5g/mast_safety.html", context, status=422)
    try:
        (found,) = desk().ask("safety", terms.question(row, [this], outlines=True))
    except DinhError as error:
        return render(request, "network_5g/mast_safety.html", context | {"error": error}, status=422)
    context |= {
        "verdicts": _verdicts(found, terms) if found["sends"] else [],
        "sends": [one | {"number": one["cell"] + 1} for one in found["sends"]],
        "drawing": draw(found, this.antenna_height_m, terms.antenna_m, terms.roof_m, terms.roof_at_m) if found["sends"] else None,
    }  # fmt: skip
    return render(request, "network_5g/mast_safety.html", context)


@require_safe
@permission(queries.READ)
def table(request: HttpRequest, id: UUID) -> HttpResponse:
    """All masts, searched and sorted, with the same terms."""
    row = queries.scenario(id, actor(request))
    terms = Terms.of(request)
    text, order = request.GET.get("q", "")[:80], request.GET.get("order", "-distance")
    context = _context(request, row, terms) | {"q": text, "order": order, "size": SIZE, "error": None}
    if terms.faults:
        return render(request, "network_5g/safety.html", context, status=422)
    masts = [mast_of(held.values) for held in queries.mast_rows(row, text=text)]
    try:
        found = desk().ask("safety", terms.question(row, masts, outlines=False)) if masts else []
    except DinhError as error:
        return render(request, "network_5g/safety.html", context | {"error": error}, status=422)
    rows = [(mast, _verdicts(one, terms)) for mast, one in zip(masts, found, strict=True)]
    pages = Paginator(_sorted(rows, order), SIZE).get_page(request.GET.get("page"))
    context |= {
        "rows": list(pages), "total": pages.paginator.count, "page": pages.number,
        "ground_reached": sum(verdicts[0].ground_reached for _mast, verdicts in rows),
        "roof_reached": sum(bool(verdicts[0].roof_reached) for _mast, verdicts in rows),
    }  # fmt: skip
    return render(request, "network_5g/safety.html", context)


type Row = tuple[Mast, list[Verdict]]


def _sorted(rows: list[Row], order: str) -> list[Row]:
    def key(row: Row) -> Any:
        mast, verdicts = row
        name = order.removeprefix("-")
        if name == "name":
            return mast.name, mast.code
        if name == "height":
            return mast.antenna_height_m
        found = verdicts[0].found
        if name == "ground":
            share = found["ground"]["share"]
            return float("inf") if share is None else share
        return found["distance_m"]

    return sorted(rows, key=key, reverse=order.startswith("-"))
