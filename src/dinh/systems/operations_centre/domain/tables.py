"""Tables for people to take away: CSV, XLSX and JSON from the same rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dinh.kernel.clock import VIETNAM
from dinh.kernel.errors import NotFound

type Cell = str | int | float | bool | datetime | None

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
# A spreadsheet runs a cell that begins so as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Table:
    """`keys` name the columns for machines, `heads` for people; `about` says source, licence, moment, simulation."""

    name: str
    keys: Sequence[str]
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    about: Sequence[tuple[str, str]] = ()


def written(table: Table, form: str) -> bytes:
    """The table in one of FORMATS; raises NotFound `export.no_such_format`."""
    writers = {"csv": _csv, "xlsx": _xlsx, "json": _json}
    if form not in writers:
        raise NotFound(
            "export.no_such_format", "'{form}' is no format; take {known}", form=form, known=", ".join(writers)
        )
    return writers[form](table)


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.keys)
    for row in table.rows:
        writer.writerow([_text(cell) for cell in row])
    # The mark lets spreadsheets read the file as UTF-8.
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat()
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell


def _json(table: Table) -> bytes:
    rows = [
        {
            key: cell.isoformat() if isinstance(cell, datetime) else cell
            for key, cell in zip(table.keys, row, strict=True)
        }
        for row in table.rows
    ]
    return json.dumps({"about": dict(table.about), "rows": rows}, ensure_ascii=False, allow_nan=False).encode()


def _xlsx(table: Table) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    bold = Font(bold=True)

    def head(text: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(sheet, value=text)
        cell.font = bold
        return cell

    sheet.append([head(text) for text in table.heads])
    for row in table.rows:
        cells: list[WriteOnlyCell] = []
        for value in row:
            plain = value.astimezone(VIETNAM).replace(tzinfo=None) if isinstance(value, datetime) else value
            cell = WriteOnlyCell(sheet, value=plain)
            if isinstance(plain, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    if table.about:
        notes = book.create_sheet("Nguồn")
        for name, text in table.about:
            notes.append([head(name), text])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
