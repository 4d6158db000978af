"""Formulas: list, edit with a try-out, and the walk from a number to its readings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dinh.kernel import clock
from dinh.kernel.durations import MONTH, YEAR
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, OutOfRange
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.reporting import queries
from dinh.systems.reporting.web.lists import SEEN_BY
from dinh.web.requests import actor, permission
from dinh.web.words import told

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "month": MONTH, "year": YEAR}
MOST_SHOWN = 60


def step_names() -> dict[str, str]:
    return {"hour": _("Hour"), "day": _("Day"), "month": _("Month"), "year": _("Year")}


def direction_names() -> dict[str, str]:
    return {"neither": _("neither"), "higher": _("more is better"), "lower": _("less is better")}


@require_safe
@permission(SEEN_BY)
def listing(request: HttpRequest) -> HttpResponse:
    context = {
        "tab": "formulas",
        "rows": reported.formulas(),
        "may_manage": parties.may_everywhere(actor(request), "observations.manage"),
    }
    return render(request, "reporting/formulas.html", context)


def _asked(request: HttpRequest) -> tuple[str, timedelta, date]:
    """Step, its length, and the day that is looked at; today where none was given."""
    given = request.POST if request.method == "POST" else request.GET
    step = given.get("step", "")
    step = step if step in STEPS else "day"
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        day = clock.today()
    return step, STEPS[step], day


@require_http_methods(["GET", "POST"])
@permission(SEEN_BY)
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new formula, or one that is there; whoever may not manage can look and try."""
    may_manage = parties.may_everywhere(actor(request), "observations.manage")
    if not code:
        parties.require_everywhere(actor(request), "observations.manage")
    held = reported.formula(code) if code else None
    row, fault, values = held, "", None
    step, every, day = _asked(request)
    if request.method == "POST":
        given = request.POST
        decimals = given.get("decimals", "1")
        headline = given.get("headline", "").strip()
        row = reported.FormulaRow(
            code=code or given.get("code", "").strip(),
            name_vi=given.get("name_vi", ""),
            name_en=given.get("name_en", ""),
            unit=given.get("unit", "").strip(),
            decimals=int(decimals) if decimals.isascii() and decimals.isdigit() and len(decimals) == 1 else 1,
            expression=given.get("expression", ""),
            version=held.version if held else 0,
            declared_by=actor(request).urn,
            changed_at=clock.now(),
            direction=given.get("direction", "neither"),
            headline=int(headline) if headline.isascii() and headline.isdigit() and len(headline) < 9 else None,
        )
        try:
            if given.get("act") == "save":
                version = given.get("version", "0")
                reported.save_formula(
                    code=row.code, name_vi=row.name_vi, name_en=row.name_en, unit=row.unit, decimals=row.decimals,
                    expression=row.expression, by=actor(request), direction=row.direction, headline=row.headline,
                    version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
                )  # fmt: skip
                messages.success(request, _("Saved."))
                return redirect("reporting:formula", code=row.code)
            values = _tried(row, every, day)
        except (Conflict, Invalid, NotFound, OutOfRange) as error:
            fault = told(error)
    elif held:
        try:
            values = _tried(held, every, day)
        except DinhError as error:
            fault = told(error)
    context: dict[str, Any] = {
        "tab": "formulas",
        "row": row,
        "held": held,
        "fault": fault,
        "values": values,
        "step": step,
        "steps": step_names().items(),
        "day": day,
        "may_manage": may_manage,
        "directions": direction_names().items(),
        "indicators": [spec for spec in observations.indicators() if spec.code != code],
    }
    status = 422 if fault and request.method == "POST" else 200
    return render(request, "reporting/formula.html", context, status=status)


def _tried(row: reported.FormulaRow, every: timedelta, day: date) -> Any:
    """By commune in the step that holds the day (of hours, its first)."""
    start = clock.start_of_day(day)
    found = reported.formula_values(
        row,
        within=settings.AREA,
        start=start if every < MONTH else _first(every, day),
        end=_end(every, day),
        every=every,
    )
    names = places.places({value.place for value in found})
    shown = sorted(found, key=lambda value: value.at, reverse=True)[:MOST_SHOWN]
    return [(value, names.get(value.place)) for value in shown]


def _first(every: timedelta, day: date) -> Any:
    return clock.start_of_day(day.replace(day=1) if every == MONTH else day.replace(month=1, day=1))


def _end(every: timedelta, day: date) -> Any:
    if every < MONTH:
        return clock.start_of_day(day) + every
    if every == YEAR:
        return clock.start_of_day(date(day.year + 1, 1, 1))
    return clock.start_of_day(date(day.year + day.month // 12, day.month % 12 + 1, 1))


@require_safe
@permission(SEEN_BY)
def lineage(request: HttpRequest) -> HttpResponse:
    """Asks for the permission to read raw readings at the very place."""
    code, place = request.GET.get("code", "")[:64], request.GET.get("place", "")[:160]
    step, every, day = _asked(request)
    at = clock.start_of_day(day)
    if request.GET.get("at"):
        at = clock.parse_moment(request.GET["at"])
    made = {row.code for row in reported.formulas()}  # they stand among the indicators too
    context: dict[str, Any] = {
        "tab": "formulas",
        "code": code,
        "place_urn": place,
        "step": step,
        "steps": step_names().items(),
        "day": at.astimezone(clock.VIETNAM).date(),
        "places": queries.area_places(),
        "codes": [
            *((row.code, row) for row in reported.formulas()),
            *((s.code, s.name) for s in observations.indicators() if s.code not in made),
        ],
    }
    if code and place:
        parties.require(actor(request), SEEN_BY, place=place)
        node = reported.lineage(code, place=place, at=at, every=every)
        subjects = {reading.subject for reading in _readings(node)}
        names = places.places(subjects)
        context |= {"place": places.place(place), "node": _worded(node, names)}
    return render(request, "reporting/lineage.html", context)


def _readings(node: reported.LineageNode) -> list[reported.LineageReading]:
    return [*node.readings, *(reading for part in node.inputs for reading in _readings(part))]


def _worded(node: reported.LineageNode, names: Any) -> dict[str, Any]:
    """The tree with the names of subjects and the addresses of proofs."""
    return {
        "node": node,
        "inputs": [_worded(part, names) for part in node.inputs],
        "readings": [
            (reading, names.get(reading.subject), queries.proof(reading.ledger_index)) for reading in node.readings
        ],
    }
