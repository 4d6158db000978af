"""The drawing of a mast from the side, with what each limit keeps free around its antennas. Both axes have one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dinh.systems.network_5g.calculation.questions import PERSON_M
from dinh.systems.network_5g.web.profile_drawing import Tick, ticks

WIDE: Final = 900
TALLEST: Final = 440
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 14, 30
_ROOF_WIDE_M: Final = 12.0


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class SafetyDrawing:
    """Paths and boxes of SVG; ticks in metres above the ground and metres from the mast."""

    qcvn: str
    icnirp: str
    ground: Box
    mast: Box
    antenna: Box
    people_y: float
    roof: Box | None
    roof_y: float | None
    """Of the heads of people on a roof whose distance nobody said."""
    heights: Sequence[Tick]
    lengths: Sequence[Tick]
    high: float
    wide: int = WIDE
    left: int = LEFT
    right: int = WIDE - RIGHT
    top: int = TOP


def draw(found: Mapping[str, Any], height_m: float, antenna_m: float, roof_m: float | None, roof_at_m: float | None) -> SafetyDrawing:  # fmt: skip
    """To the right is the azimuth where the distance is greatest, to the left the opposite one."""
    edges = {name: _edge(found[name]["outline"], height_m) for name in ("qcvn", "icnirp")}
    points = [point for edge in edges.values() for point in edge]
    built = roof_at_m is not None and roof_m is not None and roof_m > 0
    most = max(x for x, _z in points)
    if built and roof_at_m is not None:
        most = max(most, roof_at_m + _ROOF_WIDE_M)
    least = min(x for x, _z in points)
    top = max([height_m + antenna_m, (roof_m or 0.0) + PERSON_M, *(z for _x, z in points)])
    room = max(most - least, top) * 0.06
    least, most, top, bottom = min(least, -2.0) - room, most + room, top + room, -room
    scale = min((WIDE - LEFT - RIGHT) / (most - least), (TALLEST - TOP - BOTTOM) / (top - bottom))
    spare = (WIDE - LEFT - RIGHT) / scale - (most - least)
    least, most = least - spare / 2, most + spare / 2

    def x(metres: float) -> float:
        return round(LEFT + (metres - least) * scale, 1)

    def y(metres: float) -> float:
        return round(TOP + (top - metres) * scale, 1)

    def path(edge: Sequence[tuple[float, float]]) -> str:
        return " ".join(f"{'L' if n else 'M'}{x(a)} {y(z)}" for n, (a, z) in enumerate(edge)) + " Z"

    def box(from_x: float, to_x: float, from_z: float, to_z: float) -> Box:
        return Box(x(from_x), y(to_z), round((to_x - from_x) * scale, 1), round((to_z - from_z) * scale, 1))

    mast_wide, thick = 3.0 / scale, 5.0 / scale
    roof = box(roof_at_m, roof_at_m + _ROOF_WIDE_M, 0.0, roof_m) if built and roof_at_m is not None and roof_m is not None else None  # fmt: skip
    return SafetyDrawing(
        path(edges["qcvn"]), path(edges["icnirp"]), box(least, most, bottom, 0.0), box(-mast_wide / 2, mast_wide / 2, 0.0, height_m),
        box(0.0, thick, height_m - antenna_m / 2, height_m + antenna_m / 2), y(PERSON_M), roof,
        None if roof_m is None or roof is not None else y(roof_m + PERSON_M),
        [Tick(y(value), value) for value in ticks(0.0, top, 7)], [Tick(x(value), value) for value in ticks(least, most, 9)],
        y(bottom) + BOTTOM,
    )  # fmt: skip


def _edge(outline: Mapping[str, Sequence[float]], height_m: float) -> list[tuple[float, float]]:
    """Metres from the mast and above ground: up in front, down behind."""
    turns = [math.radians(value) for value in outline["elevation_deg"]]
    ahead = [(far * math.cos(t), height_m + far * math.sin(t)) for t, far in zip(turns, outline["ahead_m"], strict=True)]  # fmt: skip
    behind = [(-far * math.cos(t), height_m + far * math.sin(t)) for t, far in zip(turns, outline["behind_m"], strict=True)]  # fmt: skip
    return [*ahead, *reversed(behind)]
