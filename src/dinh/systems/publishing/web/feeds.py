"""Atom (RFC 4287): what is new, and stones (RFC 6721) for what was withdrawn."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dinh.kernel.errors import NotFound
from dinh.spine.parties import api as parties
from dinh.spine.publications import api as publications
from dinh.spine.publications.api import PublicationRow, PublicQuery, VersionRow
from dinh.systems.publishing.web.words import kind_names
from dinh.web.page_cache import public_page
from dinh.web.requests import language

ATOM = "http://www.w3.org/2005/Atom"
STONES = "http://purl.org/atompub/tombstones/1.0"
ENTRIES = 50
FRONT = "/publications/"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
@public_page(30)
def atom(request: HttpRequest, kind: str = "") -> HttpResponse:
    """In the language of the reader, or in `language`; newest first."""
    if kind and kind not in publications.public_kinds():
        raise NotFound("publishing.no_kind", "nothing of the kind '{kind}' is published", kind=kind)
    chosen = request.GET.get("language", "")
    spoken = chosen if chosen in ("vi", "en") else language(request)
    page = publications.public(PublicQuery(kind=kind, withdrawn=True, limit=ENTRIES))
    offices = parties.parties(row.organisation for row in page.rows if row.organisation)
    Xml.register_namespace("", ATOM)
    Xml.register_namespace("at", STONES)
    feed = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": spoken})
    title = _("Publications")
    _add(feed, "title", f"{title}: {kind_names().get(kind, kind)}" if kind else title)
    own = f"{FRONT}feed/{kind}.atom" if kind else f"{FRONT}feed.atom"
    _add(feed, "id", f"urn:dinh:publication:feed{f':{kind}' if kind else ''}")
    _add(feed, "link", rel="self", href=f"{settings.PUBLIC_URL}{own}", type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=f"{settings.PUBLIC_URL}{FRONT}", type="text/html")
    newest = max((row.updated_at for row in page.rows if row.updated_at), default=BEGINNING)
    _add(feed, "updated", newest.isoformat())
    _add(_add(feed, "author"), "name", "Đình")
    for row in page.rows:
        version = page.versions.get(row.slug)
        if row.state == "withdrawn":
            _stone(feed, row, spoken)
        elif version is not None:
            office = offices.get(row.organisation or "")
            _entry(feed, row, version, spoken, office.name(spoken) if office else "Đình")
    body = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")


def _entry(feed: Xml.Element, row: PublicationRow, version: VersionRow, spoken: str, office: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", row.urn)
    _add(entry, "title", version.name(spoken))
    _add(entry, "updated", row.updated_at.isoformat() if row.updated_at else "")
    _add(entry, "published", row.published_at.isoformat() if row.published_at else "")
    _add(_add(entry, "author"), "name", office)
    _add(entry, "link", rel="alternate", href=f"{settings.PUBLIC_URL}{FRONT}{row.slug}/", type="text/html")
    _add(
        entry,
        "link",
        rel="enclosure",
        href=f"{settings.PUBLIC_URL}{FRONT}{row.slug}/v{version.number}.pdf?language={spoken}",
        type="application/pdf",
    )
    _add(entry, "category", term=row.kind, label=kind_names().get(row.kind, row.kind))
    note = version.note[spoken]
    said = version.summary[spoken]
    _add(entry, "summary", f"{_('Correction: %(note)s') % {'note': note}} {said}" if note else said, type="text")
    _add(entry, "rights", row.licence)


def _stone(feed: Xml.Element, row: PublicationRow, spoken: str) -> None:
    when = row.withdrawn_at.isoformat() if row.withdrawn_at else ""
    stone = Xml.SubElement(feed, f"{{{STONES}}}deleted-entry", {"ref": row.urn, "when": when})
    Xml.SubElement(stone, f"{{{STONES}}}comment").text = f"{row.name(spoken)}: {row.withdrawn_reason(spoken)}"
    link = f"{settings.PUBLIC_URL}{FRONT}{row.slug}/"
    Xml.SubElement(stone, f"{{{ATOM}}}link", {"rel": "alternate", "href": link})


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        made.text = text
    return made
