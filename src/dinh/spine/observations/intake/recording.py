"""One batch from what was sent to its receipt: clean, resolve, judge, write, keep what was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.spine.observations import catalogue, metrics
from dinh.spine.observations.api import Receipt, Rejection
from dinh.spine.observations.intake import columns as cleaning
from dinh.spine.observations.intake import rejects
from dinh.spine.observations.intake.columns import Columns
from dinh.spine.observations.intake.json_input import Parsed
from dinh.spine.observations.intake.resolution import Resolution, Resolved
from dinh.spine.observations.intake.writer import Pending

ROWS_AT_ONCE: Final = 250_000
"""Larger tables are taken in parts of this size."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A batch that is ready for the writer, and what of it was refused."""

    pending: Pending
    rejected: Sequence[Rejection]
    rows: Sequence[Any]
    """The refused rows as they came, parallel to `rejected`, at most `rejects.KEPT`."""
    source: str


def judge(parsed: Parsed, resolution: Resolution, *, sources: frozenset[str]) -> Judged:
    """Raises Invalid `batch.columns` where the table has not the columns of readings."""
    table = parsed.table
    clean = cleaning.clean(table)
    resolved = resolution.resolve(clean, sources=sources)
    value = _converted(clean, resolved)
    good = clean.reasons.good
    rejected = _rejections(parsed, clean)
    rows: list[Any] = []
    refused: Mapping[int, int] = {}
    if rejected:
        bad = np.flatnonzero(~good)[: rejects.KEPT]
        came = _as_came(table.take(pa.array(bad)))
        by_line = dict(zip(parsed.line[bad].tolist(), came, strict=True))
        by_line.update({line: row for line, _, _, row in parsed.malformed[: rejects.KEPT]})
        rows = [by_line[rejection.line] for rejection in rejected if rejection.line in by_line][: rejects.KEPT]
        refused = _refused_by_source(clean, ~good, len(parsed.malformed))
    if good.all():
        pending = Pending(resolved.lane, clean.at_us, value, clean.missing)
    else:
        pending = Pending(resolved.lane[good], clean.at_us[good], value[good], clean.missing[good], refused)
    if refused:
        pending.refused = refused
    return Judged(pending, rejected, rows, _main_source(clean))


def _as_came(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as mappings; a cell that Python cannot hold (a time beyond the year 9999) as its number's text."""
    columns = {}
    for name in table.column_names:
        column = table.column(name)
        try:
            if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
                column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
            columns[name] = column.to_pylist()
        except (OverflowError, ValueError, pa.ArrowException):
            columns[name] = [str(number) for number in column.cast(pa.int64()).to_pylist()]
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _converted(clean: Columns, resolved: Resolved) -> NDArray[np.float64]:
    """Values in the indicators' units; refuses those that cannot be true."""
    terms = resolved.terms
    value = clean.value
    if not terms:
        return value
    profile = resolved.profile
    factor = np.array([term.factor for term in terms])
    offset = np.array([term.offset for term in terms])
    if (factor != 1.0).any() or (offset != 0.0).any():
        inverse = np.round(1.0 / factor)
        divided = (inverse > 1.0) & (np.abs(inverse * factor - 1.0) < 1e-12)
        # 126.5 cm are 126.5 / 100 m: times 0.01 they would not be the same number as 1.265 m, but a correction of it.
        scaled = np.where(divided[profile], value / inverse[profile], value * factor[profile])
        value = scaled + offset[profile]
    low = np.array([term.valid_min for term in terms])[profile]
    high = np.array([term.valid_max for term in terms])[profile]
    impossible = (value < low) | (value > high)
    if impossible.any():

        def tell(row: int) -> tuple[str, str]:
            term = terms[profile[row]]
            bounds = f"{term.valid_min:g} to {term.valid_max:g} {term.unit}".strip()
            name = clean.indicator.words[clean.indicator.codes[row]]
            told = f"value {value[row]:g} {term.unit} cannot be true of {name}; possible is {bounds}: check sensor and unit"
            return "value.impossible", told

        clean.reasons.refuse_each(impossible & clean.reasons.good, tell)
    return value


def _rejections(parsed: Parsed, clean: Columns) -> list[Rejection]:
    number = clean.reasons.number
    told = clean.reasons.told
    found = [
        Rejection(line, *told[reason - 1])
        for line, reason in zip(parsed.line[number > 0].tolist(), number[number > 0].tolist(), strict=True)
    ]
    found += [Rejection(line, code, message) for line, code, message, _ in parsed.malformed]
    if parsed.malformed:
        found.sort(key=lambda rejection: rejection.line)
    return found


def _refused_by_source(clean: Columns, bad: NDArray[np.bool_], malformed: int) -> dict[int, int]:
    ids = catalogue.current().source_ids
    counted: Counter[int] = Counter()
    codes, counts = np.unique(clean.source.codes[bad], return_counts=True)
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        counted[ids.get(clean.source.words[code], 0) if code >= 0 else 0] += count
    if malformed:
        counted[0] += malformed
    return dict(counted)


def _main_source(clean: Columns) -> str:
    codes = clean.source.codes[clean.source.codes >= 0]
    if not len(codes):
        return ""
    return clean.source.words[int(np.bincount(codes).argmax())][:64]


def receipt(judged: Judged, answer: tuple[int, int, int], *, channel: str, by: str) -> Receipt:
    """Keeps what was refused, counts, and says what became of the batch."""
    accepted, duplicates, corrections = answer
    metrics.accepted.labels(channel).inc(accepted)
    metrics.duplicates.labels(channel).inc(duplicates)
    metrics.corrections.labels(channel).inc(corrections)
    if judged.rejected:
        rejects.keep(judged.rejected, judged.rows, channel=channel, source=judged.source, by=by)
        for code, count in Counter(rejection.code for rejection in judged.rejected).items():
            metrics.rejected.labels(channel, code).inc(count)
    return Receipt(accepted, duplicates, corrections, tuple(judged.rejected))


def parts(parsed: Parsed) -> Sequence[Parsed]:
    """The same rows in parts that fit one transaction."""
    if parsed.table.num_rows <= ROWS_AT_ONCE:
        return (parsed,)
    found = []
    for start in range(0, parsed.table.num_rows, ROWS_AT_ONCE):
        end = start + ROWS_AT_ONCE
        found.append(Parsed(parsed.table.slice(start, ROWS_AT_ONCE), parsed.line[start:end]))
    found[0].malformed = parsed.malformed
    return found


def joined(receipts: Sequence[Receipt]) -> Receipt:
    if len(receipts) == 1:
        return receipts[0]
    return Receipt(
        sum(part.accepted for part in receipts),
        sum(part.duplicates for part in receipts),
        sum(part.corrections for part in receipts),
        tuple(rejection for part in receipts for rejection in part.rejected),
    )


type Write = Callable[[Pending], tuple[int, int, int]]


def record(
    parsed: Parsed, resolution: Resolution, write: Write, *, sources: frozenset[str], channel: str, by: str
) -> Receipt:
    """Blocks until the good rows are on the disk."""
    receipts = []
    for part in parts(parsed):
        judged = judge(part, resolution, sources=sources)
        receipts.append(receipt(judged, write(judged.pending), channel=channel, by=by))
    return joined(receipts)
