"""The drawing of a path's profile: ground and clutter over a bulging Earth, the line of sight, the first Fresnel zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDE: Final = 900
HIGH: Final = 220
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 26


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths of SVG in a box of WIDE x HIGH; ticks in m above sea and km along."""

    ground: str
    clutter: str
    sight: str
    zone: str
    inner: str
    """60 % of the zone."""
    tight: tuple[float, float]
    heights: Sequence[Tick]
    lengths: Sequence[Tick]
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    right: int = WIDE - RIGHT
    top: int = TOP
    bottom: int = HIGH - BOTTOM


def draw(found: Mapping[str, Any]) -> Drawing:
    """The Earth bulges under the ground, so that the line of sight is straight."""
    distance = found["distance_m"]
    base = [terrain + bulge for terrain, bulge in zip(found["terrain_m"], found["bulge_m"], strict=True)]
    surface = [low + clutter for low, clutter in zip(base, found["clutter_m"], strict=True)]
    sight, radius = found["sight_m"], found["fresnel_m"]
    highest = max(max(surface), max(s + r for s, r in zip(sight, radius, strict=True)))
    lowest = min(min(base), min(s - r for s, r in zip(sight, radius, strict=True)))
    room = max(highest - lowest, 10.0)
    low, high = lowest - room * 0.05, highest + room * 0.05
    length = distance[-1] or 1.0

    def x(along: float) -> float:
        return float(LEFT + (WIDE - LEFT - RIGHT) * along / length)

    def y(height: float) -> float:
        return float(TOP + (HIGH - TOP - BOTTOM) * (high - height) / (high - low))

    def line(heights: Sequence[float]) -> str:
        return " ".join(f"{'L' if n else 'M'}{x(d):.1f} {y(h):.1f}" for n, (d, h) in enumerate(zip(distance, heights, strict=True)))  # fmt: skip

    def band(upper: Sequence[float], under: Sequence[float]) -> str:
        back = " ".join(f"L{x(d):.1f} {y(h):.1f}" for d, h in zip(reversed(distance), reversed(under), strict=True))
        return f"{line(upper)} {back} Z"

    def zone(share: float) -> str:
        return band([s + share * r for s, r in zip(sight, radius, strict=True)], [s - share * r for s, r in zip(sight, radius, strict=True)])  # fmt: skip

    bottom = [low] * len(distance)
    tight = found["tightest"]
    return Drawing(
        band(base, bottom), band(surface, base) if any(found["clutter_m"]) else "", line(sight), zone(1.0), zone(0.6),
        (x(distance[tight]), y(surface[tight])),
        [Tick(y(value), value) for value in ticks(low, high, 5)],
        [Tick(x(value * 1000), value) for value in ticks(0, length / 1000, 8)],
    )  # fmt: skip


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between, at most so many."""
    span = high - low
    step = next(
        factor * 10.0**power for power in range(-3, 7) for factor in (1, 2, 5) if span / (factor * 10.0**power) <= most
    )
    first = int(low // step) + 1 if low % step else int(low // step)
    return [n * step for n in range(first, int(high // step) + 1)]
