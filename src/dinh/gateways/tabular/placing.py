"""Places from a table: facilities and assets with coordinates in degrees or of VN-2000."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dinh.engines.tables import coordinates, numbers
from dinh.engines.tables.reading import Table
from dinh.gateways.tabular.mapping import Mapping, Use, uses_of
from dinh.gateways.tabular.problems import Problem, Told
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc, slug
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

WEST, SOUTH, EAST, NORTH = 101.5, 5.5, 119.0, 24.0
"""A generous frame around land, islands and waters of Vietnam."""


@dataclass(slots=True)
class Outcome:
    taken: int = 0
    changed: int = 0
    unchanged: int = 0
    swapped: bool = False
    told: Told = field(default_factory=Told)
    by_row: dict[int, list[Problem]] = field(default_factory=dict)


def take(table: Table, mapping: Mapping, *, by: Actor, record: bool) -> Outcome:
    """Saves the good rows (or only looks). Raises Refused, Invalid `tabular.no_coordinates`, OutOfRange `vn2000.zone`."""
    parties.require(by, "places.manage")
    uses = uses_of(mapping, table.headers)
    at = {use.role: place for place, use in enumerate(uses) if use.role not in ("ignore", "attribute")}
    outcome = Outcome()
    longitude, latitude = _degrees(table, mapping, at, outcome)
    everywhere = parties.may_everywhere(by, "places.manage")
    rows: list[dict[str, Any]] = []
    origin: list[int] = []
    for place in range(len(table.rows)):
        east, north = float(longitude[place]), float(latitude[place])
        problem = _fault(table, place, at, east, north)
        if problem is None and not everywhere:
            unit = places.unit_at(east, north)
            if unit is None or not parties.may(by, "places.manage", place=unit.urn):
                problem = Problem(
                    "place.not_permitted", int(table.rows[place]), "", _text(table, at.get("name"), place)
                )
        if problem is not None:
            _refuse(outcome, place, problem)
            continue
        rows.append(_values(table, mapping, uses, at, place, east, north))
        origin.append(place)
    if record and rows:
        report = places.save_places(rows)
        outcome.taken, outcome.changed, outcome.unchanged = report.taken, report.changed, report.unchanged
        for line in report.refused:
            told = re.match(r"row (\d+): (.*)", line)
            if told:
                place = origin[int(told[1]) - 1]
                name = _text(table, at.get("name"), place)
                _refuse(outcome, place, Problem("place.refused", int(table.rows[place]), "", name, told[2]))
    else:
        outcome.taken = len(rows)
    return outcome


def _refuse(outcome: Outcome, place: int, problem: Problem) -> None:
    outcome.told.add(problem)
    outcome.by_row.setdefault(place, []).append(problem)


def _fault(table: Table, place: int, at: dict[str, int], east: float, north: float) -> Problem | None:
    row = int(table.rows[place])
    if not _text(table, at.get("name"), place):
        return Problem("place.none", row, table.headers[at["name"]] if "name" in at else "", "")
    if np.isnan(east) or np.isnan(north):
        given = [
            _text(table, at.get(role), place) for role in ("easting", "northing", "longitude", "latitude") if role in at
        ]
        return Problem("coordinate.outside" if all(given) else "coordinate.none", row, "", " ".join(given)[:80])
    if not (WEST <= east <= EAST and SOUTH <= north <= NORTH):
        return Problem("coordinate.outside", row, "", f"{east:.5f} {north:.5f}")
    return None


def _text(table: Table, column: int | None, place: int) -> str:
    return nfc(table.columns[column].text[place].as_py() or "") if column is not None else ""


def _degrees(
    table: Table, mapping: Mapping, at: dict[str, int], outcome: Outcome
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if "longitude" in at and "latitude" in at:
        longitude, latitude = _numbers(table, at["longitude"]), _numbers(table, at["latitude"])
        if np.nanmedian(longitude) < np.nanmedian(latitude):
            outcome.swapped = True
            return latitude, longitude
        return longitude, latitude
    if "easting" not in at or "northing" not in at:
        raise Invalid(
            "tabular.no_coordinates",
            "no columns hold coordinates; choose longitude and latitude, or both axes of VN-2000",
        )
    if not mapping.meridian:
        raise Invalid(
            "tabular.no_meridian",
            "coordinates of VN-2000 need the central meridian of their zone; give it, for Sóc Trăng it is 105.5",
        )
    east, north = _numbers(table, at["easting"]), _numbers(table, at["northing"])
    if len(east) and coordinates.swapped(east, north):
        outcome.swapped = True
        east, north = north, east
    return coordinates.to_degrees(east, north, coordinates.Plane(mapping.meridian, mapping.zone))


def _numbers(table: Table, place: int) -> NDArray[np.float64]:
    column = table.columns[place]
    words = [word for word in column.text.unique().to_pylist() if word]
    # A coordinate has no thousands of millions: one mark with three digits behind it is a decimal mark in degrees.
    decimal = numbers.style_of(words).decimal or "."
    return numbers.parse(column.text, decimal, column.typed).value


def _values(
    table: Table, mapping: Mapping, uses: Sequence[Use], at: dict[str, int], place: int, east: float, north: float
) -> dict[str, Any]:
    name = _text(table, at["name"], place)
    given = _text(table, at.get("id"), place) or f"{name}-{_text(table, at.get('level'), place)}".strip("-")
    attributes = {
        use.dimension or slug(use.header): table.columns[number].text[place].as_py()
        for number, use in enumerate(uses)
        if use.role == "attribute" and table.columns[number].text[place].as_py()
    }
    return {
        "kind": mapping.kind,
        "id": slug(given),
        "level": slug(_text(table, at.get("level"), place)).replace("-", "_") or mapping.place_level or "place",
        "name_vi": name,
        "name_en": _text(table, at.get("name_en"), place) or name,
        "longitude": round(east, 8),
        "latitude": round(north, 8),
        "attributes": attributes,
    }
