from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.kernel.units import DISPLAY, EXTENSIONS, conversion

PAIRS = [
    ("mg/m3", "ug/m3"),
    ("Cel", "K"),
    ("[degF]", "Cel"),
    ("kbit/s", "Mbit/s"),
    ("mg/L", "g/L"),
    ("cm", "m"),
    ("%", "1"),
]


@pytest.mark.parametrize(
    ("given_code", "wanted", "value", "converted"),
    [
        ("mg/m3", "ug/m3", 0.061, 61.0),
        ("Cel", "K", 25.0, 298.15),
        ("[degF]", "Cel", 212.0, 100.0),
        ("mg/L", "g/L", 4200.0, 4.2),
        ("cm", "m", 187.0, 1.87),
        ("g/L", "g/L", 4.2, 4.2),
    ],
)
def test_values_are_converted_between_units_of_one_dimension(
    given_code: str, wanted: str, value: float, converted: float
) -> None:
    way = conversion(given_code, wanted)
    assert value * way.factor + way.offset == pytest.approx(converted)


@given(st.sampled_from(PAIRS), st.floats(-1e6, 1e6))
def test_there_and_back_gives_the_value_again(pair: tuple[str, str], value: float) -> None:
    there, back = conversion(*pair), conversion(*reversed(pair))
    assert (value * there.factor + there.offset) * back.factor + back.offset == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("given_code", "wanted", "code"), [("ug/m3", "Cel", "unit.incompatible"), ("bogus!", "m", "unit.unknown")]
)
def test_a_wrong_unit_is_refused(given_code: str, wanted: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        conversion(given_code, wanted)
    assert caught.value.code == code


@pytest.mark.parametrize("code", sorted(set(DISPLAY) - EXTENSIONS - {"1"}))
def test_every_unit_that_is_shown_is_a_ucum_unit(code: str) -> None:
    told = set()
    try:
        conversion(code, "1")
    except Invalid as error:
        told.add(error.code)
    assert told <= {"unit.incompatible"}


@pytest.mark.parametrize("code", ["10*999999999", "10^-999999999", "10**(999999999", "m." * 40 + "m", "x" * 1_000_000])
def test_a_code_that_would_keep_the_process_busy_is_refused_at_once(code: str) -> None:
    started = time.perf_counter()
    with pytest.raises(Invalid) as caught:
        conversion(code, "1")
    assert caught.value.code == "unit.unknown"
    assert len(caught.value.message) < 120
    assert time.perf_counter() - started < 5  # it would be minutes


def test_powers_of_ten_that_are_in_use_are_taken() -> None:
    assert conversion("10*-3", "1").factor == pytest.approx(0.001)
    assert conversion("10*6/L", "/uL").factor == pytest.approx(1.0)
