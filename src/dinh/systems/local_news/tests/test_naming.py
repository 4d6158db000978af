"""Names of places in headlines."""

from __future__ import annotations

import pytest

from dinh.systems.local_news.domain.naming import Names, names_of

NAMES = Names(
    names_of(
        [
            ("Sóc Trăng", "province", ["area"]),
            ("Sóc Trăng", "commune", ["soc-trang"]),
            ("An Ninh", "commune", ["an-ninh"]),
            ("Mỹ Tú", "commune", ["my-tu"]),
            ("Mỹ Tú", "district", ["my-tu", "long-hung"]),
            ("Thạnh Thới An", "commune", ["thanh-thoi-an"]),
            ("Thạnh Thới", "commune", ["other"]),
            ("Hòa Tú", "commune", ["hoa-tu"]),
            ("Phường 5", "commune", ["soc-trang"]),
            ("Đại Hải", "commune", ["dai-hai"]),
        ],
        larger=["Sóc Trăng"],
    )
)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Khởi công cầu tại xã An Ninh", {"an-ninh"}),
        ("Bảo đảm an ninh trật tự dịp lễ", set()),
        ("xã an ninh họp dân", {"an-ninh"}),
        ("Xa My Tu khai giang", {"my-tu"}),
        ("Mỹ Tú khai giảng", {"my-tu"}),
        ("Huyện Mỹ Tú cũ", {"my-tu", "long-hung"}),
        ("Mỹ Tư ra quân", set()),
        ("Mưa lớn ở Thạnh Thới An, Hoà Tú", {"thanh-thoi-an", "hoa-tu"}),
        ("Sóc Trăng đón khách", {"area"}),
        ("UBND phường Sóc Trăng thông báo", {"soc-trang"}),
        ("TP Sóc Trăng xưa", {"area"}),
        ("Phường 5 dọn kênh", set()),
        ("Salt water reaches Dai Hai", {"dai-hai"}),
        ("ĐẠI HẢI: MẶN VƯỢT 4 g/l", {"dai-hai"}),
        ("", set()),
    ],
)
def test_a_name_is_found_as_people_write_it_and_nothing_else_is(text: str, units: set[str]) -> None:
    assert NAMES.units_in(text) == units
