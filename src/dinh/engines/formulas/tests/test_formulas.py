from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines import formulas
from dinh.engines.formulas import Call, Name, Node, Number, Operation
from dinh.kernel.errors import Invalid

CODES = ("a", "b.c", "health.births", "x_1.y")
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: Number(round(value, 3)))


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
        st.builds(
            Call, st.sampled_from(("min", "max", "sum", "avg")), st.lists(inner, min_size=1, max_size=3).map(tuple)
        ),
    )


trees: st.SearchStrategy[Node] = st.recursive(
    st.one_of(numbers, st.sampled_from(CODES).map(Name)), grown, max_leaves=12
)


def written(node: Node) -> str:
    match node:
        case Number(value):
            return f"({value!r})"
        case Name(code):
            return code
        case Operation(sign, left, right):
            return f"({written(left)} {sign} {written(right)})"
        case Call(function, arguments):
            return f"{function}({', '.join(written(argument) for argument in arguments)})"


def by_python(text: str, values: dict[str, float]) -> float | None:
    for code, value in sorted(values.items(), key=lambda item: -len(item[0])):
        text = text.replace(code, f"({value!r})") if len(code) > 1 else text
    names: dict[str, Any] = {
        "a": values["a"], "min": lambda *given: min(given), "max": lambda *given: max(given),
        "sum": lambda *given: math.fsum(given), "avg": lambda *given: statistics.fmean(given), "__builtins__": {},
    }  # fmt: skip
    try:
        return float(eval(text, names))
    except (ZeroDivisionError, OverflowError):
        return None


@given(tree=trees, values=st.fixed_dictionaries({code: st.floats(-1e6, 1e6, allow_nan=False) for code in CODES}))
def test_a_formula_is_worth_what_python_says(tree: Node, values: dict[str, float]) -> None:
    text = written(tree)
    result = formulas.evaluate(formulas.parse(text), dict(values))
    expected = by_python(text, values)
    if expected is None or not math.isfinite(expected):
        assert result.value is None
    else:
        assert result.value == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(
    tree=trees, values=st.fixed_dictionaries({code: st.floats(1, 9) for code in CODES}), absent=st.sampled_from(CODES)
)
def test_a_missing_part_is_named_and_never_taken_for_zero(tree: Node, values: dict[str, float], absent: str) -> None:
    held: dict[str, float | None] = {**values, absent: None}
    node = formulas.parse(written(tree))
    result = formulas.evaluate(node, held)
    if absent in formulas.names(node):
        assert result.value is None
        assert result.reason != "part_missing" or result.part == absent
    else:
        assert result == formulas.evaluate(node, dict(values))


@pytest.mark.parametrize(
    "text",
    ["", "a +", "__import__('os')", "a ** 9", "a if b else c", "[a]", "a[0]", "lambda: 1", "max()", "f(a)", "a; b", "True", "a.b()", "(" * 300 + "1" + ")" * 300, "1e999", "a < b", "max(*a)", "'' + 1"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        formulas.parse(text)


def test_other_marks_in_a_code_stand_in_quotes() -> None:
    assert formulas.names(formulas.parse("'water-level.max' - a.b")) == ("water-level.max", "a.b")


UNITS = {"km": "km", "m": "m", "kg": "kg", "people": "1", "money": "VND", "area": "km2", "t": "Cel", "share": "%"}


def worth(text: str, unit: str, **values: float) -> float | None:
    node = formulas.parse(text)
    return formulas.evaluate(node, values, formulas.check_units(node, UNITS, unit)).value


def test_units_are_brought_together_and_to_the_declared_one() -> None:
    assert worth("km + m", "m", km=2.0, m=5.0) == pytest.approx(2005.0)
    assert worth("max(m, km)", "m", km=2.0, m=5.0) == pytest.approx(2000.0)
    assert worth("people / area", "1/km2", people=100.0, area=4.0) == pytest.approx(25.0)
    assert worth("people / people", "%", people=5.0) == pytest.approx(100.0)
    assert worth("money / people", "VND", money=8.0, people=2.0) == pytest.approx(4.0)
    assert worth("money / area", "VND/km2", money=8.0, area=2.0) == pytest.approx(4.0)
    assert worth("t - 2", "Cel", t=20.0) == pytest.approx(18.0)
    assert worth("share + 1", "%", share=20.0) == pytest.approx(21.0)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("km + kg", "m"),
        ("km * m", "m"),
        ("money + people", "VND"),
        ("money", "USD"),
        ("people", "VND"),
        ("avg(kg, m)", "kg"),
    ],
)
def test_units_that_do_not_fit_are_refused(text: str, unit: str) -> None:
    with pytest.raises(Invalid) as refused:
        formulas.check_units(formulas.parse(text), UNITS, unit)
    assert refused.value.code == "formula.units"


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(Invalid, match="weight"):
        formulas.check_units(formulas.parse("weight * 2"), UNITS, "1")


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), max_size=6))
def test_a_ring_is_found_exactly_where_there_is_one(needs: dict[str, set[str]]) -> None:
    ring = formulas.find_cycle(needs)
    if ring:
        assert all(ring[(at + 1) % len(ring)] in needs[code] for at, code in enumerate(ring))
        return
    left = {code: {other for other in needed if other in needs} for code, needed in needs.items()}
    while free := [code for code, needed in left.items() if not needed]:
        left = {code: needed - set(free) for code, needed in left.items() if code not in free}
    assert not left
