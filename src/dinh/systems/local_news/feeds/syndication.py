"""RSS 0.9 to 2.0 and Atom 1.0, well formed or not, as headlines; and where CAP messages stand in a feed of warnings."""

from __future__ import annotations

import calendar
import hashlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as Xml

import feedparser
from feedparser.encodings import convert_to_utf8

from dinh.kernel import apart
from dinh.kernel.errors import Invalid
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.feeds import cap_reading, plain

TITLE: Final = 300
SUMMARY: Final = 300
LINK: Final = 1000
MOST: Final = 200
LONGEST_S: Final = 10
MEMORY_BYTES: Final = 1024**3


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
    """Raises Invalid `local_news.no_feed`, `local_news.entities`, `local_news.too_much`. Nothing is fetched: not a DTD, not a
    picture, not a page.

    In a process of its own: broken feeds are read by a parser that goes over some texts again and again.
    """
    asked = json.dumps([address, media_type]).encode() + b"\n" + content
    try:
        said = json.loads(apart.answer_of(__name__, asked, longest_s=LONGEST_S, memory_bytes=MEMORY_BYTES))
    except apart.Ended as error:
        raise Invalid(
            "local_news.too_much",
            "what stands at {address} asks for more time or memory than a feed needs; ask its owner for a smaller or well-formed one",
            address=address,
        ) from error
    if "fault" in said:
        raise Invalid.again(*said["fault"])
    entries = [
        Entry(guid, title, summary, link, datetime.fromisoformat(at) if at else None)
        for guid, title, summary, link, at in said["entries"]
    ]
    return News(said["title"], entries, said["left_out"])


def read_here(content: bytes, *, address: str, media_type: str = "") -> News:
    """As `read`, in this process."""
    # feedparser takes every encoding there is, and the declaration may stand behind any amount of nothing.
    if b"<!entity" in convert_to_utf8({"content-type": media_type or "application/xml"}, content, {}).lower():
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
    messages = tuple(Xml.tostring(one, encoding="utf-8") for one in islice(_alerts(root), MOST))
    links = () if messages else tuple(dict.fromkeys(_links(root, address)))
    if not messages and not links and root.tag.rpartition("}")[2] not in ("feed", "rss", "RDF"):
        raise Invalid(
            "local_news.no_warnings",
            "what stands at {address} is neither a CAP message nor a feed of them (it begins with '{element}'); look for the feed's own address",
            address=address,
            element=root.tag[:80],
        )
    return Warnings(messages, links[:MOST])


def _alerts(root: Xml.Element) -> Iterator[Xml.Element]:
    """A message within a message is part of it, not another one: written out each by itself they would be 5 MB each."""
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if _is_alert(one):
            yield one
        else:
            waiting.extend(reversed(one))


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


if __name__ == "__main__":
    address, media_type = json.loads(sys.stdin.buffer.readline())
    try:
        news = read_here(sys.stdin.buffer.read(), address=address, media_type=media_type)
    except Invalid as error:
        told: dict[str, Any] = {"fault": [error.code, error.template, error.params]}
    else:
        rows = [[e.guid, e.title, e.summary, e.link, e.said_at.isoformat() if e.said_at else ""] for e in news.entries]
        told = {"title": news.title, "entries": rows, "left_out": news.left_out}
    sys.stdout.write(json.dumps(told))
