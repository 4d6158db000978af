from __future__ import annotations

import io
import time
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dinh.kernel.errors import Invalid
from dinh.systems.reporting import tables
from dinh.systems.reporting.domain import parse_figure, period_name, show_figure


@given(value=st.decimals(-(10**9), 10**9, places=4), language=st.sampled_from(["vi", "en"]))
def test_a_figure_that_is_shown_is_read_back_as_it_was(value: object, language: str) -> None:
    number = float(value)  # type: ignore[arg-type]
    assert parse_figure(show_figure(number, None, language), language) == (number, None)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.234,5", "vi", (1234.5, None)), ("1.234", "vi", (1234.0, None)), ("1,234.5", "en", (1234.5, None)),
        (" 12 345 ", "vi", (12345.0, None)), ("−3,5", "vi", (-3.5, None)), ("-", "vi", (None, "not_reported")),
        ("X", "vi", (None, "not_measured")), ("out_of_service", "en", (None, "out_of_service")), ("", "vi", (None, None)),
    ],
)  # fmt: skip
def test_figures_are_read_as_people_write_them(text: str, language: str, expected: object) -> None:
    assert parse_figure(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"), [("1.5", "vi"), ("1,5", "en"), ("12a", "vi"), ("1.2.3", "vi"), ("1e9", "vi"), ("=1+1", "vi")]
)
def test_what_could_be_read_in_two_ways_is_refused(text: str, language: str) -> None:
    with pytest.raises(Invalid):
        parse_figure(text, language)


def test_periods_have_short_names() -> None:
    first = date(2026, 10, 1)
    kinds = ("day", "week", "month", "quarter", "half", "year")
    english, vietnamese = ([period_name(kind, first, language) for kind in kinds] for language in ("en", "vi"))
    assert english == ["01/10/2026", "W40/2026", "10/2026", "Q4/2026", "H2/2026", "2026"]
    assert vietnamese == ["01/10/2026", "Tuần 40/2026", "10/2026", "Quý 4/2026", "Nửa năm 2/2026", "2026"]


def test_a_small_file_of_many_styles_does_not_keep_the_house_busy() -> None:
    """40 KB that took more than a minute and 2 GB, in the process that answers everybody."""
    book, bomb = io.BytesIO(), io.BytesIO()
    Workbook().save(book)
    with zipfile.ZipFile(book) as given, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            text = given.read(name).decode()
            made.writestr(name, text.replace("<cellXfs", "<cellXfs>" + "<xf/>" * 2_000_000 + "</cellXfs><cellXfs"))
    began = time.monotonic()
    tables._read("x.xlsx", bomb.getvalue())
    assert time.monotonic() - began < 10
