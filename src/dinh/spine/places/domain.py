"""What units are called, what codes they carry, where the islands are; no Django."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from dinh.kernel.vietnamese_text import nfc

REFORM: Final = date(2025, 7, 1)
"""Resolution 202/2025/QH15: 34 provinces and no districts from this day."""

COUNTRY: Final = "urn:dinh:unit:VN"
UNIT_LEVELS: Final = ("country", "province", "district", "commune")

# A generous frame around land, islands and waters; a point outside it is a slip of the keyboard.
WEST, SOUTH, EAST, NORTH = 101.5, 5.5, 119.0, 24.0

_RANKS: Final = {
    "tỉnh": "Province",
    "huyện": "District",
    "quận": "District",
    "thị xã": "Town",
    "xã": "Commune",
    "phường": "Ward",
    "thị trấn": "Township",
    "đặc khu": "Special Zone",
    "thành phố": "City",
}
_ENGLISH: Final = {"Hà Nội": "Hanoi", "Hồ Chí Minh": "Ho Chi Minh City", "Việt Nam": "Vietnam"}
_NUMBERED: Final = re.compile(r"(phường|quận) (\d+)", re.IGNORECASE)

# Decimal degrees, longitude and latitude, of the principal islands; published geographic positions.
ISLANDS: Final = {
    "Hoàng Sa": {
        "Hoàng Sa": (111.607, 16.534),
        "Phú Lâm": (112.338, 16.834),
        "Đảo Cây": (112.270, 16.979),
        "Linh Côn": (112.728, 16.667),
        "Quang Hòa": (111.711, 16.453),
        "Duy Mộng": (111.742, 16.465),
        "Hữu Nhật": (111.587, 16.507),
        "Quang Ảnh": (111.508, 16.447),
        "Bạch Quy": (111.759, 16.058),
        "Tri Tôn": (111.202, 15.784),
    },
    "Trường Sa": {
        "Trường Sa": (111.920, 8.645),
        "Song Tử Tây": (114.331, 11.429),
        "Sinh Tồn": (114.330, 9.886),
        "Nam Yết": (114.366, 10.180),
        "Sơn Ca": (114.479, 10.376),
        "Phan Vinh": (113.694, 8.969),
        "An Bang": (112.921, 7.892),
        "Trường Sa Đông": (112.350, 8.930),
        "Đá Tây": (112.250, 8.860),
        "Thuyền Chài": (113.300, 8.180),
        "Tốc Tan": (113.980, 8.810),
        "Tiên Nữ": (114.650, 8.860),
        "Ba Bình": (114.366, 10.377),
        "Thị Tứ": (114.284, 11.053),
        "Loại Ta": (114.424, 10.668),
        "Vĩnh Viễn": (115.803, 10.737),
        "Bến Lạc": (115.023, 11.078),
        "Đá Nam": (114.300, 11.390),
    },
}
# Both special zones and the districts before them are placed on the island whose name they bear, their names on a
# map in the middle of the archipelago.
HOANG_SA: Final = ISLANDS["Hoàng Sa"]["Hoàng Sa"]
TRUONG_SA: Final = ISLANDS["Trường Sa"]["Trường Sa"]
LABELS: Final = {"Hoàng Sa": (112.0, 16.4), "Trường Sa": (114.0, 9.6)}


def unit_urn(period: int, code: str) -> str:
    """The name of a unit: `period` is 2004 or 2025, the catalogue that gave the code."""
    return f"urn:dinh:unit:{period}:{code}"


def bare(text: str) -> str:
    """The text without diacritics, its capitals kept: «Trần Đề» is `Tran De`."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def names(rank: str, short: str) -> tuple[str, str, str, str]:
    """name_vi, name_en, full_name_vi and full_name_en from a rank and a short name."""
    rank, short = nfc(rank).lower(), nfc(short)
    if numbered := _NUMBERED.fullmatch(short):
        english = f"{_RANKS[numbered[1].lower()]} {numbered[2]}"
        return short, english, short.lower(), english
    english = _ENGLISH.get(short, bare(short))
    full = english if english.endswith(_RANKS[rank]) else f"{english} {_RANKS[rank]}"
    return short, english, f"{rank} {short}", full


def without_rank(name: str) -> str:
    """«Xã Trần Đề» is «Trần Đề»; «Phường 1» stays, for the number alone says nothing."""
    name = nfc(name)
    if _NUMBERED.fullmatch(name):
        return name
    for rank in _RANKS:
        if name.lower().startswith(rank + " "):
            return name[len(rank) + 1 :]
    return name
