"""How high the antennas of a link must stand: ITU-R P.530-18 section 2.2.2.1, without diversity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dinh.engines.radio.links import Link

type Climate = Literal["tropical", "temperate"]

MEDIAN_K: Final = 4 / 3
TROPICAL_FROM_KM: Final = 30.0
_RARE_K: Final = ((20.0, 0.60), (50.0, 0.80), (100.0, 0.91), (200.0, 0.99))
"""Path length in km and k_e, read off Figure 2 to about 0.05."""


@dataclass(frozen=True, slots=True)
class Clearance:
    """One of the rules: over an Earth of `k` so many radii of the first Fresnel zone are free, or `lacks_m` are not."""

    k: float
    required: float
    found: float
    at_m: float
    """From the first antenna to the point that lacks most, or has least to spare."""
    lacks_m: float
    """What the line of sight must rise there; 0 where the rule holds."""

    @property
    def holds(self) -> bool:
        return self.lacks_m == 0.0


def rare_k(length_km: float) -> float:
    """Effective Earth radius factor that 99.9 % of the worst month exceed.

    From P.530-18 Figure 2, drawn for a continental temperate climate; shorter paths than 20 km take its value at 20 km. There is
    none for the tropics: who has measured gives `clearances` a value of the place.
    """
    lengths, factors = zip(*_RARE_K, strict=True)
    return float(np.interp(np.log10(max(length_km, 1e-3)), np.log10(lengths), factors))


def clearances(
    link: Link, *, climate: Climate = "tropical", isolated: bool = False, rare: float | None = None
) -> tuple[Clearance, Clearance]:
    """The two rules for antennas without diversity: the whole first Fresnel zone at k = 4/3, and at the k that 99.9 % of the
    worst month exceed 0.6 of it (tropics, from about 30 km), else 0.3, or 0 over a single `isolated` obstacle.

    The Recommendation asks nothing of short paths in the tropics at that k; they take the temperate rule. Source: ITU-R P.530-18
    section 2.2.2.1.
    """
    length_km = link.length_m / 1000.0
    share = 0.0 if isolated else 0.3
    if climate == "tropical" and length_km >= TROPICAL_FROM_KM:
        share = 0.6
    return _rule(link, MEDIAN_K, 1.0), _rule(link, rare_k(length_km) if rare is None else rare, share)


def _rule(link: Link, k: float, required: float) -> Clearance:
    found = link.clearance_with(k)
    lacks = (required - found) * link.fresnel_m
    at = int(np.nanargmax(lacks))
    return Clearance(k, required, float(found[at]), float(link.distance_m[at]), max(float(lacks[at]), 0.0))
