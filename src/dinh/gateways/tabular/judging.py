"""From a table and its mapping to readings: every cell judged, the good ones as columns, the bad ones with their reason.

Work in Python is per distinct text and per bad cell, never per good cell.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.engines.tables import numbers, periods
from dinh.engines.tables.reading import Table
from dinh.gateways.tabular.mapping import HEADER, Mapping, Use, uses_of
from dinh.gateways.tabular.measures import unit_of
from dinh.gateways.tabular.naming import REFORM, Found, Names
from dinh.gateways.tabular.pieces import EMPTY_READINGS, distinct, stamped, words_column
from dinh.gateways.tabular.problems import Problem
from dinh.kernel import clock
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import IndicatorSpec
from dinh.kernel.vietnamese_text import fold
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

_REFORM_US: Final = clock.to_microseconds(clock.start_of_day(REFORM))
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Judged:
    """`readings` is what `observations.record` takes; `row` (place in the part) and `column` say where each came from."""

    readings: pa.Table
    row: NDArray[np.int64]
    column: NDArray[np.int64]
    problems: Sequence[Problem]
    bad_rows: NDArray[np.int64]
    """Places in the part of the rows that hold a problem."""
    totals: int
    left_out: int
    empty: int
    preliminary: int


@dataclass(slots=True)
class _Part:
    """What is being found of one part of a table."""

    table: Table
    problems: list[Problem] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    def note(self, code: str, place: int, column: str, value: str, candidates: Sequence[tuple[str, str]] = ()) -> None:
        self.bad.add(place)
        self.problems.append(Problem(code, int(self.table.rows[place]), column, value[:_SHOWN], "", candidates))


@dataclass(frozen=True, slots=True)
class Values:
    """A column of values and what holds for all of it. `decimal` '' refuses what may be read both ways."""

    place: int
    use: Use
    decimal: str
    at: datetime | None
    preliminary: bool
    dimensions: str


class Judge:
    """Made once an import: columns are settled over the whole table, then each part is judged alike.

    Raises Invalid `tabular.no_values`, `tabular.no_place`, `tabular.no_source`.
    """

    def __init__(self, table: Table, mapping: Mapping, catalogue: AnyMapping[str, IndicatorSpec], *, by: Actor) -> None:
        self._mapping, self._catalogue, self._by = mapping, catalogue, by
        self._uses = uses_of(mapping, table.headers)
        self._at = {use.role: place for place, use in enumerate(self._uses) if use.role != "ignore"}
        total = (mapping.above or places.COUNTRY) if mapping.totals == "above" else None
        self._names = Names(mapping.places, level=mapping.level, within=mapping.within, total=total)
        self._free = parties.may_everywhere(by, "observations.record")
        self._permitted: dict[str, bool] = {}
        self._by_name = {fold(spec.name.vi): code for code, spec in catalogue.items()}
        self._by_name |= {fold(spec.name.en): code for code, spec in catalogue.items()}
        self.values = self._values(table)
        self._order = mapping.order or self._usual_order(table)
        if not self.values:
            raise Invalid("tabular.no_values", "no column holds values; choose at least one column of values")
        if not mapping.source:
            raise Invalid("tabular.no_source", "the mapping names no source; choose where the figures come from")
        if "place" not in self._at and not mapping.place:
            raise Invalid(
                "tabular.no_place", "no column says the place; choose it, or give one place for the whole table"
            )

    def _usual_order(self, table: Table) -> str:
        at = self._at.get("period")
        if at is None:
            return "dmy"
        return periods.order_of(distinct(table.columns[at], 2_000))[0]

    def _values(self, table: Table) -> list[Values]:
        found = []
        for place, use in enumerate(self._uses):
            if use.role != "value":
                continue
            period = None
            if use.period == HEADER:
                named = periods.find(table.columns[place].header)
                period = named[0] if named else None
            elif use.period or self._mapping.period:
                period = periods.parse(use.period or self._mapping.period)
            decimal = use.decimal or self._mapping.decimal
            if not decimal:
                style = numbers.style_of(distinct(table.columns[place], 20_000))
                decimal = style.decimal or ("" if style.ambiguous else ".")
            dimensions = msgspec.json.encode(dict(sorted(use.dimensions.items()))).decode() if use.dimensions else ""
            at = None if period is None else stamped(period, self._mapping.stamp)
            found.append(Values(place, use, decimal, at, bool(period and period.preliminary), dimensions))
        return found

    def judge(self, table: Table) -> Judged:
        part = _Part(table)
        rows = len(table.rows)
        at_us, has_period, early = self._periods(part)
        indicators = self._indicators(part)
        units = self._units(table)
        dimensions = self._dimensions(table)
        subjects: dict[int, tuple[NDArray[np.int64], list[str]]] = {}
        counted = {"total": 0, "skip": 0}
        pieces: list[pa.Table] = []
        where_row: list[NDArray[np.int64]] = []
        where_column: list[NDArray[np.int64]] = []
        empty = preliminary = 0
        unruly = np.zeros(rows, np.bool_)
        for values in self.values:
            moments = at_us if values.at is None else np.full(rows, clock.to_microseconds(values.at), np.int64)
            usable = has_period if values.at is None else np.ones(rows, np.bool_)
            era = (moments >= _REFORM_US).astype(np.int64)
            subject, usable = self._subjects(part, era, usable, subjects, counted, unruly)
            read = numbers.parse(table.columns[values.place].text, values.decimal, table.columns[values.place].typed)
            code = self._code_of(values, indicators, rows)
            unit_words, unit_codes, factor = self._unit_of(values, units, rows)
            empty += int(((read.state == numbers.EMPTY) & usable).sum())
            self._tell_bad(part, values, read, usable, code, unit_words, unit_codes)
            keep = usable & ((read.state == numbers.VALUE) | (read.state == numbers.MISSED)) & (code[0] >= 0)
            if self._mapping.empty == "missing":
                keep |= usable & (read.state == numbers.EMPTY) & (code[0] >= 0)
            keep &= ~self._percents(read, values, unit_words, unit_codes)
            chosen = np.flatnonzero(keep)
            if not len(chosen):
                continue
            preliminary += len(chosen) if values.at and values.preliminary else int(early[chosen].sum())
            reason = np.where(read.state[chosen] == numbers.EMPTY, _NOT_REPORTED, read.missing[chosen])
            pieces.append(
                pa.table(
                    {
                        "indicator": words_column(code[0][chosen], code[1]),
                        "subject": words_column(subject[0][chosen], subject[1]),
                        "observed_at": pa.array(moments[chosen]).cast(pa.timestamp("us", "UTC")),
                        "value": pa.array(
                            read.value[chosen] * factor[chosen], mask=read.state[chosen] != numbers.VALUE
                        ),
                        "unit": words_column(unit_codes[chosen], unit_words),
                        "source": words_column(np.zeros(len(chosen), np.int64), [self._mapping.source]),
                        "dimensions": self._dimensions_of(values, dimensions, chosen),
                        "missing": pa.DictionaryArray.from_arrays(
                            pa.array(np.maximum(reason.astype(np.int32) - 1, 0), mask=reason == 0),
                            pa.array(numbers.REASONS, pa.string()),
                        ),
                    }
                )
            )
            where_row.append(chosen)
            where_column.append(np.full(len(chosen), values.place))
        none = np.zeros(0, np.int64)
        readings = pa.concat_tables(pieces) if pieces else EMPTY_READINGS
        return Judged(
            readings,
            np.concatenate(where_row) if where_row else none,
            np.concatenate(where_column) if where_column else none,
            part.problems,
            np.array(sorted(part.bad), np.int64),
            counted["total"],
            counted["skip"],
            empty,
            preliminary,
        )

    # --- what a row is of ----------------------------------------------------------

    def _periods(self, part: _Part) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
        rows = len(part.table.rows)
        at = self._at.get("period")
        if at is None:
            if any(values.at is None for values in self.values):
                for place in range(rows):
                    part.note("period.none", place, "", "")
            return np.zeros(rows, np.int64), np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
        column = part.table.columns[at]
        read = periods.parse_all(column.text, self._order)
        at_us = read.at_us
        if self._mapping.stamp == "end":
            coded = column.text.fill_null("").dictionary_encode()
            ends = [
                0 if (one := periods.parse(word, self._order)) is None else clock.to_microseconds(stamped(one, "end"))
                for word in coded.dictionary.to_pylist()
            ]
            at_us = np.array([*ends, 0], np.int64)[coded.indices.to_numpy(zero_copy_only=False)]
        for place in np.flatnonzero(read.state != 0).tolist():
            text = column.text[place].as_py() or ""
            part.note("period.not_date" if text.strip() else "period.none", place, column.header, text)
        return at_us, read.state == 0, read.preliminary

    def _subjects(
        self,
        part: _Part,
        era: NDArray[np.int64],
        usable: NDArray[np.bool_],
        held: dict[int, tuple[NDArray[np.int64], list[str]]],
        counted: dict[str, int],
        unruly: NDArray[np.bool_],
    ) -> tuple[tuple[NDArray[np.int64], list[str]], NDArray[np.bool_]]:
        """The subject of each row as a word's number, and which rows have one; a row's fault is told once."""
        rows = len(part.table.rows)
        at = self._at.get("place")
        if at is None:
            return (np.zeros(rows, np.int64), [self._mapping.place]), usable
        column = part.table.columns[at]
        coded = column.text.fill_null("").dictionary_encode()
        words = coded.dictionary.to_pylist()
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        keys = codes * 2 + era
        urns = [""] * (2 * len(words))
        good = np.zeros(2 * len(words), np.bool_)
        bad: dict[int, Found] = {}
        for key in np.unique(keys[usable]).tolist():
            found = self._names.of(words[key // 2], key % 2)
            if found.urn and not self._may(found.urn):
                found = Found("", "place.not_permitted")
            urns[key], good[key] = found.urn, bool(found.urn)
            if not found.urn:
                bad[key] = found
        wrong = usable & ~good[keys]
        for place in np.flatnonzero(wrong & ~unruly).tolist():
            found = bad[int(keys[place])]
            if found.code in counted:
                counted[found.code] += 1
            else:
                part.note(found.code, place, column.header, words[codes[place]], found.candidates)
        unruly |= wrong
        return (keys, urns), usable & ~wrong

    def _may(self, urn: str) -> bool:
        if self._free:
            return True
        known = self._permitted.get(urn)
        if known is None:
            known = self._permitted[urn] = parties.may(self._by, "observations.record", place=urn)
        return known

    def _indicators(self, part: _Part) -> tuple[NDArray[np.int64], list[str]] | None:
        at = self._at.get("indicator")
        if at is None:
            return None
        column = part.table.columns[at]
        coded = column.text.fill_null("").dictionary_encode()
        words = coded.dictionary.to_pylist()
        known = [self._mapping.indicators.get(fold(word)) or self._by_name.get(fold(word), word) for word in words]
        fine = np.array([code in self._catalogue for code in known] + [False], np.bool_)
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        for place in np.flatnonzero(~fine[codes]).tolist():
            part.note("indicator.unknown", place, column.header, words[codes[place]])
        return np.where(fine[codes], codes, -1), known

    def _code_of(
        self, values: Values, of_rows: tuple[NDArray[np.int64], list[str]] | None, rows: int
    ) -> tuple[NDArray[np.int64], list[str]]:
        code = values.use.indicator or ("" if of_rows is not None else self._mapping.indicator)
        if not code and of_rows is not None:
            return of_rows
        return np.full(rows, 0 if code in self._catalogue else -1, np.int64), [code]

    def _units(self, table: Table) -> tuple[NDArray[np.int64], list[str], NDArray[np.float64]] | None:
        at = self._at.get("unit")
        if at is None:
            return None
        coded = table.columns[at].text.fill_null("").dictionary_encode()
        known = [unit_of(word) for word in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return codes, [unit for unit, _ in known], np.array([factor for _, factor in known], np.float64)[codes]

    def _unit_of(
        self, values: Values, of_rows: tuple[NDArray[np.int64], list[str], NDArray[np.float64]] | None, rows: int
    ) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64]]:
        unit = values.use.unit or ("" if of_rows is not None else self._mapping.unit)
        if not unit and of_rows is not None:
            return of_rows[1], of_rows[0], of_rows[2] * values.use.factor
        codes = np.zeros(rows, np.int64) if unit else np.full(rows, -1, np.int64)
        return [unit], codes, np.full(rows, values.use.factor)

    def _dimensions(self, table: Table) -> list[tuple[str, list[str], NDArray[np.int64]]]:
        found = []
        for place, use in enumerate(self._uses):
            if use.role == "dimension":
                coded = table.columns[place].text.fill_null("").dictionary_encode()
                name = use.dimension or fold(use.header).replace(" ", "_")
                codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
                found.append((name, coded.dictionary.to_pylist(), codes))
        return found

    def _dimensions_of(
        self, values: Values, of_rows: list[tuple[str, list[str], NDArray[np.int64]]], chosen: NDArray[np.int64]
    ) -> pa.Array:
        if not of_rows:
            codes = np.full(len(chosen), 0 if values.dimensions else -1, np.int64)
            return words_column(codes, [values.dimensions])
        joined = np.zeros(len(chosen), np.int64)
        for _, words, codes in of_rows:
            joined = joined * max(len(words), 1) + codes[chosen]
        distinct, first, inverse = np.unique(joined, return_index=True, return_inverse=True)
        del distinct
        texts = []
        for place in first.tolist():
            said = {name: words[codes[chosen[place]]].strip() for name, words, codes in of_rows}
            members = values.use.dimensions | {name: member for name, member in said.items() if member}
            texts.append(msgspec.json.encode(dict(sorted(members.items()))).decode())
        return words_column(inverse.astype(np.int64), texts)

    # --- what is wrong with a cell ---------------------------------------------------

    def _percents(
        self, read: numbers.Numbers, values: Values, unit_words: list[str], unit_codes: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Cells with a per cent sign where neither the column nor its indicator is measured in per cent."""
        if not read.percent.any():
            return read.percent
        spec = self._catalogue.get(values.use.indicator or self._mapping.indicator)
        fine = np.array([word == "%" for word in unit_words] + [spec is None or spec.unit == "%"], np.bool_)
        return read.percent & ~fine[unit_codes]

    def _tell_bad(
        self,
        part: _Part,
        values: Values,
        read: numbers.Numbers,
        usable: NDArray[np.bool_],
        code: tuple[NDArray[np.int64], list[str]],
        unit_words: list[str],
        unit_codes: NDArray[np.int64],
    ) -> None:
        column = part.table.columns[values.place]
        state = np.where(self._percents(read, values, unit_words, unit_codes), 9, read.state)
        wrong = usable & ((state == numbers.BAD) | (state == numbers.AMBIGUOUS) | (state == 9))
        for place in np.flatnonzero(wrong).tolist():
            part.note(_CELL_CODES[int(state[place])], place, column.header, column.text[place].as_py() or "")
        if self._at.get("indicator") is None or values.use.indicator:
            lost = usable & ~wrong & (code[0] < 0) & (read.state != numbers.EMPTY)
            name = code[1][0]
            for place in np.flatnonzero(lost).tolist():
                part.note("indicator.unknown" if name else "indicator.none", place, column.header, name)


_CELL_CODES: Final = {numbers.BAD: "number.not_number", numbers.AMBIGUOUS: "number.ambiguous", 9: "number.percent"}
_NOT_REPORTED: Final = 1 + numbers.REASONS.index("not_reported")
