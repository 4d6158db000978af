from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.vietnamese_text import fold, format_number, nfc, slug

LETTERS = st.text(
    alphabet="aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ ĐÔƯ"
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Sóc Trăng", "soc trang"),
        ("Đường 3/2, phường Đại Ngãi", "duong 3 2 phuong dai ngai"),
        ("  Vĩnh   Châu ", "vinh chau"),
        ("", ""),
    ],
)
def test_a_folded_key_has_no_diacritics_and_no_punctuation(text: str, key: str) -> None:
    assert fold(text) == key


@given(LETTERS)
def test_composed_and_decomposed_spellings_have_one_key(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@given(LETTERS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(text).isascii()


@given(st.text())
def test_normal_form_is_stable_for_any_text(text: str) -> None:
    assert nfc(nfc(text)) == nfc(text)


def test_a_slug_can_stand_in_an_address() -> None:
    assert slug("Trạm Mỹ Thanh (số 2)") == "tram-my-thanh-so-2"


@pytest.mark.parametrize(
    ("value", "places", "vi", "en"),
    [
        (1234.5, 1, "1.234,5", "1,234.5"),
        (0.05, 1, "0,1", "0.1"),
        (-3.0, 0, "−3", "−3"),
        (-0.04, 1, "0,0", "0.0"),
        (1e15, 0, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (Decimal("2.675"), 2, "2,68", "2.68"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(value: float | Decimal, places: int, vi: str, en: str) -> None:
    assert format_number(value, places, "vi") == vi
    assert format_number(value, places, "en") == en


@given(st.floats(min_value=-1e12, max_value=1e12), st.integers(0, 6))
def test_a_written_number_reads_back_within_half_of_its_last_place(value: float, places: int) -> None:
    text = format_number(value, places, "vi").replace(".", "").replace(",", ".").replace("−", "-")
    assert abs(float(text) - value) <= 0.5 * 10**-places + abs(value) * 1e-12
