"""A page of rows as JSON, NDJSON, CSV or an Arrow stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import pyarrow as pa
import pyarrow.csv
from django.http import HttpResponse

FORMS: Final[Mapping[str, str]] = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def answer(table: pa.Table, following: str, form: str, name: str) -> HttpResponse:
    """The page in the form that was asked for; `following` is the next page's cursor, '' at the end."""
    body = _WRITERS[form](table, following)
    response = HttpResponse(body, content_type=FORMS[form])
    if form != "json":
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        if following:
            response["Next-Cursor"] = following
    return response


def with_constant(table: pa.Table, name: str, word: str) -> pa.Table:
    return table.append_column(name, pa.repeat(pa.scalar(word), table.num_rows))


def _items(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    if "dimensions" in table.column_names:
        known: dict[str, Any] = {}
        for row in rows:
            text = row["dimensions"]
            if text not in known:
                known[text] = json.loads(text)
            row["dimensions"] = known[text]
    return rows


def _json(table: pa.Table, following: str) -> bytes:
    return msgspec.json.encode({"items": _items(table), "next": following or None})


def _ndjson(table: pa.Table, following: str) -> bytes:
    return msgspec.json.Encoder().encode_lines(_items(table))


def _csv(table: pa.Table, following: str) -> bytes:
    """With a byte order mark, without which spreadsheet programs garble Vietnamese."""
    columns = [_harmless(table[name]) for name in table.column_names]
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(pa.table(columns, names=table.column_names), sink)
    return "\N{BYTE ORDER MARK}".encode() + sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts that a spreadsheet program would take for formulas get an apostrophe; times become ISO 8601."""
    if pa.types.is_timestamp(column.type):
        return pa.chunked_array([[None if v is None else v.isoformat() for v in column.to_pylist()]], pa.string())
    if not pa.types.is_string(column.type):
        return column
    unique = column.unique().to_pylist()
    if not any(text and text.startswith(_FORMULA) for text in unique):
        return column
    words = [f"'{text}" if text and text.startswith(_FORMULA) else text for text in column.to_pylist()]
    return pa.chunked_array([words], pa.string())


def _arrow(table: pa.Table, following: str) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


_WRITERS: Final[Mapping[str, Callable[[pa.Table, str], bytes]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "csv": _csv,
    "arrow": _arrow,
}
