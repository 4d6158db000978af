"""Workbooks: every sheet, merged headers, hidden rows, dates and errors as the cells hold them; opened by `opening`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from dinh.engines.tables import layout, opening, reading
from dinh.kernel.errors import Invalid


def sheet_names(data: bytes) -> list[str]:
    return opening.names_in(data)


def read(data: bytes, wishes: reading.Wishes, *, most_rows: int | None = None) -> reading.Table:
    """Raises Invalid `tables.no_sheet` and as `reading.read`."""
    found = opening.opened(data, wishes.sheet or "")
    if not found["best"]:
        raise Invalid("tables.empty", "the file is empty; give one that holds a table")
    return _table(
        found["texts"], found["numbers"], found["first"][0] + 1, wishes, found["names"], found["best"], found["hidden"],
        most_rows,
    )  # fmt: skip


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
