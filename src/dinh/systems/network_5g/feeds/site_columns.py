"""What the columns of site lists are called and how their words are read, in Vietnamese and English."""

from __future__ import annotations

import re
from typing import Final, Literal

from dinh.kernel.vietnamese_text import fold
from dinh.systems.network_5g.domain import Standing

HEADERS: Final = {
    "name": ("name", "site", "site name", "site id", "ten", "ten tram", "tram", "ma tram", "ten cot", "ma cot"),
    "code": ("code", "ma"),
    "latitude": ("latitude", "lat", "vi do", "vido"),
    "longitude": ("longitude", "lon", "lng", "long", "kinh do", "kinhdo"),
    "easting": ("easting", "e", "toa do y", "y m", "y"),
    "northing": ("northing", "n", "toa do x", "x m", "x"),
    "height": (
        "height m", "height", "antenna height", "antenna height m", "antenna height m above ground", "height agl",
        "chieu cao", "chieu cao m", "chieu cao anten", "chieu cao anten m", "chieu cao ang ten", "do cao anten", "do cao anten m",
        "do cao anten so voi mat dat",
    ),
    "azimuth": (
        "azimuth deg", "azimuth", "azimuths", "huong", "goc phuong vi", "phuong vi", "huong anten", "azimuth do",
        "goc phuong vi do",
    ),
    "tilt": ("tilt deg", "tilt", "downtilt", "downtilt deg", "goc cup", "goc ngang", "tilt do", "goc cup do"),
    "power": ("power dbm", "power", "cong suat", "cong suat dbm", "cong suat phat dbm", "cong suat phat"),
    "gain": ("gain dbi", "gain", "tang ich", "do loi", "do loi dbi", "tang ich dbi", "do loi anten dbi"),
    "pci": ("pci", "ma pci", "physical cell id", "physical cell identity", "pcis"),
    "bands": ("bands", "band", "bang tan", "carriers", "carrier"),
    "standing": ("standing", "status", "trang thai", "hien trang", "loai tram", "tinh trang"),
    "operator": ("operator", "nha mang", "doanh nghiep", "chu so huu", "don vi quan ly", "don vi"),
    "backhaul": ("backhaul", "truyen dan", "transmission"),
    "generated": ("generated", "simulated", "mo phong", "du lieu mo phong"),
    "cost": ("cost", "chi phi", "gia thanh"),
    "existing": ("existing", "co san", "hien huu"),
    "weight": ("weight", "people", "population", "demand", "dan so", "nhu cau", "so dan"),
}  # fmt: skip
"""Headers with diacritics folded and punctuation as spaces. In VN-2000 lists X points north, as surveyors write it."""

SHOWN: Final = {
    "name": "Tên trạm / name", "code": "Mã / code", "latitude": "Vĩ độ / latitude", "longitude": "Kinh độ / longitude",
    "northing": "X / northing", "easting": "Y / easting", "height": "Chiều cao / height", "azimuth": "Phương vị / azimuth",
    "cost": "Chi phí / cost", "weight": "Dân số / people",
}  # fmt: skip
"""One header of each kind in both languages: whoever is told that it lacks can write either."""

EXPORTED: Final = (
    "code", "name", "latitude", "longitude", "height_m", "azimuth_deg", "tilt_deg", "power_dbm", "gain_dbi", "pci",
    "bands", "standing", "operator", "backhaul", "generated",
)  # fmt: skip
"""The header of the lists that Đình writes. By it they are known when they come back: nothing in them has to be guessed."""

NUMBERS: Final = ("latitude", "longitude", "easting", "northing", "height", "tilt", "power", "gain")

_STANDING: Final = {
    Standing.EXISTING: (
        "existing", "co san", "hien huu", "hien co", "dang hoat dong", "da co", "dang phat song", "in service", "on air",
        "built", "da xay dung", "1", "yes", "co", "true",
    ),
    Standing.SHARED: ("shared", "share", "sharing", "dung chung", "chia se", "thue", "thue ha tang", "tram dung chung", "rented"),
    Standing.NEW: (
        "new", "moi", "xay moi", "xay dung moi", "planned", "quy hoach", "du kien", "ung vien", "candidate", "0", "no",
        "khong", "false",
    ),
}  # fmt: skip
_BACKHAUL: Final[dict[Literal["fibre", "microwave"], tuple[str, ...]]] = {
    "fibre": ("fibre", "fiber", "optical", "quang", "cap quang", "soi quang"),
    "microwave": ("microwave", "viba", "vi ba", "mw", "radio"),
}
_YES: Final = frozenset({"1", "yes", "true", "co", "x", "generated", "simulated", "mo phong", "dung"})
_NO: Final = frozenset({"0", "no", "false", "khong", "khao sat", "surveyed", "sai"})
MOST_PCI: Final = 1007
"""TS 38.211 clause 7.4.2.1: three times 336 identities."""
MOST_CELLS: Final = 64
_QUOTED: Final = re.compile(r"'(?=['=+\-@\t\r])")


def field_of(header: str) -> str | None:
    folded = _folded(header)
    return next((field for field, names in HEADERS.items() if folded in names), None)


def whole_header(cut: str) -> str:
    """A header of which a Shapefile kept ten bytes, «Chiều ca» or «antenna_he», as it was, where only one field begins so."""
    if field_of(cut) is not None or len(cut.encode()) < 9:
        return cut
    found = {field: name for field, names in HEADERS.items() for name in names if name.startswith(_folded(cut))}
    return next(iter(found.values())) if len(found) == 1 else cut


def _folded(header: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(header)).split())


def words_of(text: str) -> str:
    """A cell of words, without the apostrophe that keeps a sheet from taking it for a formula."""
    return " ".join(_QUOTED.sub("", text, count=1).split()) if text.startswith("'") else " ".join(text.split())


def azimuths_of(text: str) -> tuple[float, ...]:
    """Raises ValueError."""
    return tuple(_azimuth(part) for part in re.split(r"[;/|\s]+", text.strip()) if part)


def _azimuth(text: str) -> float:
    value = float(text.replace(",", ".").rstrip("°"))
    if not 0 <= value <= 360:
        raise ValueError(text)
    return value % 360


def pcis_of(text: str) -> tuple[int | None, ...]:
    """Raises ValueError. A dash stands where one is not known."""
    return tuple(_pci(part) for part in re.split(r"[;/|,\s]+", text.strip()) if part)


def _pci(text: str) -> int | None:
    if text in ("-", "–", "?"):
        return None
    value = int(text.removesuffix(".0"))
    if not 0 <= value <= MOST_PCI:
        raise ValueError(text)
    return value


def bands_of(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[;/|,+\s]+", text.strip()) if part)


def standing_of(text: str) -> Standing:
    """Raises ValueError."""
    folded = fold(text)
    for standing, words in _STANDING.items():
        if folded in words:
            return standing
    raise ValueError(text)


def backhaul_of(text: str) -> Literal["", "fibre", "microwave"]:
    """Raises ValueError."""
    folded = fold(text)
    if not folded or folded in _NO:
        return ""
    for kind, words in _BACKHAUL.items():
        if folded in words:
            return kind
    raise ValueError(text)


def said_yes(text: str) -> bool:
    """Raises ValueError."""
    folded = fold(text)
    if folded in _YES:
        return True
    if not folded or folded in _NO:
        return False
    raise ValueError(text)
