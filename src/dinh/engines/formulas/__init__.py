"""Formulas over named quantities: parsed once, checked for units, evaluated with a reason where a part is missing.

A formula is arithmetic (+ - * /, brackets, numbers) over names such as `health.births`, with the functions min, max,
sum and avg. A name that holds other marks than letters, digits, dots and underscores stands in quotes.
"""

from __future__ import annotations

from dinh.engines.formulas.cycles import find_cycle
from dinh.engines.formulas.evaluation import DIVISION_BY_ZERO, Result, evaluate
from dinh.engines.formulas.parsing import Call, Name, Node, Number, Operation, names, parse
from dinh.engines.formulas.unit_check import Scale, check_units

__all__ = [
    "DIVISION_BY_ZERO",
    "Call",
    "Name",
    "Node",
    "Number",
    "Operation",
    "Result",
    "Scale",
    "check_units",
    "evaluate",
    "find_cycle",
    "names",
    "parse",
]
