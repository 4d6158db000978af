"""Who lies in whom, across both periods; cheap enough to ask thousands of times a second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dinh.spine.places import standing
from dinh.spine.places.tree import tree

_STEPS = 8
"""How many facilities may stand in one another."""


def contains(outer: str, inner: str) -> bool:
    """A former unit contains what stands in the communes it passed to; a present one contains a former unit
    all of whose heirs lie in it."""
    if outer == inner:
        return True
    held = tree()
    unit = inner
    if inner not in held.rows:
        for _ in range(_STEPS):
            parent, home = standing.home_of(unit)
            if parent == outer or home == outer:
                return True
            if parent is None or parent in held.rows:
                unit = home or parent or ""
                break
            unit = parent
        if unit not in held.rows:
            return False
    if outer not in held.rows:
        return False
    if outer in held.chain(unit):
        return True
    if held.is_present(outer) == held.is_present(unit):
        return False
    communes = held.communes(unit)
    return bool(communes) and communes <= held.communes(outer)


def unit_of(urn: str) -> str | None:
    held = tree()
    if urn in held.rows:
        return held.present_commune(urn)
    return standing.home_of(urn)[1]


def units_of(urns: Iterable[str]) -> Mapping[str, str | None]:
    return {urn: unit_of(urn) for urn in urns}
