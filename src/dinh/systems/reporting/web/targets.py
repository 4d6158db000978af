"""Targets, plans and floors by year: list, change, import, history."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.spine.observations import api as observations
from dinh.spine.observations.api import reported
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places
from dinh.systems.reporting import queries
from dinh.systems.reporting.domain import parse_figure
from dinh.systems.reporting.web.lists import SEEN_BY
from dinh.web.requests import actor, language, permission
from dinh.web.words import told

MOST_BYTES = 1_000_000


def kind_names() -> dict[str, str]:
    return {"target": _("Target"), "plan": _("Plan"), "floor": _("Floor")}


@require_http_methods(["GET", "POST"])
@permission(SEEN_BY)
def page(request: HttpRequest) -> HttpResponse:
    who = actor(request)
    if request.method == "POST":
        return _save(request)
    asked = request.GET
    this_year = clock.today().year
    year = int(asked["year"]) if asked.get("year", "").isascii() and asked.get("year", "").isdigit() else this_year
    indicator = asked.get("indicator", "")[:64]
    history = asked.get("history") == "1"
    rows = reported.targets(indicator=indicator, year=year, in_force=not history)
    known = {spec.code: spec for spec in observations.indicators()}
    names = places.places({row.place for row in rows})
    kinds = kind_names()
    context: dict[str, Any] = {
        "tab": "targets",
        "rows": [
            (row, known.get(row.indicator), names.get(row.place), kinds[row.kind], queries.proof(row.ledger_index))
            for row in rows
        ],
        "year": year,
        "years": range(this_year + 5, this_year - 11, -1),
        "history": history,
        "indicator": indicator,
        "indicators": list(known.values()),
        "places": queries.area_places(),
        "kinds": kinds.items(),
        "may_plan": parties.may(who, "observations.plan"),
    }
    return render(request, "reporting/targets.html", context)


def _save(request: HttpRequest) -> HttpResponse:
    given = request.POST
    parties.require(actor(request), "observations.plan", place=given.get("place") or None)
    year = given.get("year", "")
    try:
        value, _missing = parse_figure(given.get("value", ""), language(request))
        reported.save_target(
            indicator=given.get("indicator", ""),
            place=given.get("place", ""),
            year=int(year) if year.isascii() and year.isdigit() and len(year) < 5 else 0,
            kind=given.get("kind", ""),
            value=value,
            document=given.get("document", ""),
            by=actor(request),
        )
    except (Conflict, Invalid, NotFound) as error:
        messages.error(request, told(error))
    else:
        messages.success(
            request, _("Saved.") if value is not None else _("Withdrawn; the old value stays in the history.")
        )
    return redirect(f"{request.path}?year={year}" if year.isdigit() else request.path)


@require_POST
@permission("observations.plan")
def upload(request: HttpRequest) -> HttpResponse:
    """CSV with the columns indicator, place, year, kind, value, document: all of it or nothing."""
    sent = request.FILES.get("file")
    try:
        if not isinstance(sent, UploadedFile):
            raise Invalid("reporting.no_file", "choose a file first")
        count = _take(request, sent.read(MOST_BYTES + 1))
    except DinhError as error:
        if error.family == "refused":
            raise
        messages.error(request, told(error))
    else:
        messages.success(request, _("%(count)s values were taken from the file.") % {"count": count})
    return redirect("reporting:targets")


def _take(request: HttpRequest, body: bytes) -> int:
    if len(body) > MOST_BYTES:
        raise Invalid("reporting.file_too_large", "the file is larger than {most} bytes; send the filled form alone", most=MOST_BYTES)  # fmt: skip
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("reporting.not_utf8", "the CSV is not UTF-8; save it as “CSV UTF-8” or as XLSX") from error
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=head.count))
    absent = {"indicator", "place", "year", "kind", "value"} - set(reader.fieldnames or ())
    if absent:
        raise Invalid("reporting.no_such_column", "the file has no column [{code}]; use the downloaded form", code=sorted(absent)[0])  # fmt: skip
    count = 0
    with transaction.atomic():
        for line, row in enumerate(reader, start=2):
            year = (row["year"] or "").strip()
            try:
                reported.save_target(
                    indicator=(row["indicator"] or "").strip(),
                    place=(row["place"] or "").strip(),
                    year=int(year) if year.isascii() and year.isdigit() and len(year) < 5 else 0,
                    kind=(row["kind"] or "").strip(),
                    value=parse_figure(row["value"] or "", language(request))[0],
                    document=row.get("document") or "",
                    by=actor(request),
                )
            except (Invalid, NotFound) as error:
                raise Invalid(
                    "reporting.bad_line", "line {line}: {why}; nothing was taken", line=line, why=error
                ) from error
            count += 1
    return count
