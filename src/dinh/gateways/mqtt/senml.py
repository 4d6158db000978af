"""SenML packs (RFC 8428, JSON): base fields resolved, times made absolute, units as UCUM codes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from dinh.kernel.errors import DinhError, Invalid

HIGHEST_VERSION: Final = 10  # RFC 8428, 4.4: the version of that document
RELATIVE_BELOW: Final = 2**28  # RFC 8428, 4.5.3: smaller times are relative to the time of receipt
LATEST_S: Final = 253_402_300_800  # 10000-01-01, where datetime ends
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:./_]*")  # RFC 8428, 4.5.1
_KNOWN: Final = frozenset({"bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"})

# RFC 8428, table 12 (section 12.1), and RFC 8798, table 1; units that are spelled alike in UCUM are left out.
UCUM: Final = {
    "kg/m3": "kg/m3", "count": "1", "/": "1", "%": "%", "%RH": "%", "%EL": "%", "EL": "s", "1/s": "/s", "1/min": "/min",
    "beat/min": "/min", "beats": "1", "S/m": "S/m", "lat": "deg", "lon": "deg", "pH": "[pH]", "dB": "dB",
    "dBW": "B[W]", "dBm": "dB[mW]", "Bspl": "B[SPL]", "l": "L", "l/s": "L/s", "mg/l": "mg/L", "g/l": "g/L",
    "ohm": "Ohm", "Ohm": "Ohm", "VA": "V.A", "kVA": "kV.A", "VAs": "V.A.s", "Wh": "W.h", "kWh": "kW.h", "Ah": "A.h",
    "vah": "V.A.h", "varh": "V.A.h", "kvarh": "kV.A.h", "J/m": "J/m", "B": "By", "bit/s": "bit/s", "Mbit/s": "Mbit/s",
    "KiB": "KiBy", "GB": "GBy", "B/s": "By/s", "MB/s": "MBy/s", "Cel": "Cel", "ug/m3": "ug/m3", "ppm": "[ppm]",
    "ppb": "[ppb]", "/100": "%", "/1000": "10*-3", "deg": "deg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One resolved record: `position` counts from 1 in the pack, `unit` is a UCUM code or empty."""

    position: int
    name: str
    unit: str
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class BadRecord:
    position: int
    record: Any
    error: DinhError


def resolve(pack: object, *, received_at: datetime) -> tuple[Sequence[Record], Sequence[BadRecord]]:
    """The records of a decoded pack and those that hold no usable number.

    Base fields hold from the record in which they stand until they are replaced. Raises Invalid
    `senml.not_a_pack`, `senml.version` where nothing of the pack can be trusted.
    """
    if not isinstance(pack, list) or not pack:
        raise Invalid("senml.not_a_pack", "a SenML pack is a JSON array of at least one object, like [{…}]")
    good: list[Record] = []
    bad: list[BadRecord] = []
    base: dict[str, Any] = {}
    version: int | None = None
    for position, record in enumerate(pack, start=1):
        try:
            if not isinstance(record, dict):
                raise _wrong("record", record, "give an object")
            version = _version(record, version)
            _take_base(base, record)
            if "v" in record or "vb" in record or {"vs", "vd", "s", "n", "t"} & record.keys():
                good.append(_resolved(position, base, record, received_at))
        except Invalid as error:
            if error.code == "senml.version":
                raise
            bad.append(BadRecord(position, record, error))
    return good, bad


def _version(record: Mapping[str, Any], before: int | None) -> int | None:
    """The pack's version, which must be the same wherever it is given (RFC 8428, 4.4)."""
    given = record.get("bver")
    if given is None:
        return before
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given <= HIGHEST_VERSION:
        raise Invalid(
            "senml.version",
            "bver is {value}; this gateway reads versions up to {highest}",
            value=repr(given)[:40],
            highest=HIGHEST_VERSION,
        )
    if before is not None and given != before:
        raise Invalid("senml.version", "bver is {a} and {b} in one pack; give one version", a=before, b=given)
    return given


def _take_base(base: dict[str, Any], record: Mapping[str, Any]) -> None:
    for field in ("bn", "bu"):
        if field in record:
            if not isinstance(record[field], str):
                raise _wrong(field, record[field], "give a text")
            base[field] = record[field]
    for field in ("bt", "bv", "bs"):
        if field in record:
            base[field] = _number(field, record[field])


def _resolved(position: int, base: Mapping[str, Any], record: Mapping[str, Any], received_at: datetime) -> Record:
    for field in record:
        if field.endswith("_") and field not in _KNOWN:
            # RFC 8428, 4.4: a label that ends with "_" must be understood, or the record be left alone.
            raise _wrong(field, record[field], "this gateway does not know that field, which must be understood")
    name = base.get("bn", "") + _text(record, "n")
    if not _NAME.fullmatch(name):
        raise _wrong("name", name, "base name and name together begin with a letter or digit, then also - : . / _")
    if ("v" in record) + ("vb" in record) + ("vs" in record) + ("vd" in record) > 1:
        raise _wrong("value", sorted(record), "give one of v, vb, vs, vd")
    if "v" in record:
        value = base.get("bv", 0.0) + _number("v", record["v"])
    elif "vb" in record:
        if not isinstance(record["vb"], bool):
            raise _wrong("vb", record["vb"], "give true or false")
        value = float(record["vb"])
    elif "vs" in record or "vd" in record:
        raise Invalid(
            "senml.not_a_number",
            "'{name}' is a text or data; an indicator takes numbers: send v or vb",
            name=name[:120],
        )
    elif "bv" in base:
        value = base["bv"]  # RFC 8428, 4.5.4: with a base value an absent value counts as zero
    else:
        raise Invalid("senml.no_value", "'{name}' has no value; send v or vb (sums, s, are not kept)", name=name[:120])
    unit = _text(record, "u") or base.get("bu", "")
    return Record(position, name, UCUM.get(unit, unit), _moment(base, record, received_at), value)


def _moment(base: Mapping[str, Any], record: Mapping[str, Any], received_at: datetime) -> datetime:
    seconds = base.get("bt", 0.0) + (_number("t", record["t"]) if "t" in record else 0.0)
    if seconds < RELATIVE_BELOW:
        seconds += received_at.timestamp()
    if not 0 <= seconds < LATEST_S:
        raise _wrong("t", seconds, "the time lies outside of the years 1970 to 9999")
    return datetime.fromtimestamp(round(seconds, 6), UTC)


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field, "")
    if not isinstance(value, str):
        raise _wrong(field, value, "give a text")
    return value


def _number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _wrong(field, value, "give a number")
    return float(value)


def _wrong(field: str, value: object, remedy: str) -> Invalid:
    return Invalid(
        "senml.bad_field", "{field} is {value}: {remedy}", field=field, value=repr(value)[:100], remedy=remedy
    )
