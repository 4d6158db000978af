"""A small flat ground with two communes and three masts, as questions for the radio process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shapely.geometry import box

from dinh.systems.network_5g.calculation import grounds
from dinh.systems.network_5g.calculation.questions import Commune, GroundQuestion, Question
from dinh.systems.network_5g.domain import N41, Cell, Mast, Settings

WEST, SOUTH, EAST, NORTH = 106.00, 9.50, 106.06, 9.54


def mast(code: str, latitude: float, longitude: float) -> Mast:
    return Mast(
        code, f"Trạm {code}", latitude, longitude, 30.0, tuple(Cell(azimuth) for azimuth in (0.0, 120.0, 240.0))
    )


MASTS = (mast("A", 9.52, 106.01), mast("B", 9.525, 106.03), mast("C", 9.51, 106.05))


def question(folder: Path, masts: tuple[Mast, ...] = MASTS, **settings: Any) -> Question:
    """40 thousand people in the west, 10 thousand in the east, on a grid of 200 m."""
    halves = [(WEST, 106.03, 40_000), (106.03, EAST, 10_000)]
    communes = [
        Commune(f"urn:dinh:unit:2025:{number}", f"xã {number}", f"commune {number}", box(west, SOUTH, east, NORTH).wkb, people)
        for number, (west, east, people) in enumerate(halves)
    ]  # fmt: skip
    asked = GroundQuestion(folder / "grounds", (WEST, SOUTH, EAST, NORTH), 1.0, 200.0, communes, flat_m=1.5)
    name = grounds.lay(asked)
    with_these: dict[str, Any] = {"carriers": (N41,), "radius_km": 4.0} | settings
    return Question(folder / "grounds" / name, folder / "results", masts, Settings(**with_these))
