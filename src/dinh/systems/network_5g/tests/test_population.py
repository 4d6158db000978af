from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from dinh.kernel.errors import DinhError, Invalid
from dinh.systems.network_5g.feeds.population import People, read_people

COMMUNES = {
    "31591": "xã Trần Đề", "31506": "phường Sóc Trăng", "00031": "xã Mỹ Xuyên", "31700": "phường Mỹ Xuyên", "31701": "phường 1",
}  # fmt: skip


def test_communes_are_known_by_code_or_by_name_in_any_spelling() -> None:
    text = "STT;Xã, phường;Dân số (người)\n1;X. Tran De;65.023\n2;P. Sóc Trăng;120.400\n3;Xã Mỹ Xuyên;30.100\n4;phường mỹ xuyên;41.200\n5;P.1;9.300\n;Tổng cộng;266.023\nNguồn: Niên giám thống kê\n"  # fmt: skip
    read = read_people(text.encode(), COMMUNES)
    assert not read.faults
    assert not read.warnings
    assert read.people == {"31591": 65023, "31506": 120400, "00031": 30100, "31700": 41200, "31701": 9300}


def test_a_sheet_that_took_the_zeros_from_codes_is_read() -> None:
    book = Workbook()
    assert book.active is not None
    for row in (("Mã", "Dân số"), (31, 30100), (31591, 65023.0)):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_people(buffer.getvalue(), COMMUNES)
    assert read.people == {"00031": 30100, "31591": 65023}
    assert set(read.missing) == {"31506", "31700", "31701"}
    assert "3 communes of the area are not in the table" in str(read.warnings[0])


def test_every_row_that_cannot_be_says_why() -> None:
    text = "commune,people\nMỹ Xuyên,5\nTrần Để xã,7\nTrần Đề,many\nTrần Đề,10\nX. Trần Đề,11\nSóc Trăng,-4\nHà Nội,3\nphường 1,\nTotal,99\n"  # fmt: skip
    read = read_people(text.encode(), COMMUNES)
    assert read.people == {"31591": 10}
    told = {fault.line: str(fault) for fault in read.faults}
    assert "may be xã Mỹ Xuyên (00031), phường Mỹ Xuyên (31700); write the rank or the code" in told[2]
    assert "is xã Trần Đề meant?" in told[3]
    assert "line 4, people 'many': is no number of people from 0 to 2,000,000" in told[4]
    assert "is the commune of line 5 again" in told[6]
    assert "'-4': is no number of people" in told[7]
    assert "write its name or its code" in told[8]
    assert "is empty; give the number of people, 0 where nobody lives" in told[9]
    assert "is told as the total, the communes add up to 10" in str(read.warnings[0])


def test_a_table_without_people_says_which_columns_it_has() -> None:
    with pytest.raises(Invalid, match="its columns are commune, area"):
        read_people(b"commune,area\nA,1\nB,2\n", COMMUNES)
    with pytest.raises(Invalid, match="choose another area"):
        read_people(b"commune,people\nA,1\n", {})


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["Trần Đề", "X. Mỹ Xuyên", "31591", "", "Tổng cộng", "'=x", "\x00"]) | st.text(max_size=6),
                  st.sampled_from(["1", "1.234", "1,5", "", "-", "nan", "1e400"]) | st.text(max_size=4)),
        max_size=8,
    ),
    st.binary(max_size=8),
)  # fmt: skip
def test_a_table_of_any_kind_is_read_or_refused_in_words(rows: list[tuple[str, str]], noise: bytes) -> None:
    text = "\n".join(["commune,people", *(",".join(row) for row in rows)])
    for data in (text.encode("utf-8", "replace"), noise, text.encode("utf-8", "replace") + noise):
        try:
            read = read_people(data, COMMUNES)
        except DinhError:
            continue
        assert isinstance(read, People)
        assert all(value >= 0 for value in read.people.values())
        assert all(str(fault) for fault in (*read.faults, *read.warnings))
