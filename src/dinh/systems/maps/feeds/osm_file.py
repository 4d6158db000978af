"""Reads an OpenStreetMap extract (PBF) once: the places that people look for, and the roads for drawing.

libosmium refuses blocks that unpack to more than 32 MiB, so that a small file cannot unpack into all memory at once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import osmium

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.systems.maps.domain import kinds

SOURCE: Final = "© OpenStreetMap contributors"
LICENCE: Final = "ODbL 1.0"
GENERATOR: Final = "Dinh demonstration"
"""What the header of a generated network says; nothing of it exists on the ground."""
CLASSES: Final[Mapping[str, int]] = {
    "motorway": 0, "trunk": 0, "motorway_link": 0, "trunk_link": 0, "primary": 1, "primary_link": 1, "secondary": 2,
    "secondary_link": 2, "tertiary": 3, "tertiary_link": 3, "unclassified": 4, "residential": 4, "living_street": 4, "road": 4,
    "pedestrian": 5, "service": 5, "track": 5, "footway": 5, "path": 5, "steps": 5, "cycleway": 5,
}  # fmt: skip
"""How great a road is for drawing; what is not here is no road."""
MOST_DRAWN: Final = 600_000
"""Roads kept for drawing; beyond it the small ones are left out, for all of them lie in memory."""
_EVERY: Final = 20_000
_URL: Final = re.compile(r"https?://[^\s<>\"']{3,300}")
_COPIED: Final = {
    "opening_hours": ("opening_hours",),
    "phone": ("phone", "contact:phone", "contact:mobile"),
    "website": ("website", "contact:website", "url"),
    "operator": ("operator",),
    "brand": ("brand",),
    "wheelchair": ("wheelchair",),
    "emergency": ("emergency",),
}
_ADDRESS: Final = (
    "addr:housenumber",
    "addr:street",
    "addr:hamlet",
    "addr:subdistrict",
    "addr:district",
    "addr:city",
    "addr:province",
)

type Values = dict[str, Any]


@dataclass(slots=True)
class Extract:
    """`bounds` are those of its roads; `roads` are (class, name, longitudes and latitudes in turn)."""

    bounds: tuple[float, float, float, float] = (180.0, 90.0, -180.0, -90.0)
    generated: bool = False
    ways: int = 0
    places: list[Values] = field(default_factory=list)
    roads: list[tuple[int, str, array[float]]] = field(default_factory=list)


def read(path: Path, *, progress: Callable[[int], None] = lambda objects: None) -> Extract:
    """Raises NotFound, and Invalid for a file that is none, is broken or holds no road."""
    if not path.is_file():
        raise NotFound("maps.no_file", "there is no file '{path}'", path=str(path))
    found = Extract()
    try:
        with osmium.io.Reader(str(path)) as reader:
            found.generated = reader.header().get("generator", "") == GENERATOR
        _read(path, found, progress)
    except (RuntimeError, ValueError, OSError) as error:
        raise Invalid("maps.not_pbf", "'{name}' cannot be read as an OpenStreetMap extract ({why}); give a whole file .osm.pbf", name=path.name, why=str(error)[:200]) from error  # fmt: skip
    if not found.ways:
        raise Invalid(
            "maps.no_roads", "'{name}' holds no road; give an extract with ways tagged highway", name=path.name
        )
    return found


def _read(path: Path, found: Extract, progress: Callable[[int], None]) -> None:
    wanted = osmium.filter.KeyFilter("highway", *kinds.KEYS)
    things: Iterator[Any] = iter(osmium.FileProcessor(str(path)).with_locations().with_filter(wanted))
    for number, thing in enumerate(things):
        if number % _EVERY == 0:
            progress(number)
        tags = {tag.k: tag.v for tag in thing.tags}
        line = _line(thing) if thing.is_way() else []
        rank = CLASSES.get(tags.get("highway", "")) if line else None
        if rank is not None:
            _take_road(found, rank, tags, line)
        kind = kinds.of_tags(tags)
        point = _centre(thing, line)
        if kind is not None and point is not None:
            values = _place(kind, tags, point, thing, generated=found.generated)
            if values is not None:
                found.places.append(values)


def _take_road(found: Extract, rank: int, tags: Mapping[str, str], line: list[float]) -> None:
    found.ways += 1
    west, south, east, north = found.bounds
    found.bounds = (
        min(west, *line[::2]), min(south, *line[1::2]), max(east, *line[::2]), max(north, *line[1::2]),
    )  # fmt: skip
    room = len(found.roads) < MOST_DRAWN or rank < 3
    if room and len(line) >= 4 and tags.get("area") != "yes":
        found.roads.append((rank, nfc(tags.get("name", ""))[:120], array("d", line)))


def _line(way: Any) -> list[float]:
    """Nodes that are not in the file are left out."""
    return [degrees for node in way.nodes if node.location.valid() for degrees in (node.lon, node.lat)]


def _centre(thing: Any, line: list[float]) -> tuple[float, float] | None:
    """Relations have no place without their members; the few that are places are left out."""
    if thing.is_node():
        return (thing.lon, thing.lat) if thing.location.valid() else None
    if not line:
        return None
    across, down = line[::2], line[1::2]
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


def _place(
    kind: kinds.Kind, tags: Mapping[str, str], point: tuple[float, float], thing: Any, *, generated: bool
) -> Values | None:
    name = nfc(tags.get("name:vi") or tags.get("name") or "")[:200]
    if not name and not kind.nameless:
        return None
    type_ = "node" if thing.is_node() else "way"
    attributes: dict[str, Any] = dict(_copied(tags))
    if address := _address(tags):
        attributes["address"] = address
    if not generated:
        attributes |= {"source": SOURCE, "licence": LICENCE, "osm": f"{type_}/{thing.id}"}
    return {
        "kind": "facility",
        "id": f"{'mp' if generated else 'osm'}-{type_}-{thing.id}",
        "level": kind.code,
        "name_vi": name or kind.name.vi,
        "name_en": nfc(tags.get("name:en") or tags.get("int_name") or name or kind.name.en)[:200],
        "longitude": round(point[0], 7),
        "latitude": round(point[1], 7),
        "attributes": attributes,
        "simulated": generated,
    }


def _copied(tags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for field_name, keys in _COPIED.items():
        value = nfc(next((tags[key] for key in keys if tags.get(key)), ""))[:300]
        if field_name == "website" and value and not _URL.fullmatch(value):
            value = f"https://{value}" if re.fullmatch(r"[\w.-]+\.[a-z]{2,}(/[^\s<>\"']*)?", value) else ""
        if value:
            yield field_name, value


def _address(tags: Mapping[str, str]) -> str:
    if full := nfc(tags.get("addr:full", "")):
        return full[:300]
    number, *rest = (nfc(tags.get(key, "")) for key in _ADDRESS)
    street = f"{number} {rest[0]}".strip() if rest[0] else ""
    return ", ".join(part for part in (street, *rest[1:]) if part)[:300]
