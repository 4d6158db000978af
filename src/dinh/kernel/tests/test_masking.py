"""A masked form shows what it says and nothing more: neither other letters nor how many there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.masking import DOTS, HIDDEN, masked, masked_address, masked_email, masked_name, masked_phone

WORD = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=20)
DIGITS = st.text("0123456789", min_size=1, max_size=15)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Nguyễn Thị Đào", "N••• T••• Đ•••"),
        ("  Nguyễn   Thị Đào ", "N••• T••• Đ•••"),
        ("", ""),
    ],
)
def test_a_name_shows_the_first_letter_of_each_word(value: str, shown: str) -> None:
    assert masked_name(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("dao@example.vn", "d•••@example.vn"),
        ("0912 345 678", "••• 678"),
        ("+84912345678", "••• 678"),
        ("1234567", HIDDEN),
        ("12 Lê Lợi, xã Trần Đề", HIDDEN),
        ("a@b@example.vn", HIDDEN),
        ("", ""),
        (None, ""),
        (79092000123, HIDDEN),
        (["Đào", "Lan"], HIDDEN),
    ],
)
def test_a_value_is_masked_by_its_shape(value: object, shown: str) -> None:
    assert masked(value) == shown


def test_the_scheme_of_an_address_stays_and_a_urn_is_no_address() -> None:
    assert masked_address("mailto:dao@example.vn") == "mailto:d•••@example.vn"
    assert masked_address("urn:dinh:person:an") == "urn:dinh:person:an"


@given(st.lists(WORD, min_size=1, max_size=6))
def test_names_with_the_same_first_letters_look_the_same(words: list[str]) -> None:
    shown = masked_name(" ".join(words))
    assert shown == masked_name(" ".join(word[:1] + "x" for word in words))
    assert len(shown) == (len(DOTS) + 2) * len(words) - 1


@given(WORD, WORD, st.sampled_from(["example.vn", "soctrang.gov.vn"]))
def test_addresses_with_the_same_first_letter_and_domain_look_the_same(one: str, other: str, domain: str) -> None:
    assert masked_email(f"{one}@{domain}") == masked_email(f"{one[:1]}{other}@{domain}")


@given(DIGITS, DIGITS)
def test_of_a_number_no_digit_but_the_last_three_can_be_told(one: str, other: str) -> None:
    shown = masked_phone(one)
    assert sum(letter.isdigit() for letter in shown) in (0, 3)
    if len(one) >= 8 and len(other) >= 5:
        assert shown == masked_phone(other + one[-3:])


@given(st.text(max_size=40))
def test_whatever_has_no_shape_of_its_own_is_hidden_whole(text: str) -> None:
    shown = masked(text)
    assert shown in ("", HIDDEN) or "@" in text or any(letter.isdigit() for letter in text)


@given(st.text(max_size=40))
def test_masking_twice_shows_no_more(text: str) -> None:
    assert masked(masked(text)) in (masked(text), HIDDEN)
