"""The element of TR 38.901 Table 7.3-1, and whatever has the same form with other numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dinh.engines.radio.antennas.pattern import Floats, signed_deg


@dataclass(frozen=True, slots=True)
class Element:
    """The table's cuts with its 8 dBi hold 1.83 dB less than the power fed to them: their directivity would be 9.83 dBi, and the
    difference stands for the element's losses. `Lossless` takes them out."""

    peak_dbi: float = 8.0
    horizontal_beamwidth_deg: float = 65.0
    vertical_beamwidth_deg: float = 65.0
    side_lobe_limit_db: float = 30.0
    """SLA_V, the most that the vertical cut takes away."""
    greatest_attenuation_db: float = 30.0
    """A_max, of the horizontal cut and of both together."""

    def vertical_db(self, elevation_deg: Floats) -> Floats:
        """A_V, 0 or negative."""
        return -np.minimum(
            12.0 * (np.asarray(elevation_deg) / self.vertical_beamwidth_deg) ** 2, self.side_lobe_limit_db
        )

    def horizontal_db(self, azimuth_deg: Floats) -> Floats:
        """A_H, 0 or negative."""
        turned = signed_deg(azimuth_deg) / self.horizontal_beamwidth_deg
        return -np.minimum(12.0 * turned**2, self.greatest_attenuation_db)

    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        taken = -(self.vertical_db(elevation_deg) + self.horizontal_db(azimuth_deg))
        return np.asarray(self.peak_dbi - np.minimum(taken, self.greatest_attenuation_db))
