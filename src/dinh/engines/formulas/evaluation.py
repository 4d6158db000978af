"""A tree's value at one place and step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dinh.engines.formulas.parsing import Call, Name, Node, Number, Operation
from dinh.engines.formulas.unit_check import Scale

DIVISION_BY_ZERO: Final = "division_by_zero"
TOO_LARGE: Final = "too_large"


@dataclass(frozen=True, slots=True)
class Result:
    """A value, or why there is none: `reason` names the kind, `part` the input that is missing."""

    value: float | None
    reason: str = ""
    part: str = ""


_PLAIN: Final = Scale()


def evaluate(node: Node, values: Mapping[str, float | None], scale: Scale = _PLAIN) -> Result:
    """With `scale` from `check_units` parts in other units are brought together and the result is in its own unit.

    The first missing part makes the whole missing; never is anything taken for zero.
    """
    found = _value(node, values, scale)
    if isinstance(found, Result):
        return found
    found = found * scale.factor + scale.offset
    return Result(found) if math.isfinite(found) else Result(None, TOO_LARGE)


def _value(node: Node, values: Mapping[str, float | None], scale: Scale) -> float | Result:
    match node:
        case Number(value):
            return value
        case Name(code):
            held = values.get(code)
            return Result(None, "part_missing", code) if held is None else held
        case Operation(sign, left, right):
            one, other = _value(left, values, scale), _value(right, values, scale)
            if isinstance(one, Result):
                return one
            if isinstance(other, Result):
                return other
            other *= scale.within.get(id(right), 1.0)
            match sign:
                case "+":
                    return one + other
                case "-":
                    return one - other
                case "*":
                    return one * other
            return one / other if other != 0 else Result(None, DIVISION_BY_ZERO)
        case Call(function, arguments):
            parts: list[float] = []
            for argument in arguments:
                part = _value(argument, values, scale)
                if isinstance(part, Result):
                    return part
                parts.append(part * scale.within.get(id(argument), 1.0))
            if function == "min":
                return min(parts)
            if function == "max":
                return max(parts)
            total = math.fsum(parts) if all(math.isfinite(part) for part in parts) else math.inf
            return total if function == "sum" else total / len(parts)
