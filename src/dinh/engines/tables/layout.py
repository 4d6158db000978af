"""Where a table lies on its sheet: title lines above, the rows of its header, numbering, notes below; no files here.

A grid is rows of texts, empty where a cell is.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dinh.engines.tables import numbers, periods
from dinh.kernel.vietnamese_text import fold, nfc

type Grid = Sequence[Sequence[str]]

MOST_HEADER_ROWS: Final = 5
_NOTE: Final = re.compile(r"\s*(?:\(?\*+\)?|\(\d\)|ghi chú|nguồn|chú thích|note|source)[\s:(*)]", re.IGNORECASE)
TOTALS: Final = frozenset(
    {"tong so", "tong cong", "tong", "cong", "ca nuoc", "toan quoc", "whole country", "total", "grand total", "toan tinh",
     "whole province", "toan thanh pho", "viet nam", "ca tinh", "sum"}
)  # fmt: skip
"""What a row of totals calls itself, folded."""

REGIONS: Final = frozenset(
    {"red river delta", "northern midlands and mountain areas", "northern midlands and moutain areas",
     "northern midlands and mountains", "north central and central coastal areas",
     "north central area and central coastal area", "northern central area and central coastal area", "central highlands",
     "south east", "mekong river delta", "dong bang song hong", "trung du va mien nui phia bac",
     "bac trung bo va duyen hai mien trung", "bac trung bo", "duyen hai nam trung bo", "tay nguyen", "dong nam bo",
     "dong bang song cuu long", "dong bac", "tay bac", "north east", "north west", "south central coast", "north central coast"}
)  # fmt: skip
"""The socio-economic regions of the statistical yearbooks, which are no administrative units, folded."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows count from 0. `header_rows` is 0 where a table has no header; `first` is the first row of data."""

    title: Sequence[str]
    header_row: int
    header_rows: int
    first: int
    headers: Sequence[str]


def is_total(text: str) -> bool:
    return fold(text) in TOTALS


def is_region(text: str) -> bool:
    return fold(text) in REGIONS


def find(grid: Grid, *, header_row: int | None = None, merged: bool = True) -> Layout:
    """`header_row` is what a person chose (from 0); then the header is that row and those below it until the data."""
    width = max((len(row) for row in grid), default=0)
    filled = [sum(bool(cell.strip()) for cell in row) for row in grid]
    usual = _usual(filled)
    first = _first_data(grid, filled, usual, after=header_row)
    if header_row is not None and 0 <= header_row < len(grid):
        top = header_row
        first = max(first, top + 1)
    else:
        top = first
        lone = 2 if usual > 1 else 1
        while top > 0 and filled[top - 1] >= lone and first - top < MOST_HEADER_ROWS:
            top -= 1
    names = [row for row in grid[top:first] if not is_numbering(row)]
    headers = _joined(names, width, merged=merged) if names else []
    headers = [header or f"#{place}" for place, header in enumerate(headers or [""] * width, start=1)]
    title = [nfc(" ".join(cell for cell in row if cell.strip())) for row in grid[:top]]
    return Layout(tuple(line for line in title if line), top, first - top, first, tuple(_distinct(headers)))


def _usual(filled: Sequence[int]) -> int:
    counts = Counter(count for count in filled if count >= 2)
    if not counts:
        return 1
    most = max(counts.values())
    return max(count for count, times in counts.items() if times >= most * 0.5)


def _first_data(grid: Grid, filled: Sequence[int], usual: int, *, after: int | None) -> int:
    begin = 0 if after is None else after + 1
    for place in range(begin, len(grid)):
        row = grid[place]
        if filled[place] >= max(1, usual * 0.4) and _is_data(row) and not is_numbering(row):
            return place
    # Texts only: the first full row is the header.
    full = next((place for place in range(len(grid)) if filled[place] >= max(1, usual * 0.8)), 0)
    return min(full + 1, len(grid)) if after is None else min(begin, len(grid))


def _is_data(row: Sequence[str]) -> bool:
    """A row with a number, a date or a mark for a missing value beside or without a name; years alone are a header."""
    cells = [cell.strip() for cell in row if cell.strip()]
    telling = years = 0
    for cell in cells:
        found = periods.find(cell)
        if found is not None and not re.match(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d\d-\d\d", cell):
            years += 1
        elif numbers.looks_numeric(cell) or numbers.missing_reason(cell) is not None or periods.parse(cell) is not None:
            telling += 1
    return telling > 0 and telling >= years


def is_numbering(row: Sequence[str]) -> bool:
    """«A, B, 1, 2, 3» or «(1), (2), (3)» below a header numbers the columns and is no data."""
    given = [cell.strip() for cell in row if cell.strip()]
    cells = [cell.strip("()") for cell in given]
    while cells and re.fullmatch(r"[A-E]", cells[0]):
        cells.pop(0)
    counted = [re.match(r"(\d{1,3})(?:\s*=.*)?$", cell) for cell in cells]
    # A bare «1, 2, 3» may as well be figures.
    plain = cells == given
    if len(counted) < (4 if plain else 2) or any(found is None for found in counted):
        return False
    values = [int(found[1]) for found in counted if found is not None]
    return values[0] in (0, 1) and all(b == a + 1 for a, b in itertools.pairwise(values))


def _joined(rows: Grid, width: int, *, merged: bool) -> list[str]:
    """One name a column: the rows of the header joined by « / », a name over several columns said for each."""
    levels: list[list[str]] = []
    for number, row in enumerate(rows):
        cells = [nfc(cell) for cell in row] + [""] * (width - len(row))
        if merged and number < len(rows) - 1:
            for place in range(1, width):
                below = any(place < len(lower) and lower[place].strip() for lower in rows[number + 1 :])
                same = all(levels[up][place] == levels[up][place - 1] for up in range(number))
                if not cells[place] and below and same and cells[place - 1]:
                    cells[place] = cells[place - 1]
        levels.append(cells)
    joined = []
    for place in range(width):
        parts: list[str] = []
        for level in levels:
            if level[place] and (not parts or parts[-1] != level[place]):
                parts.append(level[place])
        joined.append(" / ".join(parts))
    return joined


def _distinct(headers: Sequence[str]) -> list[str]:
    """The second «Total» is «Total (2)»: mappings name columns by their headers."""
    seen: Counter[str] = Counter()
    named = []
    for header in headers:
        seen[header] += 1
        named.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return named


def notes_below(grid: Grid, width: int) -> int:
    """How many rows at the end are notes: one text in a table of several columns, or nothing at all."""
    count = 0
    for row in reversed(grid):
        cells = [cell for cell in row if cell.strip()]
        if (
            not cells
            or (width > 1 and len(cells) == 1 and not numbers.looks_numeric(cells[0]))
            or (len(cells) <= max(1, width // 3) and _NOTE.match(cells[0]))
        ):
            count += 1
            continue
        break
    return count if count < len(grid) else 0
