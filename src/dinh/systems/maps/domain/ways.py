"""A way from one point to another, as Valhalla's answer says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dinh.kernel.specs import Text
from dinh.systems.maps.domain import narrative
from dinh.systems.maps.domain.geometry import Point, decoded, distance_m
from dinh.systems.maps.domain.modes import Mode


@dataclass(frozen=True, slots=True)
class Step:
    """`begins` is the number of the point on the line at which it is done."""

    says: Text
    icon: str
    length_km: float
    time_s: float
    begins: int


@dataclass(frozen=True, slots=True)
class Way:
    """`line` is longitude, latitude. The gaps lie between what was asked for and the road."""

    mode: Mode
    start: Point
    end: Point
    line: Sequence[tuple[float, float]]
    steps: Sequence[Step]
    length_km: float
    time_s: float
    start_gap_m: float
    end_gap_m: float


def of_answer(trip: Mapping[str, Any], *, mode: Mode, start: Point, end: Point) -> Way:
    """Of a `trip` of Valhalla with one leg."""
    leg = trip["legs"][0]
    line = decoded(leg["shape"])
    first, last = Point(*line[0]), Point(*line[-1])
    return Way(
        mode=mode,
        start=start,
        end=end,
        line=line,
        steps=tuple(_steps(leg["maneuvers"])),
        length_km=float(trip["summary"]["length"]),
        time_s=float(trip["summary"]["time"]),
        start_gap_m=distance_m(start, first),
        end_gap_m=distance_m(end, last),
    )


def _steps(maneuvers: Sequence[Mapping[str, Any]]) -> Sequence[Step]:
    steps: list[Step] = []
    before: Sequence[str] = ()
    for maneuver in maneuvers:
        says, icon = narrative.said({**maneuver, "before": before})
        before = maneuver.get("street_names") or ()
        steps.append(
            Step(says, icon, float(maneuver["length"]), float(maneuver["time"]), int(maneuver["begin_shape_index"]))
        )
    return steps
