"""Writes CAP 1.2, elements in the order of its schema."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from dinh.systems.local_news.domain import cap
from dinh.systems.local_news.domain.cap import Area, Info, Message, Pair, Resource


def write(message: Message) -> bytes:
    Xml.register_namespace("", cap.NAMESPACE)
    root = Xml.Element(_tag("alert"))
    _add(root, "identifier", message.identifier)
    _add(root, "sender", message.sender)
    _add(root, "sent", _moment(message.sent))
    _add(root, "status", message.status)
    _add(root, "msgType", message.kind)
    _add(root, "source", message.source)
    _add(root, "scope", message.scope)
    _add(root, "restriction", message.restriction)
    _add(root, "addresses", message.addresses)
    for code in message.codes:
        _add(root, "code", code)
    _add(root, "note", message.note)
    _add(root, "references", " ".join(f"{r.sender},{r.identifier},{_moment(r.sent)}" for r in message.references))
    _add(root, "incidents", message.incidents)
    for info in message.infos:
        _info(root, info)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _info(root: Xml.Element, info: Info) -> None:
    node = Xml.SubElement(root, _tag("info"))
    _add(node, "language", info.language)
    for category in info.categories:
        _add(node, "category", category)
    _add(node, "event", info.event)
    for response in info.responses:
        _add(node, "responseType", response)
    _add(node, "urgency", info.urgency)
    _add(node, "severity", info.severity)
    _add(node, "certainty", info.certainty)
    _add(node, "audience", info.audience)
    _pairs(node, "eventCode", info.event_codes)
    for name in ("effective", "onset", "expires"):
        moment: datetime | None = getattr(info, name)
        _add(node, name, _moment(moment) if moment else "")
    _add(node, "senderName", info.sender_name)
    for name in ("headline", "description", "instruction", "web", "contact"):
        _add(node, name, getattr(info, name))
    _pairs(node, "parameter", info.parameters)
    for resource in info.resources:
        _resource(node, resource)
    for area in info.areas:
        _area(node, area)


def _resource(parent: Xml.Element, resource: Resource) -> None:
    node = Xml.SubElement(parent, _tag("resource"))
    _add(node, "resourceDesc", resource.description)
    _add(node, "mimeType", resource.media_type)
    _add(node, "size", "" if resource.size is None else str(resource.size))
    _add(node, "uri", resource.uri)
    _add(node, "digest", resource.digest)


def _area(parent: Xml.Element, area: Area) -> None:
    node = Xml.SubElement(parent, _tag("area"))
    _add(node, "areaDesc", area.description)
    for polygon in area.polygons:
        _add(node, "polygon", " ".join(f"{latitude!r},{longitude!r}" for latitude, longitude in polygon))
    for circle in area.circles:
        _add(node, "circle", f"{circle.centre[0]!r},{circle.centre[1]!r} {circle.radius_km!r}")
    _pairs(node, "geocode", area.geocodes)
    _add(node, "altitude", "" if area.altitude is None else repr(area.altitude))
    _add(node, "ceiling", "" if area.ceiling is None else repr(area.ceiling))


def _pairs(parent: Xml.Element, name: str, pairs: tuple[Pair, ...]) -> None:
    for pair in pairs:
        node = Xml.SubElement(parent, _tag(name))
        _add(node, "valueName", pair.name)
        Xml.SubElement(node, _tag("value")).text = pair.value


def _moment(moment: datetime) -> str:
    """Whole seconds; CAP writes UTC as -00:00."""
    if moment.utcoffset() == UTC.utcoffset(None):
        return f"{moment:%Y-%m-%dT%H:%M:%S}-00:00"
    return moment.isoformat(timespec="seconds")


def _add(parent: Xml.Element, name: str, text: str) -> None:
    if text:
        Xml.SubElement(parent, _tag(name)).text = text


def _tag(name: str) -> str:
    return f"{{{cap.NAMESPACE}}}{name}"
