"""Workbooks: every sheet, merged headers, hidden rows, dates and errors as the cells hold them.

Read by calamine; by openpyxl where calamine cannot. A workbook is weighed before it is unpacked.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dinh.engines.tables import layout, reading
from dinh.kernel.errors import Invalid

MOST_UNPACKED: Final = 600 * 1024 * 1024
_ERROR: Final = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]{1,20})</v>'
)
_HIDDEN: Final = re.compile(rb"<row\b[^>]*\bhidden=\"(?:1|true)\"")


def sheet_names(data: bytes) -> list[str]:
    return list(_open(data).sheet_names)


def read(data: bytes, wishes: reading.Wishes, *, most_rows: int | None = None) -> reading.Table:
    """Raises Invalid `tables.no_sheet` and as `reading.read`."""
    book = _open(data)
    names = list(book.sheet_names)
    if wishes.sheet and wishes.sheet not in names:
        raise Invalid(
            "tables.no_sheet",
            "the workbook has no sheet '{sheet}'; it has {known}",
            sheet=wishes.sheet[:80],
            known=", ".join(names)[:400],
        )
    best = ""
    for name in [wishes.sheet] if wishes.sheet else names:
        grid, typed, first = _grid(book, name)
        if any(any(row) for row in grid):
            best = name
            break
    else:
        raise Invalid("tables.empty", "the file is empty; give one that holds a table")
    hidden, errors = _said_by_xml(data, best)
    for row, column, said in errors:
        row, column = row - first[0], column - first[1]
        if 0 <= row < len(grid) and 0 <= column < len(grid[row]):
            grid[row][column] = said
    return _table(grid, typed, first[0] + 1, wishes, names, best, hidden, most_rows)


def _open(data: bytes) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    if data.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                unpacked = sum(member.file_size for member in archive.infolist())
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise _damaged(error) from error
        if unpacked > MOST_UNPACKED:
            raise Invalid(
                "tables.too_large",
                "the workbook unpacks to {size} MB; save its table as CSV and give that",
                size=unpacked // 1_000_000,
            )
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError) as error:
        return _by_openpyxl(data, error)


class _OpenpyxlSheet:
    """The part of calamine's sheet that is used here."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self.start = (0, 0)
        self.merged_cell_ranges = [
            ((part.min_row - 1, part.min_col - 1), (part.max_row - 1, part.max_col - 1))
            for part in sheet.merged_cells.ranges
        ]

    def to_python(self, **_options: Any) -> list[list[Any]]:
        return [["" if cell is None else cell for cell in row] for row in self._sheet.iter_rows(values_only=True)]


class _OpenpyxlBook:
    def __init__(self, book: Any) -> None:
        self._book = book
        self.sheet_names = list(book.sheetnames)

    def get_sheet_by_name(self, name: str) -> _OpenpyxlSheet:
        return _OpenpyxlSheet(self._book[name])


def _by_openpyxl(data: bytes, cause: Exception) -> Any:
    import openpyxl

    try:
        return _OpenpyxlBook(openpyxl.load_workbook(io.BytesIO(data), data_only=True))
    except Exception as error:  # noqa: BLE001 -- a damaged workbook makes it raise nearly anything
        del error
        raise _damaged(cause) from cause


def _damaged(error: Exception) -> Invalid:
    said = (str(error).splitlines() or ["it ends early"])[0][:200]
    return Invalid("tables.unreadable", "the file cannot be read as a table ({says}); save it again as CSV", says=said)


def _grid(book: Any, name: str) -> tuple[list[list[str]], list[list[float | None]], tuple[int, int]]:
    """Texts and numbers of a sheet, and where its first cell stands, from 0."""
    try:
        sheet = book.get_sheet_by_name(name)
        cells = sheet.to_python(skip_empty_area=True)
    except Exception as error:
        raise _damaged(error) from error
    start = sheet.start or (0, 0)
    texts = [[_text(cell) for cell in row] for row in cells]
    typed = [[_number(cell) for cell in row] for row in cells]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        top, left, bottom, right = top - start[0], left - start[1], bottom - start[0], right - start[1]
        if (
            not (0 <= top < len(texts) and 0 <= left < len(texts[top]))
            or (bottom - top + 1) * (right - left + 1) > 100_000
        ):
            continue
        # A title over the whole table stays one cell; names over some columns or rows are said for each.
        if left == 0 and right - left + 1 >= len(texts[top]):
            continue
        for row in range(top, min(bottom + 1, len(texts))):
            for column in range(left, min(right + 1, len(texts[row]))):
                if not texts[row][column]:
                    texts[row][column] = texts[top][left]
    return texts, typed, (start[0], start[1])


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip().replace("\r\n", " ").replace("\n", " ")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        plain = cell.hour == cell.minute == cell.second == 0
        return f"{cell:%Y-%m-%d}" if plain else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _number(cell: Any) -> float | None:
    return float(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None


def _said_by_xml(data: bytes, sheet: str) -> tuple[int, list[tuple[int, int, str]]]:
    """How many rows of a sheet are hidden, and its cells with errors as (row, column, text), counted from 0; only an
    .xlsx tells, and calamine leaves both out."""
    if not data.startswith(b"PK"):
        return 0, []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            xml = archive.read(_part_of(archive, sheet))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError):
        return 0, []
    errors = [(int(row) - 1, _column_number(column), said.decode()) for column, row, said in _ERROR.findall(xml)]
    return len(_HIDDEN.findall(xml)), errors


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file in the workbook that holds a sheet; KeyError where it cannot be told."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if name and link and html.unescape(name[1]) == sheet:
            for target in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
                if f'Id="{link[1]}"' in target and (path := re.search(r'Target="([^"]*)"', target)):
                    return path[1].lstrip("/") if path[1].startswith("/") else f"xl/{path[1]}"
    raise KeyError(sheet)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _table(
    grid: list[list[str]],
    typed: list[list[float | None]],
    first_row: int,
    wishes: reading.Wishes,
    names: Sequence[str],
    sheet: str,
    hidden: int,
    most_rows: int | None,
) -> reading.Table:
    width = max(len(row) for row in grid)
    if width > reading.MOST_COLUMNS:
        raise Invalid(
            "tables.too_large",
            "the table has {columns} columns; give at most {most}",
            columns=width,
            most=reading.MOST_COLUMNS,
        )
    wanted = None if wishes.header_row is None else wishes.header_row - first_row
    found = layout.find(grid[: reading.SAMPLE_ROWS], header_row=wanted)
    last = len(grid) if most_rows is None else min(len(grid), found.first + most_rows)
    columns = []
    for place in range(width):
        texts = [row[place] if place < len(row) else "" for row in grid[found.first : last]]
        numbers = [row[place] if place < len(row) else None for row in typed[found.first : last]]
        held = pa.array(numbers, pa.float64()) if any(number is not None for number in numbers) else None
        columns.append(reading.Column(found.headers[place], pa.array(texts, pa.string()), held))
    sniffed = reading.Sniffed(
        "workbook",
        "utf-8",
        1.0,
        "",
        "",
        found.header_row + first_row,
        found.header_rows,
        sheet,
        tuple(names),
        0,
        hidden,
    )
    rows = np.arange(found.first, last) + first_row
    table = reading.Table(sniffed, columns, rows, found.title, ())
    table = reading._without_empty_columns(reading._without_notes(table))
    return replace(reading.in_unicode(table, wishes.font), sniffed=sniffed)
