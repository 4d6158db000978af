"""Writes Atom 1.0 (RFC 4287), RSS 2.0 and JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final
from xml.etree import ElementTree as Xml

ATOM: Final = "http://www.w3.org/2005/Atom"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """`enclosure` is an address and its media type."""

    id: str
    title: str
    link: str
    at: datetime
    summary: str = ""
    source: str = ""
    category: str = ""
    enclosure: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    id: str
    title: str
    language: str
    address: str
    page: str
    entries: Sequence[Entry]

    @property
    def changed_at(self) -> datetime:
        return max((entry.at for entry in self.entries), default=BEGINNING)


def atom(feed: Feed) -> bytes:
    Xml.register_namespace("", ATOM)
    root = Xml.Element(f"{{{ATOM}}}feed", {_XML_LANG: feed.language})
    _add(root, "title", feed.title)
    _add(root, "id", feed.id)
    _add(root, "link", rel="self", href=feed.address, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=feed.page, type="text/html")
    _add(root, "updated", feed.changed_at.isoformat())
    _add(_add(root, "author"), "name", "Đình")
    for one in feed.entries:
        entry = _add(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at.isoformat())
        if one.source:
            _add(_add(entry, "author"), "name", one.source)
        _add(entry, "link", rel="alternate", href=one.link, type="text/html")
        if one.enclosure:
            _add(entry, "link", rel="enclosure", href=one.enclosure[0], type=one.enclosure[1])
        if one.category:
            _add(entry, "category", term=one.category)
        _add(entry, "summary", one.summary, type="text")
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def rss(feed: Feed) -> bytes:
    root = Xml.Element("rss", {"version": "2.0"})
    channel = Xml.SubElement(root, "channel")
    for name, text in (("title", feed.title), ("link", feed.page), ("description", feed.title)):
        Xml.SubElement(channel, name).text = text
    Xml.SubElement(channel, "language").text = feed.language
    Xml.SubElement(channel, "lastBuildDate").text = format_datetime(feed.changed_at)
    for one in feed.entries:
        item = Xml.SubElement(channel, "item")
        Xml.SubElement(item, "title").text = one.title
        Xml.SubElement(item, "link").text = one.link
        Xml.SubElement(item, "guid", {"isPermaLink": "false"}).text = one.id
        Xml.SubElement(item, "pubDate").text = format_datetime(one.at)
        Xml.SubElement(item, "description").text = one.summary
        if one.category:
            Xml.SubElement(item, "category").text = one.category
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(feed: Feed) -> bytes:
    items: list[dict[str, Any]] = []
    for one in feed.entries:
        item: dict[str, Any] = {
            "id": one.id,
            "url": one.link,
            "title": one.title,
            "content_text": one.summary,
            "date_published": one.at.isoformat(),
        }
        if one.source:
            item["authors"] = [{"name": one.source}]
        if one.category:
            item["tags"] = [one.category]
        items.append(item)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8")


def _add(parent: Xml.Element, name: str, text: str = "", **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text:
        made.text = text
    return made
