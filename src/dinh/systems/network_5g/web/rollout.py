"""The rollout of a scenario: what is assumed, quarter by quarter what is built, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dinh.kernel.errors import NotFound
from dinh.spine.parties.api import Actor
from dinh.systems.network_5g import programme_actions as acts
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.exports import rollout as files
from dinh.systems.network_5g.models import Rollout, Scenario
from dinh.systems.network_5g.programme import rollout_terms
from dinh.systems.network_5g.programme_tables import RolloutTables, quarter_ends, tables
from dinh.systems.network_5g.web import programmes
from dinh.systems.network_5g.web.exports import TYPES, file_name
from dinh.systems.network_5g.web.programme_forms import RolloutForm
from dinh.web.requests import actor, language, permission

SHOWN: Final = 100
FORMS: Final = ("xlsx", "csv")


@require_http_methods(["GET", "POST"])
@permission(queries.READ)
def page(request: HttpRequest, id: UUID) -> HttpResponse:
    return programmes.page(request, id, ROLLOUT)


@require_POST
@permission(queries.PLAN)
def stop(request: HttpRequest, id: UUID) -> HttpResponse:
    return programmes.stop(request, id, ROLLOUT)


def _ask(row: Scenario, form: RolloutForm, carriers: Sequence[str], by: Actor) -> object:
    return acts.ask_rollout(scenario=row, terms=rollout_terms(form.values(), carriers), by=by)


def _shows(request: HttpRequest, kept: Rollout, _form: RolloutForm) -> dict[str, Any]:
    found = _found(kept, language(request))
    return {
        "found": found,
        "stale": found is not None and not acts.is_current(kept, acts.rollout_question(kept).digest),
        "shown": SHOWN,
        "masts": kept.scenario.masts.count(),
    }


ROLLOUT: Final = programmes.Programme(
    "rollout", acts.rollout_of, lambda kept, tongue: RolloutForm.of(acts.terms_of_rollout(kept), tongue), RolloutForm.given,
    _ask, _shows,
)  # fmt: skip


def _found(kept: Rollout, tongue: str) -> RolloutTables | None:
    return tables(kept.answer, tongue) if kept.answer else None


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
        "to": ends[-1], "thresholds": [], "sources": [], "simulated": programmes.is_generated(row), "language": language(request),
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
    content = files.mast_list(found) if form == "csv" else files.workbook(found, row.name, _assumed(found, request), generated=programmes.is_generated(row))  # fmt: skip
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="rollout-{file_name(row)}.{form}"'
    return answer


def _assumed(found: RolloutTables, request: HttpRequest) -> list[tuple[str, str, str]]:
    form = RolloutForm.of(found.terms, language(request))
    rows = [(field.label, field.value, field.unit) for field in (*form.money, *form.cables, *form.current, *form.costs)]
    words = {"each": _("so many kilometres each"), "nearest": _("to the nearest mast with fibre"), "on_air": _("send already"), "to_equip": _("are equipped")}  # fmt: skip
    return [(_("Fibre"), words[found.terms.fibre], ""), (_("Masts that exist"), words[found.terms.existing], ""), *rows]
