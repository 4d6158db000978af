"""What every antenna answers: its gain by azimuth and elevation, seen from itself; and its power over the whole sphere."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]


class Pattern(Protocol):
    """Angles are the antenna's own: azimuth clockwise from where it looks (as on a map), elevation up from its horizon.

    TR 38.901 counts zenith angle θ = 90° - elevation and azimuth φ anticlockwise.
    """

    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        """Arrays that broadcast -> their shape."""
        ...


@dataclass(frozen=True, slots=True)
class Isotropic:
    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        return np.zeros(np.broadcast(azimuth_deg, elevation_deg).shape)


def signed_deg(angle_deg: Floats) -> Floats:
    """The same direction between -180 (included) and 180."""
    return np.asarray((np.asarray(angle_deg) + 180.0) % 360.0 - 180.0)


def mean_gain(pattern: Pattern, *, rings: int = 360, points: int = 720) -> float:
    """Linear mean of the gain over the sphere: 1 (0 dBi) where the pattern radiates just the power that it is fed.

    Gauss-Legendre over the sine of elevation, even steps over azimuth.
    """
    sines, weights = np.polynomial.legendre.leggauss(rings)
    azimuth = np.arange(points, dtype=np.float64) * (360.0 / points) - 180.0
    elevation = np.asarray(np.degrees(np.arcsin(sines)), dtype=np.float64)
    gain_dbi = pattern.gain_dbi(azimuth[None, :], elevation[:, None])
    return float((10.0 ** (gain_dbi / 10.0)).mean(axis=1) @ weights / 2.0)


@dataclass(frozen=True, slots=True)
class Lossless:
    """A pattern moved by as many dB as make its mean over the sphere 0 dBi: gain becomes directivity."""

    pattern: Pattern
    moved_db: float

    @classmethod
    def of(cls, pattern: Pattern) -> Lossless:
        return cls(pattern, -10.0 * math.log10(mean_gain(pattern)))

    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        return self.pattern.gain_dbi(azimuth_deg, elevation_deg) + self.moved_db
