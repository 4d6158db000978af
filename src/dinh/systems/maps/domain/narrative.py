"""What to do at each turn, in both languages at once, so that a way that was kept can be read in either.

Valhalla has a Vietnamese narrative, but it reads as no Vietnamese says it («Đạp xe về phíanam», «Điểm đến của bạn nằm ở
trái»). The numbers are Valhalla's own of DirectionsLeg.Maneuver.Type, in valhalla/proto/directions.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dinh.kernel.specs import Text
from dinh.systems.maps.domain.geometry import NAMES_EN, NAMES_VI, eighth

_ONTO: Final = Text(" vào {street}", " onto {street}")
_ON: Final = Text(" theo {street}", " on {street}")
_TOWARDS: Final = Text(" hướng {towards}", " towards {towards}")

_WORDS: Final[Mapping[int, tuple[Text, Text, str]]] = {
    # what to do; how the street joins it; icon
    0: (Text("Đi tiếp", "Go on"), _ON, "arrow-up"),
    1: (Text("Đi về hướng {way}", "Head {way}"), _ON, "navigation"),
    2: (Text("Đi về hướng {way}", "Head {way}"), _ON, "navigation"),
    3: (Text("Đi về hướng {way}", "Head {way}"), _ON, "navigation"),
    4: (Text("Bạn đã đến nơi", "You have arrived"), _ON, "map-pin"),
    5: (Text("Bạn đã đến nơi, ở bên phải", "You have arrived, on your right"), _ON, "map-pin"),
    6: (Text("Bạn đã đến nơi, ở bên trái", "You have arrived, on your left"), _ON, "map-pin"),
    7: (Text("Đi tiếp", "Go on"), _ON, "arrow-up"),
    8: (Text("Đi thẳng", "Go straight on"), _ON, "arrow-up"),
    9: (Text("Chếch sang phải", "Bear right"), _ONTO, "arrow-up-right"),
    10: (Text("Rẽ phải", "Turn right"), _ONTO, "corner-up-right"),
    11: (Text("Rẽ ngoặt sang phải", "Turn sharp right"), _ONTO, "corner-right-down"),
    12: (Text("Quay đầu về bên phải", "Make a U-turn to the right"), _ON, "undo-2"),
    13: (Text("Quay đầu", "Make a U-turn"), _ON, "undo-2"),
    14: (Text("Rẽ ngoặt sang trái", "Turn sharp left"), _ONTO, "corner-left-down"),
    15: (Text("Rẽ trái", "Turn left"), _ONTO, "corner-up-left"),
    16: (Text("Chếch sang trái", "Bear left"), _ONTO, "arrow-up-left"),
    17: (Text("Đi thẳng vào đường nhánh", "Go straight onto the ramp"), _ONTO, "arrow-up"),
    18: (Text("Rẽ phải vào đường nhánh", "Take the ramp on the right"), _ONTO, "corner-up-right"),
    19: (Text("Rẽ trái vào đường nhánh", "Take the ramp on the left"), _ONTO, "corner-up-left"),
    20: (Text("Ra lối bên phải", "Take the exit on the right"), _ONTO, "arrow-up-right"),
    21: (Text("Ra lối bên trái", "Take the exit on the left"), _ONTO, "arrow-up-left"),
    22: (Text("Đi thẳng ở chỗ rẽ", "Keep straight on at the fork"), _ON, "arrow-up"),
    23: (Text("Đi làn bên phải", "Keep right"), _ON, "arrow-up-right"),
    24: (Text("Đi làn bên trái", "Keep left"), _ON, "arrow-up-left"),
    25: (Text("Nhập làn", "Merge"), _ONTO, "merge"),
    26: (Text("Vào vòng xuyến", "Enter the roundabout"), _ONTO, "refresh-cw"),
    27: (Text("Ra khỏi vòng xuyến", "Leave the roundabout"), _ONTO, "arrow-up-right"),
    28: (Text("Lên phà", "Take the ferry"), Text(" {street}", " {street}"), "ship"),
    29: (Text("Xuống phà", "Leave the ferry"), _ON, "ship"),
    30: (Text("Đi xe công cộng", "Ride public transport"), _ON, "bus"),
    31: (Text("Đổi xe", "Change"), _ON, "bus"),
    32: (Text("Ngồi lại trên xe", "Stay on board"), _ON, "bus"),
    33: (Text("Vào bến", "Enter the station"), _ON, "bus"),
    34: (Text("Đổi bến", "Change stations"), _ON, "bus"),
    35: (Text("Ra khỏi bến", "Leave the station"), _ON, "bus"),
    36: (Text("Đi về hướng {way}", "Head {way}"), _ON, "navigation"),
    37: (Text("Nhập làn bên phải", "Merge to the right"), _ONTO, "merge"),
    38: (Text("Nhập làn bên trái", "Merge to the left"), _ONTO, "merge"),
    39: (Text("Đi thang máy", "Take the lift"), _ON, "arrow-up"),
    40: (Text("Đi cầu thang bộ", "Take the stairs"), _ON, "arrow-up"),
    41: (Text("Đi thang cuốn", "Take the escalator"), _ON, "arrow-up"),
    42: (Text("Vào toà nhà", "Enter the building"), _ON, "door-open"),
    43: (Text("Ra khỏi toà nhà", "Leave the building"), _ON, "door-open"),
}
ICONS: Final = frozenset(icon for _, _, icon in _WORDS.values())
_STAY: Final = Text("{what} để đi tiếp{street}", "{what} to stay{street}")
_NTH: Final = Text("Vào vòng xuyến, ra ở lối thứ {count}", "At the roundabout take the {count} exit")
_TURNS: Final = frozenset((*range(9, 17), 23, 24))
_ARRIVALS: Final = frozenset((4, 5, 6))


def said(maneuver: Mapping[str, Any]) -> tuple[Text, str]:
    """The sentence for one of Valhalla's maneuvers and the name of its icon."""
    number = int(maneuver.get("type", 0))
    what, joint, icon = _WORDS.get(number, _WORDS[0])
    count = int(maneuver.get("roundabout_exit_count", 0) or 0)
    if number == 26 and count:
        what = Text(_NTH.vi.format(count=count), _NTH.en.format(count=_ordinal(count)))
    way = eighth(float(maneuver.get("bearing_after", 0)))
    streets = maneuver.get("begin_street_names") or maneuver.get("street_names") or ()
    street = " / ".join(str(name) for name in streets[:2])
    towards = _towards(maneuver)
    stays = number in _TURNS and bool(street) and street in maneuver.get("before", ())
    return Text(
        _sentence(what.vi, _ON.vi if stays else joint.vi, _STAY.vi if stays else "", street, towards, _TOWARDS.vi, NAMES_VI[way], number),
        _sentence(what.en, _ON.en if stays else joint.en, _STAY.en if stays else "", street, towards, _TOWARDS.en, NAMES_EN[way], number),
    ), icon  # fmt: skip


def _sentence(what: str, joint: str, stay: str, street: str, towards: str, onward: str, way: str, number: int) -> str:
    sentence = what.replace("{way}", way)
    named = joint.replace("{street}", street) if street and number not in _ARRIVALS else ""
    sentence = stay.replace("{what}", sentence).replace("{street}", named) if stay else sentence + named
    if towards:
        sentence += onward.replace("{towards}", towards)
    return f"{sentence}."


def _towards(maneuver: Mapping[str, Any]) -> str:
    sign = maneuver.get("sign") or {}
    elements = sign.get("exit_toward_elements") or sign.get("guide_toward_elements") or ()
    return " / ".join(str(element.get("text", "")) for element in elements[:2])


def _ordinal(count: int) -> str:
    return {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(count, f"{count}th")
