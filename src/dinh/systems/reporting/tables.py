"""The grid and the overview as files: CSV and XLSX out, the filled grid back in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from dinh.engines.tables import opening
from dinh.kernel.errors import Invalid
from dinh.spine.observations.api import reported
from dinh.spine.places.api import PlaceRow
from dinh.systems.reporting.domain import parse_figure, show_figure

type Row = Sequence[str | float | None]
MOST_BYTES = 2_000_000
MOST_UNPACKED = 30_000_000
MOST_ROWS, MOST_COLUMNS = 2000, 100
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str | float | None) -> str | float | None:
    """Text that a sheet would take for a formula gets an apostrophe before it; the sign «-» alone is none."""
    return f"'{cell}" if isinstance(cell, str) and len(cell) > 1 and cell.startswith(_STARTS_FORMULA) else cell


def csv_bytes(rows: Iterable[Row]) -> bytes:
    """UTF-8 with a byte order mark, which sheets need to read Vietnamese."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([harmless(cell) for cell in row] for row in rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def xlsx_bytes(rows: Iterable[Row], title: str, widths: Sequence[int] = ()) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "C2"
    for number, width in enumerate(widths):
        sheet.column_dimensions[chr(65 + number)].width = width
    for number, row in enumerate(rows):
        line = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula
            if number == 0:
                cell.font = Font(bold=True)
            line.append(cell)
        sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def grid(row: reported.ReturnRow, names: Mapping[str, PlaceRow], language: str, *, numbers: bool) -> Sequence[Row]:
    """A row a place; `numbers` leaves values as numbers, else as this language writes them."""
    columns = row.assignment.columns
    table: list[Row] = [[_("Code"), _("Place"), *(_heading(column, language) for column in columns), _("Note")]]
    for place in row.assignment.places:
        cells: list[str | float | None] = []
        for number in range(len(columns)):
            cell = row.cells.get((place, number), reported.Cell())
            as_number = numbers and cell.value is not None
            cells.append(cell.value if as_number else show_figure(cell.value, cell.missing, language))
        known = names.get(place)
        table.append([place, known.name(language) if known else place, *cells, row.notes.get(place, "")])
    return table


def _heading(column: reported.Column, language: str) -> str:
    """The code in brackets says which indicator it is, whatever the language of the rest."""
    kind = "".join(f" {name}={value}" for name, value in sorted(column.dimensions.items()))
    return f"{column.indicator.name.in_(language)} [{column.indicator.code}{kind}]"


def _sheet(found: Mapping[str, Any]) -> list[list[str | float | None]]:
    """Numbers where the cells hold numbers, texts elsewhere, from the corner of the sheet."""
    if not found["best"]:
        return []
    down, right = found["first"]
    rows: list[list[str | float | None]] = [[] for _ in range(min(down, MOST_ROWS))]
    for texts, numbers in zip(found["texts"], found["numbers"], strict=True):
        rows.append([None] * min(right, MOST_COLUMNS))
        for text, number in zip(texts, numbers, strict=True):
            whole = number is not None and number.is_integer()
            rows[-1].append(int(number) if whole else text or None if number is None else number)
    return [row[:MOST_COLUMNS] for row in rows[:MOST_ROWS]]


def _read(name: str, body: bytes) -> list[list[str | float | None]]:
    if len(body) > MOST_BYTES:
        raise Invalid("reporting.file_too_large", "the file is larger than {most} bytes; send the filled form alone", most=MOST_BYTES)  # fmt: skip
    if name.lower().endswith(".xlsx"):
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
                    raise Invalid("reporting.file_too_large", "the file is larger than {most} bytes; send the filled form alone", most=MOST_UNPACKED)  # fmt: skip
            return _sheet(opening.opened(body, ""))
        except zipfile.BadZipFile as error:
            raise Invalid("reporting.not_a_sheet", "the file is no XLSX; save it as XLSX or CSV UTF-8") from error
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("reporting.not_utf8", "the CSV is not UTF-8; save it as “CSV UTF-8” or as XLSX") from error
    head = text.split("\n", 1)[0]
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=max(",;\t", key=head.count))]


def filled(
    name: str, body: bytes, row: reported.ReturnRow, language: str
) -> tuple[dict[tuple[str, int], reported.Cell], dict[str, str], Sequence[tuple[int, str, Invalid]]]:
    """Cells, notes, and what could not be read: line, column, why. Raises Invalid where the table is not this form's."""
    table = _read(name, body)
    if not table:
        raise Invalid("reporting.empty_file", "the file is empty; download the form, fill it in and send it")
    heads = {str(cell or "").rpartition("[")[2].rstrip("]").strip(): place for place, cell in enumerate(table[0])}
    wanted = [_heading(column, language).rpartition("[")[2].rstrip("]") for column in row.assignment.columns]
    absent = [code for code in wanted if code not in heads]
    if absent:
        raise Invalid(
            "reporting.no_such_column", "the file has no column [{code}]; use the downloaded form", code=absent[0]
        )
    places = set(row.assignment.places)
    cells: dict[tuple[str, int], reported.Cell] = {}
    notes: dict[str, str] = {}
    faults: list[tuple[int, str, Invalid]] = []
    for line, given in enumerate(table[1:], start=2):
        place = str(given[0] or "").strip() if given else ""
        if place not in places:
            if any(cell not in (None, "") for cell in given):
                faults.append((line, wanted[0], Invalid("reporting.no_such_row", "“{place}” is no row of this form", place=place[:80])))  # fmt: skip
            continue
        for number, code in enumerate(wanted):
            raw = given[heads[code]] if heads[code] < len(given) else None
            try:
                value, missing = (
                    (float(raw), None) if isinstance(raw, int | float) else parse_figure(str(raw or ""), language)
                )
                cells[place, number] = reported.Cell(value, missing)
            except Invalid as error:
                faults.append((line, code, error))
        last = given[len(wanted) + 2] if len(given) > len(wanted) + 2 else None
        if last:
            notes[place] = str(last).removeprefix("'")
    return cells, notes, faults
