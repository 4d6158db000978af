"""Old fonts and encodings: what was typed is read back, and is told from what only looks like it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.tables import decoding, legacy_fonts
from dinh.kernel.errors import Invalid

# Common words with every letter and tone; small letters, for TCVN3 has no capitals with a tone.
WORDS = [
    "tỉnh",
    "sóc",
    "trăng",
    "huyện",
    "kế",
    "sách",
    "thị",
    "xã",
    "vĩnh",
    "châu",
    "người",
    "đường",
    "quyển",
    "ngưỡng",
    "khuỷu",
    "thuở",
    "nghĩa",
    "giường",
    "yếu",
    "ừ",
    "ổ",
    "ẵ",
    "ợ",
    "xoè",
    "hoàn",
    "thành",
    "chỉ",
    "tiêu",
    "kế",
    "hoạch",
    "quý",
    "bốn",
    "sản",
    "lượng",
    "lúa",
    "nghìn",
    "tấn",
    "nuôi",
    "trồng",
    "thuỷ",
    "sản",
    "đạt",
    "ước",
    "tính",
    "cả",
    "năm",
    "tăng",
    "giảm",
]
texts = st.lists(st.sampled_from(WORDS), min_size=4, max_size=30).map(" ".join)


def in_1258(text: str) -> bytes:
    """Windows-1258 as Windows writes it: roof, breve and horn with the letter, the tone behind it."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = list(unicodedata.normalize("NFD", letter))
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            whole = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark not in tones))
            out += whole.encode("cp1258") + "".join(tones).encode("cp1258")
    return out


def test_the_published_examples_are_read() -> None:
    assert legacy_fonts.from_tcvn3("Céng hoµ x· héi chñ nghÜa ViÖt Nam") == "Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert legacy_fonts.from_tcvn3("TØNH SãC TR¡NG") == "TỈNH SÓC TRĂNG"
    assert (
        legacy_fonts.from_vni("Soùc Traêng, ÑOÀNG BAÈNG, Coäng hoøa xaõ hoäi")
        == "Sóc Trăng, ĐỒNG BẰNG, Cộng hòa xã hội"
    )


@given(st.sampled_from(sorted(set("".join(WORDS)) - {" "})))
def test_every_letter_has_one_place_in_each_font(letter: str) -> None:
    assert legacy_fonts.from_tcvn3(legacy_fonts.to_tcvn3(letter)) == letter
    assert legacy_fonts.from_vni(legacy_fonts.to_vni(letter)) == letter
    assert legacy_fonts.from_vni(legacy_fonts.to_vni(letter.upper())) == letter.upper()


@given(texts)
def test_a_text_in_any_encoding_is_found_out_and_read_back(text: str) -> None:
    text = f"đường {text}; 12,5\n"
    written = {
        "utf-8": text.encode(),
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "windows-1258": in_1258(text),
        "tcvn3": legacy_fonts.to_tcvn3(text).encode("latin-1"),
        "vni": legacy_fonts.to_vni(text).encode("latin-1"),
    }
    for encoding, data in written.items():
        assert decoding.guess(data).encoding == encoding
        assert decoding.decode(data, encoding) == (text, 0)


def test_marks_at_the_beginning_say_the_encoding() -> None:
    for codec, encoding in (("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")):
        guess = decoding.guess("Tỉnh;1".encode(codec))
        assert (guess.encoding, guess.mark) == (encoding, True)
        assert decoding.decode("Tỉnh;1".encode(codec), encoding)[0] == "Tỉnh;1"


def test_unicode_columns_are_left_alone_and_a_column_in_an_old_font_is_found() -> None:
    assert legacy_fonts.font_of(WORDS) == ("", 1.0)
    assert legacy_fonts.font_of(["Café", "Zürich", "Curaçao"])[0] == ""
    assert legacy_fonts.font_of([legacy_fonts.to_tcvn3(word) for word in WORDS])[0] == "tcvn3"
    assert legacy_fonts.font_of([legacy_fonts.to_vni(word) for word in WORDS])[0] == "vni"


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(Invalid, match="ebcdic"):
        decoding.decode(b"a", "ebcdic")


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding_that_reads_them(data: bytes) -> None:
    text, _ = decoding.decode(data, decoding.guess(data).encoding)
    assert isinstance(text, str)
