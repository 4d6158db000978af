"""Reads facilities and assets from CSV, Parquet, GeoJSON and GeoPackage into rows that can be saved."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely

from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.vietnamese_text import fold, slug
from dinh.spine.places import domain, geofiles

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "urn", "ma", "code", "station_id", "ref", "osm_id", "station_name"),
    "kind": ("kind",),
    "level": ("level", "type", "loai", "category", "class"),
    "name_vi": ("name_vi", "name", "ten", "station_name"),
    "name_en": ("name_en", "ten_en", "name_english"),
    "longitude": ("longitude", "lon", "lng", "long", "kinh_do", "x"),
    "latitude": ("latitude", "lat", "vi_do", "y"),
    "parent": ("parent", "site"),
    "operator": ("operator",),
    "simulated": ("simulated",),
}
"""What a column may be called, best first; letters, digits and _ count, case does not."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,119}")
_LEVEL = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TRUE = {"1", "true", "yes", "x", "co"}
_LONGEST_FIELD = 1_000_000

type Record = tuple[str, Mapping[str, Any]]
"""Where it stands in the file («line 5»), and its columns."""


def rows(path: Path, *, kind: str, level: str | None, simulated: bool, columns: Mapping[str, str]) -> Iterator[Record]:
    """Rows for `saving.save_rows`. What the file does not say is taken from `kind`, `level` and `simulated`;
    `columns` names the column of a field. Other columns become attributes.

    Raises NotFound, and Invalid where the whole file cannot be read.
    """
    if unknown := columns.keys() - COLUMNS.keys():
        raise Invalid("places.unknown_field", "there is no field {fields}; fields are {all}",
                      fields=", ".join(sorted(unknown)), all=", ".join(COLUMNS))  # fmt: skip
    given = {"kind": kind, "level": level, "simulated": simulated}
    mapping: dict[str, str] = {}
    for place, record in _records(path):
        if not set(mapping.values()) <= record.keys() or not mapping:
            mapping = _mapping(record, columns, path)
        yield place, _row(record, mapping, given)


def _mapping(record: Mapping[str, Any], columns: Mapping[str, str], path: Path) -> dict[str, str]:
    plain = {slug(name).replace("-", "_"): name for name in record}
    mapping = {
        field: next(plain[name] for name in known if name in plain)
        for field, known in COLUMNS.items()
        if any(name in plain for name in known)
    }
    for field, column in columns.items():
        if column not in record:
            raise Invalid("places.no_column", "'{file}' has no column '{column}' for {field}; its columns are {all}",
                          file=path.name, column=column, field=field, all=", ".join(map(str, record)))  # fmt: skip
        mapping[field] = column
    return mapping


def _row(record: Mapping[str, Any], mapping: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {**given, "name_vi": None, "name_en": None, "longitude": None, "latitude": None, "id": ""}
    for field, column in mapping.items():
        value = record.get(column)
        if value not in (None, ""):
            row[field] = value
    row["id"] = str(row["id"]).strip()
    for prefix in ("urn:dinh:asset:", "urn:dinh:facility:"):
        if row["id"].startswith(prefix):
            row["kind"], row["id"] = prefix.split(":")[2], row["id"].removeprefix(prefix)
    if not _ID.fullmatch(row["id"]):
        row["id"] = slug(row["id"])[:120]
    row["level"] = str(row["level"] or "")
    if not _LEVEL.fullmatch(row["level"]):
        row["level"] = fold(row["level"]).replace(" ", "_")[:60]
    row["name_en"] = row["name_en"] or domain.bare(str(row["name_vi"] or ""))
    if isinstance(row["simulated"], str):
        row["simulated"] = fold(row["simulated"]) in _TRUE
    used = set(mapping.values())
    row["attributes"] = {
        str(name): value for name, value in record.items() if name not in used and value not in (None, "")
    }
    return row


def _records(path: Path) -> Iterator[Record]:
    if not path.is_file():
        raise NotFound("places.no_file", "there is no file '{path}'", path=str(path))
    suffixes = "".join(path.suffixes[-2:]).lower()
    if suffixes.endswith((".csv", ".csv.gz", ".tsv", ".tsv.gz")):
        yield from _csv(path)
    elif suffixes.endswith(".parquet"):
        yield from _parquet(path)
    else:
        for feature in geofiles.read(path):
            values = dict(feature.properties)
            if feature.shape is not None and not feature.shape.is_empty:
                point = feature.shape if feature.shape.geom_type == "Point" else shapely.point_on_surface(feature.shape)
                values["longitude"], values["latitude"] = point.x, point.y
            yield f"feature {feature.number}", values


def _csv(path: Path) -> Iterator[Record]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Invalid("places.not_csv", "'{name}' cannot be read as UTF-8 text: {why}; save it as CSV in UTF-8",
                      name=path.name, why=error) from error  # fmt: skip
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            extra = record.pop(None, None)
            if extra:
                record["beyond the last column"] = delimiter.join(extra)
            yield f"line {reader.line_num}", {name.strip(): (value or "").strip() for name, value in record.items()}
    except csv.Error as error:
        raise Invalid("places.not_csv", "'{name}', line {line}: {why}; save it as CSV in UTF-8",
                      name=path.name, line=reader.line_num, why=error) from error  # fmt: skip


def _parquet(path: Path) -> Iterator[Record]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise Invalid("places.not_parquet", "'{name}' cannot be read as Parquet: {why}",
                      name=path.name, why=error) from error  # fmt: skip
    for number, record in enumerate(table.to_pylist(), start=1):
        yield f"row {number}", {name: value for name, value in record.items() if not isinstance(value, bytes)}


def counted(rows: Iterator[Record], progress: Callable[[int], None]) -> Iterator[Record]:
    """The same rows; every thousandth is told."""
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % 1_000 == 0:
            progress(number)
    progress(number)
