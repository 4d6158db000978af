"""Codes as people read and type them, and numbers as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.spine.documents import domain

CODES = st.builds(
    lambda letters: letters + domain.check_digit(letters),
    st.text(domain.ALPHABET, min_size=domain.RANDOM, max_size=domain.RANDOM),
)


@given(CODES, st.integers(0, 19), st.sampled_from(domain.ALPHABET))
def test_one_wrong_letter_is_always_found(code: str, place: int, letter: str) -> None:
    wrong = code[:place] + letter + code[place + 1 :]
    assert (domain.read_code(wrong) == code) is (wrong == code)


@given(CODES, st.integers(0, 18))
def test_two_neighbours_that_changed_places_are_always_found(code: str, place: int) -> None:
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert domain.read_code(wrong) == (code if wrong == code else None)


def test_a_code_is_read_however_it_was_typed() -> None:
    code = domain.new_code()
    shown = domain.grouped(code)
    assert len(shown) == 24
    assert shown.count("-") == 4
    for typed in (shown, shown.lower(), code, shown.replace("-", " – "), f"  {shown} ", shown.replace("8", "B")):
        assert domain.read_code(typed) == code, typed


def test_no_letter_can_be_taken_for_another_or_made_into_one_by_a_vietnamese_keyboard() -> None:
    assert not set(domain.ALPHABET) & set("AEIOUY" + "DW" + "01" + "BGSZ" + "LQJ")
    assert len(domain.ALPHABET) ** domain.RANDOM > 2**80


@pytest.mark.parametrize("typed", ["", "-", "x" * 2000, "2222-2222-2222-2222-222", "ÀÁ", "２" * 19 + "x", "\x00" * 20])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert domain.read_code(typed) is None


def test_a_number_is_written_as_its_kind_says() -> None:
    assert domain.number_text("{sequence}/{year}/GP-UBND", sequence=5, year=2026) == "05/2026/GP-UBND"
    assert domain.number_text("Số {sequence}-{year}{x}", sequence=123, year=2026) == "Số 123-2026{x}"


@pytest.mark.parametrize("template", ["{sequence}/GP", "{year}/GP", "GP"])
def test_numbers_that_would_not_tell_papers_apart_are_refused(template: str) -> None:
    with pytest.raises(Invalid, match="do not tell papers apart"):
        domain.check_template(template)
