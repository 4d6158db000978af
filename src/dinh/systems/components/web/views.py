"""The component page. Its figures are samples; nothing is read or written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dinh.systems.components.web import samples
from dinh.systems.components.web.forms import SampleForm, errors_of

STATUSES = (400, 403, 404, 409, 410, 422, 429, 500, 503)
SEVERITIES = ("critical", "major", "minor", "information")


def _samples() -> dict[str, Any]:
    return {
        "severities": SEVERITIES,
        "work": samples.work(),
        "stations": samples.stations(),
        "salinity": samples.SALINITY,
        "with_a_gap": samples.WITH_A_GAP,
        "soon": samples.work()[0].due_at,
        "late": samples.work()[1].due_at,
        "days": samples.work()[3].due_at,
        "statuses": STATUSES,
        "upload": samples.uploads(),
    }


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    tones = [{"name": tone, "form": SampleForm(prefix=tone), "refused": errors_of()} for tone in ("light", "dark")]
    tones[1]["refused"] = _renamed(errors_of())
    return render(request, "components/page.html", {**_samples(), "tones": tones})


def _renamed(form: SampleForm) -> SampleForm:
    """The same form under other ids: the page shows it twice."""
    form.auto_id = "dark_%s"
    return form


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    return render(request, "components/wall.html", _samples())


@require_safe
def error(request: HttpRequest, status: int) -> HttpResponse:
    """How a fault looks; answered with status 200, because it is only shown."""
    if status not in STATUSES:
        raise Http404
    return render(request, "house/error.html", {"status": status})
