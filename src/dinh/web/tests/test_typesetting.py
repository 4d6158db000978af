from __future__ import annotations

import io

import pypdf
import pytest
from PIL import Image

from dinh.kernel.errors import Invalid, SourceUnavailable
from dinh.web import typesetting

PAGE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: auto)
#set text(font: "Be Vietnam Pro latin", lang: "vi")
= #data.title
#image("/map1.png", alt: "a map", width: 20mm)
"""
VIETNAMESE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: auto)
#set text(font: ("Be Vietnam Pro vietnamese", "Be Vietnam Pro latin", "Be Vietnam Pro latin-ext"), lang: "vi")
= #data.title
"""
DATA = {"title": "Thu", "dated": "2026-11-25T06:00:00+07:00"}


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 20, 60)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_page_with_a_picture_comes_the_same_from_a_process_of_its_own() -> None:
    made = typesetting.typeset_apart(PAGE, DATA, pictures={"map1.png": png()})
    assert made == typesetting.typeset(PAGE, DATA, pictures={"map1.png": png()})
    reader = pypdf.PdfReader(io.BytesIO(made))
    assert len(reader.pages[0].images) == 1
    assert typesetting.typeset(PAGE, DATA, pictures={"map1.png": png()}, form="png").startswith(typesetting.PNG)


@pytest.mark.parametrize(("name", "held"), [("../map1.png", png()), ("map1.png", b"<svg/>"), ("a/b.png", png())])
def test_what_is_no_png_beside_the_page_is_refused(name: str, held: bytes) -> None:
    with pytest.raises(Invalid, match="draw it as PNG"):
        typesetting.typeset_apart(PAGE, DATA, pictures={name: held})


def test_a_page_reads_nothing_else_of_the_machine_and_tells_what_failed() -> None:
    for place in ("/etc/passwd", "../../../etc/passwd"):
        with pytest.raises(SourceUnavailable, match="the PDF could not be made"):
            typesetting.typeset_apart(f'#read("{place}")', DATA)
    with pytest.raises(SourceUnavailable, match="took too long"):
        typesetting.typeset_apart(PAGE, DATA, pictures={"map1.png": png()}, longest_s=0.01)


def test_signs_that_no_letter_has_are_question_marks_and_vietnamese_is_whole() -> None:
    words = "Sóc Trăng: Ưu tiên 5G – phường Mỹ Xuyên, ổn định, đặc khu; 27 °C, −3 dB … ×"
    assert title_of(words) == words
    odd = title_of(words + " 漢 \N{GREATER-THAN OR EQUAL TO} \N{GRINNING FACE}")
    assert odd == words + " ? ? ?"


def title_of(title: str) -> str:
    told = pypdf.PdfReader(io.BytesIO(typesetting.typeset(VIETNAMESE, DATA | {"title": title}))).metadata
    assert told is not None
    return str(told.title)
