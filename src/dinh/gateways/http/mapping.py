"""The mapping file of an import: which columns of somebody's table say what, in whose spelling.

declarations = "air_quality_indicators.toml"   # sources and indicators to declare first; beside this file
[columns]            # field of a reading -> column of the file
[constants]          # field of a reading -> the same text for every row
[values.unit]        # the file's spelling -> ours; likewise for indicator, subject, source and missing
[subject]            # template = "urn:dinh:asset:{slug}-{hash}" makes the URN from the column's text
[time]               # zone = "Asia/Ho_Chi_Minh" for times without one; format = "%d/%m/%Y %H:%M" for odd ones
[stations]           # a table of assets to create first: file, level, and the columns id, name, longitude, latitude
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import nfc, slug

FIELDS: Final = ("indicator", "subject", "observed_at", "value", "unit", "source", "dimensions", "missing")
TEXTS: Final = ("indicator", "subject", "unit", "source", "missing")
_TABLES: Final = {"columns", "constants", "values", "subject", "time", "stations", "declarations"}


@dataclass(frozen=True, slots=True)
class Stations:
    """Where the assets are described; `file` lies beside the readings unless it is absolute."""

    file: str
    level: str
    id: str
    name: str
    longitude: str
    latitude: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spelling:
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    template: str = ""
    zone: str = ""
    time_format: str = ""
    stations: Stations | None = None
    declarations: Path | None = None


def _bad(path: Path, message: str, **params: object) -> Invalid:
    return Invalid("import.bad_mapping", "{path}: {says}", path=path, says=message.format(**params))


def read(path: Path) -> Spelling:
    """Raises Invalid `import.bad_mapping` with file, place and remedy."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _bad(path, "cannot be read ({says})", says=error.strerror or error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _bad(path, "is not TOML ({says})", says=error) from error
    unknown = sorted(set(document) - _TABLES)
    if unknown:
        raise _bad(path, "there is no '{what}'; there are {known}", what=unknown[0], known=", ".join(sorted(_TABLES)))
    for table in ("columns", "constants", "values"):
        for name in document.get(table, {}):
            if name not in FIELDS:
                known = ", ".join(FIELDS)
                raise _bad(
                    path,
                    "[{table}] {name} is no field of a reading; those are {known}",
                    table=table,
                    name=name,
                    known=known,
                )
    zone = str(document.get("time", {}).get("zone", ""))
    try:
        _ = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _bad(path, "[time] zone '{zone}' is not known; write it like Asia/Ho_Chi_Minh", zone=zone) from error
    template = str(document.get("subject", {}).get("template", ""))
    try:
        template.format(text="", slug="", hash="")
    except (KeyError, IndexError, ValueError) as error:
        raise _bad(path, "[subject] template may hold {{text}}, {{slug}} and {{hash}} only") from error
    try:
        stations = Stations(**document["stations"]) if "stations" in document else None
    except TypeError as error:
        raise _bad(
            path, "[stations] needs file, level, id, name, longitude, latitude; and may have attributes"
        ) from error
    declarations = document.get("declarations")
    return Spelling(
        columns=document.get("columns", {}),
        constants=document.get("constants", {}),
        values=document.get("values", {}),
        template=template,
        zone=zone,
        time_format=str(document.get("time", {}).get("format", "")),
        stations=stations,
        declarations=path.parent / declarations if declarations else None,
    )


def subject_urn(template: str, text: str) -> str:
    """The URN that a template makes of a name. `{hash}` tells names apart that differ in letters only a slug drops."""
    name = nfc(text)
    return template.format(text=name, slug=slug(name)[:80], hash=hashlib.sha256(name.encode()).hexdigest()[:6])


def apply(mapping: Spelling, table: pa.Table) -> pa.Table:
    """The columns of readings out of the file's. Raises Invalid `import.no_column`."""
    rows = table.num_rows
    found: dict[str, Any] = {}
    for name in FIELDS:
        column = mapping.columns.get(name, name if not mapping.columns else "")
        if name in mapping.constants:
            found[name] = pa.repeat(mapping.constants[name], rows)
        elif column and column in table.column_names:
            found[name] = table.column(column)
        elif name in mapping.columns:
            raise Invalid(
                "import.no_column",
                "the file has no column '{column}' for {name}; it has {known}",
                column=column,
                name=name,
                known=", ".join(table.column_names)[:400],
            )
    for name in TEXTS:
        if name in found and (name in mapping.values or (name == "subject" and mapping.template)):
            found[name] = _reworded(found[name], _rewording(mapping, name))
    if "observed_at" in found:
        found["observed_at"] = _moments(mapping, found["observed_at"])
    return pa.table(found)


def _rewording(mapping: Spelling, name: str) -> Callable[[str], str]:
    spelling = {nfc(key): text for key, text in mapping.values.get(name, {}).items()}

    def reword(text: str) -> str:
        plain = nfc(text)
        if plain in spelling:
            return spelling[plain]
        return subject_urn(mapping.template, text) if name == "subject" and mapping.template else text

    return reword


def _reworded(column: Any, reword: Callable[[str], str]) -> Any:
    """Each distinct text once."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    coded = column if pa.types.is_dictionary(column.type) else column.cast(pa.string()).dictionary_encode()
    words = [None if word is None else reword(word) for word in coded.dictionary.cast(pa.string()).to_pylist()]
    return pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string()))


def _moments(mapping: Spelling, column: Any) -> Any:
    if mapping.time_format and (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = pc.strptime(column, format=mapping.time_format, unit="us", error_is_null=True)
    if mapping.zone and pa.types.is_string(column.type):
        try:
            column = column.cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            return column  # some carry a zone of their own or are no times: each is judged by itself
    if mapping.zone and pa.types.is_timestamp(column.type) and column.type.tz is None:
        return pc.assume_timezone(column, mapping.zone, ambiguous="earliest", nonexistent="latest")
    return column
