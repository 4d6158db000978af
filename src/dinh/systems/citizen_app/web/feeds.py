"""What is new among public reports, for programs: RSS 2.0, Atom (RFC 4287), GeoJSON (RFC 7946), and the map of the site."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.spine.requests import api as requests
from dinh.spine.requests.api import RequestQuery
from dinh.systems.citizen_app import reading
from dinh.systems.citizen_app.reading import Card
from dinh.systems.citizen_app.templatetags.public_reports import mark_name
from dinh.systems.citizen_app.web.answers import compressed, public
from dinh.systems.citizen_app.web.public_filters import Filters

ATOM: Final = "http://www.w3.org/2005/Atom"
GEORSS: Final = "http://www.georss.org/georss"
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
ENTRIES: Final = 50
FEATURES: Final = 500
PAGES: Final = 10_000
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
BARE: Final[dict[int, None]] = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
"""What XML 1.0 has no letters for: one of them would break the feed for everybody."""


def _asked(request: HttpRequest) -> tuple[Filters, str]:
    """Filters, and the language: the reader's, or `language`."""
    chosen = request.GET.get("language", "")
    return Filters.of(request, strict=True), chosen if chosen in dict(settings.LANGUAGES) else get_language() or "vi"


def _cards(filters: Filters, most: int) -> Sequence[Card]:
    return reading.cards(requests.requests(filters.query(offset=0, limit=most)).rows)


def _address(card: Card) -> str:
    return f"{settings.PUBLIC_URL}{card.path}"


def _title(card: Card, spoken: str) -> str:
    where = card.request.address or (card.place.name(spoken) if card.place else "")
    name = card.request.category_name.in_(spoken)
    return f"{name}, {where}" if where else name


def _said(card: Card, spoken: str) -> str:
    """The report's words, then how it stands."""
    row = card.request
    state = mark_name("late") if card.mark == "late" else row.state_name.in_(spoken)
    parts = [row.description, f"{_('State')}: {state}"]
    if card.office:
        parts.append(f"{_('Responsible')}: {card.office.name(spoken)}")
    if row.reason and not card.going_on:
        parts.append(f"{_('Outcome')}: {row.reason}")
    return "\n".join(part for part in parts if part)


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, name, {key: value.translate(BARE) for key, value in attributes.items()})
    if text:
        made.text = text.translate(BARE)
    return made


def _with(path: str, filters: Filters) -> str:
    asked = filters.address()
    return f"{settings.PUBLIC_URL}{path}?{asked}" if asked else f"{settings.PUBLIC_URL}{path}"


def _enclosure(card: Card) -> str:
    return f"{settings.PUBLIC_URL}{card.picture.path}" if card.picture else ""


@require_safe
@compressed
def rss(request: HttpRequest) -> HttpResponse:
    filters, spoken = _asked(request)

    def make() -> bytes:
        with override(spoken):
            return _rss(filters, spoken)

    return public(request, f"rss|{spoken}|{filters.address()}", make, "application/rss+xml; charset=utf-8")


def _rss(filters: Filters, spoken: str) -> bytes:
    Xml.register_namespace("georss", GEORSS)
    Xml.register_namespace("atom", ATOM)
    feed = Xml.Element("rss", {"version": "2.0"})
    channel = _add(feed, "channel")
    _add(channel, "title", _("Reports of the public"))
    _add(channel, "link", _with(reverse("citizen_app:reports"), filters))
    _add(channel, "description", _("What people reported, and what became of it."))
    _add(channel, "language", spoken)
    own = _with(reverse("citizen_app:feed-rss"), filters)
    _add(channel, f"{{{ATOM}}}link", rel="self", href=own, type="application/rss+xml")
    found = _cards(filters, ENTRIES)
    newest = max((card.request.updated_at for card in found), default=BEGINNING)
    _add(channel, "lastBuildDate", format_datetime(newest.astimezone(UTC)))
    _add(channel, "ttl", "15")
    for card in found:
        row = card.request
        item = _add(channel, "item")
        _add(item, "title", _title(card, spoken))
        _add(item, "link", _address(card))
        _add(item, "guid", row.urn, isPermaLink="false")
        _add(item, "pubDate", format_datetime(row.at.astimezone(UTC)))
        _add(item, "category", row.category_name.in_(spoken))
        _add(item, "description", _said(card, spoken))
        if row.longitude is not None and row.latitude is not None:
            _add(item, f"{{{GEORSS}}}point", f"{row.latitude:.6f} {row.longitude:.6f}")
    body: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


@require_safe
@compressed
def atom(request: HttpRequest) -> HttpResponse:
    filters, spoken = _asked(request)

    def make() -> bytes:
        with override(spoken):
            return _atom(filters, spoken)

    return public(request, f"atom|{spoken}|{filters.address()}", make, "application/atom+xml; charset=utf-8")


def _atom(filters: Filters, spoken: str) -> bytes:
    Xml.register_namespace("", ATOM)
    Xml.register_namespace("georss", GEORSS)

    def add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
        return _add(parent, f"{{{ATOM}}}{name}", text, **attributes)

    feed = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": spoken})
    own = _with(reverse("citizen_app:feed-atom"), filters)
    add(feed, "title", _("Reports of the public"))
    add(feed, "id", own)
    add(feed, "link", rel="self", href=own, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=_with(reverse("citizen_app:reports"), filters))
    found = _cards(filters, ENTRIES)
    add(feed, "updated", max((card.request.updated_at for card in found), default=BEGINNING).isoformat())
    add(add(feed, "author"), "name", "Đình")
    for card in found:
        row = card.request
        entry = add(feed, "entry")
        add(entry, "id", row.urn)
        add(entry, "title", _title(card, spoken))
        add(entry, "updated", row.updated_at.isoformat())
        add(entry, "published", row.at.isoformat())
        add(entry, "link", rel="alternate", href=_address(card), type="text/html")
        if picture := _enclosure(card):
            add(entry, "link", rel="enclosure", href=picture)
        add(entry, "category", term=row.category, label=row.category_name.in_(spoken))
        add(entry, "summary", _said(card, spoken), type="text")
        if row.longitude is not None and row.latitude is not None:
            _add(entry, f"{{{GEORSS}}}point", f"{row.latitude:.6f} {row.longitude:.6f}")
    body: bytes = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


@require_safe
@compressed
def geojson(request: HttpRequest) -> HttpResponse:
    """The newest with all that is public of each; `page` goes on."""
    filters, spoken = _asked(request)

    def make() -> bytes:
        page = requests.requests(filters.query(offset=(filters.page - 1) * FEATURES, limit=FEATURES))
        features = [_feature(card, spoken) for card in reading.cards(page.rows)]
        said = {"type": "FeatureCollection", "total": page.total, "page": filters.page, "features": features}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    about = f"geojson|{spoken}|{filters.address()}|{filters.box}|{filters.page}|{filters.order}"
    return public(request, about, make, "application/geo+json")


def _feature(card: Card, spoken: str) -> dict[str, object]:
    row = card.request
    point = row.longitude is not None and row.latitude is not None
    return {
        "type": "Feature",
        "id": row.urn,
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]} if point else None,
        "properties": {
            "number": row.number,
            "address": row.address,
            "category": row.category,
            "category_name": row.category_name.in_(spoken),
            "description": row.description,
            "unit": row.unit,
            "unit_name": card.place.name(spoken) if card.place else "",
            "office": row.organisation,
            "office_name": card.office.name(spoken) if card.office else "",
            "status": row.status,
            "mark": card.mark,
            "state": row.state_name.in_(spoken),
            "reason": row.reason,
            "reported_at": row.at.isoformat(),
            "updated_at": row.updated_at.isoformat(),
            "due_at": row.due_at.isoformat() if row.due_at else None,
            "closed_at": row.closed_at.isoformat() if row.closed_at else None,
            "reopened": row.reopened,
            "photo": _enclosure(card) or None,
            "page": _address(card),
            "simulated": row.simulated,
        },
    }


@require_safe
@compressed
def sitemap(request: HttpRequest) -> HttpResponse:
    def make() -> bytes:
        Xml.register_namespace("", SITEMAP)
        pages = Xml.Element(f"{{{SITEMAP}}}urlset")
        for name in ("home", "reports", "figures"):
            place = _add(pages, f"{{{SITEMAP}}}url")
            _add(place, f"{{{SITEMAP}}}loc", f"{settings.PUBLIC_URL}{reverse(f'citizen_app:{name}')}")
        for row in requests.requests(RequestQuery(limit=PAGES)).rows:
            place = _add(pages, f"{{{SITEMAP}}}url")
            _add(place, f"{{{SITEMAP}}}loc", f"{settings.PUBLIC_URL}{reading.path_of(row)}")
            _add(place, f"{{{SITEMAP}}}lastmod", row.updated_at.isoformat(timespec="seconds"))
        body: bytes = Xml.tostring(pages, encoding="utf-8", xml_declaration=True)
        return body

    return public(request, "sitemap", make, "application/xml; charset=utf-8")
