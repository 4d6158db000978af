"""The large-scale calibration of TR 38.901 clause 7.8.1, by the engine's own functions: what 3GPP's companies did with theirs.

19 sites of three sectors on hexagons, 6 GHz, 80 % of the terminals indoors on floors; coupling gain of the serving cell and
geometry without noise. Results of the companies: 3GPP R1-165974 (August 2016), the median over the companies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.antennas import Element, Mounting, Panel, steered
from dinh.engines.radio.tr38901 import (
    Building,
    Scenario,
    building_penetration,
    drawn_depth_m,
    indoor_sigma_db,
    los_probability,
    path_loss_db,
    shadowing_sigma_db,
)

type Floats = NDArray[np.float64]

PERCENTILES: Final = (5, 25, 50, 75, 95)
FREQUENCY_HZ: Final = 6e9
DOWNTILT_DEG: Final = 12.0
"""A zenith angle of 102° in Table 7.8-1."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What Table 7.8-1 and Table 7.2-1 set. `coupling_db`, `geometry_db`: R1-165974 at `PERCENTILES`."""

    apart_m: float
    base_height_m: float
    nearest_m: float
    coupling_db: tuple[float, ...]
    geometry_db: tuple[float, ...]


LAYOUTS: Final[Mapping[Scenario, Layout]] = MappingProxyType({
    Scenario.UMA: Layout(500.0, 25.0, 35.0, (-150.4, -133.9, -120.3, -106.1, -86.0), (-1.0, 2.9, 8.6, 16.5, 25.6)),
    Scenario.UMI: Layout(200.0, 10.0, 10.0, (-142.3, -125.8, -112.2, -96.2, -74.8), (-1.7, 2.1, 7.3, 14.9, 24.9)),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """Of each terminal, dB: gain to its serving cell, and that over the sum of all others'."""

    coupling_db: Floats
    geometry_db: Floats


def sites(apart_m: float) -> Floats:
    """Centres of 19 hexagons, (19, 2): one, six around it, twelve around them."""
    rows = [
        (apart_m * (q + r / 2), apart_m * r * math.sqrt(3) / 2)
        for q in range(-2, 3) for r in range(-2, 3) if abs(q + r) <= 2
    ]  # fmt: skip
    return np.array(sorted(rows, key=lambda place: math.hypot(*place)))


def drop(scenario: Scenario, *, terminals: int = 20_000, seed: int = 1) -> Found:
    """Terminals in the hexagon of the middle site: without wrapping around, only there all sides have neighbours."""
    layout, pick = LAYOUTS[scenario], np.random.default_rng(seed)
    centres = sites(layout.apart_m)
    place = _in_middle_hexagon(layout, terminals, pick)
    indoors = pick.random(terminals) < 0.8
    floors = pick.integers(4, 9, terminals)
    height = np.where(indoors, 3.0 * (pick.integers(1, floors + 1) - 1) + 1.5, 1.5)
    depth = np.where(indoors, drawn_depth_m(scenario, pick.random(terminals), pick.random(terminals)), 0.0)
    away = place[:, None] - centres[None]
    ground = np.hypot(away[..., 0], away[..., 1])
    outdoors_m = np.maximum(ground - depth[:, None], 1.0)
    sees = pick.random(ground.shape) < los_probability(scenario, outdoors_m, terminal_height_m=height[:, None])
    loss = path_loss_db(
        scenario, ground, frequency_hz=FREQUENCY_HZ, line_of_sight=sees, base_height_m=layout.base_height_m,
        terminal_height_m=height[:, None], beyond="extrapolate",
    ).loss_db  # fmt: skip
    outdoor_sigma = shadowing_sigma_db(scenario, ground, line_of_sight=sees, frequency_hz=FREQUENCY_HZ)
    sigma = np.where(indoors[:, None], indoor_sigma_db(scenario), outdoor_sigma)
    loss += sigma * pick.normal(size=ground.shape) + _penetration(scenario, indoors, depth, pick)[:, None]
    gain = _gains(away, ground, height, layout.base_height_m) - loss[:, :, None]
    heard = gain.reshape(terminals, -1)
    serving = heard.max(axis=1)
    power = 10.0 ** (heard / 10.0)
    others = power.sum(axis=1) - 10.0 ** (serving / 10.0)
    return Found(serving, serving - 10.0 * np.log10(others))


def _in_middle_hexagon(layout: Layout, count: int, pick: np.random.Generator) -> Floats:
    kept: list[Floats] = []
    while sum(map(len, kept)) < count:
        place = pick.uniform(-0.6, 0.6, (count, 2)) * layout.apart_m
        turned = [np.abs(place @ np.array([math.cos(a), math.sin(a)])) for a in (0.0, math.pi / 3, 2 * math.pi / 3)]
        inside = np.max(turned, axis=0) <= layout.apart_m / 2
        kept.append(place[inside & (np.hypot(*place.T) >= layout.nearest_m)])
    return np.concatenate(kept)[:count]


def _penetration(scenario: Scenario, indoors: NDArray[np.bool_], depth: Floats, pick: np.random.Generator) -> Floats:
    """Half of the buildings with low, half with high loss, each terminal with its own draw of σ_P."""
    drawn = pick.normal(size=len(depth))
    each = []
    for building in (Building.LOW_LOSS, Building.HIGH_LOSS):
        found = building_penetration(scenario, building, frequency_hz=FREQUENCY_HZ, depth_m=depth)
        each.append(found.loss_db + found.sigma_db * drawn)
    high = pick.random(len(depth)) < 0.5
    return np.where(indoors, np.where(high, each[1], each[0]), 0.0)


def _gains(away: Floats, ground: Floats, height: Floats, base_height_m: float) -> Floats:
    """dBi of the three sectors of each site toward each terminal, (terminals, sites, 3): ten elements over each other."""
    pattern: Any = steered(Panel(10, 1, element=Element()), 0.0, -DOWNTILT_DEG)
    azimuth = np.degrees(np.arctan2(away[..., 0], away[..., 1]))
    elevation = np.degrees(np.arctan2(height[:, None] - base_height_m, ground))
    return np.stack([Mounting(bearing).gain_dbi(pattern, azimuth, elevation) for bearing in (30.0, 150.0, 270.0)], -1)
