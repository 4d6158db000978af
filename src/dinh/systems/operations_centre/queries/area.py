"""The area whose picture is shown, and names of the places in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings

from dinh.kernel.errors import NotFound
from dinh.spine.places import api as places


def area_urn() -> str:
    return str(settings.AREA)


def area() -> places.PlaceRow | None:
    """The area's row, or None before the units are loaded."""
    try:
        return places.place(area_urn())
    except NotFound:
        return None


def place_label(row: places.PlaceRow | None, language: str) -> str:
    """A place as it is named in a line: with its rank in Vietnamese, where it is a unit."""
    if row is None:
        return ""
    if row.urn == area_urn() and row.valid_to is not None:
        # A former unit is an area now: it has a name, but no rank any more.
        return f"khu vực {row.name_vi}" if language.startswith("vi") else f"{row.name_en} area"
    if language.startswith("vi") and row.kind == "unit":
        return row.full_name_vi or row.name_vi
    return row.name(language)


def names(urns: Iterable[str | None]) -> Mapping[str, places.PlaceRow]:
    """Those of the places that exist."""
    wanted = sorted({urn for urn in urns if urn and urn.split(":")[2] in {"unit", "facility", "asset"}})
    return places.places(wanted) if wanted else {}
