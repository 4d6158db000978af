"""KML and KMZ: the points of Placemarks with their names, data and heights. OGC 12-007r2 (KML 2.3)."""

from __future__ import annotations

import io
import math
import re
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from dinh.kernel.errors import Invalid, Phrase
from dinh.systems.network_5g.feeds import features, packages
from dinh.systems.network_5g.feeds.features import Point, Points

DEEPEST: Final = 100
MOST_ELEMENTS: Final = 3_000_000
"""Each of them stays in memory until the end: 128 MB of empty ones would be 2 GB."""


def unpacked(data: bytes) -> bytes:
    """The KML of a KMZ: doc.kml, or the first there is. Raises Invalid."""
    names = [name for name in packages.members_of(data) if name.lower().endswith(".kml")]
    if not names:
        raise Invalid("radio.kmz_empty", "the KMZ holds no .kml; export it again as KML")
    return packages.member(data, next((name for name in names if name.lower() == "doc.kml"), names[0]))


def read(data: bytes) -> Points:
    """Raises Invalid for what is no KML, or an XML that declares entities."""
    found = Points("placemark")
    number = depth = elements = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            elements += event == "start"
            if elements > MOST_ELEMENTS:
                raise Invalid("radio.kml_large", "the KML holds more than {most:,} elements; give the sites of one province", most=MOST_ELEMENTS)  # fmt: skip
            if depth > DEEPEST:
                raise Invalid("radio.kml_deep", "the KML is nested more than {most} levels deep; export it again as KML", most=DEEPEST)  # fmt: skip
            if event == "end" and _tag(element) == "Placemark":
                number += 1
                _placemark(element, number, found)
                element.clear()
    except DefusedXmlException as error:
        raise Invalid("radio.kml_active", "the KML declares entities or a DTD, which no list of sites needs; export it again as KML") from error  # fmt: skip
    except (ParseError, ValueError, LookupError, AssertionError, TypeError) as error:
        said = str(error)[:120]
        raise Invalid("radio.kml_unread", "the KML cannot be read ({says}); export it again as KML", says=said) from error  # fmt: skip
    if not number:
        raise Invalid("radio.kml_empty", "the KML holds no Placemark; mark the sites as placemarks and export it again")
    return found


def _placemark(element: Element, number: int, found: Points) -> None:
    point = next((part for part in element.iter() if _tag(part) == "Point"), None)
    if point is None:
        found.others.append(number)
        return
    attributes: dict[str, str | float] = {}
    name = next((part.text for part in element if _tag(part) == "name" and part.text), "")
    if name:
        attributes["name"] = features.clean(name.strip())
    for part in element.iter():
        tag = _tag(part)
        if tag in ("Data", "SimpleData") and (key := (part.get("name") or "").strip()):
            text = part.text if tag == "SimpleData" else next((v.text for v in part if _tag(v) == "value"), "")
            attributes.setdefault(features.clean(key), features.clean((text or "").strip()))
    text = next((part.text or "" for part in point if _tag(part) == "coordinates"), "")
    place = _coordinates(text)
    if place is None:
        found.fault(number, "coordinates", text.strip(), Phrase("is no place; a point is longitude,latitude in degrees"))  # fmt: skip
        return
    mode = next(((part.text or "").strip() for part in point if _tag(part) == "altitudeMode"), "")
    # Clamped to the ground, the third number says nothing of the antenna.
    height = place[2] if mode in ("relativeToGround", "absolute") and math.isfinite(place[2]) else None
    found.add(Point(number, place[0], place[1], attributes, height, mode == "absolute" and height is not None))


def _coordinates(text: str) -> tuple[float, float, float] | None:
    parts = [part for part in re.split(r"[,\s]+", text.strip()[:400]) if part]
    try:
        numbers = [float(part) for part in parts[:3]]
    except ValueError:
        return None
    if len(numbers) < 2 or not (abs(numbers[0]) <= 180 and abs(numbers[1]) <= 90):
        return None
    return numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else math.nan


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
