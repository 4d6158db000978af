"""Facilities and assets are saved here: checked, placed in their commune, counted."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import transaction

from dinh.kernel.errors import Invalid
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.places import domain, shapes, standing
from dinh.spine.places.api import ImportReport, PlaceRow
from dinh.spine.places.containment import unit_of
from dinh.spine.places.models import Place
from dinh.spine.places.tree import tree
from dinh.spine.places.versions import bump

_LEVEL = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,119}")
_CHUNK = 5_000
_REFUSALS_TOLD = 1_000
WRITTEN = (
    "kind", "level", "code", "name_vi", "name_en", "full_name_vi", "full_name_en", "key", "parent_id", "unit_id",
    "longitude", "latitude", "operator", "attributes", "simulated",
)  # fmt: skip
_UPDATED = [name.removesuffix("_id") for name in WRITTEN] + ["version"]


def save_place(**values: Any) -> PlaceRow:
    place = _checked(values)
    with transaction.atomic():
        if place.parent_id and not _existing({place.parent_id}):
            raise _no_parent(place.parent_id)
        _settle_homes([place])
        version = bump("assets")
        held = Place.objects.filter(urn=place.urn).first()
        if held is None or _differs(place, held):
            place.version = version
            Place.objects.bulk_create([place], update_conflicts=True, unique_fields=["urn"], update_fields=_UPDATED)
    return standing.places([place.urn])[place.urn]


def save_places(rows: Iterable[Mapping[str, Any]]) -> ImportReport:
    """One transaction; what is wrong is refused with its number, counted from 1, and does not stop the others."""
    wanted: dict[str, Place] = {}
    numbers: dict[str, int] = {}
    refused: list[str] = []
    total = 0
    for total, values in enumerate(rows, start=1):
        try:
            place = _checked(values)
            if place.urn in wanted:
                raise Invalid(
                    "places.twice",
                    "'{urn}' is row {number} already; give each place once",
                    urn=place.urn,
                    number=numbers[place.urn],
                )
        except Invalid as error:
            refused.append(f"row {total}: {error.message}")
            continue
        wanted[place.urn] = place
        numbers[place.urn] = total
    with transaction.atomic():
        version = bump("assets")
        known = _existing({p.parent_id for p in wanted.values() if p.parent_id} - wanted.keys()) | wanted.keys()
        for urn in [urn for urn, p in wanted.items() if p.parent_id and p.parent_id not in known]:
            refused.append(f"row {numbers[urn]}: {_no_parent(wanted[urn].parent_id or '').message}")
            del wanted[urn]
        _settle_homes(list(wanted.values()))
        held: dict[str, Place] = {}
        urns = list(wanted)
        if standing.fleet().urns:
            for start in range(0, len(urns), _CHUNK):
                held |= Place.objects.in_bulk(urns[start : start + _CHUNK])
        fresh = [place for urn, place in wanted.items() if urn not in held]
        changed = [place for urn, place in wanted.items() if urn in held and _differs(place, held[urn])]
        for place in (*fresh, *changed):
            place.version = version
        Place.objects.bulk_create(_parents_first(fresh), batch_size=_CHUNK)
        Place.objects.bulk_create(
            changed, batch_size=_CHUNK, update_conflicts=True, unique_fields=["urn"], update_fields=_UPDATED
        )
    unplaced = sum(place.unit_id is None for place in wanted.values())
    return ImportReport(
        taken=len(fresh),
        changed=len(changed),
        unchanged=len(wanted) - len(fresh) - len(changed),
        refused=tuple(refused[:_REFUSALS_TOLD]),
        note=f"{total} rows read, {len(refused)} refused, {unplaced} outside every commune",
    )


def relocate() -> int:
    """Finds the commune of every place anew, after boundaries changed; how many moved."""
    held = Place.objects.exclude(kind="unit").exclude(longitude=None)
    places = list(held.only("urn", "longitude", "latitude", "unit", "parent"))
    before = [place.unit_id for place in places]
    for place in places:
        if place.parent_id == place.unit_id:
            place.parent_id = None
    _settle_homes(places)
    moved: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for place, unit in zip(places, before, strict=True):
        if place.unit_id != unit:
            moved[place.unit_id, place.parent_id].append(place.urn)
    if moved:
        version = bump("assets")
        for (unit, parent), urns in moved.items():
            for start in range(0, len(urns), _CHUNK):
                chunk = Place.objects.filter(urn__in=urns[start : start + _CHUNK])
                chunk.update(unit=unit, parent=parent, version=version)
    return sum(map(len, moved.values()))


def _checked(values: Mapping[str, Any]) -> Place:
    """Raises Invalid with the field, its value and the remedy."""
    expected = {"kind", "id", "level", "name_vi", "name_en", "longitude", "latitude"}
    optional = {"parent", "operator", "attributes", "simulated"}
    if missing := expected - values.keys():
        raise Invalid("places.missing", "{fields} missing; give every one of {all}",
                      fields=", ".join(sorted(missing)), all=", ".join(sorted(expected)))  # fmt: skip
    if unknown := values.keys() - expected - optional:
        raise Invalid("places.unknown_field", "there is no field {fields}; fields are {all}",
                      fields=", ".join(sorted(unknown)), all=", ".join(sorted(expected | optional)))  # fmt: skip
    kind, identifier, level = values["kind"], str(values["id"]), str(values["level"])
    if kind not in ("facility", "asset"):
        raise Invalid("places.kind", "kind is '{value}'; give facility or asset", value=kind)
    if not _ID.fullmatch(identifier):
        raise Invalid("places.id", "id is '{value}'; give 1 to 120 of A-Z a-z 0-9 . _ : -, beginning with a letter or "
                      "digit", value=identifier[:140])  # fmt: skip
    if not _LEVEL.fullmatch(level) or level in domain.UNIT_LEVELS:
        raise Invalid("places.level", "level is '{value}'; give the type in small letters, digits and _, such as "
                      "salinity_station", value=level[:80])  # fmt: skip
    name_vi, name_en = (nfc(str(values[name] or "")) for name in ("name_vi", "name_en"))
    if not name_vi or not name_en or max(len(name_vi), len(name_en)) > 200:
        raise Invalid("places.name", "'{id}' needs name_vi and name_en of 1 to 200 letters; they are '{vi}' and '{en}'",
                      id=identifier, vi=name_vi[:80], en=name_en[:80])  # fmt: skip
    longitude, latitude = _point(identifier, values["longitude"], values["latitude"])
    parent, operator = values.get("parent"), values.get("operator")
    for urn in (parent, operator):
        if urn is not None:
            parse_urn(urn)
    urn = f"urn:dinh:{kind}:{identifier}"
    if parent == urn:
        raise Invalid("places.own_parent", "'{urn}' names itself as parent; leave parent out", urn=urn)
    attributes = values.get("attributes") or {}
    if not isinstance(attributes, Mapping):
        raise Invalid("places.attributes", "attributes of '{id}' are {value}; give names with their values",
                      id=identifier, value=repr(attributes)[:80])  # fmt: skip
    return Place(
        urn=urn, kind=kind, level=level, code=identifier, name_vi=name_vi, name_en=name_en, full_name_vi=name_vi,
        full_name_en=name_en, key=fold(name_vi)[:200], parent_id=parent, longitude=longitude, latitude=latitude,
        operator=operator or "", attributes=dict(attributes),
        simulated=bool(values.get("simulated", False)),
    )  # fmt: skip


def _point(identifier: str, longitude: Any, latitude: Any) -> tuple[float | None, float | None]:
    if longitude is None and latitude is None:
        return None, None
    try:
        x, y = float(longitude), float(latitude)
    except (TypeError, ValueError) as error:
        raise Invalid("places.point", "'{id}' stands at longitude '{x}', latitude '{y}'; give two numbers in degrees, "
                      "or neither", id=identifier, x=longitude, y=latitude) from error  # fmt: skip
    if math.isfinite(x) and math.isfinite(y):
        if domain.WEST <= x <= domain.EAST and domain.SOUTH <= y <= domain.NORTH:
            return x, y
        if domain.WEST <= y <= domain.EAST and domain.SOUTH <= x <= domain.NORTH:
            raise Invalid("places.point_swapped", "'{id}' stands at longitude {x}, latitude {y}; they seem to be "
                          "swapped, give the longitude first", id=identifier, x=x, y=y)  # fmt: skip
    raise Invalid("places.point_outside", "'{id}' stands at longitude {x}, latitude {y}, outside Vietnam; give WGS 84 "
                  "degrees between {west} and {east} east, {south} and {north} north", id=identifier, x=x, y=y,
                  west=domain.WEST, east=domain.EAST, south=domain.SOUTH, north=domain.NORTH)  # fmt: skip


def _existing(urns: set[str]) -> set[str]:
    units = tree().rows
    others = [urn for urn in urns if urn not in units]
    found = {urn for urn in urns if urn in units}
    for start in range(0, len(others), _CHUNK):
        found |= set(Place.objects.filter(urn__in=others[start : start + _CHUNK]).values_list("urn", flat=True))
    return found


def _no_parent(urn: str) -> Invalid:
    return Invalid("places.no_parent", "the parent '{urn}' does not exist; save it first or leave it out", urn=urn)


def _settle_homes(places: Sequence[Place]) -> None:
    """The commune from the point; without a point, the parent's commune. The parent is the commune by default."""
    placed = [place for place in places if place.longitude is not None]
    longitude = np.array([place.longitude for place in placed], dtype=np.float64)
    latitude = np.array([place.latitude for place in placed], dtype=np.float64)
    for place, unit in zip(placed, shapes.communes_at(longitude, latitude), strict=True):
        place.unit_id = unit
    here = {place.urn: place.unit_id for place in placed}
    for place in places:
        if place.longitude is None and place.parent_id:
            place.unit_id = here[place.parent_id] if place.parent_id in here else unit_of(place.parent_id)
        if place.parent_id is None:
            place.parent_id = place.unit_id


def _parents_first(places: Sequence[Place]) -> Sequence[Place]:
    """PostgreSQL checks a foreign key at the end of the transaction, so the order matters to readers only."""
    return sorted(places, key=lambda place: place.kind != "facility")


def _differs(wanted: Place, held: Place) -> bool:
    return any(getattr(wanted, name) != getattr(held, name) for name in WRITTEN)
