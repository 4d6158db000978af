"""Formula indicators: declared in the register, computed when they are asked for, never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dinh.engines import formulas as engine
from dinh.kernel import clock
from dinh.kernel.errors import Conflict, Invalid, NotFound
from dinh.kernel.manifests import Text
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import catalogue, rollups, specs
from dinh.spine.observations.models import Formula
from dinh.spine.observations.reporting_rows import FormulaRow, FormulaValue
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor
from dinh.spine.places import api as places

PERMISSION: Final = "observations.manage"
POPULATION: Final = "population"
"""The name under which formulas find how many people live at the place."""
LEVELS: Final = ("commune", "province")


def row_of(row: Formula) -> FormulaRow:
    return FormulaRow(
        row.code, row.name_vi, row.name_en, row.unit, row.decimals, row.expression, row.version, row.declared_by,
        row.changed_at,
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
    *, code: str, name_vi: str, name_en: str, unit: str, decimals: int, expression: str, by: Actor, version: int | None
) -> FormulaRow:
    parties.require_everywhere(by, PERMISSION)
    if code in catalogue.current().indicators or code == POPULATION:
        raise Invalid("formula.code_taken", "'{code}' is the code of an indicator already; choose another", code=code)
    name = specs.checked_name_of("formula", code, Text(nfc(name_vi), nfc(name_en)))
    row = Formula.objects.select_for_update().filter(code=code).first() or Formula(code=code, version=0)
    if version is not None and version != row.version:
        raise Conflict("formula.changed", "somebody else has changed this formula; load it again")
    row.name_vi, row.name_en, row.unit, row.decimals = name.vi, name.en, unit.strip(), max(0, min(decimals, 9))
    row.expression = nfc(expression).strip()
    row.version += 1
    row.declared_by, row.changed_at = by.urn, clock.now()
    _checked(row_of(row))
    for other in listed():  # whoever needs it must still fit its unit
        if other.code != code and code in engine.names(engine.parse(other.expression)):
            compiled(other, {held.code: held for held in listed()} | {code: row_of(row)})
    row.save()
    data = {"code": code, "expression": row.expression, "unit": row.unit, "version": row.version, "by": by.urn}
    ledger.append("formula.set", f"urn:dinh:indicator:{code}", data)
    return row_of(row)


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
