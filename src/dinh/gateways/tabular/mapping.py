"""What a table's columns mean: kept under a name, found again by the table's own headers next month."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from dinh.engines.tables import periods
from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import fold, nfc

READING_ROLES: Final = ("ignore", "place", "period", "value", "indicator", "unit", "dimension")
PLACE_ROLES: Final = (
    "ignore", "id", "name", "name_en", "level", "longitude", "latitude", "easting", "northing", "attribute",
)  # fmt: skip
ROLES: Final = tuple(dict.fromkeys(READING_ROLES + PLACE_ROLES))
HEADER: Final = "header"
"""As the period of a column: the one that its header names."""


class Use(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What one column is. `period` is a text such as «2018», or HEADER; `factor` multiplies each value."""

    header: str
    role: str = "ignore"
    indicator: str = ""
    unit: str = ""
    factor: float = 1.0
    period: str = ""
    dimension: str = ""
    """The name of a dimension that the column's texts are members of, or of an attribute."""
    dimensions: dict[str, str] = {}
    """For a column of values: the members that its header stands for."""
    decimal: str = ""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everything that turns a table into readings or places. Empty texts mean: as found, or not given."""

    version: int = 1
    target: str = "readings"
    """readings or places."""
    columns: list[Use] = []
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 0
    font: str = ""
    decimal: str = ""
    order: str = ""
    source: str = ""
    indicator: str = ""
    unit: str = ""
    period: str = ""
    place: str = ""
    level: str = ""
    """Level of the units that place names mean, where a name is of several: province, district, commune; or asset."""
    within: str = ""
    totals: str = "skip"
    """skip, or above: rows of totals are readings of `above`."""
    above: str = ""
    empty: str = "skip"
    """skip, or missing: an empty cell is a missing value."""
    stamp: str = "start"
    """start or end: the moment of a period that its values are recorded at."""
    places: dict[str, str] = {}
    """Folded text -> URN; '' leaves rows of that name out."""
    indicators: dict[str, str] = {}
    """Folded text -> code, for a column that names indicators."""
    kind: str = "asset"
    place_level: str = ""
    meridian: float = 0.0
    zone: int = 3


def read(text: str | bytes) -> Mapping:
    """Raises Invalid `tabular.bad_mapping` with the place of the fault."""
    try:
        found = msgspec.json.decode(text, type=Mapping)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _bad(str(error)) from error
    checked(found)
    return found


def checked(mapping: Mapping) -> None:
    """Raises Invalid `tabular.bad_mapping`."""
    if mapping.version != 1:
        raise _bad(f"version is {mapping.version}; this Đình reads version 1")
    choices = {
        "target": (mapping.target, ("readings", "places")),
        "totals": (mapping.totals, ("skip", "above")),
        "empty": (mapping.empty, ("skip", "missing")),
        "stamp": (mapping.stamp, ("start", "end")),
        "decimal": (mapping.decimal, ("", ",", ".")),
        "order": (mapping.order, ("", *periods.ORDERS)),
        "zone": (mapping.zone, (3, 6)),
        "kind": (mapping.kind, ("asset", "facility")),
    }
    for name, (value, allowed) in choices.items():
        if value not in allowed:
            raise _bad(f"{name} is {value!r}; give one of {', '.join(repr(one) for one in allowed)}")
    for use in mapping.columns:
        if use.role not in ROLES:
            raise _bad(f"the role of column '{use.header[:60]}' is '{use.role[:30]}'; give one of {', '.join(ROLES)}")
        if use.factor == 0 or use.factor != use.factor or abs(use.factor) == float("inf"):
            raise _bad(f"the factor of column '{use.header[:60]}' is {use.factor}; give a number other than zero")
    for role in ("place", "period", "indicator", "unit", "id", "name", "easting", "northing", "longitude", "latitude"):
        if sum(use.role == role for use in mapping.columns) > 1:
            raise _bad(f"two columns are said to be {role}; choose one")


def _bad(says: str) -> Invalid:
    return Invalid("tabular.bad_mapping", "the mapping cannot be used: {says}", says=says)


def write(mapping: Mapping) -> str:
    return msgspec.json.format(msgspec.json.encode(mapping), indent=1).decode()


def label(header: str) -> str:
    """A header without its period: «Prel. 2016 Total area» is «Total area»."""
    found = periods.find(header)
    return nfc(re.sub(r"\(\*+\)", "", found[1] if found else header)).strip(" /-")


def fingerprint(headers: Sequence[str]) -> str:
    """Says whether two tables have the same columns, whatever periods their headers name."""
    labels = sorted({fold(label(header)) for header in headers})
    return hashlib.sha256("\n".join(labels).encode()).hexdigest()[:32]


def uses_of(mapping: Mapping, headers: Sequence[str]) -> list[Use]:
    """The use of each column of a table: by its header, or, where the header names a period, by what is left of it."""
    by_header = {nfc(use.header): use for use in mapping.columns}
    by_label = {fold(label(use.header)): use for use in mapping.columns if use.role == "value" and use.period == HEADER}
    found = []
    for header in headers:
        use = by_header.get(nfc(header))
        if use is None and periods.find(header) is not None:
            use = by_label.get(fold(label(header)))
        found.append(msgspec.structs.replace(use, header=header) if use else Use(header=header))
    return found
