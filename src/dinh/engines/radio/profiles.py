"""A path as radio sees it: what lies between two antennas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dinh.kernel.errors import Invalid

type Floats = npt.NDArray[np.float64]
type Zones = npt.NDArray[np.int64]

SEA: Final = 1
COASTAL: Final = 3
INLAND: Final = 4
ZONES: Final = (SEA, COASTAL, INLAND)
"""Radio-climatic zones, P.1812-6 Table 2: sea and large water; land up to 100 m high and 50 km from it; other land."""

_EARTH_RADIUS_KM: Final = 6371.0


@dataclass(frozen=True, slots=True)
class Profile:
    """Points along a great circle from the transmitter to the receiver, all arrays of shape (n,), n >= 3.

    `distance_km` from the transmitter, 0 first, rising; `height_m` of the terrain above sea; `clutter_m`, representative
    height of what stands on it; `zone` of `ZONES`. Raises Invalid with the point and its value.
    """

    distance_km: Floats
    height_m: Floats
    clutter_m: Floats
    zone: Zones

    def __post_init__(self) -> None:
        count = len(self.distance_km)
        if count < 3:
            raise Invalid("radio.profile_short", "a profile of {count} points has nothing between its ends; give at least 3", count=count)  # fmt: skip
        for name in ("height_m", "clutter_m", "zone"):
            given = len(getattr(self, name))
            if given != count:
                raise Invalid("radio.profile_uneven", "{name} has {given} points, distance_km has {count}; give one for each point", name=name, given=given, count=count)  # fmt: skip
        for name in ("distance_km", "height_m", "clutter_m"):
            bad = np.flatnonzero(~np.isfinite(getattr(self, name)))
            if bad.size:
                raise Invalid("radio.profile_hole", "point {point} has no {name}; fill the hole in the terrain or leave the point out", point=int(bad[0]) + 1, name=name)  # fmt: skip
        steps = np.diff(self.distance_km)
        if self.distance_km[0] != 0 or not (steps > 0).all():
            point = 1 if self.distance_km[0] != 0 else int(np.flatnonzero(steps <= 0)[0]) + 2
            raise Invalid("radio.profile_order", "point {point} lies at {value} km; distances begin at 0 and rise", point=point, value=float(self.distance_km[point - 1]))  # fmt: skip
        if (self.clutter_m < 0).any():
            point = int(np.flatnonzero(self.clutter_m < 0)[0])
            raise Invalid("radio.clutter", "point {point} has clutter of {value} m; give 0 or more", point=point + 1, value=float(self.clutter_m[point]))  # fmt: skip
        strange = ~np.isin(self.zone, ZONES)
        if strange.any():
            point = int(np.flatnonzero(strange)[0])
            raise Invalid("radio.zone", "point {point} is of zone {value}; zones are 1 sea, 3 coastal land, 4 inland", point=point + 1, value=int(self.zone[point]))  # fmt: skip

    @property
    def length_km(self) -> float:
        return float(self.distance_km[-1])

    @property
    def surface_m(self) -> Floats:
        """Terrain with clutter between the ends, terrain alone at them (P.1812-6 section 3.2.1), m above sea."""
        surface = self.height_m + self.clutter_m
        surface[0], surface[-1] = self.height_m[0], self.height_m[-1]
        return surface

    def share_over_sea(self) -> float:
        """Share of the path over water, 0 to 1."""
        return float(sum(self._stretches((SEA,)))) / self.length_km

    def longest_km(self, *zones: int) -> float:
        """The longest continuous part within the zones, km; 0 where there is none."""
        return max(self._stretches(zones), default=0.0)

    def _stretches(self, zones: tuple[int, ...]) -> list[float]:
        """Lengths in km of the parts within the zones; each reaches half-way to its neighbours."""
        inside = np.concatenate([[False], np.isin(self.zone, zones), [False]])
        starts, ends = np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
        middle = (self.distance_km[1:] + self.distance_km[:-1]) / 2
        found = []
        for start, end in zip(starts, ends, strict=True):
            begins = middle[start - 1] if start else 0.0
            stops = middle[end] if end < len(self.distance_km) - 1 else self.distance_km[-1]
            found.append(float(stops - begins))
        return found


def middle_latitude_deg(first: tuple[float, float], last: tuple[float, float], length_km: float) -> float:
    """Latitude of the point half of `length_km` along the great circle from `first` to `last`, each (latitude, longitude)
    in degrees. Source: ITU-R P.2001-4 Attachment H."""
    lat1, lon1, lat2, lon2 = (math.radians(value) for value in (*first, *last))
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
    whole = math.acos(min(1.0, max(-1.0, cosine)))
    if whole == 0.0:
        return first[0]
    way = 0.5 * length_km / _EARTH_RADIUS_KM
    north = (math.sin(lat2) - math.sin(lat1) * cosine) / math.sin(whole)
    return math.degrees(math.asin(min(1.0, max(-1.0, math.sin(lat1) * math.cos(way) + north * math.sin(way)))))
