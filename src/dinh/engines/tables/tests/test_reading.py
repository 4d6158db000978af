"""Files become tables: whatever their encoding, delimiter, header and notes; damaged ones are told, never guessed."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.tables import layout, legacy_fonts, reading
from dinh.engines.tables.reading import Wishes
from dinh.kernel.errors import DinhError, Invalid

YEARBOOK = """"Bảng 5. Diện tích và dân số phân theo huyện"

"Huyện";"Diện tích (km2)";"Dân số";""
"";"";"Nam";"Nữ"
"A";"1";"2";"3"
"Tổng số";"3.311,6";"1.000";"1.001"
"Kế Sách";"352,8";"80";"81"
"Mỹ Tú";"368,1";"..";"50"
"(*) Số liệu sơ bộ"
"Nguồn: Cục Thống kê"
"""


def test_a_table_of_the_yearbook_is_found_between_its_title_and_its_notes() -> None:
    table = reading.read(YEARBOOK.encode("utf-8-sig"))
    assert table.title == ("Bảng 5. Diện tích và dân số phân theo huyện",)
    assert table.headers == ["Huyện", "Diện tích (km2)", "Dân số / Nam", "Dân số / Nữ"]
    assert table.rows.tolist() == [6, 7, 8]
    assert table.cells(2) == ["Mỹ Tú", "368,1", "..", "50"]
    assert table.notes == ("(*) Số liệu sơ bộ", "Nguồn: Cục Thống kê")
    assert (table.sniffed.delimiter, table.sniffed.header_row, table.odd) == (";", 3, ())


def test_years_in_the_header_are_no_data() -> None:
    table = reading.read("Tỉnh,2018,2019,Sơ bộ 2020\nSóc Trăng,1.5,2,3\nCà Mau,1,2.5,3\n".encode())
    assert table.headers == ["Tỉnh", "2018", "2019", "Sơ bộ 2020"]
    assert table.rows.tolist() == [2, 3]


def test_a_row_that_does_not_fit_is_told_with_its_number() -> None:
    table = reading.read(b"a;b;c\n1;2;3\n4;5\n6;7;8;9\n\n10;11;12\n")
    assert [(odd.row, odd.cells) for odd in table.odd] == [(3, 2), (4, 4)]
    assert table.rows.tolist() == [2, 6]


def test_a_column_in_an_old_font_is_read_beside_columns_in_unicode() -> None:
    """As spreadsheets have it: one sheet, typed in two offices."""
    names = ["Sóc Trăng", "Kế Sách", "Mỹ Xuyên", "Vĩnh Châu"]
    rows = [
        ["tên đơn vị", "ghi chú", "giá trị"],
        *([legacy_fonts.to_tcvn3(name.lower()), "được duyệt", "1"] for name in names),
    ]
    rows[0][0] = legacy_fonts.to_tcvn3(rows[0][0])
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    table = reading.read(out.getvalue().encode())
    assert [column.font for column in table.columns] == ["tcvn3", "", ""]
    assert table.headers == ["tên đơn vị", "ghi chú", "giá trị"]
    assert table.columns[0].text.to_pylist() == [name.lower() for name in names]
    assert reading.read(out.getvalue().encode(), Wishes(font="none")).columns[0].text[0].as_py() != "sóc trăng"


def test_what_a_person_chose_counts() -> None:
    data = b"note;x\nname|value\na|1;2\nb|3;4\n"
    table = reading.read(data, Wishes(delimiter="|", header_row=2))
    assert table.headers == ["name", "value"]
    assert table.cells(0) == ["a", "1;2"]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Bìa"
    sheet = book.create_sheet("Số liệu")
    for row in (
        ["Bảng 5: Dân số"], [], ["Huyện", "Dân số", None, "Ngày"], [None, "Nam", "Nữ", None],
        ["Kế Sách", 1234.5, 2, datetime.fromisoformat("2019-03-01")], ["Mỹ Tú", None, 3, datetime.fromisoformat("2019-03-02T08:00")],
        ["Ghi chú: (*) Số sơ bộ"],
    ):  # fmt: skip
        sheet.append(row)
    sheet["B6"].value, sheet["B6"].data_type = "#DIV/0!", "e"
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[5].hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_tells_sheets_merged_headers_dates_errors_and_hidden_rows() -> None:
    table = reading.read(workbook())
    assert (table.sniffed.sheet, table.sniffed.sheets, table.sniffed.hidden) == ("Số liệu", ("Bìa", "Số liệu"), 1)
    assert table.headers == ["Huyện", "Dân số / Nam", "Dân số / Nữ", "Ngày"]
    assert table.rows.tolist() == [5, 6]
    assert [table.cells(place) for place in range(2)] == [
        ["Kế Sách", "1234.5", "2", "2019-03-01"],
        ["Mỹ Tú", "#DIV/0!", "3", "2019-03-02 08:00:00"],
    ]
    assert table.columns[1].typed is not None
    assert table.columns[1].typed.to_pylist() == [1234.5, None]
    with pytest.raises(Invalid, match="Số liệu"):
        reading.read(workbook(), Wishes(sheet="Không có"))


def test_a_damaged_workbook_and_an_empty_file_are_told() -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        reading.read(workbook()[:2000])
    for data in (b"", b"\xef\xbb\xbf\r\n", b"\0\0"):
        with pytest.raises(Invalid, match="empty"):
            reading.read(data)


def with_sheet(change: Callable[[str], str]) -> bytes:
    """The workbook with the XML of its second sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            text = given.read(name)
            made.writestr(name, change(text.decode()) if name == "xl/worksheets/sheet2.xml" else text)
    return out.getvalue()


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ200000"])
def test_a_cell_in_the_far_corner_ends_one_reading_and_not_the_house(far: str) -> None:
    """calamine keeps the whole rectangle: 2 KB that ask for 500 GB."""
    row = f'<row r="{far.lstrip("XFDZ")}"><c r="{far}"><v>1</v></c></row></sheetData>'
    data = with_sheet(lambda xml: xml.replace("</sheetData>", row))
    with pytest.raises(Invalid, match=r"save (its table|it) as CSV"):
        reading.read(data)


@pytest.mark.parametrize(
    "comment", ["<row " * 400_000, '<c r="A1" ' * 400_000, '<c r="A1" ' + 't="e" ' * 400_000, f'<c r="A{"9" * 5000}" t="e"><v>x</v>']
)  # fmt: skip
def test_signs_in_a_comment_of_a_sheet_do_not_keep_the_reader_busy(comment: str) -> None:
    data = with_sheet(lambda xml: xml.replace("<sheetData>", f"<!--{comment}--><sheetData>"))
    began = time.monotonic()
    assert reading.read(data).headers[0] == "Huyện"
    assert time.monotonic() - began < 8


# The first letter keeps cells from being notes or numbers; a tab is no part of a cell's edge.
names = st.text(alphabet="abcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ ", max_size=10).map(lambda text: f"đ{text}".strip())
cells = st.one_of(names, st.integers(-9999, 9999).map(str), st.just(".."), st.just('"x";,|'))


@settings(max_examples=60)
@given(
    st.lists(st.tuples(names, st.integers(0, 999).map(str), cells), min_size=1, max_size=12),
    st.sampled_from(reading.DELIMITERS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_a_table_written_in_any_way_is_read_back(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str, end: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end)
    writer.writerow(["tên", "số", "khác"])
    writer.writerows(rows)
    table = reading.read(out.getvalue().encode(encoding), Wishes(delimiter=delimiter))
    assert table.headers == ["tên", "số", "khác"]
    assert [tuple(table.cells(place)) for place in range(len(table.rows))] == rows
    assert table.odd == ()


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_table_or_an_error_with_a_remedy(data: bytes) -> None:
    try:
        table = reading.read(data)
    except DinhError as error:
        if not error.code.startswith("tables."):
            raise
        return
    assert all(len(column.text) == len(table.rows) for column in table.columns)
    assert len(set(table.headers)) == len(table.headers)


def test_numbering_totals_and_regions_are_known() -> None:
    assert layout.is_numbering(["A", "1", "2", "3=1+2"])
    assert not layout.is_numbering(["Kế Sách", "1", "2", "3"])
    assert layout.is_total(" WHOLE COUNTRY")
    assert layout.is_total("Tổng số")
    assert layout.is_region("Đồng bằng sông Cửu Long")
