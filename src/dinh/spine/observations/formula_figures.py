"""Formulas in the picture: tiles, shaded maps and roll-ups, worked out from those of their parts when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa

from dinh.engines import formulas as engine
from dinh.kernel import clock
from dinh.kernel.manifests import IndicatorSpec
from dinh.spine.observations import catalogue, formulas, plans
from dinh.spine.observations import figures as measured
from dinh.spine.observations.api import Figure, Point
from dinh.spine.observations.formulas import POPULATION, Compiled
from dinh.spine.observations.present import Window
from dinh.spine.places import api as places

PART_MISSING = "part_missing"


def figures(codes: Sequence[str], *, within: str, at: datetime | None = None) -> Sequence[Figure]:
    """See `api.figures`."""
    known = catalogue.current()
    if not known.formulas.intersection(codes):
        return measured.figures(codes, within=within, at=at)
    parts = formulas.all_compiled(known.stamp)
    wanted = _measured(codes, known, parts)
    drawn = {figure.indicator.code: figure for figure in measured.figures(wanted, within=within, at=at)}
    room = _Drawn(known, parts, drawn, within)
    return tuple(_planned(known, room.of(code), within, at or clock.now()) for code in codes)


def _planned(known: catalogue.Catalogue, figure: Figure, within: str, moment: datetime) -> Figure:
    """A formula's target and plan are its own; how far a plan is reached is the value itself."""
    if figure.indicator.code not in known.formulas:
        return figure
    found = plans.with_targets(known, [figure], within, moment)[0]
    return found if found.plan is None else replace(found, reached=found.value)


def _measured(codes: Sequence[str], known: catalogue.Catalogue, parts: Mapping[str, Compiled]) -> list[str]:
    """The measured indicators among `codes` and below them, each once."""
    found: dict[str, None] = {}
    waiting = list(reversed(codes))
    while waiting:
        code = waiting.pop()
        if code in known.formulas:
            waiting += [name for name in parts[code].needs if name != POPULATION] if code in parts else []
        else:
            found[code] = None
    return list(found)


class _Drawn:
    def __init__(
        self, known: catalogue.Catalogue, parts: Mapping[str, Compiled], drawn: dict[str, Figure], within: str
    ) -> None:
        self.known, self.parts, self.drawn, self.within = known, parts, drawn, within
        self._people: float | None = None
        self._counted = False

    def people(self) -> float | None:
        if not self._counted:
            self._counted = True
            row = places.places([self.within]).get(self.within)
            level = "commune" if row is not None and row.level == "commune" else "province"
            self._people = formulas.population({self.within}, self.within, level).get(self.within)
        return self._people

    def of(self, code: str) -> Figure:
        if code not in self.drawn:
            spec = self.known.indicators[code]
            self.drawn[code] = self._made(spec, self.parts[code]) if code in self.parts else _nothing(spec)
        return self.drawn[code]

    def _made(self, spec: IndicatorSpec, formula: Compiled) -> Figure:
        inputs = {name: self.of(name) for name in formula.needs if name != POPULATION}
        given: dict[str, float | None] = {name: figure.value for name, figure in inputs.items()}
        if POPULATION in formula.needs:
            given[POPULATION] = self.people()
        result = engine.evaluate(formula.tree, given, formula.scale)
        part = inputs.get(result.part)
        return Figure(
            indicator=spec,
            value=result.value,
            missing=None if result.value is not None else (part and part.missing) or result.reason or PART_MISSING,
            at=max((figure.at for figure in inputs.values() if figure.at is not None), default=None),
            change=self._change(formula, inputs, result.value),
            trend=self._trend(formula, inputs),
            simulated=any(figure.simulated for figure in inputs.values()),
            stale=any(figure.stale for figure in inputs.values()),
            subjects=max((figure.subjects for figure in inputs.values()), default=0),
            sources=sorted({source for figure in inputs.values() for source in figure.sources}),
        )

    def _change(self, formula: Compiled, inputs: Mapping[str, Figure], value: float | None) -> float | None:
        """Only where all parts are compared with the same moment."""
        if value is None or len({Window.of(figure.indicator).change_after for figure in inputs.values()}) > 1:
            return None
        before: dict[str, float | None] = {
            name: None if figure.value is None or figure.change is None else figure.value - figure.change
            for name, figure in inputs.items()
        }
        if POPULATION in formula.needs:
            before[POPULATION] = self.people()
        earlier = engine.evaluate(formula.tree, before, formula.scale).value
        return None if earlier is None else value - earlier

    def _trend(self, formula: Compiled, inputs: Mapping[str, Figure]) -> Sequence[Point]:
        """At the times that all parts have."""
        by_time = [{point.at: point.value for point in figure.trend} for figure in inputs.values()]
        if not by_time:
            return ()
        common = sorted(set.intersection(*(set(one) for one in by_time)))
        people = {POPULATION: self.people()} if POPULATION in formula.needs else {}
        found = []
        for at in common:
            given = dict(zip(inputs, (one[at] for one in by_time), strict=True)) | people
            found.append(Point(at, engine.evaluate(formula.tree, given, formula.scale).value))
        return tuple(found)


def _nothing(spec: IndicatorSpec) -> Figure:
    return Figure(
        indicator=spec, value=None, missing=PART_MISSING, at=None, change=None, trend=(), simulated=False, stale=False,
        subjects=0, sources=(),
    )  # fmt: skip


def values_by_place(indicator: str, *, within: str, at: datetime | None = None) -> Mapping[str, float | None]:
    """See `api.values_by_place`."""
    known = catalogue.current()
    if indicator not in known.formulas:
        return measured.values_by_place(indicator, within=within, at=at)
    formula = formulas.all_compiled(known.stamp).get(indicator)
    if formula is None:
        return {}
    inputs = {name: values_by_place(name, within=within, at=at) for name in formula.needs if name != POPULATION}
    urns = {urn for held in inputs.values() for urn in held}
    people = formulas.population(urns, within, "commune") if POPULATION in formula.needs else {}
    found: dict[str, float | None] = {}
    for urn in urns:
        given: dict[str, float | None] = {name: held.get(urn) for name, held in inputs.items()}
        if POPULATION in formula.needs:
            given[POPULATION] = people.get(urn)
        found[urn] = engine.evaluate(formula.tree, given, formula.scale).value
    return found


def roll_up(code: str, *, within: str, start: datetime, end: datetime, every: timedelta, by: str) -> pa.Table:
    """See `api.roll_up`. A formula holds for places, so by subject it is by commune."""
    level = "commune" if by == "subject" else by
    rows = formulas.values(formulas.one(code), within=within, start=start, end=end, every=every, by=level)
    return pa.table(
        {
            "place": pa.array([row.place for row in rows], pa.string()),
            "at": pa.array([row.at for row in rows], pa.timestamp("us", "UTC")),
            "value": pa.array([row.value for row in rows], pa.float64()),
            "missing": pa.array([row.missing or None for row in rows], pa.string()),
            "readings": pa.array([int(row.value is not None) for row in rows], pa.int64()),
        }
    )
