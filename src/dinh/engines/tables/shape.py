"""What a table is once it is read, and what a person may wish of the reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chose against what was found; nothing chosen by default. `header_row` counts from 1 in the file."""

    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None
    sheet: str = ""
    font: str = ""
    """tcvn3 or vni for all columns, `none` for no column, '' for what each column's own texts tell."""


@dataclass(frozen=True, slots=True)
class Column:
    """`text` is a string array; `typed` holds the numbers that a spreadsheet stores as numbers, null elsewhere."""

    header: str
    text: pa.Array
    typed: pa.Array | None = None
    font: str = ""


@dataclass(frozen=True, slots=True)
class Odd:
    """A row that does not fit the table: its row in the file, its text, and what is wrong with it."""

    row: int
    text: str
    cells: int
    expected: int


@dataclass(frozen=True, slots=True)
class Sniffed:
    """How the file was read. `header_row` counts from 1; `header_rows` is 0 where there is none."""

    kind: str
    """csv or workbook."""
    encoding: str
    confidence: float
    delimiter: str
    quote: str
    header_row: int
    header_rows: int
    sheet: str = ""
    sheets: Sequence[str] = ()
    lost: int = 0
    """Characters that could not be read in this encoding."""
    hidden: int = 0
    """Rows of the sheet that are hidden; they are read like the others."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are the numbers of the rows in the file, from 1; parallel to every column's arrays."""

    sniffed: Sniffed
    columns: Sequence[Column]
    rows: NDArray[np.int64]
    title: Sequence[str]
    notes: Sequence[str]
    odd: Sequence[Odd] = ()

    @property
    def headers(self) -> list[str]:
        return [column.header for column in self.columns]

    def slice(self, start: int, count: int) -> Table:
        cut = [
            replace(
                column,
                text=column.text.slice(start, count),
                typed=None if column.typed is None else column.typed.slice(start, count),
            )
            for column in self.columns
        ]
        return replace(self, columns=cut, rows=self.rows[start : start + count])

    def cells(self, row: int) -> list[str]:
        """The texts of one row, by its place in this table."""
        return [column.text[row].as_py() or "" for column in self.columns]
