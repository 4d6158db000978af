"""From NDJSON, a JSON array or mappings to a table: the whole at once, line by line only to name what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.spine.observations.intake.columns import FIELDS, REQUIRED

LONGEST_LINE: Final = 20_000


class Reading(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One reading as JSON spells it."""

    indicator: str
    subject: str
    observed_at: str
    value: float | None
    source: str
    unit: str | None = None
    dimensions: dict[str, str] | None = None
    missing: str | None = None


_lines: Final = msgspec.json.Decoder(list[Reading])
_each: Final = msgspec.json.Decoder(Reading)
_any: Final = msgspec.json.Decoder()
_raw_items: Final = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(slots=True)
class Parsed:
    """Rows that have the form of a reading, with their line, and those that have not."""

    table: pa.Table
    line: NDArray[np.int64]
    malformed: list[tuple[int, str, str, Any]] = field(default_factory=list)
    """line, code, message, the row as it came."""
    rows: Sequence[Any] = ()
    """The rows of `table` as they came, JSON bytes or mappings; may be empty, then the table tells."""


def parse_lines(body: bytes) -> Parsed:
    """NDJSON; blank lines count but say nothing."""
    try:
        readings = _each.decode_lines(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _one_by_one(body.split(b"\n"))
    newlines = body.count(b"\n")
    if len(readings) == newlines + (not body.endswith(b"\n")):
        return Parsed(_table(readings), np.arange(1, len(readings) + 1))
    numbers = [number for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if len(numbers) != len(readings):  # several readings share a line
        return _one_by_one(body.split(b"\n"))
    return Parsed(_table(readings), np.array(numbers, np.int64))


def parse_array(body: bytes) -> Parsed:
    """A JSON array of readings; the line is the place in the array, from 1."""
    try:
        readings = _lines.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            return _one_by_one(_raw_items.decode(body))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            empty = _table([])
            told = f"the body is not a JSON array of readings ({error}); send [{{…}}, {{…}}]"
            return Parsed(empty, np.empty(0, np.int64), [(1, "json.malformed", told, _shown(body))])
    return Parsed(_table(readings), np.arange(1, len(readings) + 1))


def parse_mappings(rows: Sequence[Mapping[str, Any]]) -> Parsed:
    """Readings that are Python mappings; `observed_at` may be a datetime with a zone."""
    good, lines, malformed = [], [], []
    for number, row in enumerate(rows, 1):
        given = dict(row) if isinstance(row, Mapping) else row
        if isinstance(given, dict) and isinstance(given.get("observed_at"), datetime):
            given["observed_at"] = given["observed_at"].isoformat()
        try:
            reading = msgspec.convert(given, Reading)
            msgspec.json.encode(reading)
            good.append(reading)
            lines.append(number)
        except msgspec.ValidationError as error:
            malformed.append((number, *diagnose(sound(given), str(error)), sound(given)))
        except UnicodeEncodeError:
            told = "a text holds half of a character pair; send whole Unicode characters"
            malformed.append((number, "json.malformed", told, sound(given)))
    return Parsed(_table(good), np.array(lines, np.int64), malformed)


def sound(value: Any) -> Any:
    """The same with half characters, which no file takes, replaced."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {sound(str(key)): sound(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [sound(item) for item in value]
    return value


def _one_by_one(lines: Sequence[Any]) -> Parsed:
    good, numbers, malformed = [], [], []
    for number, raw in enumerate(lines, 1):
        line = bytes(raw)
        if not line.strip():
            continue
        try:
            good.append(_each.decode(line))
            numbers.append(number)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            malformed.append((number, *_why(line, error), _shown(line)))
    return Parsed(_table(good), np.array(numbers, np.int64), malformed)


def _shown(line: bytes) -> str:
    return line[:LONGEST_LINE].decode("utf-8", "replace")


def _why(line: bytes, error: Exception) -> tuple[str, str]:
    try:
        given = _any.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as worse:
        said = str(worse).removeprefix("JSON is malformed: ")
        if "out of range" in said:
            return "value.not_finite", "value is beyond what a number holds; send null with `missing` saying why"
        return "json.malformed", f"this is not JSON ({said}); send one object of a reading"
    return diagnose(given, str(error))


def diagnose(given: Any, said: str) -> tuple[str, str]:
    """Code and message for something that has not the form of a reading."""
    if not isinstance(given, Mapping):
        return "json.not_object", f"this is {_kind(given)}; a reading is an object with {', '.join(REQUIRED)}"
    for name in REQUIRED:
        if name not in given:
            return "field.missing", f"{name} is not there; every reading has {', '.join(REQUIRED)}"
    unknown = [str(name)[:40] for name in given if name not in FIELDS]
    if unknown:
        return "field.unknown", f"there is no field {', '.join(unknown[:5])}; a reading has {', '.join(FIELDS)}"
    value = given["value"]
    if isinstance(value, bool) or not (value is None or isinstance(value, int | float)):
        shown = str(value)[:60]
        return (
            "value.not_number",
            f"value is {_kind(value)} '{shown}'; send a number without quotes, or null with missing",
        )
    if isinstance(value, float) and not math.isfinite(value):
        return "value.not_finite", f"value is {value}; send null with `missing` saying why"
    for name in ("indicator", "subject", "observed_at", "source", "unit", "missing"):
        if name in given and not isinstance(given[name], str) and (given[name] is not None or name in REQUIRED):
            return "field.type", f"{name} is {_kind(given[name])}; send text"
    dimensions = given.get("dimensions")
    if dimensions is not None and not isinstance(dimensions, Mapping):
        return "field.type", f"dimensions is {_kind(dimensions)}; send an object whose values are texts"
    if dimensions is not None:
        return "dimensions.malformed", f"dimensions is '{str(dimensions)[:60]}'; send an object whose values are texts"
    return "field.type", f"this is no reading: {said[:200]}"


def _kind(value: Any) -> str:
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), type(value).__name__)


def _table(readings: Sequence[Reading]) -> pa.Table:
    columns = {
        "indicator": pa.array([reading.indicator for reading in readings], pa.string()),
        "subject": pa.array([reading.subject for reading in readings], pa.string()),
        "observed_at": pa.array([reading.observed_at for reading in readings], pa.string()),
        "value": pa.array([reading.value for reading in readings], pa.float64()),
        "source": pa.array([reading.source for reading in readings], pa.string()),
    }
    units = [reading.unit for reading in readings]
    if any(unit is not None for unit in units):
        columns["unit"] = pa.array(units, pa.string())
    missing = [reading.missing for reading in readings]
    if any(reason is not None for reason in missing):
        columns["missing"] = pa.array(missing, pa.string())
    dimensions = [reading.dimensions for reading in readings]
    if any(dimensions):
        encode = msgspec.json.encode
        columns["dimensions"] = pa.array([encode(item).decode() if item else None for item in dimensions], pa.string())
    return pa.table(columns)
