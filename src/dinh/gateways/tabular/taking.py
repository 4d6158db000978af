"""Takes a table part by part: judges it, records the good cells, writes the bad rows with their reasons."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from dinh.engines.tables.reading import Odd, Table
from dinh.gateways.tabular.judging import Judge, Judged
from dinh.gateways.tabular.problems import Problem, Told
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import Actor

ROWS: Final = 50_000
CELLS: Final = 400_000
"""A part is at most so many rows, and so many cells of values."""
MOST_REFUSED_KEPT: Final = 200_000


class Writer(Protocol):
    def write(self, text: str, /) -> Any: ...


@dataclass(slots=True)
class Tally:
    """What became of a table: cells of values, but `rows` and `refused_rows` are rows."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    corrections: int = 0
    missing: int = 0
    empty: int = 0
    totals: int = 0
    left_out: int = 0
    preliminary: int = 0
    refused_rows: int = 0
    told: Told = field(default_factory=Told)

    def counts(self) -> dict[str, Any]:
        names = (
            "rows", "accepted", "duplicates", "corrections", "missing", "empty", "totals", "left_out", "preliminary",
            "refused_rows",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names} | {"refused": dict(self.told.counts)}

    def go_on_from(self, counts: dict[str, Any]) -> None:
        """Continues what an earlier attempt counted."""
        for name, value in counts.items():
            if name == "refused":
                self.told.counts = Counter(value)
            else:
                setattr(self, name, value)


def parts(table: Table, values: int) -> Iterator[tuple[int, Table]]:
    """Parts with the row they begin at."""
    step = max(1, min(ROWS, CELLS // max(values, 1)))
    for start in range(0, len(table.rows), step):
        yield start, table.slice(start, step)


def odd_problems(table: Table) -> list[Problem]:
    return [Problem("row.cells", odd.row, "", odd.text[:80], f"{odd.cells} ≠ {odd.expected}") for odd in table.odd]


def look(table: Table, judge: Judge, tally: Tally) -> Tally:
    """Judges without recording: what a preview shows."""
    tally.told.extend(odd_problems(table))
    tally.refused_rows += len(table.odd)
    for _, part in parts(table, len(judge.values)):
        judged = judge.judge(part)
        _count(tally, part, judged)
        tally.accepted += judged.readings.num_rows
        tally.refused_rows += len(judged.bad_rows)
    return tally


def _count(tally: Tally, part: Table, judged: Judged) -> None:
    tally.rows += len(part.rows)
    tally.totals += judged.totals
    tally.left_out += judged.left_out
    tally.empty += judged.empty
    tally.preliminary += judged.preliminary
    tally.missing += judged.readings.column("value").null_count
    tally.told.extend(judged.problems)


def take(part: Table, judge: Judge, tally: Tally, *, by: Actor, channel: str) -> dict[int, list[Problem]]:
    """Records one part; returns the problems of its rows by their place in the part."""
    judged = judge.judge(part)
    _count(tally, part, judged)
    by_row: dict[int, list[Problem]] = {}
    place_of = {int(row): place for place, row in enumerate(part.rows.tolist())} if judged.problems else {}
    for problem in judged.problems:
        by_row.setdefault(place_of[problem.row], []).append(problem)
    if judged.readings.num_rows:
        receipt = observations.record(judged.readings, by=by, channel=channel[:64])
        tally.accepted += receipt.accepted
        tally.duplicates += receipt.duplicates
        tally.corrections += receipt.corrections
        for rejection in receipt.rejected:
            place, column = int(judged.row[rejection.line - 1]), part.columns[int(judged.column[rejection.line - 1])]
            problem = Problem(
                rejection.code,
                int(part.rows[place]),
                column.header,
                column.text[place].as_py() or "",
                rejection.message,
            )
            tally.told.add(problem)
            by_row.setdefault(place, []).append(problem)
    tally.refused_rows += len(by_row)
    return by_row


class RefusedRows:
    """The file of the refused rows, in the shape of the original with a column of reasons; it can be mended and sent."""

    def __init__(self, file: Writer, table: Table, say: Callable[[Problem], str], *, begun: bool = False) -> None:
        self._file, self._say = file, say
        self._delimiter = table.sniffed.delimiter or ";"
        self._width = len(table.columns)
        self.rows = 0
        if not begun:
            file.write("\ufeff" + self._line([*table.headers, "lý do / reason"]))

    def _line(self, cells: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=self._delimiter, lineterminator="\r\n").writerow([escaped(cell) for cell in cells])
        return out.getvalue()

    def add(self, part: Table, by_row: dict[int, list[Problem]]) -> None:
        for place in sorted(by_row):
            if self.rows >= MOST_REFUSED_KEPT:
                return
            reasons = "; ".join(dict.fromkeys(self._say(problem) for problem in by_row[place]))
            self._file.write(self._line([*part.cells(place), reasons]))
            self.rows += 1

    def add_odd(self, odd: list[Odd]) -> None:
        for one in odd:
            cells = next(csv.reader([one.text], delimiter=self._delimiter), [])
            said = self._say(Problem("row.cells", one.row, "", "", f"{one.cells} ≠ {one.expected}"))
            self._file.write(self._line([*(cells + [""] * self._width)[: self._width], said]))
            self.rows += 1


def escaped(cell: str) -> str:
    """A cell that a spreadsheet takes as text: formulas in foreign input must not run."""
    from dinh.engines.tables import numbers

    plain = numbers.looks_numeric(cell) or numbers.missing_reason(cell) is not None
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not plain else cell


def first_rows(table: Table, count: int) -> list[tuple[int, list[str]]]:
    return [(int(table.rows[place]), table.cells(place)) for place in range(min(count, len(table.rows)))]


def shares(table: Table) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The share of each column's cells that hold something."""
    import pyarrow.compute as pc

    rows = max(len(table.rows), 1)
    return np.array(
        [(pc.sum(pc.greater(pc.utf8_length(column.text), 0)).as_py() or 0) / rows for column in table.columns]
    )
