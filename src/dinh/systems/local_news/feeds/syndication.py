"""RSS 0.9 to 2.0 and Atom 1.0, well formed or not, as headlines; and where CAP messages stand in a feed of warnings."""

from __future__ import annotations

import calendar
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as Xml

import feedparser

from dinh.kernel.errors import Invalid
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.feeds import cap_reading, plain

TITLE: Final = 300
SUMMARY: Final = 300
LINK: Final = 1000
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """`guid` is the SHA-256 of the name that the feed gives it; `said_at` None where the feed tells no time."""

    guid: str
    title: str
    summary: str
    link: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """`left_out`: entries without a headline or a link that can be followed."""

    title: str
    entries: Sequence[Entry]
    left_out: int


def read(content: bytes, *, address: str, media_type: str = "") -> News:
    """Raises Invalid `local_news.no_feed`. Nothing is fetched: not a DTD, not a picture, not a page."""
    head = content[:65_536].lower()
    if b"<!entity" in head:
        raise Invalid(
            "local_news.entities",
            "the feed declares entities, which can make a small text huge; ask its owner for one without a DTD",
        )
    parsed = feedparser.parse(
        io.BytesIO(content),
        response_headers={"content-type": media_type or "application/xml", "content-location": address},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not parsed.get("version") and not parsed.entries:
        raise Invalid(
            "local_news.no_feed",
            "what stands at {address} is no RSS or Atom; look for the feed's own address, often behind the word RSS on the page",
            address=address,
        )
    entries, left_out = [], 0
    for found in parsed.entries[:MOST]:
        entry = _entry(found, address)
        if entry is None:
            left_out += 1
        else:
            entries.append(entry)
    unique = {entry.guid: entry for entry in reversed(entries)}
    return News(plain.words(str(parsed.feed.get("title", "")), most=TITLE), tuple(unique.values())[::-1], left_out)


def _entry(found: Any, address: str) -> Entry | None:
    title = plain.words(str(found.get("title", "")), most=TITLE)
    link = followed(str(found.get("link", "")).strip(), address=address)
    if not title or not link:
        return None
    summary = plain.words(str(found.get("summary", "")), most=SUMMARY)
    name = str(found.get("id", "")) or link
    return Entry(
        guid=hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
        title=title,
        summary="" if summary == title else summary,
        link=link,
        said_at=_moment(found.get("published_parsed") or found.get("updated_parsed")),
    )


def followed(text: str, *, address: str) -> str:
    """Where a link on that page leads, if to an http or https address of a host, else ''."""
    try:
        link = urljoin(address, text) if text else ""
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        return ""
    return link if good and len(link) <= LINK and not any(c.isspace() or ord(c) < 32 for c in link) else ""


def _moment(parts: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parts), UTC) if parts else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Warnings:
    """CAP messages that stand in the document, and addresses of others with a name that changes when they do."""

    messages: Sequence[bytes]
    links: Sequence[tuple[str, str]]


def warnings_in(content: bytes, *, address: str) -> Warnings:
    """Of one CAP message, or of an Atom or RSS feed. Raises Invalid."""
    root = cap_reading.parsed(content)
    messages = tuple(Xml.tostring(one, encoding="utf-8") for one in root.iter() if _is_alert(one))
    links = () if messages else tuple(dict.fromkeys(_links(root, address)))
    if not messages and not links and root.tag.rpartition("}")[2] not in ("feed", "rss", "RDF"):
        raise Invalid(
            "local_news.no_warnings",
            "what stands at {address} is neither a CAP message nor a feed of them (it begins with '{element}'); look for the feed's own address",
            address=address,
            element=root.tag[:80],
        )
    return Warnings(messages[:MOST], links[:MOST])


def _is_alert(element: Xml.Element) -> bool:
    namespace, _, name = str(element.tag).rpartition("}")
    return name == "alert" and namespace.removeprefix("{") in cap.NAMESPACES


def _links(root: Xml.Element, address: str) -> Iterator[tuple[str, str]]:
    for entry in root.iter():
        if str(entry.tag).rpartition("}")[2] not in ("entry", "item"):
            continue
        texts = {str(one.tag).rpartition("}")[2]: (one.text or "").strip() for one in entry}
        best = ""
        for one in entry:
            name = str(one.tag).rpartition("}")[2]
            if name not in ("link", "enclosure"):
                continue
            found = followed((one.get("href") or one.get("url") or one.text or "").strip(), address=address)
            is_cap = one.get("type", "") == cap.MEDIA_TYPE
            if found and (is_cap or not best):
                best = found
                if is_cap:
                    break
        if best:
            changed = texts.get("updated") or texts.get("pubDate") or ""
            yield best, f"{texts.get('id') or texts.get('guid') or best} {changed}"
