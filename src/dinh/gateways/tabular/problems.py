"""What is wrong with a cell, and what to do about it, in words that the catalogue translates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

KEPT: Final = 20_000
"""Problems kept one by one; all are counted, and all stand in the file of refused rows."""

REMEDIES: Final = {
    "row.cells": "The row has more or fewer cells than the header. Quote texts that hold the delimiter.",
    "number.not_number": "This is no number. Write it like 1.234,5, or leave the cell empty.",
    "number.ambiguous": "This may be 1234 or 1.234. Choose the decimal mark of the column.",
    "number.percent": "The cell is a percentage, the column is not. Choose % as the unit, or take the sign away.",
    "period.not_date": "This is no date or period. Write it like 31/12/2025, 12/2025, quý I/2025 or 2025.",
    "period.none": "The row has no date or period. Choose its column, or give one period for the whole table.",
    "place.unknown": "No place has this name. Choose the place meant; the choice is kept with the mapping.",
    "place.ambiguous": "Several places have this name. Choose the one meant, or the level of the units.",
    "place.none": "The row names no place. Fill it in, or take the row away.",
    "place.not_permitted": "You may not record for this place. Ask its data engineer, or take the row away.",
    "indicator.unknown": "No indicator has this name. Choose one, or have it declared.",
    "indicator.none": "The cell belongs to no indicator. Choose one for the column.",
    "coordinate.none": "The row has no coordinates. Fill in both, or take the row away.",
    "coordinate.outside": "The coordinates lie outside of Vietnam. Check the zone, the axes and the digits.",
    "place.refused": "The place cannot be saved.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` counts from 1 in the file; `detail` is what the house says of a reading that it refused."""

    code: str
    row: int
    column: str
    value: str
    detail: str = ""
    candidates: Sequence[tuple[str, str]] = ()
    """URNs and names of places that may be meant."""


@dataclass(slots=True)
class Told:
    """Everything that was found, counted; the first ones kept."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem, times: int = 1) -> None:
        self.counts[problem.code] += times
        if len(self.kept) < KEPT:
            self.kept.append(problem)

    def extend(self, found: Sequence[Problem]) -> None:
        for problem in found:
            self.add(problem)

    @property
    def total(self) -> int:
        return self.counts.total()

    def by_cause(self) -> list[tuple[str, int, list[tuple[str, int, list[Problem]]]]]:
        """Causes, most first: code, count, and its distinct values with their problems."""
        grouped: dict[str, dict[str, list[Problem]]] = {}
        for problem in self.kept:
            grouped.setdefault(problem.code, {}).setdefault(problem.value, []).append(problem)
        return [
            (code, count, [(value, len(found), found) for value, found in grouped.get(code, {}).items()])
            for code, count in self.counts.most_common()
        ]
