"""The tide on the Hậu and along the coast, from its four largest constituents."""

from __future__ import annotations

from typing import Final

import numpy as np

from dinh_simulator.noise import HOUR, Floats, Moments

# Period in hours (astronomical), amplitude in metres and phase in radians (assumed, of the size of this coast).
CONSTITUENTS: Final = {
    "M2": (12.4206012, 0.80, 0.9),
    "S2": (12.0, 0.27, 2.1),
    "K1": (23.9344721, 0.50, 4.0),
    "O1": (25.8193387, 0.35, 0.4),
}
MEAN_LEVEL_M: Final = 0.05
WAVE_M_S: Final = 7.0
"""Speed at which the tide runs up the river (assumed)."""
DAMPING_KM: Final = 120.0


def stage_m(at: Moments, reach_km: Floats) -> Floats:
    """Water level `reach_km` from the sea along the water; later and lower the farther inland."""
    delayed_h = (at - reach_km * 1000.0 / WAVE_M_S * 1000.0) / HOUR
    level: Floats = np.zeros(np.broadcast_shapes(at.shape, reach_km.shape))
    for period_h, amplitude_m, phase in CONSTITUENTS.values():
        level = level + amplitude_m * np.cos(2.0 * np.pi * delayed_h / period_h - phase)
    return np.asarray(MEAN_LEVEL_M + level * np.exp(-reach_km / DAMPING_KM), np.float64)
