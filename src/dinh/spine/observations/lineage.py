"""From a number back to the readings it was made of, and to the leaf of the ledger that each of them is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from dinh.engines import formulas as engine
from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec, Kind
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import attachment, catalogue, formulas, rollups
from dinh.spine.observations.history import owner, schema
from dinh.spine.observations.reporting_rows import FormulaRow, LineageNode, LineageReading
from dinh.spine.observations.steps import Grid, chosen_series, measure
from dinh.spine.parties.api import PERSON
from dinh.spine.places import api as places

MOST_READINGS: Final = 500
DEEPEST: Final = 12


def lineage(code: str, *, place: str, at: datetime, every: timedelta) -> LineageNode:
    """See `reported_api.lineage`."""
    grid = Grid(every)
    start_us = grid.floor_us(clock.to_microseconds(at))
    start = clock.from_microseconds(start_us)
    end = clock.from_microseconds(_next(grid, start_us))
    level = places.place(place).level
    by = "commune" if level == "commune" else "province"
    return _Walk(place, by, start, end, every).node(code, 0)


def _next(grid: Grid, start_us: int) -> int:
    if not grid.is_calendar:
        return start_us + grid.length_us
    step_us = 32 * 86_400_000_000 if grid.every < timedelta(days=300) else 367 * 86_400_000_000
    return grid.floor_us(start_us + step_us)


class _Walk:
    def __init__(self, place: str, by: str, start: datetime, end: datetime, every: timedelta) -> None:
        self.place, self.by, self.start, self.end, self.every = place, by, start, end, every
        self.known = catalogue.current()
        self.formulas = {row.code: row for row in formulas.listed()}

    def node(self, code: str, depth: int) -> LineageNode:
        if code == formulas.POPULATION:
            return self._population()
        if code in self.formulas and depth <= DEEPEST:
            return self._formula(self.formulas[code], depth)
        return self._indicator(self.known.indicator(code), depth)

    def _population(self) -> LineageNode:
        held = formulas.population({self.place}, self.place, self.by).get(self.place)
        return LineageNode(
            code=formulas.POPULATION, kind="place", unit="1", decimals=0, value=held,
            missing="" if held is not None else "not_known", at=self.start, until=self.end,
        )  # fmt: skip

    def _formula(self, row: FormulaRow, depth: int) -> LineageNode:
        found = formulas.values(row, within=self.place, start=self.start, end=self.end, every=self.every, by=self.by)
        value = next((held for held in found if held.at == self.start), None)
        inputs = tuple(self.node(name, depth + 1) for name in engine.names(engine.parse(row.expression)))
        return LineageNode(
            code=row.code, kind="formula", unit=row.unit, decimals=row.decimals, expression=row.expression,
            value=value.value if value else None, missing=(value.missing if value else "no_readings"),
            part=value.part if value else "", at=self.start, until=self.end, inputs=inputs,
            name_vi=row.name_vi, name_en=row.name_en,
        )  # fmt: skip

    def _indicator(self, spec: IndicatorSpec, depth: int) -> LineageNode:
        table = rollups.roll_up(
            spec.code, within=self.place, start=self.start, end=self.end, every=self.every, by=self.by
        ).to_pylist()
        value = table[0]["value"] if len(table) == 1 else None
        missing = (table[0]["missing"] or "") if len(table) == 1 else "no_readings"
        inputs: tuple[LineageNode, ...] = ()
        how = f"{measure(spec)}, {spec.over_place.value}"
        readings: Sequence[LineageReading] = ()
        total = 0
        if spec.kind is Kind.RATIO and spec.numerator and spec.denominator:
            inputs = tuple(self._indicator(self.known.indicator(c), depth) for c in (spec.numerator, spec.denominator))
            how = "ratio"
        if not any(part.readings or part.inputs for part in inputs):
            readings, total = self._readings(spec)
        return LineageNode(
            code=spec.code, kind="indicator", unit=spec.unit, decimals=spec.decimals, expression=how, value=value,
            missing=missing, at=self.start, until=self.end, inputs=inputs, readings=readings, total=total,
            name_vi=spec.name.vi, name_en=spec.name.en,
        )  # fmt: skip

    def _readings(self, spec: IndicatorSpec) -> tuple[Sequence[LineageReading], int]:
        index = attachment.index()
        positions = index.of_indicator(self.known.indicator_ids[spec.code])
        positions = positions[index.inside(self.place)[index.subject[positions]]]
        subjects = {int(index.series[p]): index.subjects[int(index.subject[p])] for p in positions.tolist()}
        subjects = {number: urn for number, urn in subjects.items() if not urn.startswith(PERSON)}
        if not subjects:
            return (), 0
        condition, tables = chosen_series(np.array(sorted(subjects), np.uint32))
        found = owner.query(
            f"""
            SELECT o.series, o.source, epoch_us(o.observed_at) AS at, o.value, o.missing, o.batch, o.total,
                   epoch_us(b.recorded_at) AS recorded, b.digest
            FROM (
                SELECT *, count(*) OVER () AS total FROM observation
                WHERE observed_at >= ? AND observed_at < ? AND {condition}
                ORDER BY observed_at, series, source LIMIT {MOST_READINGS}
            ) o JOIN batch b ON b.id = o.batch ORDER BY o.observed_at, o.series, o.source
            """,  # noqa: S608 - built of our own words and numbers
            [self.start, self.end],
            tables=tables,
        ).to_pylist()
        codes = {number: code for code, number in self.known.source_ids.items()}
        leaves = leaves_of({row["batch"] for row in found})
        readings = tuple(
            LineageReading(
                series=row["series"], subject=subjects[row["series"]], observed_at=clock.from_microseconds(row["at"]),
                recorded_at=clock.from_microseconds(row["recorded"]), value=row["value"],
                missing=schema.MISSING.get(row["missing"], ""), source=codes.get(row["source"], ""), batch=row["batch"],
                sha256=bytes(row["digest"]).hex(), ledger_index=leaves.get(row["batch"]),
            )
            for row in found
        )  # fmt: skip
        return readings, found[0]["total"] if found else 0


def leaves_of(batches: set[int]) -> Mapping[int, int]:
    """The index of the leaf that holds each batch; those without one yet (it comes within a second) are left out."""
    found: dict[int, int] = {}
    for batch in sorted(batches):
        if batch in found:
            continue
        for entry in _leaves_near(batch):
            held = [int(part["batch"]) for part in entry.data["batches"]]
            if batch in held:
                found.update((number, entry.index) for number in held)
                break
    return found


def _leaves_near(batch: int) -> Sequence[ledger.Entry]:
    """Leaves that may hold the batch: at most one."""
    alone = ledger.entries(subject=f"observations:batch:{batch}", limit=1)
    if alone:
        return alone
    after, size = -1, ledger.head().size
    low, high = 0, size
    while low < high:  # batches are notarised in their order, so the leaves can be searched by halves
        middle = (low + high) // 2
        nearest = ledger.entries(kind="observations.batch", after=middle - 1, limit=1)
        if not nearest or nearest[0].data["batches"][0]["batch"] > batch:
            high = middle
        else:
            after, low = nearest[0].index, nearest[0].index + 1
    if after < 0:
        return ()
    return (ledger.entry(after),)
