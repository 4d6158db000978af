"""The kinds of places that people look for: their names, other words for them, and how OpenStreetMap tags them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dinh.kernel.specs import Text
from dinh.kernel.vietnamese_text import fold

GONE: Final = "former_place"
"""The level of a place that was imported once and is not in the newest map data; it is not found any more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`code` is the level in the register of places; `tags` are key=value, the first that fits decides.

    `nameless` places are worth finding without a name of their own, and are called by their kind.
    """

    code: str
    name: Text
    icon: str
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    nameless: bool = False


KINDS: Final[tuple[Kind, ...]] = (
    Kind("office", Text("Cơ quan hành chính", "Public office"), icon="landmark",
         words=("ubnd", "uỷ ban", "trụ sở", "cơ quan", "hành chính công", "office", "government office", "town hall"),
         tags=("office=government", "amenity=townhall", "amenity=courthouse", "office=administrative")),
    Kind("hospital", Text("Bệnh viện", "Hospital"), icon="hospital",
         words=("bv", "nhà thương", "cấp cứu", "emergency"), tags=("amenity=hospital", "healthcare=hospital")),
    Kind("clinic", Text("Trạm y tế, phòng khám", "Health station, clinic"), icon="stethoscope",
         words=("trạm y tế", "phòng khám", "y tế", "bác sĩ", "nha khoa", "clinic", "health station", "doctor", "dentist"),
         tags=("amenity=clinic", "amenity=doctors", "amenity=dentist", "healthcare=clinic", "healthcare=centre")),
    Kind("pharmacy", Text("Nhà thuốc", "Pharmacy"), icon="pill",
         words=("hiệu thuốc", "quầy thuốc", "tiệm thuốc", "thuốc tây", "chemist", "drugstore"),
         tags=("amenity=pharmacy", "shop=pharmacy", "healthcare=pharmacy", "shop=chemist"), nameless=True),
    Kind("school", Text("Trường học", "School"), icon="school",
         words=("trường", "tiểu học", "trung học", "thcs", "thpt", "primary school", "secondary school"), tags=("amenity=school",)),
    Kind("kindergarten", Text("Trường mầm non", "Kindergarten"), icon="baby",
         words=("mầm non", "mẫu giáo", "nhà trẻ", "preschool", "nursery"), tags=("amenity=kindergarten", "amenity=childcare")),
    Kind("university", Text("Đại học, cao đẳng", "University, college"), icon="graduation-cap",
         words=("đại học", "cao đẳng", "trường đại học", "university", "college"), tags=("amenity=university", "amenity=college")),
    Kind("marketplace", Text("Chợ", "Market"), icon="store", words=("market",), tags=("amenity=marketplace",)),
    Kind("supermarket", Text("Siêu thị", "Supermarket"), icon="shopping-cart", words=("trung tâm thương mại", "mall"),
         tags=("shop=supermarket", "shop=mall", "shop=department_store")),
    Kind("convenience_store", Text("Cửa hàng tiện lợi", "Convenience store"), icon="shopping-basket", words=("tạp hoá",),
         tags=("shop=convenience",)),
    Kind("bank", Text("Ngân hàng", "Bank"), icon="banknote", tags=("amenity=bank",)),
    Kind("atm", Text("Máy rút tiền (ATM)", "Cash machine (ATM)"), icon="credit-card",
         words=("atm", "rút tiền", "cây atm", "cash machine"), tags=("amenity=atm",), nameless=True),
    Kind("post_office", Text("Bưu điện", "Post office"), icon="mail", words=("bưu cục",), tags=("amenity=post_office",)),
    Kind("police", Text("Công an", "Police"), icon="shield", words=("cảnh sát", "đồn công an"), tags=("amenity=police",)),
    Kind("fire_station", Text("Phòng cháy chữa cháy", "Fire station"), icon="flame", words=("cứu hoả", "chữa cháy", "pccc"),
         tags=("amenity=fire_station",)),
    Kind("hotel", Text("Khách sạn, nhà nghỉ", "Hotel, guest house"), icon="bed-double",
         words=("khách sạn", "nhà nghỉ", "homestay", "hotel", "guest house", "hostel"),
         tags=("tourism=hotel", "tourism=guest_house", "tourism=motel", "tourism=hostel", "tourism=apartment")),
    Kind("attraction", Text("Điểm tham quan", "Sight"), icon="binoculars",
         words=("du lịch", "tham quan", "bảo tàng", "di tích", "attraction", "museum", "tourist site"),
         tags=("tourism=attraction", "tourism=museum", "tourism=viewpoint", "tourism=theme_park", "tourism=gallery",
               "historic=monument", "historic=memorial")),
    Kind("place_of_worship", Text("Chùa, đình, nhà thờ", "Place of worship"), icon="flower-2",
         words=("chùa", "đình", "đền", "nhà thờ", "pagoda", "temple", "church"), tags=("amenity=place_of_worship",)),
    Kind("restaurant", Text("Quán ăn, nhà hàng", "Restaurant"), icon="utensils",
         words=("quán ăn", "nhà hàng", "ăn uống", "restaurant", "food"), tags=("amenity=restaurant", "amenity=fast_food", "amenity=food_court")),
    Kind("cafe", Text("Quán cà phê", "Café"), icon="coffee", words=("cà phê", "cafe", "coffee"), tags=("amenity=cafe",)),
    Kind("fuel_station", Text("Trạm xăng", "Petrol station"), icon="fuel", words=("cây xăng", "xăng dầu", "fuel", "gas station"),
         tags=("amenity=fuel",), nameless=True),
    Kind("charging_station", Text("Trạm sạc xe điện", "Charging station"), icon="plug-zap", words=("trạm sạc", "charging"),
         tags=("amenity=charging_station",), nameless=True),
    Kind("bus_station", Text("Bến xe, bến tàu", "Bus or ferry station"), icon="bus-front",
         words=("bến xe", "bến tàu", "bến phà", "bus station", "ferry"), tags=("amenity=bus_station", "amenity=ferry_terminal")),
    Kind("bus_stop", Text("Trạm dừng xe buýt", "Bus stop"), icon="bus", words=("xe buýt", "trạm xe buýt"),
         tags=("highway=bus_stop",), nameless=True),
    Kind("parking", Text("Bãi đỗ xe", "Car park"), icon="circle-parking", words=("bãi giữ xe", "đỗ xe", "gửi xe", "parking"),
         tags=("amenity=parking", "amenity=motorcycle_parking"), nameless=True),
    Kind("public_toilet", Text("Nhà vệ sinh công cộng", "Public toilet"), icon="toilet", words=("nhà vệ sinh", "wc", "toilet"),
         tags=("amenity=toilets",), nameless=True),
    Kind("library", Text("Thư viện", "Library"), icon="library", tags=("amenity=library",)),
    Kind("community_centre", Text("Nhà văn hoá", "Community centre"), icon="users", words=("nhà cộng đồng",),
         tags=("amenity=community_centre", "amenity=arts_centre")),
    Kind("park", Text("Công viên", "Park"), icon="trees", tags=("leisure=park", "leisure=garden")),
    Kind("playground", Text("Sân chơi", "Playground"), icon="tent-tree", tags=("leisure=playground",), nameless=True),
    Kind("sports", Text("Sân vận động, thể thao", "Sports ground"), icon="volleyball",
         words=("sân vận động", "nhà thi đấu", "stadium", "sports"), tags=("leisure=stadium", "leisure=sports_centre")),
)  # fmt: skip

BY_CODE: Final[Mapping[str, Kind]] = {kind.code: kind for kind in KINDS}
BY_TAG: Final[Mapping[str, Kind]] = {tag: kind for kind in KINDS for tag in kind.tags}
KEYS: Final = tuple(sorted({tag.partition("=")[0] for tag in BY_TAG}))
_NEARBY: Final = ("gan day", "gan toi", "gan nhat", "quanh day", "near me", "nearby", "nearest")


def _phrases() -> dict[str, Kind]:
    phrases: dict[str, Kind] = {}
    for kind in KINDS:
        for word in (kind.name.vi, kind.name.en, *kind.words):
            phrases.setdefault(fold(word), kind)
            phrases.setdefault(f"{fold(word)}s", kind)
    return dict(sorted(phrases.items(), key=lambda item: -len(item[0])))


_PHRASES: Final = _phrases()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a typed text asks for: a kind where it begins with the name of one, and the folded words after it.

    `by_name` is False for a word that means the kind and more: «tiểu học» is a school, but not every school is one.
    """

    kind: Kind | None
    rest: str
    nearby: bool
    by_name: bool = True


def asked(text: str) -> Asked:
    """«benh vien», «nhà thuốc gần đây», «trường học Mỹ Xuyên»; the longest name of a kind wins."""
    folded = fold(text)
    nearby = False
    for word in _NEARBY:
        if folded == word or folded.endswith(f" {word}") or folded.startswith(f"{word} "):
            folded, nearby = folded.removeprefix(word).removesuffix(word).strip(), True
    for phrase, kind in _PHRASES.items():
        if folded == phrase or folded.startswith(f"{phrase} "):
            by_name = phrase in (fold(kind.name.vi), fold(kind.name.en), f"{fold(kind.name.en)}s")
            return Asked(kind, folded[len(phrase) :].strip(), nearby, by_name)
    return Asked(None, folded, nearby)


def meant(text: str) -> Kind | None:
    """The kind whose name is nearest to a text that finds nothing: «bn vien», «benhvien»."""
    near = difflib.get_close_matches(fold(text), _PHRASES, n=1, cutoff=0.82) if len(text) >= 4 else []
    return _PHRASES[near[0]] if near else None


def of_tags(tags: Mapping[str, str]) -> Kind | None:
    """The first kind, in the order of KINDS, one of whose tags is there."""
    found = {BY_TAG[pair].code for pair in (f"{key}={tags[key]}" for key in KEYS if key in tags) if pair in BY_TAG}
    return next((kind for kind in KINDS if kind.code in found), None)
