"""From text to a tree. Python's own parser reads the text; only what is listed here passes, nothing is ever run."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dinh.kernel.errors import Invalid

LONGEST: Final = 2000
DEEPEST: Final = 40
FUNCTIONS: Final = ("min", "max", "sum", "avg")
_OPERATORS: Final = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Name:
    code: str


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    """+ - * /"""
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: Sequence[Node]


type Node = Number | Name | Operation | Call


def parse(text: str) -> Node:
    """Raises Invalid `formula.malformed` with the place of the fault, `formula.too_long`."""
    if len(text) > LONGEST:
        raise Invalid(
            "formula.too_long", "the formula has {count} letters; at most {most}", count=len(text), most=LONGEST
        )
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None) or 1
        raise Invalid(
            "formula.malformed",
            "the formula cannot be read at letter {column}; write it like health.births / population * 1000",
            column=column,
        ) from error
    return _node(tree, 0)


def _refuse(tree: ast.expr) -> Invalid:
    return Invalid(
        "formula.not_permitted",
        "at letter {column} stands what a formula cannot hold; there are numbers, indicators, + - * / ( ) and {functions}",
        column=tree.col_offset + 1,
        functions=", ".join(FUNCTIONS),
    )


def _node(tree: ast.expr, depth: int) -> Node:
    if depth > DEEPEST:
        raise Invalid("formula.too_deep", "the formula is nested more than {most} deep; split it in two", most=DEEPEST)
    match tree:
        case ast.Constant(value=bool()):
            raise _refuse(tree)
        case ast.Constant(value=int() | float() as value) if abs(value) < 1e300 and math.isfinite(value):
            return Number(float(value))
        case ast.Constant(value=str() as code) if code:
            return Name(code)
        case ast.Name() | ast.Attribute():
            return Name(_dotted(tree))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _node(operand, depth + 1)
            return Number(-inner.value) if isinstance(inner, Number) else Operation("-", Number(0.0), inner)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _node(operand, depth + 1)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return Operation(_OPERATORS[type(sign)], _node(left, depth + 1), _node(right, depth + 1))
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]) if function in FUNCTIONS and arguments:
            return Call(function, tuple(_node(argument, depth + 1) for argument in arguments))
    raise _refuse(tree)


def _dotted(tree: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    if not isinstance(tree, ast.Name):
        raise _refuse(tree)
    return ".".join([tree.id, *reversed(parts)])


def names(node: Node) -> Sequence[str]:
    """The codes that a formula needs, each once, in order."""
    return tuple(dict.fromkeys(_names(node)))


def _names(node: Node) -> Iterator[str]:
    match node:
        case Name(code):
            yield code
        case Operation(_, left, right):
            yield from _names(left)
            yield from _names(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from _names(argument)
