"""From the bytes of a file to tables of text: CSV in any encoding and with any delimiter, every sheet of a workbook.

A table keeps where each of its rows stands in the file, so that whatever is said of a cell names row and column.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from dinh.engines.tables import decoding, layout, legacy_fonts
from dinh.engines.tables.shape import Column, Odd, Sniffed, Table, Wishes
from dinh.kernel.errors import Invalid

__all__ = ["Column", "Odd", "Sniffed", "Table", "Wishes", "read", "sniff"]

DELIMITERS: Final = (";", ",", "\t", "|")
SAMPLE_ROWS: Final = 120
SAMPLE_CHARACTERS: Final = 400_000
MOST_COLUMNS: Final = 2_000
_DISTINCT_JUDGED: Final = 3_000


def read(data: bytes, wishes: Wishes | None = None, *, most_rows: int | None = None) -> Table:
    """The table of a file. Raises Invalid `tables.empty`, `tables.unreadable`, `tables.encoding`, `tables.no_sheet`,
    `tables.too_large`."""
    wishes = wishes or Wishes()
    if not data.strip(b"\0 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Invalid("tables.empty", "the file is empty; give one that holds a table")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from dinh.engines.tables import workbooks

        return workbooks.read(data, wishes, most_rows=most_rows)
    return _csv(data, wishes, most_rows)


def sniff(data: bytes, wishes: Wishes | None = None) -> Sniffed:
    """How a file would be read, from its first rows."""
    return read(data, wishes, most_rows=SAMPLE_ROWS).sniffed


# --- CSV ------------------------------------------------------------------------


def _csv(data: bytes, wishes: Wishes, most_rows: int | None) -> Table:
    guess = decoding.guess(data)
    encoding, confidence = (wishes.encoding, 1.0) if wishes.encoding else (guess.encoding, guess.confidence)
    # Bytes that an old font draws are read as they are; which columns are in the font is told column by column.
    by_bytes = encoding in legacy_fonts.FONTS
    plain = "windows-1252" if by_bytes else encoding
    if most_rows is not None:
        data = data[: max(SAMPLE_CHARACTERS, most_rows * 2_000)]
        if plain.startswith("utf-16"):
            data = data[: len(data) // 2 * 2]
    text, lost = (data.decode("latin-1"), 0) if by_bytes else decoding.decode(data, plain)
    text = text.replace("\0", "")
    said, text = _said_delimiter(text)
    delimiter = wishes.delimiter or said or delimiter_of(text[:SAMPLE_CHARACTERS])
    sample, ends = _sample(text, delimiter)
    if not sample:
        raise Invalid("tables.empty", "the file is empty; give one that holds a table")
    wanted = None if wishes.header_row is None else wishes.header_row - 1 - bool(said)
    found = layout.find(sample, header_row=wanted)
    width = _width(sample, found)
    if width > MOST_COLUMNS:
        raise Invalid(
            "tables.too_large", "the table has {columns} columns; give at most {most}", columns=width, most=MOST_COLUMNS
        )
    headers = found.headers[:width]
    body = text[ends[found.first - 1] if found.first else 0 :]
    arrays, numbers_of_rows, odd = _body(body, delimiter, width, most_rows)
    shift = found.first + 1 + bool(said)
    rows = numbers_of_rows + shift
    odd = [replace(one, row=one.row + shift) for one in odd]
    table = Table(
        Sniffed("csv", encoding, confidence, delimiter, '"', found.header_row + 1 + bool(said), found.header_rows, lost=lost),
        [Column(header, array) for header, array in zip(headers, arrays, strict=True)],
        rows,
        found.title,
        (),
        tuple(odd),
    )  # fmt: skip
    table = _without_empty_columns(_without_notes(table))
    return in_unicode(table, encoding if by_bytes and wishes.encoding else wishes.font)


def _width(sample: list[list[str]], found: layout.Layout) -> int:
    """That of the header or of most rows, whichever is more: a single row with more cells is odd, not the table."""
    header = max((len(row) for row in sample[found.header_row : found.first]), default=1)
    usual = Counter(len(row) for row in sample[found.first :] if any(cell.strip() for cell in row))
    return max(header, usual.most_common(1)[0][0] if usual else 1)


def _said_delimiter(text: str) -> tuple[str, str]:
    """Excel writes «sep=;» as a first line of its own."""
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"')
    if len(told) == 5 and told.lower().startswith("sep="):
        return told[4], rest
    if told.lower() == "sep=" and first.rstrip("\r\n").endswith("\t"):
        return "\t", rest
    return "", text


def delimiter_of(sample: str) -> str:
    """The sign that cuts the most rows into the same number of cells; the most cells where several do."""
    best, highest = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = [len(row) for row, _ in _rows(sample, delimiter) if any(cell.strip() for cell in row)]
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        common, times = max(Counter(wide).items(), key=lambda item: (item[1], item[0]))
        score = times / len(widths), common
        # A comma inside numbers cuts rows evenly too, but not the header.
        header = next((width for width in widths if width > 1), 0)
        if header != common:
            score = score[0] * 0.7, common
        if score[0] > highest[0] + 0.05 or (score[0] > highest[0] - 0.05 and score[1] > highest[1]):
            best, highest = delimiter, score
    return best


def _rows(sample: str, delimiter: str) -> list[tuple[list[str], int]]:
    """Rows of a sample with the number of lines read after each."""
    lines = sample.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter)
    found: list[tuple[list[str], int]] = []
    try:
        for row in reader:
            found.append((row, reader.line_num))
            if len(found) >= SAMPLE_ROWS:
                break
    except csv.Error:
        pass
    return found


def _sample(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The first rows, and for each the place in the text where it ends."""
    lines = _lines(text[:SAMPLE_CHARACTERS])
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    ends: list[int] = []
    place = read = 0
    try:
        for row in reader:
            place += sum(map(len, lines[read : reader.line_num]))
            read = reader.line_num
            rows.append(row)
            ends.append(place)
            if len(rows) >= SAMPLE_ROWS:
                break
    except csv.Error as error:
        raise _unreadable(error) from error
    return rows, ends


def _lines(text: str) -> list[str]:
    """Cut at line ends of files only: `splitlines` would cut at other signs that cells may hold."""
    return io.StringIO(text, newline="").readlines()


def _unreadable(error: Exception) -> Invalid:
    said = (str(error).splitlines() or ["it ends early"])[0][:200]
    return Invalid("tables.unreadable", "the file cannot be read as a table ({says}); save it again as CSV", says=said)


def _body(
    text: str, delimiter: str, width: int, most_rows: int | None
) -> tuple[list[pa.Array], NDArray[np.int64], list[Odd]]:
    """Columns of text, the place of each row among the rows of the body, and the rows that have too many or few cells."""
    odd: list[Odd] = []
    short: dict[int, str] = {}

    def look(row: pacsv.InvalidRow) -> str:
        place = (row.number or 1) - 1
        given = row.text or ""
        if row.actual_columns < width or given.strip(f' \r\n{delimiter}"') == "":
            short[place] = given
        else:
            odd.append(Odd(place, given[:2_000], row.actual_columns, row.expected_columns))
        return "skip"

    names = [str(number) for number in range(width)]
    if not text.strip("\r\n"):
        return [pa.array([], pa.string()) for _ in names], np.zeros(0, np.int64), []
    raw = text.encode("utf-8", "replace")
    try:
        table = pacsv.read_csv(
            pa.BufferReader(raw),
            read_options=pacsv.ReadOptions(
                column_names=names, use_threads=False, block_size=min(max(len(raw) + 1, 1 << 16), 1 << 30)
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=look
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowException as error:
        raise _unreadable(error) from error
    taken = table.num_rows + len(odd) + len(short)
    places = np.setdiff1d(np.arange(taken), np.array([*short, *(one.row for one in odd)], np.int64))
    columns = [column.combine_chunks() for column in table.columns]
    columns = [column if isinstance(column, pa.Array) else pa.array([], pa.string()) for column in columns]
    if short:
        columns, places, more = _with_short_rows(columns, places, short, delimiter, width)
        odd = sorted([*odd, *more], key=lambda one: one.row)
    if most_rows is not None and len(places) > most_rows:
        columns, places = [column.slice(0, most_rows) for column in columns], places[:most_rows]
    return columns, places, odd


def _with_short_rows(
    columns: list[pa.Array], places: NDArray[np.int64], short: dict[int, str], delimiter: str, width: int
) -> tuple[list[pa.Array], NDArray[np.int64], list[Odd]]:
    """Rows that end early: notes and empty lines are kept for what follows, others are odd."""
    odd: list[Odd] = []
    kept: list[tuple[int, list[str]]] = []
    last = int(places.max(initial=-1))
    for place, text in short.items():
        cells = next(csv.reader([text], delimiter=delimiter), [])
        filled = [cell for cell in cells if cell.strip()]
        if not filled:
            continue
        if len(filled) == 1 or place > last:
            kept.append((place, cells + [""] * (width - len(cells))))
        else:
            odd.append(Odd(place, text[:2_000], len(cells), width))
    if not kept:
        return columns, places, odd
    joined = np.concatenate([places, np.array([place for place, _ in kept], np.int64)])
    order = np.argsort(joined, kind="stable")
    taken = pa.array(order)
    longer = [
        pa.concat_arrays([column, pa.array([cells[number] for _, cells in kept], pa.string())]).take(taken)
        for number, column in enumerate(columns)
    ]
    return longer, joined[order], odd


# --- for every kind of file -------------------------------------------------------


def _without_notes(table: Table) -> Table:
    count = len(table.rows)
    tail = min(count, 60)
    grid = [table.cells(row) for row in range(count - tail, count)]
    notes = layout.notes_below(grid, len(table.columns))
    if not notes:
        return _without_empty_rows(table)
    said = tuple(" ".join(cell for cell in row if cell.strip()).strip() for row in grid[-notes:])
    kept = table.slice(0, count - notes)
    return _without_empty_rows(replace(kept, notes=tuple(line for line in said if line)))


def _without_empty_rows(table: Table) -> Table:
    if not table.columns or not len(table.rows):
        return table
    filled = np.zeros(len(table.rows), np.bool_)
    for column in table.columns:
        lengths = pc.utf8_length(pc.utf8_trim_whitespace(column.text)).fill_null(0)
        filled |= lengths.to_numpy(zero_copy_only=False) > 0
        if filled.all():
            return table
    taken = pa.array(np.flatnonzero(filled))
    columns = [
        replace(column, text=column.text.take(taken), typed=None if column.typed is None else column.typed.take(taken))
        for column in table.columns
    ]
    return replace(table, columns=columns, rows=table.rows[filled])


def _without_empty_columns(table: Table) -> Table:
    """Columns with neither a name nor a cell, as spreadsheets leave them at the end of each line."""
    kept = [
        column
        for column in table.columns
        if not column.header.startswith("#") or pc.any(pc.not_equal(column.text, ""), min_count=0).as_py()
    ]
    return replace(table, columns=kept or table.columns[:1])


def in_unicode(table: Table, font: str = "") -> Table:
    """Each column's texts and header from the old font they were typed in, if any."""
    columns = []
    lines = [*table.title, *table.notes]
    fonts: Counter[str] = Counter()
    for column in table.columns:
        chosen = column_font(column) if not font else "" if font == "none" else font
        fonts[chosen] += 1
        columns.append(_through(column, chosen))
    usual = max((name for name in fonts if name), key=lambda name: fonts[name], default="")
    lines_font = usual if usual and (font or legacy_fonts.font_of(lines)[0] == usual) else ""
    headers = layout._distinct([column.header for column in columns])
    encoding = table.sniffed.encoding
    if usual and encoding in ("windows-1252", *legacy_fonts.FONTS):
        encoding = usual
    elif encoding in legacy_fonts.FONTS:
        encoding = "windows-1252"
    return replace(
        table,
        sniffed=replace(table.sniffed, encoding=encoding),
        columns=[replace(column, header=header) for column, header in zip(columns, headers, strict=True)],
        title=tuple(legacy_fonts.to_unicode(line, lines_font) for line in table.title),
        notes=tuple(legacy_fonts.to_unicode(line, lines_font) for line in table.notes),
    )


def column_font(column: Column) -> str:
    if pc.all(pc.string_is_ascii(column.text), min_count=0).as_py() is not False:
        return legacy_fonts.font_of([column.header])[0]
    words = pc.unique(column.text.slice(0, 50_000)).slice(0, _DISTINCT_JUDGED).to_pylist()
    return legacy_fonts.font_of([column.header, *(word for word in words if word)])[0]


def _through(column: Column, font: str) -> Column:
    if not font:
        return column
    coded = column.text.dictionary_encode()
    read = [None if word is None else legacy_fonts.to_unicode(word, font) for word in coded.dictionary.to_pylist()]
    text = pa.array(read, pa.string()).take(coded.indices)
    return replace(column, header=legacy_fonts.to_unicode(column.header, font), text=text, font=font)
