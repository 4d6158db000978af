"""Formula indicators: declared in the register, listed in the catalogue, computed when they are asked for.

What rules watch, and what the judge remembers, is a series like any other: `formula_recording` writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dinh.engines import formulas as engine
from dinh.kernel import clock
from dinh.kernel.durations import MONTH, YEAR
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, Kind, Text
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import catalogue, rollups, specs
from dinh.spine.observations.models import Formula
from dinh.spine.observations.present import is_flow
from dinh.spine.observations.reporting_rows import FormulaRow, FormulaValue
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

PERMISSION: Final = "observations.manage"
POPULATION: Final = "population"
"""The name under which formulas find how many people live at the place."""
LEVELS: Final = ("commune", "province")
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
STEPS: Final = (HOUR, DAY, 7 * DAY, MONTH, YEAR)


def row_of(row: Formula) -> FormulaRow:
    return FormulaRow(
        row.code, row.name_vi, row.name_en, row.unit, row.decimals, row.expression, row.version, row.declared_by,
        row.changed_at, row.direction, row.headline,
    )  # fmt: skip


def listed() -> Sequence[FormulaRow]:
    return [row_of(row) for row in Formula.objects.all()]


def one(code: str) -> FormulaRow:
    found = Formula.objects.filter(code=code).first()
    if found is None:
        raise NotFound("formula.none", "there is no formula '{code}'; declare it first", code=code[:100])
    return row_of(found)


@dataclass(frozen=True, slots=True)
class Compiled:
    row: FormulaRow
    tree: engine.Node
    scale: engine.Scale
    needs: Sequence[str]


def compiled(row: FormulaRow, others: Mapping[str, FormulaRow]) -> Compiled:
    """Raises Invalid `formula.…`."""
    known = catalogue.current()
    tree = engine.parse(row.expression)
    needs = engine.names(tree)
    unit_of = {POPULATION: "1"}
    for code in needs:
        if code in others:
            unit_of[code] = others[code].unit
        elif code in known.indicators:
            unit_of[code] = known.indicators[code].unit
        elif code != POPULATION:
            raise Invalid(
                "formula.unknown_name",
                "there is no indicator '{code}'{nearest}; check its code",
                code=code[:100],
                nearest=catalogue.nearest(code, [*known.indicators, *others]),
            )
    return Compiled(row, tree, engine.check_units(tree, unit_of, row.unit), needs)


def _checked(row: FormulaRow) -> Mapping[str, Compiled]:
    """The formula with all that it needs, compiled. Raises Invalid `formula.cycle` and what `compiled` raises."""
    others = {held.code: held for held in listed()} | {row.code: row}
    ring = engine.find_cycle({code: engine.names(engine.parse(held.expression)) for code, held in others.items()})
    if ring:
        raise Invalid(
            "formula.cycle", "the formula needs itself: {ring}; take one of them out", ring=" → ".join([*ring, ring[0]])
        )
    found: dict[str, Compiled] = {}
    waiting = [row.code]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found[code] = compiled(others[code], others)
            waiting += [name for name in found[code].needs if name in others]
    return found


@transaction.atomic
def save(
    *,
    code: str,
    name_vi: str,
    name_en: str,
    unit: str,
    decimals: int,
    expression: str,
    by: Actor,
    version: int | None,
    direction: str,
    headline: int | None,
) -> FormulaRow:
    parties.require_everywhere(by, PERMISSION)
    known = catalogue.current()
    if (code in known.indicators and code not in known.formulas) or code == POPULATION:
        raise Invalid("formula.code_taken", "'{code}' is the code of an indicator already; choose another", code=code)
    name = specs.checked_name_of("formula", code, Text(nfc(name_vi), nfc(name_en)))
    if direction not in set(Direction):
        raise Invalid(
            "formula.direction", "'{value}' is none of {known}", value=direction[:40], known=", ".join(Direction)
        )
    if headline is not None and not 0 < headline < 1000:
        raise Invalid("formula.headline", "the rank among the tiles is {value}; give 1 to 999", value=headline)
    row = Formula.objects.select_for_update().filter(code=code).first() or Formula(code=code, version=0)
    if version is not None and version != row.version:
        raise Conflict("formula.changed", "somebody else has changed this formula; load it again")
    row.name_vi, row.name_en, row.unit, row.decimals = name.vi, name.en, unit.strip(), max(0, min(decimals, 9))
    row.expression = nfc(expression).strip()
    row.direction, row.headline = direction, headline
    row.version += 1
    row.declared_by, row.changed_at = by.urn, clock.now()
    parts = _checked(row_of(row))
    for other in listed():  # whoever needs it must still fit its unit
        if other.code != code and code in engine.names(engine.parse(other.expression)):
            compiled(other, {held.code: held for held in listed()} | {code: row_of(row)})
    row.save()
    catalogue.declare_formula(indicator_of(row_of(row), parts))
    data = {"code": code, "expression": row.expression, "unit": row.unit, "version": row.version, "by": by.urn}
    ledger.append("formula.set", f"urn:dinh:indicator:{code}", data)
    return row_of(row)


# --- as an indicator ---------------------------------------------------------------


def leaves(parts: Mapping[str, Compiled]) -> Sequence[IndicatorSpec]:
    """The measured indicators that go into a formula, in the order in which they are named."""
    known = catalogue.current().indicators
    names = dict.fromkeys(name for part in parts.values() for name in part.needs)
    return [known[name] for name in names if name not in parts and name in known]


def step(parts: Mapping[str, Compiled]) -> timedelta:
    """How long a time one of its values is about: that of its slowest part, a day at least where amounts go in."""
    found = leaves(parts)
    longest = max((spec.period or HOUR for spec in found), default=HOUR)
    if any(is_flow(spec) for spec in found):
        longest = max(longest, DAY)
    return next((one for one in STEPS if longest <= one), YEAR)


def indicator_of(row: FormulaRow, parts: Mapping[str, Compiled]) -> IndicatorSpec:
    found = leaves(parts)
    domain = found[0].domain if found else Text("Chỉ tiêu tính toán", "Worked-out indicators")
    return IndicatorSpec(
        code=row.code, name=Text(row.name_vi, row.name_en), domain=domain, unit=row.unit, kind=Kind.INDEX,
        direction=Direction(row.direction), over_time=Aggregation.LAST, over_place=Aggregation.NONE,
        period=step(parts), decimals=row.decimals, headline=row.headline,
    )  # fmt: skip


def with_parts(row: FormulaRow) -> Mapping[str, Compiled]:
    """The formula and the formulas that go into it. Raises Invalid `formula.…`."""
    return _checked(row)


def declare_all() -> None:
    """Lists those that were declared before the catalogue knew formulas; what cannot be worked out is left."""
    known = catalogue.current()
    for row in listed():
        if row.code not in known.indicators:
            try:
                catalogue.declare_formula(indicator_of(row, _checked(row)))
            except DinhError:
                continue


_held: tuple[str, Mapping[str, Compiled]] | None = None


def all_compiled(stamp: str) -> Mapping[str, Compiled]:
    """All that can be worked out, by code; compiled once for each stamp of the catalogue."""
    global _held
    held = _held
    if held is None or held[0] != stamp or not stamp:
        rows = {row.code: row for row in listed()}
        found: dict[str, Compiled] = {}
        for code, row in rows.items():
            try:
                found[code] = compiled(row, rows)
            except DinhError:
                continue
        held = _held = (stamp, found)
    return held[1]


# --- values ------------------------------------------------------------------------

type Key = tuple[str, datetime]
type Part = tuple[float | None, str]
"""A value, or None and the reason."""


def values(
    row: FormulaRow, *, within: str, start: datetime, end: datetime, every: timedelta, by: str
) -> Sequence[FormulaValue]:
    """By place and time. The parts are rolled up first and the formula is worked out on the sums: a quotient over an
    area is the quotient of the sums. A missing part makes the step missing and is named."""
    if by not in LEVELS:
        raise Invalid("observations.bad_level", "'{by}' is no level; give {levels}", by=by, levels=", ".join(LEVELS))
    table = _Table(_checked(row), within, start, end, every, by)
    top = table.of(row.code)
    return [
        FormulaValue(place, at, value, reason, table.parts.get((row.code, place, at), ""))
        for (place, at), (value, reason) in sorted(top.items())
    ]


class _Table:
    """Every input once, whichever formulas need it."""

    def __init__(
        self, formulas: Mapping[str, Compiled], within: str, start: datetime, end: datetime, every: timedelta, by: str
    ) -> None:
        self.formulas, self.within, self.by = formulas, within, by
        self.start, self.end, self.every = start, end, every
        self.parts: dict[tuple[str, str, datetime], str] = {}
        self._held: dict[str, Mapping[Key, Part]] = {}

    def of(self, code: str) -> Mapping[Key, Part]:
        if code not in self._held:
            self._held[code] = self._computed(code) if code in self.formulas else self._rolled_up(code)
        return self._held[code]

    def _rolled_up(self, code: str) -> Mapping[Key, Part]:
        table = rollups.roll_up(code, within=self.within, start=self.start, end=self.end, every=self.every, by=self.by)
        return {
            (row["place"], row["at"]): (row["value"], row["missing"] or "") for row in table.to_pylist() if row["place"]
        }

    def _computed(self, code: str) -> Mapping[Key, Part]:
        formula = self.formulas[code]
        inputs = {name: self.of(name) for name in formula.needs if name != POPULATION}
        keys = {key for held in inputs.values() for key in held}
        people = self._population({place for place, _ in keys}) if POPULATION in formula.needs else {}
        found: dict[Key, Part] = {}
        for place, at in keys:
            given = {name: held.get((place, at), (None, ""))[0] for name, held in inputs.items()}
            if POPULATION in formula.needs:
                given[POPULATION] = people.get(place)
            result = engine.evaluate(formula.tree, given, formula.scale)
            found[place, at] = (result.value, result.reason)
            if result.part:
                self.parts[code, place, at] = self.parts.get((result.part, place, at), result.part)
        return found

    def _population(self, urns: set[str]) -> Mapping[str, float]:
        return population(urns, self.within, self.by)


def population(urns: set[str], within: str, by: str) -> Mapping[str, float]:
    """People by place; of a province only those of its communes within the area that was asked for."""
    if by == "commune":
        rows = places.places(urns)
        return {urn: float(row.population) for urn, row in rows.items() if row.population is not None}
    found: dict[str, float] = {}
    for urn in urns:
        inside = [row for row in places.area(urn) if places.contains(within, row.urn) or within == urn]
        known = [row.population for row in inside if row.population is not None]
        if inside and len(known) == len(inside):
            found[urn] = float(sum(known))
    return found
