"""What anybody sees: progress by number, figures of offices and procedures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel.manifests import Text, registry
from dinh.spine.parties import api as parties
from dinh.systems.public_services.domain import folders
from dinh.systems.public_services.queries import figures, progress
from dinh.systems.public_services.web.paging import page_in
from dinh.web.limits import limited
from dinh.web.page_cache import public_page

WINDOWS: Final = {"7": 7, "30": 30, "90": 90, "365": 365}


@require_safe
@public_page(10)
@limited(per_minute=120, burst=60, reads=True)
def progress_list(request: HttpRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "").strip()[:160] for name in ("q", "state", "office", "procedure", "late")}
    page = page_in(request)
    found = progress.page(
        text=asked["q"],
        state=asked["state"],
        organisation=asked["office"],
        procedure=asked["procedure"],
        late=asked["late"] == "1",
        offset=(page - 1) * progress.SIZE,
    )
    context = {
        "asked": asked,
        "narrowed": any(asked.values()),
        "rows": found.rows,
        "total": found.total,
        "size": progress.SIZE,
        "page": page,
        "states": progress.STATE_NAMES.items(),
        "procedures": folders.all_procedures().items(),
    }
    return render(request, "public_services/progress.html", context)


@require_safe
@limited(per_minute=120, burst=60, reads=True)
def progress_one(request: HttpRequest, number: str) -> HttpResponse:
    row, steps = progress.one(number)
    lines = [(step, registry.link_path("leaf", str(step.ledger_index)) or "") for step in steps]
    return render(request, "public_services/progress_one.html", {"row": row, "steps": lines})


@require_safe
@public_page(60)
@limited(per_minute=120, burst=60, reads=True)
def figures_page(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("days", "30")
    days = WINDOWS.get(chosen, 30)
    window = timedelta(days=days)
    total = figures.lines("", window=window)
    by_office = figures.lines("organisation", window=window)
    offices = parties.parties([line.key for line in by_office if line.key])
    procedures = folders.all_procedures()
    context: dict[str, Any] = {
        "days": str(days),
        "windows": list(WINDOWS),
        "all": _together(total),
        "tables": [
            (_("Office"), [(_named(offices.get(line.key)), line) for line in by_office]),
            (
                _("Procedure"),
                [
                    (procedures[line.key].name if line.key in procedures else Text(line.key, line.key), line)
                    for line in figures.lines("procedure", window=window)
                ],
            ),
        ],
    }
    return render(request, "public_services/figures.html", context)


def _named(row: parties.PartyRow | None) -> Text:
    return Text(row.name_vi, row.name_en) if row else Text("–", "–")


def _together(lines: Any) -> figures.Line | None:
    return lines[0] if lines else None
