"""From the map's directions to the antenna's own: bearing, mechanical tilt, roll. TR 38.901 clause 7.1.3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dinh.engines.radio.antennas.pattern import Floats, Pattern, signed_deg


@dataclass(frozen=True, slots=True)
class Mounting:
    """Bearing α clockwise from north, tilt β down from the horizon, slant γ about the axis along which it looks."""

    bearing_deg: float
    downtilt_deg: float = 0.0
    slant_deg: float = 0.0

    def own_angles_deg(self, azimuth_deg: Floats, elevation_deg: Floats) -> tuple[Floats, Floats]:
        """Azimuth from north and elevation -> azimuth and elevation as the antenna sees them.

        Equations (7.1-7) and (7.1-8), with φ = -azimuth and θ = 90° - elevation.
        """
        turn = np.radians(self.bearing_deg - np.asarray(azimuth_deg, dtype=np.float64))
        up = np.radians(np.asarray(elevation_deg, dtype=np.float64))
        tilt, slant = np.radians(self.downtilt_deg), np.radians(self.slant_deg)
        ahead, left, above = np.cos(up) * np.cos(turn), np.cos(up) * np.sin(turn), np.sin(up)
        forward = np.cos(tilt) * ahead - np.sin(tilt) * above
        lifted = np.sin(tilt) * ahead + np.cos(tilt) * above
        aside = np.cos(slant) * left + np.sin(slant) * lifted
        upward = np.cos(slant) * lifted - np.sin(slant) * left
        own_azimuth = signed_deg(-np.degrees(np.arctan2(aside, forward)))
        return own_azimuth, np.degrees(np.arcsin(np.clip(upward, -1.0, 1.0)))

    def gain_dbi(self, pattern: Pattern, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        """Gain toward directions on the map; arrays that broadcast -> their shape."""
        return pattern.gain_dbi(*self.own_angles_deg(azimuth_deg, elevation_deg))
