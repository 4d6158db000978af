"""Search over everything that has a page; results come as one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.systems.operations_centre.queries import search as queries
from dinh.web.requests import actor, language


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:120]
    found = queries.search(
        text, actor=actor(request), language=language(request), limit=8 if _is_fragment(request) else 30
    )
    heads = {
        "place": _("Places"),
        "indicator": _("Indicators"),
        "alert": _("Alerts"),
        "case": _("Cases"),
    }
    context = {
        "q": text,
        "groups": [(kind, heads[kind], found[kind]) for kind in heads if kind in found],
        "total": sum(len(rows) for rows in found.values()),
    }
    name = "fragments/results.html" if _is_fragment(request) else "search.html"
    return render(request, f"operations_centre/{name}", context)


def _is_fragment(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
