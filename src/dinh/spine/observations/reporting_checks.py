"""Checks of a return: bounds, completeness, the periods before, and the figures beside. Pure: no register is read."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from typing import Final

from dinh.kernel.errors import Invalid
from dinh.kernel.vietnamese_text import format_number
from dinh.spine.observations.reporting_rows import AssignmentRow, Cell, Cells, Check, Finding

KINDS: Final = ("sum", "at_most", "ratio")
LEAST_HISTORY: Final = 4
"""Periods before, without which a z-score says nothing."""
NOTHING: Final = Cell()


def findings(assignment: AssignmentRow, cells: Cells, *, past: Sequence[Cells] = ()) -> Sequence[Finding]:
    """Errors first. `past` are the figures of earlier periods, newest first."""
    found = [
        *_complete(assignment, cells),
        *_bounds(assignment, cells),
        *(finding for check in assignment.checks for finding in _beside(assignment, check, cells)),
        *_last_period(assignment, cells, past),
    ]
    return tuple(sorted(found, key=lambda finding: finding.level != "error"))


def _shown(value: float) -> str:
    return format_number(float(value), 0 if value == int(value) else 2, "vi")


def _complete(assignment: AssignmentRow, cells: Cells) -> Iterator[Finding]:
    absent = [
        (place, number)
        for place in assignment.places
        for number in range(len(assignment.columns))
        if not cells.get((place, number), NOTHING).filled
    ]
    if absent:
        says = Invalid(
            "reporting.incomplete",
            "{count} figures are not filled in; give each a number, or say why there is none",
            count=len(absent),
        )
        yield Finding("error", says, *absent[0])


def _bounds(assignment: AssignmentRow, cells: Cells) -> Iterator[Finding]:
    for (place, number), cell in cells.items():
        if cell.value is None or number >= len(assignment.columns):
            continue
        spec = assignment.columns[number].indicator
        low, high = spec.valid_min, spec.valid_max
        if (low is not None and cell.value < low) or (high is not None and cell.value > high):
            says = Invalid(
                "reporting.impossible",
                "{value} cannot be true; possible is {low} to {high}: check the figure and its unit",
                value=_shown(cell.value),
                low="−∞" if low is None else _shown(low),
                high="∞" if high is None else _shown(high),
            )
            yield Finding("error", says, place, number)


def _last_period(assignment: AssignmentRow, cells: Cells, past: Sequence[Cells]) -> Iterator[Finding]:
    for key, cell in cells.items():
        if cell.value is None:
            continue
        before = [held.value for cells_then in past if (held := cells_then.get(key)) and held.value is not None]
        if not before:
            continue
        limit = assignment.change_percent
        change = abs(cell.value - before[0])
        if limit is not None and change * 100 > limit * abs(before[0]):
            says = Invalid(
                "reporting.unlike_last_period",
                "{value} after {before} in the period before; confirm it and explain the change",
                value=_shown(cell.value),
                before=_shown(before[0]),
            )
            yield Finding("warning", says, *key)
        elif assignment.z_score is not None and len(before) >= LEAST_HISTORY:
            mean, spread = statistics.fmean(before), statistics.pstdev(before)
            if spread > 0 and abs(cell.value - mean) > assignment.z_score * spread:
                says = Invalid(
                    "reporting.unlike_history",
                    "{value} is unlike the last {count} periods, which were about {mean}; confirm it and explain",
                    value=_shown(cell.value),
                    count=len(before),
                    mean=_shown(mean),
                )
                yield Finding("warning", says, *key)


def _close(one: float, other: float, slack: float = 1e-6) -> bool:
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=slack)


def _beside(assignment: AssignmentRow, check: Check, cells: Cells) -> Iterator[Finding]:
    def value(place: str, column: int) -> float | None:
        return cells.get((place, column), NOTHING).value

    if check.kind == "sum":
        total = value(check.total, check.column)
        parts = [value(place, check.column) for place in assignment.places if place != check.total]
        there = [part for part in parts if part is not None]
        if total is not None and len(there) == len(parts) and not _close(math.fsum(there), total):
            says = Invalid(
                "reporting.sum",
                "the parts add up to {sum}, the total says {total}; one of them is wrong",
                sum=_shown(math.fsum(there)),
                total=_shown(total),
            )
            yield Finding("error", says, check.total, check.column)
        return
    for place in assignment.places:
        left, right = value(place, check.left), value(place, check.right)
        if left is None or right is None:
            continue
        if check.kind == "at_most" and left > right:
            says = Invalid(
                "reporting.at_most",
                "{left} is more than {right}, of which it is a part; check both",
                left=_shown(left),
                right=_shown(right),
            )
            yield Finding("error", says, place, check.left)
        if check.kind == "ratio" and (given := value(place, check.ratio)) is not None:
            spec = assignment.columns[check.ratio].indicator
            worked = math.nan if right == 0 else left / right * (100.0 if spec.unit == "%" else 1.0)
            if not _close(worked, given, slack=0.5001 * 10.0**-spec.decimals):
                says = Invalid(
                    "reporting.ratio",
                    "{value} is not the quotient of its parts, {worked}; check all three",
                    value=_shown(given),
                    worked="–" if math.isnan(worked) else _shown(worked),
                )
                yield Finding("error", says, place, check.ratio)
