"""Opens a workbook in a process of its own: `python -m dinh.engines.tables.opening`, bytes in, cells out as JSON.

calamine holds a sheet as one rectangle from its first to its last cell, so that a file of a kilobyte with a cell in the far
corner asks for 500 GB and ends the process that reads it. Here that is this one.

Read by calamine; by openpyxl where calamine cannot. A workbook is weighed before it is unpacked.
"""

from __future__ import annotations

import html
import io
import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from dinh.kernel import apart
from dinh.kernel.errors import Invalid

MOST_UNPACKED: Final = 600 * 1024 * 1024
MOST_CELLS: Final = 20_000_000
"""Of the rectangle that holds all cells: a million rows of twenty columns."""
LONGEST_S: Final = 120
MEMORY_BYTES: Final = 3 * 1024**3
_ERROR: Final = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?>[^<>]*?\bt="e")[^<>]*+>(?:<f[^<>]*+>[^<]*+</f>|<f[^<>]*/>)?<v>([^<]{1,20})</v>'
)
_HIDDEN: Final = re.compile(rb"<row\b(?>[^<>]*?\bhidden=\"(?:1|true)\")")


def names_in(data: bytes) -> list[str]:
    """Raises Invalid."""
    return list(_answer(data, None)["names"])


def opened(data: bytes, sheet: str) -> dict[str, Any]:
    """`names` of the sheets, the `best` (the named one, else the first that holds anything, else ''), its `texts` and
    `numbers` by row, its `first` row and column from 0, how many rows are `hidden`. Raises Invalid."""
    return _answer(data, sheet)


def _answer(data: bytes, sheet: str | None) -> dict[str, Any]:
    try:
        asked = json.dumps(sheet).encode() + b"\n" + data
        said = apart.answer_of(__name__, asked, longest_s=LONGEST_S, memory_bytes=MEMORY_BYTES)
    except apart.Ended as error:
        raise Invalid(
            "tables.too_much",
            "the workbook asks for more memory or time than a table needs; save its table as CSV and give that",
        ) from error
    found: dict[str, Any] = json.loads(said)
    if "fault" in found:
        raise Invalid.again(*found["fault"])
    return found


def _open_here(data: bytes, sheet: str | None) -> dict[str, Any]:
    """As `opened`, in this process."""
    book = _open(data)
    names = list(book.sheet_names)
    if sheet is None:
        return {"names": names}
    if sheet and sheet not in names:
        raise Invalid(
            "tables.no_sheet",
            "the workbook has no sheet '{sheet}'; it has {known}",
            sheet=sheet[:80],
            known=", ".join(names)[:400],
        )
    for name in [sheet] if sheet else names:
        texts, numbers, first = _grid(book, name)
        if any(any(row) for row in texts):
            break
    else:
        return {"names": names, "best": ""}
    hidden, errors = _said_by_xml(data, name)
    for row, column, said in errors:
        row, column = row - first[0], column - first[1]
        if 0 <= row < len(texts) and 0 <= column < len(texts[row]):
            texts[row][column] = said
    return {"names": names, "best": name, "texts": texts, "numbers": numbers, "first": first, "hidden": hidden}


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
        self.height, self.width = sheet.max_row, sheet.max_column
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
        _check_size(sheet.height * sheet.width)
        cells = sheet.to_python(skip_empty_area=True)
    except Invalid:
        raise
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


def _check_size(cells: int) -> None:
    if cells > MOST_CELLS:
        raise Invalid(
            "tables.too_many_cells",
            "the sheet reaches over {cells} cells; take away what stands far from the table, or save it as CSV",
            cells=cells,
        )


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
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^<>]*>", book):
        name, link = re.search(r'\bname="([^"]*)"', tag), re.search(r'\br:id="([^"]*)"', tag)
        if name and link and html.unescape(name[1]) == sheet:
            for target in re.findall(r"<(?:\w+:)?Relationship\b[^<>]*>", links):
                if f'Id="{link[1]}"' in target and (path := re.search(r'Target="([^"]*)"', target)):
                    return path[1].lstrip("/") if path[1].startswith("/") else f"xl/{path[1]}"
    raise KeyError(sheet)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


if __name__ == "__main__":
    try:
        wanted = json.loads(sys.stdin.buffer.readline())
        told = _open_here(sys.stdin.buffer.read(), wanted)
    except Invalid as error:
        told = {"fault": [error.code, error.template, error.params]}
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))
