"""Units above and below a unit, before and after it."""

from __future__ import annotations

from collections.abc import Sequence

from dinh.kernel.errors import NotFound
from dinh.spine.places import domain, standing
from dinh.spine.places.api import PlaceRow, Succession
from dinh.spine.places.tree import tree


def _check(urn: str) -> None:
    if urn not in tree().rows and urn not in standing.places([urn]):
        raise NotFound("places.no_place", "there is no place '{urn}'; look it up by name, or save it first", urn=urn)


def children(urn: str, *, level: str | None) -> Sequence[PlaceRow]:
    _check(urn)
    held = tree()
    rows = [held.rows[child] for child in held.below.get(urn, ())]
    if urn == domain.COUNTRY:
        rows = [row for row in rows if row.valid_to is None]
    if level is None:
        return tuple(rows)
    found = [row for row in rows if row.level == level]
    for row in rows:
        if row.level != level:
            found += children(row.urn, level=level)
    return tuple(found)


def ancestors(urn: str) -> Sequence[PlaceRow]:
    _check(urn)
    held = tree()
    if urn in held.rows:
        return tuple(held.rows[above] for above in held.chain(urn)[1:])
    found: list[PlaceRow] = []
    parent, unit = standing.home_of(urn)
    while parent is not None and parent not in held.rows and len(found) < 8:
        found.append(standing.places([parent])[parent])
        parent, home = standing.home_of(parent)
        unit = unit or home
    return (*found, *(held.rows[above] for above in held.chain(unit or parent)))


def became(urn: str) -> Sequence[Succession]:
    _check(urn)
    held = tree()
    return held.successions(held.heirs, urn)


def came_from(urn: str) -> Sequence[Succession]:
    _check(urn)
    held = tree()
    return held.successions(held.formers, urn)


def area(urn: str) -> Sequence[PlaceRow]:
    _check(urn)
    held = tree()
    if urn not in held.rows:
        unit = standing.home_of(urn)[1]
        return (held.rows[unit],) if unit else ()
    return tuple(sorted((held.rows[commune] for commune in held.communes(urn)), key=lambda row: row.code))
