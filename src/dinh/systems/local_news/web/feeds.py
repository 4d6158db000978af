"""Feeds out: news as Atom, RSS and JSON, by commune or urgent alone; own warnings as CAP with an index of them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import registry
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.exports import syndicate
from dinh.systems.local_news.exports.syndicate import Entry, Feed
from dinh.systems.local_news.queries import alerts, news, placing
from dinh.systems.local_news.queries.alerts import AlertRow
from dinh.systems.local_news.web import places
from dinh.systems.local_news.web.words import severities
from dinh.web.requests import language

ENTRIES = 50
FRONT = "/news/"


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    return _answer(request, "feed.atom", syndicate.atom, "application/atom+xml")


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    return _answer(request, "feed.rss", syndicate.rss, "application/rss+xml")


@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    return _answer(request, "feed.json", syndicate.json_feed, "application/feed+json")


def _answer(request: HttpRequest, file: str, write: Callable[[Feed], bytes], media_type: str) -> HttpResponse:
    """`unit` names a commune, `only=urgent` leaves the urgent warnings; no cookie counts, a reader has none."""
    asked = request.GET.get("unit", "")[:160]
    unit = places.known(asked)
    if asked and asked != places.ALL and not unit:
        raise NotFound("local_news.no_unit", "there is no commune '{unit}' in this area; look its code up", unit=asked)
    chosen = request.GET.get("language", "")
    spoken = chosen if chosen in ("vi", "en") else language(request)
    urgent = request.GET.get("only", "") == "urgent"
    query = urlencode({name: value for name, value in (("unit", asked), ("only", "urgent" if urgent else "")) if value})
    with override(spoken):
        title = _("Urgent warnings") if urgent else _("News and warnings")
        place = placing.ground().communes.get(unit) or placing.ground().row
        feed = Feed(
            id=f"urn:dinh:news:{unit.rpartition(':')[2] or 'all'}{':urgent' if urgent else ''}",
            title=f"{title}: {place.name(spoken)}" if place else title,
            language=spoken,
            address=f"{settings.PUBLIC_URL}{FRONT}{file}{f'?{query}' if query else ''}",
            page=f"{settings.PUBLIC_URL}{FRONT}",
            entries=_entries(unit, urgent, spoken),
        )
    return HttpResponse(write(feed), content_type=f"{media_type}; charset=utf-8")


def _entries(unit: str, urgent: bool, spoken: str) -> list[Entry]:
    found = [_warning(row, spoken) for row in alerts.in_force(unit=unit) if row.urgent or not urgent]
    if urgent:
        return found
    rows = news.news(unit=unit, size=ENTRIES).rows
    return found + [_news(row, spoken) for row in rows]


def _warning(row: AlertRow, spoken: str) -> Entry:
    said = row.words(spoken)
    page = f"{settings.PUBLIC_URL}{FRONT}alerts/{row.number}/"
    degree = severities().get(row.severity, row.severity)
    mark = f"{_('EXERCISE')}: " if row.exercise else ""
    return Entry(
        id=f"urn:dinh:warning:{row.number}",
        title=f"{mark}{said.get('headline', row.identifier)} ({degree})",
        link=page,
        at=row.sent_at,
        summary=" ".join(part for part in (said.get("description", ""), said.get("instruction", "")) if part)[:1000],
        source=said.get("sender", ""),
        category="warning",
        enclosure=(f"{settings.PUBLIC_URL}{FRONT}cap/{row.number}.xml", cap.MEDIA_TYPE) if row.own else None,
    )


def _news(row: news.NewsRow, spoken: str) -> Entry:
    path = registry.link_path("publication", row.urn.rpartition(":")[2]) if row.urn else ""
    link = row.link or f"{settings.PUBLIC_URL}{path or FRONT}"
    return Entry(
        id=row.urn or row.link,
        title=row.name(spoken),
        link=link,
        at=row.at,
        summary=row.told(spoken),
        source=row.told_by(spoken),
        category=row.publication_kind or row.kind,
    )


@require_safe
def cap_index(request: HttpRequest) -> HttpResponse:
    """Own warnings in force, and those that ended or were cancelled within a day; one language says it all."""
    spoken = language(request)
    entries = [
        Entry(
            id=row.identifier,
            title=row.name(spoken),
            link=f"{settings.PUBLIC_URL}{FRONT}alerts/{row.number}/",
            at=row.sent_at,
            summary=f"{row.kind} {row.status} {row.severity}",
            source=row.words(spoken).get("sender", ""),
            category=row.category,
            enclosure=(f"{settings.PUBLIC_URL}{FRONT}cap/{row.number}.xml", cap.MEDIA_TYPE),
        )
        for row in alerts.own_messages()
    ]
    feed = Feed(
        id=f"{settings.PUBLIC_URL}{FRONT}cap/",
        title=_("Warnings of the administration (CAP 1.2)"),
        language=spoken,
        address=f"{settings.PUBLIC_URL}{FRONT}cap/",
        page=f"{settings.PUBLIC_URL}{FRONT}",
        entries=entries,
    )
    return HttpResponse(syndicate.atom(feed), content_type="application/atom+xml; charset=utf-8")


@require_safe
def cap_message(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(alerts.own_xml(number).encode("utf-8"), content_type=f"{cap.MEDIA_TYPE}; charset=utf-8")
