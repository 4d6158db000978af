"""Which communes of the house's area a headline or an area of a CAP message is about."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely
from django.conf import settings

from dinh.kernel.errors import DinhError
from dinh.spine.places import api as places
from dinh.spine.places.api import PlaceRow
from dinh.systems.local_news.domain.cap import Area, Circle
from dinh.systems.local_news.domain.naming import Names, names_of

UNIT_CODES: Final = "urn:dinh:unit"
"""`valueName` of a geocode whose value is the URN of a unit."""
OFFICE_CODES: Final = "VN-GSO"
"""`valueName` of the statistics office's codes of today: five digits a commune, two a province."""
KM_PER_DEGREE: Final = 111.195
TOLERANCE_M: Final = 200.0


@dataclass(frozen=True, slots=True)
class Ground:
    """The house's area with its communes of today, and the names by which people call them."""

    version: int
    area: str
    row: PlaceRow | None
    communes: Mapping[str, PlaceRow]
    names: Names
    box: tuple[float, float, float, float] | None


_held: list[Ground] = []
_building: Final = threading.Lock()


def ground() -> Ground:
    """Built anew when the units change."""
    version, area = places.version("units"), str(settings.AREA)
    with _building:
        if not _held or (_held[0].version, _held[0].area) != (version, area):
            _held[:] = [_ground(version, area)]
        return _held[0]


def _ground(version: int, area: str) -> Ground:
    row = places.places([area]).get(area)
    communes = {commune.urn: commune for commune in places.area(area)} if row is not None else {}
    names = Names(names_of(_names(area, row, communes), _larger(area, row)))
    return Ground(version, area, row, communes, names, places.bounds(list(communes)) if communes else None)


def _names(
    area: str, row: PlaceRow | None, communes: Mapping[str, PlaceRow]
) -> Iterator[tuple[str, str, Sequence[str]]]:
    if row is None:
        return
    for above in (row, *places.ancestors(area)):
        if above.level == "province":
            yield from ((name, "province", [area]) for name in {above.name_vi, above.name_en})
    for urn, commune in communes.items():
        yield from ((name, "commune", [urn]) for name in {commune.name_vi, commune.name_en})
        present = {other.name_vi for other in communes.values()}
        for former in places.came_from(urn):
            # An old name that another commune bears today means that one.
            if former.place.name_vi not in present - {commune.name_vi}:
                yield former.place.name_vi, "commune", [urn]
    for district in places.children(area, level="district"):
        inside = [one.urn for one in places.area(district.urn) if one.urn in communes]
        yield district.name_vi, "district", inside


def _larger(area: str, row: PlaceRow | None) -> list[str]:
    if row is None:
        return []
    return [one.name_vi for one in (row, *places.ancestors(area)) if one.level == "province"]


def units_named(text: str) -> frozenset[str]:
    """Communes that the text names, or the whole area where it names that alone."""
    held = ground()
    found = held.names.units_in(text)
    return found - {held.area} or found


def where(areas: Iterable[Area]) -> tuple[frozenset[str], str]:
    """Communes of the house's area, and how they were found: shape, code, name or nowhere."""
    found: set[str] = set()
    how = "nowhere"
    for area in areas:
        shapes = [*map(_polygon, area.polygons), *map(_circle, area.circles)]
        if shapes:
            touched, by = _touched(shapes), "shape"
        elif codes := [pair.value for pair in area.geocodes if pair.name in (UNIT_CODES, OFFICE_CODES)]:
            touched, by = frozenset[str]().union(*map(_coded, codes)), "code"
        else:
            touched, by = _whole(units_named(area.description)), "name"
        if touched:
            found |= touched
            how = how if how != "nowhere" else by
    return frozenset(found), how


def within(place: str) -> frozenset[str]:
    """The communes of the house's area that lie in a place."""
    held = ground()
    if place in held.communes:
        return frozenset({place})
    return frozenset(urn for urn in held.communes if places.contains(place, urn))


def _whole(units: frozenset[str]) -> frozenset[str]:
    held = ground()
    return frozenset(held.communes) if held.area in units else units


def _coded(code: str) -> frozenset[str]:
    urn = code if code.startswith("urn:") else f"{UNIT_CODES}:2025:{code}"
    try:
        return within(urn)
    except DinhError:
        return frozenset()


def _touched(shapes: Sequence[Any]) -> frozenset[str]:
    held = ground()
    if held.box is None:
        return frozenset()
    shape = shapely.union_all([shapely.make_valid(one) for one in shapes])
    west, south, east, north = shape.bounds
    box = (
        max(west, held.box[0]),
        max(south, held.box[1]),
        min(east, held.box[2]),
        min(north, held.box[3]),
    )
    if box[0] > box[2] or box[1] > box[3]:
        return frozenset()
    found = {
        unit.place.urn
        for unit in places.units_in(box, level="commune", tolerance_m=TOLERANCE_M)
        if unit.place.urn in held.communes and unit.shape.intersects(shape) and not unit.shape.touches(shape)
    }
    # Where nobody has a boundary, the centre stands for the commune.
    found |= {
        urn
        for urn, row in held.communes.items()
        if row.longitude is not None
        and row.latitude is not None
        and shape.covers(shapely.Point(row.longitude, row.latitude))
    }
    return frozenset(found)


def _polygon(points: Sequence[tuple[float, float]]) -> Any:
    return shapely.Polygon([(longitude, latitude) for latitude, longitude in points])


def _circle(circle: Circle) -> Any:
    latitude, longitude = circle.centre
    if not circle.radius_km:
        return shapely.Point(longitude, latitude)
    north = circle.radius_km / KM_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(latitude)))
    turns = (2 * math.pi * n / 48 for n in range(48))
    return shapely.Polygon([(longitude + east * math.cos(t), latitude + north * math.sin(t)) for t in turns])


def outlines(urns: Iterable[str]) -> Mapping[str, Sequence[Sequence[tuple[float, float]]]]:
    """Rings (latitude, longitude) of communes whose boundary is exact; an approximate one would tell people a lie."""
    wanted = sorted(urns)
    box = places.bounds(wanted) if wanted else None
    if box is None:
        return {}
    found: dict[str, Sequence[Sequence[tuple[float, float]]]] = {}
    for unit in places.units_in(box, level="commune", tolerance_m=TOLERANCE_M):
        if unit.place.urn not in wanted or unit.approximate:
            continue
        parts = getattr(unit.shape, "geoms", [unit.shape])
        found[unit.place.urn] = [
            [(round(y, 5), round(x, 5)) for x, y in part.exterior.coords] for part in parts if not part.is_empty
        ]
    return found
