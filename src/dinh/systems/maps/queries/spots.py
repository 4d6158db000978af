"""What a typed start or goal means: a point, a place, or the best match of a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dinh.kernel.errors import Invalid, NotFound
from dinh.spine.places import api as places
from dinh.systems.maps.domain import kinds
from dinh.systems.maps.domain.geometry import Point, point_in
from dinh.systems.maps.queries import finding

LONGEST: Final = 160
_OTHERS: Final = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """`value` leads here again, exactly; `others` are what the same name might mean."""

    name: str
    point: Point
    value: str
    others: Sequence[tuple[str, str]] = ()
    simulated: bool = False


def spot(text: str, value: str, *, language: str) -> Spot:
    """`value` is a point or URN that a page knew for `text`; it counts while the text is still that one's name.

    Raises Invalid and NotFound.
    """
    text, value = text.strip()[:LONGEST], value.strip()[:LONGEST]
    known = _exact(value, language) if value else None
    if known is not None and text in ("", known.name):
        return known
    if not text:
        raise Invalid("maps.no_spot", "start or goal is missing; give a name, a place or latitude, longitude")
    return _exact(text, language) or _named(text, language)


def _exact(text: str, language: str) -> Spot | None:
    point = point_in(text)
    if point is not None:
        return Spot(point.written(), point, point.written())
    if not text.startswith("urn:dinh:"):
        return None
    row = places.places([text]).get(text)
    found = _of(row, language) if row is not None else None
    if found is None:
        raise NotFound("maps.no_place", "there is no place '{value}' on the map; look it up by its name", value=text)
    return found


def _of(row: places.PlaceRow, language: str, others: Sequence[tuple[str, str]] = ()) -> Spot | None:
    """Assets are no goals of the public."""
    if row.kind == "asset" or row.level == kinds.GONE or row.longitude is None or row.latitude is None:
        return None
    name = row.full_name_vi if row.kind == "unit" and language.startswith("vi") else row.name(language)
    return Spot(name, Point(row.longitude, row.latitude), row.urn, others, row.simulated)


def _named(text: str, language: str) -> Spot:
    """Units of that very name first: «Trần Đề» is the commune, «Chợ Trần Đề» the market."""
    named = text.casefold()
    rows = [
        row
        for row in places.find(text, kinds=("unit",), limit=_OTHERS)
        if row.valid_to is None and row.longitude is not None and row.level != "country"
    ]
    exact = [
        row for row in rows if named in (row.name_vi.casefold(), row.full_name_vi.casefold(), row.name_en.casefold())
    ]
    hits = [hit.place for hit in finding.find(text, language=language).hits[: _OTHERS + 1]]
    found = [*exact, *hits, *(row for row in rows if row not in exact)]
    spots = [known for row in found if (known := _of(row, language)) is not None]
    if not spots:
        raise NotFound("maps.nothing_called", "nothing on the map is called '{value}'; try fewer words, or latitude, longitude", value=text[:60])  # fmt: skip
    best, *others = spots
    told = tuple((other.name, other.value) for other in others[:_OTHERS] if other.value != best.value)
    return Spot(best.name, best.point, best.value, told, best.simulated)
