"""The trial of 5G that the documents report, as a worked example: masts are generated around the places that they name."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

import msgspec

from dinh.systems.network_5g.domain import SiteRow, Standing

FILE: Final = files("dinh.systems.network_5g") / "trial.toml"
METRES_A_DEGREE: Final = 111_320.0
_TRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Around:
    """A place that the documents name, and how many of the masts stand around it."""

    name: str
    latitude: float
    longitude: float
    radius_m: float
    masts: int


@dataclass(frozen=True, slots=True)
class Water:
    latitude: float
    longitude: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class City:
    """`people` by the code of a commune of today; `customers` of the trial's in this city. All of it but places assumed."""

    code: str
    name: str
    customers: float
    ground_m: float
    people: Mapping[str, int]
    around: Sequence[Around]
    water: Sequence[Water] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    apart_m: float
    together_m: float
    height_m: tuple[int, int]
    azimuths_deg: Sequence[float]
    seed: int
    operator: str
    resolution_m: float
    margin_km: float
    radius_km: float
    people_source: str
    area: Sequence[City]


@lru_cache(maxsize=1)
def trial() -> Trial:
    found: Trial = msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Trial)
    return found


def masts(city: City, given: Trial) -> Sequence[SiteRow]:
    """Points at random, none nearer to another than `apart_m`, each after the first of a place within `together_m` of one; always the
    same for the same seed. Raises ValueError where so many do not fit."""
    chance = random.Random(f"{given.seed}-{city.code}")  # noqa: S311 - a picture to look at, not a secret
    east_m = METRES_A_DEGREE * math.cos(math.radians(city.around[0].latitude))
    points: list[tuple[float, float]] = []
    rows: list[SiteRow] = []
    for around in city.around:
        for number in range(1, around.masts + 1):
            latitude, longitude = _point(around, city, given, chance, points, east_m, alone=number == 1)
            points.append((latitude, longitude))
            turn = chance.randrange(0, 120, 10)
            rows.append(
                SiteRow(
                    len(rows) + 1, f"{around.name} {number:02d}", round(latitude, 6), round(longitude, 6),
                    float(chance.randint(*given.height_m)), [(azimuth + turn) % 360 for azimuth in given.azimuths_deg],
                    standing=Standing.EXISTING, operator=given.operator, generated=True,
                )
            )  # fmt: skip
    return rows


def _point(
    around: Around, city: City, given: Trial, chance: random.Random, points: Sequence[tuple[float, float]], east_m: float,
    *, alone: bool,
) -> tuple[float, float]:  # fmt: skip
    for _ in range(_TRIES):
        distance = around.radius_m * math.sqrt(chance.random())
        angle = 2 * math.pi * chance.random()
        here = (
            around.latitude + distance * math.sin(angle) / METRES_A_DEGREE,
            around.longitude + distance * math.cos(angle) / east_m,
        )
        if any(_metres(here, (wet.latitude, wet.longitude), east_m) < wet.radius_m for wet in city.water):
            continue
        nearest = min((_metres(here, other, east_m) for other in points), default=math.inf)
        if nearest >= given.apart_m and (alone or nearest <= given.together_m):
            return here
    raise ValueError(f"no room for {around.masts} masts around {around.name}; widen its radius_m in trial.toml")


def _metres(one: tuple[float, float], other: tuple[float, float], east_m: float) -> float:
    return math.hypot((one[0] - other[0]) * METRES_A_DEGREE, (one[1] - other[1]) * east_m)
