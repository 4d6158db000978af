"""Reads CAP 1.2 and 1.1. Every fault names the element, its value and what should stand there.

The rules are those of the schema and of the meaning that the standard gives in words: an Update without the message
that it updates passes the schema, and tells nobody what to take down. Elements that are optional and empty count as
absent, as writers of CAP leave them. Elements of other namespaces (an XML signature) are passed over.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from dinh.kernel.clock import EPOCH
from dinh.kernel.errors import Invalid, Phrase
from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.domain.cap import Area, Circle, Info, Message, Pair, Point, Reference, Resource

LARGEST: Final = 1024 * 1024
DEEPEST: Final = 100
MOST_INFOS: Final = 60
MOST_AREAS: Final = 500
MOST_POINTS: Final = 20_000
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NAME: Final = re.compile(r"[^\s,<&]+")
_TIME_WANTED: Final = Phrase("a time with its zone such as 2026-11-22T11:42:00+07:00 (UTC is -00:00, never Z)")
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
"""Senders who know no end write the last year of the calendar, beyond which nothing can be reckoned."""
_TEXT_LONGEST: Final = 20_000

ALERT: Final = (
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code", "note",
    "references", "incidents", "info",
)  # fmt: skip
INFO: Final = (
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
    "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
    "parameter", "resource", "area",
)  # fmt: skip
RESOURCE: Final = ("resourceDesc", "mimeType", "size", "uri", "derefUri", "digest")
AREA: Final = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
PAIR: Final = ("valueName", "value")
MANY: Final = frozenset(
    {"code", "info", "category", "responseType", "eventCode", "parameter", "resource", "area", "polygon", "circle", "geocode"}
)  # fmt: skip


def read(content: bytes) -> Message:
    """Raises Invalid `cap.too_large`, `cap.not_xml`, `cap.deep`, `cap.not_cap`, `cap.element`."""
    if len(content) > LARGEST:
        raise Invalid(
            "cap.too_large", "the message has {size} bytes; a CAP message of at most 1 MB is read", size=len(content)
        )
    return message_of(parsed(content))


def parsed(content: bytes) -> Element:
    """The XML of a document from outside, in which no entity is declared and nothing is fetched."""
    reader = DefusedXMLParser(target=_Shallow(), forbid_dtd=True)
    try:
        reader.feed(content)
        root: Element = reader.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Invalid(
            "cap.not_xml",
            "the text is no well-formed XML without a DTD ({why}); ask its sender for the message as it was issued",
            why=str(error)[:200] or type(error).__name__,
        ) from error
    return root


class _Shallow(TreeBuilder):
    """Whatever goes over a document level by level must come to its end."""

    depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Invalid(
                "cap.deep",
                "the text is nested more than {most} levels deep, which no message is; ask its sender for the message as it was issued",
                most=DEEPEST,
            )
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def message_of(root: Element) -> Message:
    namespace, _, name = root.tag.rpartition("}")
    version = cap.NAMESPACES.get(namespace.removeprefix("{"))
    if name != "alert" or version is None:
        raise Invalid(
            "cap.not_cap",
            "the first element is '{element}'; a CAP message begins with alert of the namespace {known}",
            element=root.tag[:120],
            known=cap.NAMESPACE,
        )
    node = _Node(root, "alert", ALERT)
    kind = node.one_of("msgType", cap.MESSAGE_TYPES)
    scope = node.one_of("scope", cap.SCOPES)
    infos = node.children("info", INFO)
    if len(infos) > MOST_INFOS:
        raise _fault("alert/info", len(infos), Phrase("at most 60 of them"))
    references = _references(node)
    if kind in cap.WITH_REFERENCES and not references:
        raise _fault("alert/references", "", Phrase("the messages that this one updates, cancels or answers"))
    made = Message(
        identifier=node.name("identifier"),
        sender=node.name("sender"),
        sent=node.moment("sent", needed=True) or datetime.min,  # noqa: DTZ901 - never reached: it is needed
        status=node.one_of("status", cap.STATUSES),
        kind=kind,
        scope=scope,
        source=node.text("source"),
        restriction=node.text("restriction"),
        addresses=node.text("addresses"),
        codes=node.texts("code"),
        note=node.text("note"),
        references=references,
        incidents=node.text("incidents"),
        infos=tuple(_info(one, version) for one in infos),
        version=version,
        signed=root.find(f".//{SIGNATURE}") is not None,
    )
    if scope == "Restricted" and not made.restriction:
        raise _fault("alert/restriction", "", Phrase("the rule of the restriction, because scope is Restricted"))
    if scope == "Private" and not made.addresses:
        raise _fault("alert/addresses", "", Phrase("whom it is for, because scope is Private"))
    return made


def _info(node: _Node, version: str) -> Info:
    responses = tuple(value for value in cap.RESPONSES if version == "1.2" or value not in ("AllClear", "Avoid"))
    made = Info(
        language=node.text("language") or "en-US",
        categories=node.some_of("category", cap.CATEGORIES, needed=True),
        event=node.text("event", needed=True),
        responses=node.some_of("responseType", responses),
        urgency=node.one_of("urgency", cap.URGENCIES),
        severity=node.one_of("severity", cap.SEVERITIES),
        certainty=node.one_of(
            "certainty", cap.CERTAINTIES, also={"Very Likely": "Likely"}
        ),  # CAP 1.0 wrote «Very Likely»
        audience=node.text("audience"),
        event_codes=node.pairs("eventCode"),
        effective=node.moment("effective"),
        onset=node.moment("onset"),
        expires=node.moment("expires"),
        sender_name=node.text("senderName"),
        headline=node.text("headline"),
        description=node.text("description"),
        instruction=node.text("instruction"),
        web=node.text("web"),
        contact=node.text("contact"),
        parameters=node.pairs("parameter"),
        resources=tuple(_resource(one, version) for one in node.children("resource", RESOURCE)),
        areas=tuple(_area(one) for one in node.children("area", AREA)),
    )
    if len(made.areas) > MOST_AREAS:
        raise _fault(f"{node.path}/area", len(made.areas), Phrase("at most 500 of them"))
    return made


def _resource(node: _Node, version: str) -> Resource:
    size = node.text("size")
    if size and not (size.isascii() and size.isdigit() and len(size) < 16):
        raise _fault(f"{node.path}/size", size, Phrase("a whole number of bytes"))
    return Resource(
        description=node.text("resourceDesc", needed=True),
        media_type=node.text("mimeType", needed=version == "1.2"),
        size=int(size) if size else None,
        uri=node.text("uri"),
        digest=node.text("digest"),
    )


def _area(node: _Node) -> Area:
    made = Area(
        description=node.text("areaDesc", needed=True),
        polygons=tuple(_polygon(text, f"{node.path}/polygon") for text in node.texts("polygon")),
        circles=tuple(_circle(text, f"{node.path}/circle") for text in node.texts("circle")),
        geocodes=node.pairs("geocode"),
        altitude=node.number("altitude"),
        ceiling=node.number("ceiling"),
    )
    if sum(map(len, made.polygons)) > MOST_POINTS:
        raise _fault(f"{node.path}/polygon", f"{sum(map(len, made.polygons))}", Phrase("at most 20,000 points"))
    if made.ceiling is not None and made.altitude is None:
        raise _fault(f"{node.path}/altitude", "", Phrase("the lower bound, because there is a ceiling"))
    return made


def _polygon(text: str, path: str) -> tuple[Point, ...]:
    points = tuple(_point(one, path) for one in text.split())
    if len(points) < 4 or points[0] != points[-1]:
        raise _fault(path, text, Phrase("at least four pairs «latitude,longitude», the last equal to the first"))
    return points


def _circle(text: str, path: str) -> Circle:
    centre, _, radius = text.partition(" ")
    try:
        km = float(radius)
    except ValueError:
        km = math.nan
    if not 0 <= km <= 20_038:
        raise _fault(path, text, Phrase("«latitude,longitude radius» with the radius in kilometres"))
    return Circle(_point(centre, path), km)


def _point(text: str, path: str) -> Point:
    parts = text.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        latitude = longitude = math.nan
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise _fault(path, text, Phrase("«latitude,longitude» in degrees, latitude within ±90, longitude within ±180"))
    return latitude, longitude


def _references(node: _Node) -> tuple[Reference, ...]:
    found = []
    for triple in node.text("references").split():
        parts = triple.split(",")
        if len(parts) != 3 or not all(_NAME.fullmatch(part) for part in parts[:2]):
            raise _fault(
                "alert/references", triple, Phrase("«sender,identifier,sent» with spaces between the messages")
            )
        found.append(Reference(parts[0], parts[1], _moment(parts[2], "alert/references")))
    return tuple(found)


def _moment(text: str, path: str) -> datetime:
    if _TIME.fullmatch(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = EPOCH
        if found > EPOCH:
            return min(found, _LATEST)
    raise _fault(path, text, _TIME_WANTED)


class _Node:
    """An element with its path, whose children are checked to be known and single where only one may stand."""

    def __init__(self, element: Element, path: str, known: Sequence[str]) -> None:
        self.path = path
        self._found: dict[str, list[Element]] = {}
        space = element.tag.rpartition("}")[0]
        for child in element:
            if not isinstance(child.tag, str):
                continue
            namespace, _, name = child.tag.rpartition("}")
            if namespace != space:
                continue
            if name not in known:
                raise _fault(f"{path}/{name}", child.text or "", Phrase("left out: CAP has no such element here"))
            self._found.setdefault(name, []).append(child)
        for name, elements in self._found.items():
            if len(elements) > 1 and name not in MANY:
                raise _fault(f"{path}/{name}", len(elements), Phrase("written once"))

    def children(self, name: str, known: Sequence[str]) -> list[_Node]:
        return [
            _Node(one, f"{self.path}/{name}[{n}]", known) for n, one in enumerate(self._found.get(name, ()), start=1)
        ]

    def texts(self, name: str) -> tuple[str, ...]:
        said = (_plain(one.text or "") for one in self._found.get(name, ()))
        return tuple(text for text in said if text)

    def text(self, name: str, *, needed: bool = False) -> str:
        said = next(iter(self.texts(name)), "")
        if needed and not said:
            raise _fault(f"{self.path}/{name}", "", Phrase("there and not empty"))
        if len(said) > _TEXT_LONGEST:
            raise _fault(f"{self.path}/{name}", len(said), Phrase("at most 20,000 letters"))
        return said

    def name(self, element: str) -> str:
        said = self.text(element, needed=True)
        if not _NAME.fullmatch(said) or len(said) > 300:
            raise _fault(f"{self.path}/{element}", said, Phrase("at most 300 letters without spaces, commas, < and &"))
        return said

    def one_of(self, name: str, permitted: Sequence[str], *, also: Mapping[str, str] | None = None) -> str:
        said = self.text(name)
        said = (also or {}).get(said, said)
        if said not in permitted:
            raise _fault(f"{self.path}/{name}", said, ", ".join(permitted))
        return said

    def some_of(self, name: str, permitted: Sequence[str], *, needed: bool = False) -> tuple[str, ...]:
        said = self.texts(name)
        for one in said if said or not needed else ("",):
            if one not in permitted:
                raise _fault(f"{self.path}/{name}", one, ", ".join(permitted))
        return said

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        said = self.text(name)
        if not said and not needed:
            return None
        return _moment(said, f"{self.path}/{name}")

    def number(self, name: str) -> float | None:
        said = self.text(name)
        try:
            value = float(said) if said else None
        except ValueError:
            value = math.nan
        if value is not None and not math.isfinite(value):
            raise _fault(f"{self.path}/{name}", said, Phrase("a number of feet above mean sea level"))
        return value

    def pairs(self, name: str) -> tuple[Pair, ...]:
        """A value may be empty: senders use that to say that they have none."""
        return tuple(
            Pair(node.text("valueName", needed=True), node.text("value")) for node in self.children(name, PAIR)
        )


def _plain(text: str) -> str:
    """NFC without control characters but line ends; lines stay lines."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(c for c in normal if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Cf"})
    return "\n".join(" ".join(line.split()) for line in kept.split("\n")).strip()


def _fault(path: str, value: object, wanted: str) -> Invalid:
    return Invalid(
        "cap.element",
        "{element} is '{value}'; it should be {wanted}",
        element=path,
        value=str(value)[:120],
        wanted=wanted,
    )
