"""Names that no program and no person can be misled by."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid
from dinh.spine.files.domain import EXTENSIONS, clean_name


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\Users\\An\\Đơn khiếu nại.PDF", "application/pdf", "Đơn khiếu nại.pdf"),
        ("a\u202egpj.exe", "application/pdf", "agpj.pdf"),
        ("ba\u0301o ca\u0301o\u200b.txt", "text/plain", "báo cáo.txt"),
        ("a\r\nSet-Cookie: x", "text/plain", "a Set-Cookie- x.txt"),
        ("..hidden..", "image/png", "hidden.png"),
        ("CON.jpg", "image/jpeg", "_CON.jpg"),
        ("v1.2 bản cuối", "application/pdf", "v1.2 bản cuối.pdf"),
        ("a.pdf.pdf", "application/pdf", "a.pdf"),
        ("x" * 400 + ".png", "image/jpeg", "x" * 146 + ".jpg"),
    ],
)
def test_a_name_is_cleaned(name: str, kind: str, expected: str) -> None:
    assert clean_name(name, kind) == expected


@pytest.mark.parametrize("name", ["", "   ", "...", "/", "a/", "\u202e\u200b", "***"])
def test_a_name_of_which_nothing_is_left_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_name(name, "application/pdf")
    assert caught.value.code == "files.name"


@given(st.text(max_size=300), st.sampled_from(sorted(EXTENSIONS)))
def test_every_name_is_safe_and_stays_as_it_is_the_second_time(name: str, kind: str) -> None:
    try:
        cleaned = clean_name(name, kind)
    except Invalid:
        return
    assert clean_name(cleaned, kind) == cleaned
    assert len(cleaned) <= 150
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.rpartition(".")[2] in EXTENSIONS[kind]
    assert not set(cleaned) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in cleaned)
    assert not cleaned.startswith((".", " "))
