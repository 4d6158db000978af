"""What a facility or an asset must be before it may be saved."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dinh.kernel.errors import Invalid
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import fold, nfc
from dinh.spine.places import dependencies, domain

_LEVEL = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,119}")


@dataclass(slots=True)
class Draft:
    """The columns of a place as they will be written; `unit_id`, and `parent_id` by default, come from the point."""

    urn: str
    kind: str
    level: str
    code: str
    name_vi: str
    name_en: str
    full_name_vi: str
    full_name_en: str
    key: str
    parent_id: str | None
    unit_id: str | None
    longitude: float | None
    latitude: float | None
    operator: str
    attributes: dict[str, Any]
    simulated: bool


def checked(values: Mapping[str, Any]) -> Draft:
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
    return Draft(
        urn=urn, kind=kind, level=level, code=identifier, name_vi=name_vi, name_en=name_en, full_name_vi=name_vi,
        full_name_en=name_en, key=fold(name_vi)[:200], parent_id=parent, unit_id=None, longitude=longitude,
        latitude=latitude, operator=operator or "", attributes=dependencies.checked(urn, attributes),
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
