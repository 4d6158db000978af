"""The public pages: news with warnings on top, one warning, and the panel that other pages show."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from dinh.kernel.manifests import registry
from dinh.spine.parties import api as parties
from dinh.systems.local_news.queries import alerts, news, placing
from dinh.systems.local_news.queries.news import MOST_PAGES, SIZE
from dinh.systems.local_news.web import places
from dinh.systems.local_news.web.words import news_kinds
from dinh.web.requests import actor, language

MANAGE = "local_news.manage"
LOUD = 5
"""Urgent warnings that are told in full; a flood of them becomes a list."""


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What is about the reader's commune or the whole area; urgent warnings first, whatever is searched for."""
    asked, unit = request.GET, places.chosen(request)
    page = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 4 else 1
    page = min(max(1, page), MOST_PAGES)
    kind = asked.get("kind", "") if asked.get("kind", "") in news.KINDS else ""
    source = int(asked["source"]) if asked.get("source", "").isdecimal() and len(asked["source"]) < 10 else None
    text = asked.get("q", "").strip()[:200]
    found = news.news(unit=unit, kind=kind, feed=source, text=text, page=page)
    warnings = alerts.in_force(unit=unit)
    who = actor(request)
    loud = [row for row in warnings if row.urgent][:LOUD]
    context: dict[str, Any] = {
        "urgent": loud,
        "lesser": [row for row in warnings if row not in loud],
        "rows": found.rows,
        "total": found.total,
        "size": SIZE,
        "page": page,
        "text": text,
        "kind": kind,
        "kinds": list(news_kinds().items()),
        "source": source,
        "sources": news.sources(),
        "narrowed": bool(text or kind or source is not None or page > 1),
        "unit": unit,
        "unit_row": placing.ground().communes.get(unit),
        "area": placing.ground().row,
        "communes": places.choices(language(request)),
        "remembered": places.remembered(request),
        "may_manage": parties.may(who, MANAGE) or parties.may(who, "publications.write"),
        "publications": _page_of_publications(),
    }
    return render(request, "local_news/front.html", context)


def _page_of_publications() -> str:
    """Where publications have a page of their own, '' where that system is left out."""
    path = registry.link_path("publication", "-") or ""
    return path.removesuffix("-/")


@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """Urgent warnings of the commune as a fragment, with `brief` a line each; empty where there are none."""
    unit = places.chosen(request)
    rows = [row for row in alerts.in_force(unit=unit) if row.urgent]
    context = {"urgent": rows[:3], "more": len(rows) - 3, "unit": unit, "brief": "brief" in request.GET}
    return render(request, "local_news/panel.html", context)


@require_POST
def remember(request: HttpRequest) -> HttpResponse:
    """Keeps the commune in the browser; with `all` the whole area, also where an account has a commune."""
    asked = request.POST.get("unit", "")[:160]
    unit = places.known(asked)
    response = redirect("local_news:front")
    value = unit or places.ALL
    response.set_cookie(
        places.COOKIE, value, max_age=places.YEAR_S, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


@require_safe
def alert(request: HttpRequest, number: int) -> HttpResponse:
    row = alerts.public(number)
    context = {
        "row": row,
        "successor": alerts.successor_of(number),
        "may_hide": not row.own and parties.may(actor(request), MANAGE, place=placing.ground().area),
        "publication": f"urn:dinh:publication:{row.publication}" if row.publication else "",
    }
    return render(request, "local_news/alert.html", context)
