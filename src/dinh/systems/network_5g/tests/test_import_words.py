"""What a planner reads of a list that is not as it should be: what is wrong, where, what to write instead."""

from __future__ import annotations

import pytest

from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.feeds.sites import read_any

HEAD = "Tên trạm;Vĩ độ;Kinh độ;Chiều cao (m);Góc phương vị\n"


def test_a_decimal_comma_of_vietnamese_excel_is_read_beside_points_and_units() -> None:
    comma = 'Tên trạm,Vĩ độ,Kinh độ,Chiều cao (m)\nA,9.3270,105.9810,36 m\nB,"9,3390","105,9650","32,5"\n'
    read = read_any(comma.encode(), "tram.csv")
    assert not read.faults
    assert [(site.latitude, site.antenna_height_m) for site in read.sites] == [(9.327, 36.0), (9.339, 32.5)]


def test_what_is_no_number_is_told_with_what_to_write() -> None:
    read = read_any((HEAD + "A;9,33;106,0;ba mươi;0\nB;9°19'37\"N;106,0;30;0\n").encode(), "tram.csv")
    assert [fault.sentence for fault in read.faults] == [
        "is no number; write digits alone, such as 30 or 9.5",
        "is no number; give decimal degrees, such as 9.5464",
    ]


def test_columns_that_lack_are_named_in_both_languages() -> None:
    with pytest.raises(Invalid, match=r"«Kinh độ / longitude», «Chiều cao / height».*first row"):
        read_any("Tên trạm;Vĩ độ\nA;9,33\n".encode(), "tram.csv")


def test_a_list_of_headers_alone_says_so() -> None:
    (fault,) = read_any(HEAD.encode(), "tram.csv").faults
    assert "no row" in fault.sentence


def test_one_name_at_two_places_is_warned_of() -> None:
    read = read_any((HEAD + "A;9,33;106,0;30;0\nA;9,33;106,0;30;120\nA;9,40;106,0;30;0\n").encode(), "tram.csv")
    assert len(read.sites) == 2
    (warning,) = read.warnings
    assert (warning.line, warning.value) == (4, "A")
    assert "the first in row 2" in warning.sentence
