"""Whether a formula's units fit: what is added must be of one kind, and the result must be the declared unit.

Units are UCUM codes. Codes that UCUM lacks (currencies) ride as products of base units that nobody uses together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dinh.engines.formulas.parsing import Call, Name, Node, Number, Operation
from dinh.kernel import units
from dinh.kernel.errors import Invalid

_RIDES: Final = {"VND": "(mol.cd)", "USD": "(mol.cd.K)"}
_CURRENCY: Final = re.compile("|".join(_RIDES))
type Powers = Mapping[str, int]
"""UCUM code -> exponent; None in place of one stands for a bare number, which takes the unit beside it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`within`: by the identity of a node, the factor that brings it to the unit of its neighbour.
    `factor` and `offset` bring the whole to the declared unit."""

    within: Mapping[int, float] = field(default_factory=dict)
    factor: float = 1.0
    offset: float = 0.0


def check_units(node: Node, unit_of: Mapping[str, str], result: str) -> Scale:
    """Valid for this very tree. Raises Invalid `formula.units`, `formula.unknown_name`, `unit.unknown`."""
    within: dict[int, float] = {}
    powers = _powers(node, unit_of, within)
    if powers is None:
        return Scale(within)
    whole = next(iter(powers)) if list(powers.values()) == [1] else _code(powers)
    change = _conversion(whole, result)
    return Scale(within, change.factor, change.offset)


def _code(powers: Powers) -> str:
    above = [f"({code})" for code, power in powers.items() for _ in range(power) if power > 0]
    below = [f"({code})" for code, power in powers.items() for _ in range(-power) if power < 0]
    return ".".join(above or ["1"]) + "".join(f"/{code}" for code in below)


def _conversion(given: str, wanted: str) -> units.Conversion:
    if given == wanted:
        return units.Conversion(1.0, 0.0)
    ridden = [_CURRENCY.sub(lambda match: _RIDES[match[0]], code) for code in (given, wanted)]
    try:
        return units.conversion(*ridden)
    except Invalid as error:
        raise Invalid(
            "formula.units",
            "unit '{given}' does not fit '{wanted}' and cannot be converted; change the formula or the unit",
            given=given,
            wanted=wanted,
        ) from error


def _powers(node: Node, unit_of: Mapping[str, str], within: dict[int, float]) -> Powers | None:
    match node:
        case Number():
            return None
        case Name(code):
            if code not in unit_of:
                raise Invalid("formula.unknown_name", "there is no indicator '{code}'; check its code", code=code[:100])
            return {} if unit_of[code] == "1" else {unit_of[code]: 1}
        case Operation("+" | "-", left, right):
            return _together([left, right], unit_of, within)
        case Operation(sign, left, right):
            one, other = _powers(left, unit_of, within), _powers(right, unit_of, within)
            if one is None and other is None:
                return None
            found = dict(one or {})
            for code, power in (other or {}).items():
                found[code] = found.get(code, 0) + (power if sign == "*" else -power)
            return {code: power for code, power in found.items() if power}
        case Call(_, arguments):
            return _together(arguments, unit_of, within)


def _together(nodes: Sequence[Node], unit_of: Mapping[str, str], within: dict[int, float]) -> Powers | None:
    """All of one kind; each is brought to the unit of the first that has one."""
    first: Powers | None = None
    for node in nodes:
        powers = _powers(node, unit_of, within)
        if powers is None:
            continue
        if first is None:
            first = powers
            continue
        if powers == first:
            continue
        change = _conversion(_code(powers), _code(first))
        if change.offset:
            raise Invalid(
                "formula.units",
                "unit '{given}' does not fit '{wanted}' and cannot be converted; change the formula or the unit",
                given=_code(powers),
                wanted=_code(first),
            )
        within[id(node)] = change.factor
    return first
