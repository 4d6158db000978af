"""A link between two antennas over a ground: what stands in its way and what it loses.

Heights are those of P.526 and P.530: above sea, over a base that is flat, on which the Earth bulges between the two ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from pyproj import Geod

from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.own_profiles import delta_bullington_loss_db, draw_profile
from dinh.engines.radio.p525 import SPEED_OF_LIGHT_M_S, distance_in_space_km, free_space_loss_db
from dinh.engines.radio.p1812 import Climate, basic_transmission_loss
from dinh.engines.radio.p1812.geometry import EARTH_RADIUS_KM
from dinh.engines.radio.p1812.path_loss import TEMPERATE, Polarisation
from dinh.engines.radio.profiles import INLAND, Floats, Profile
from dinh.engines.radio.ranges import Range
from dinh.kernel.errors import Invalid, OutOfRange

FREQUENCY: Final = Range("frequency", 0.03, 100.0, "GHz", "ITU-R P.1812-6 section 1 to P.530-18 section 2.4.1")
K: Final = Range("effective Earth radius factor", 0.2, 100.0, "", "ITU-R P.530-18 section 2.2.1")
FREE_SHARE: Final = 0.6
"""Of the first Fresnel zone: with so much of it free, diffraction is negligible. P.526-15 section 2.4, P.530-18 section 2.2."""
MOST_SAMPLES: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Arrays of shape (n,) from the first antenna to the last. Heights in m above sea, azimuths clockwise from true north,
    elevations up from the horizon as the antennas must look over an Earth of k radii."""

    frequency_ghz: float
    k: float
    distance_m: Floats
    terrain_m: Floats
    clutter_m: Floats
    """What stands on the terrain; 0 at the two ends, where the antennas stand above it."""
    bulge_m: Floats
    """Of the effective Earth over the straight base between the ends."""
    sight_m: Floats
    """The straight line between the antennas."""
    fresnel_m: Floats
    """Radius of the first Fresnel zone, 0 at the ends. P.526-15 eq. (2)."""
    clearance: Floats
    """Free height below the line as a share of that radius, below 0 where the line is cut; NaN at the ends."""
    from_degrees: tuple[float, float]
    to_degrees: tuple[float, float]
    """(latitude, longitude), WGS 84."""
    azimuth_deg: float
    back_azimuth_deg: float
    elevation_deg: float
    back_elevation_deg: float
    free_space_loss_db: float
    diffraction_loss_db: float
    """Median, by delta-Bullington with k: ITU-R P.526-15 section 4.5.3."""
    p1812_loss_db: float | None
    """Basic transmission loss for half of time and locations, over inland; None where `without_p1812` says why."""
    without_p1812: OutOfRange | None

    @property
    def length_m(self) -> float:
        return float(self.distance_m[-1])

    @property
    def tightest(self) -> int:
        """The sample with the least clearance."""
        return int(np.nanargmin(self.clearance))

    @property
    def sight_free(self) -> bool:
        """Nothing reaches the line."""
        return bool(self.clearance[self.tightest] > 0.0)

    @property
    def fresnel_free(self) -> bool:
        """60 % of the first Fresnel zone is free all along."""
        return bool(self.clearance[self.tightest] >= FREE_SHARE)

    def clearance_with(self, k: float) -> Floats:
        """`clearance` over an Earth of another k. Raises OutOfRange."""
        return _clearance(self.sight_m, self.terrain_m + self.clutter_m, _bulge_m(self.distance_m, k), self.fresnel_m)


def between(
    ground: Ground,
    *,
    from_x: float,
    from_y: float,
    to_x: float,
    to_y: float,
    from_height_m: float,
    to_height_m: float,
    frequency_ghz: float,
    k: float = 4 / 3,
    samples: int | None = None,
    polarisation: Polarisation = "vertical",
    climate: Climate = TEMPERATE,
) -> Link:
    """The link of two antennas so high above the terrain at two points in the ground's units.

    `samples` points of the path, its ends included; one for each pixel without it, as maps have them. `k` bends sight and
    diffraction; P.1812 takes the median bend from the climate. From 0.03 to 100 GHz; P.1812 to 6 GHz and from 0.25 km.
    Source: ITU-R P.525-4, P.526-15 sections 2 and 4.5.3, P.530-18 section 2.2, P.1812-6. Raises OutOfRange off the ground and
    beyond the ranges, Invalid for two ends at one place or too few samples.
    """
    FREQUENCY.require(frequency_ghz)
    K.require(k)
    for height in (from_height_m, to_height_m):
        if not 0 < height < math.inf:
            raise OutOfRange("radio.antenna_height", "an antenna {value} m above ground is not above ground; give its height in m", value=height)  # fmt: skip
    distance, terrain, surface = _drawn(ground, ground.pixel(from_x, from_y), ground.pixel(to_x, to_y), samples)
    total = float(distance[-1])
    first, last = float(terrain[0]) + from_height_m, float(terrain[-1]) + to_height_m
    sight = first + (last - first) * distance / total
    fresnel = np.sqrt(SPEED_OF_LIGHT_M_S / (frequency_ghz * 1e9) * distance * (total - distance) / total)
    bulge = _bulge_m(distance, k)
    start, end = ground.degrees(from_x, from_y), ground.degrees(to_x, to_y)
    azimuth, back_azimuth, _ = _earth().inv(start[1], start[0], end[1], end[0])
    dips = math.degrees(total / (2.0 * k * EARTH_RADIUS_KM * 1000.0))
    rises = math.degrees(math.atan2(last - first, total))
    kilometres = distance / 1000.0
    predicted, why = _p1812(
        Profile(kilometres, terrain, surface - terrain, np.full(len(distance), INLAND, dtype=np.int64)),
        frequency_ghz, from_height_m, to_height_m, start, end, polarisation, climate,
    )  # fmt: skip
    return Link(
        frequency_ghz=frequency_ghz, k=k, distance_m=distance, terrain_m=terrain, clutter_m=surface - terrain,
        bulge_m=bulge, sight_m=sight, fresnel_m=fresnel, clearance=_clearance(sight, surface, bulge, fresnel),
        from_degrees=start, to_degrees=end, azimuth_deg=azimuth % 360.0, back_azimuth_deg=back_azimuth % 360.0,
        elevation_deg=rises - dips, back_elevation_deg=-rises - dips,
        free_space_loss_db=float(free_space_loss_db(distance_in_space_km(total / 1000.0, first, last), frequency_ghz)),
        diffraction_loss_db=delta_bullington_loss_db(
            kilometres, terrain, surface, len(distance), first, last, k * EARTH_RADIUS_KM, frequency_ghz,
            polarisation == "vertical", np.zeros(len(distance)),
        ),
        p1812_loss_db=predicted, without_p1812=why,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _earth() -> Geod:
    return Geod(ellps="WGS84")


def _drawn(
    ground: Ground, start: tuple[float, float], end: tuple[float, float], samples: int | None
) -> tuple[Floats, Floats, Floats]:
    """Distances, terrain and surface; only the part of the ground that the path crosses is copied."""
    wide, high = ground.pixel_size_m((start[0] + end[0]) / 2.0)
    total = math.hypot((end[1] - start[1]) * wide, (end[0] - start[0]) * high)
    if not total > 0.0:
        raise Invalid("radio.link_short", "both ends lie at one place; give two different points")
    count = max(3, math.floor(total / math.sqrt(wide * high) + 0.5) + 1) if samples is None else samples
    if not 3 <= count <= MOST_SAMPLES:
        raise Invalid("radio.link_samples", "{value} samples make no path; give 3 to {most}", value=count, most=MOST_SAMPLES)  # fmt: skip
    rows, columns = ground.shape
    top, left = (min(max(int(min(a, b)), 0), size - 2) for a, b, size in zip(start, end, (rows, columns), strict=True))
    part = (
        slice(top, max(int(max(start[0], end[0])) + 2, top + 2)),
        slice(left, max(int(max(start[1], end[1])) + 2, left + 2)),
    )
    height = np.ascontiguousarray(ground.height_m[part])
    terrain, surface = np.empty(count), np.empty(count)
    draw_profile(
        height, height + ground.clutter_m[part], start[0] - top, start[1] - left, end[0] - top, end[1] - left, count, terrain,
        surface,
    )  # fmt: skip
    return np.linspace(0.0, total, count), terrain, surface


def _bulge_m(distance_m: Floats, k: float) -> Floats:
    """d1·d2 / 2ka, P.530-18 section 2.2.2."""
    return np.asarray(distance_m * (distance_m[-1] - distance_m) / (2.0 * K.require(k) * EARTH_RADIUS_KM * 1000.0))


def _clearance(sight_m: Floats, surface_m: Floats, bulge_m: Floats, fresnel_m: Floats) -> Floats:
    inside = slice(1, -1)
    found = np.full(len(sight_m), np.nan)
    found[inside] = (sight_m - surface_m - bulge_m)[inside] / fresnel_m[inside]
    return found


def _p1812(
    profile: Profile, frequency_ghz: float, from_height_m: float, to_height_m: float, start: tuple[float, float],
    end: tuple[float, float], polarisation: Polarisation, climate: Climate,
) -> tuple[float | None, OutOfRange | None]:  # fmt: skip
    try:
        found = basic_transmission_loss(
            profile, frequency_ghz=frequency_ghz, transmitter_height_m=from_height_m, receiver_height_m=to_height_m,
            transmitter=start, receiver=end, polarisation=polarisation, climate=climate,
        )  # fmt: skip
    except OutOfRange as beyond:
        return None, beyond
    return found.basic_transmission_loss_db, None
