"""Free space: ITU-R P.525."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.kernel.errors import OutOfRange

SPEED_OF_LIGHT_M_S = 299_792_458.0
CONSTANT_DB = 20 * math.log10(4 * math.pi * 1e12 / SPEED_OF_LIGHT_M_S)
"""Loss over 1 km at 1 GHz, dB: 92.4478 (P.525-4 eq. (4) rounds it to 92.4 for these units)."""


def free_space_loss_db(distance_km: npt.ArrayLike, frequency_ghz: float) -> npt.NDArray[np.float64]:
    """Free-space basic transmission loss between isotropic antennas.

    Any shape -> the same shape, dB. Valid in the far field: distance_km > 0, frequency_ghz > 0.
    Source: ITU-R P.525-4 eq. (3). Raises OutOfRange with the value.
    """
    distance = np.asarray(distance_km, dtype=np.float64)
    if not frequency_ghz > 0:
        raise OutOfRange("radio.frequency", "a frequency of {value} GHz has no wavelength; give one above 0", value=frequency_ghz)  # fmt: skip
    if distance.size and not float(distance.min()) > 0:
        raise OutOfRange("radio.distance", "a distance of {value} km has no far field; give one above 0", value=float(distance.min()))  # fmt: skip
    return np.asarray(CONSTANT_DB + 20 * np.log10(frequency_ghz) + 20 * np.log10(distance))


@compiled()
def distance_in_space_km(distance_km: float, height_a_m: float, height_b_m: float) -> float:
    """Length of the straight line between two antennas over a flat base, km (P.1812-6 section 4.2, P.2001)."""
    rise = (height_a_m - height_b_m) / 1000.0
    return math.sqrt(distance_km * distance_km + rise * rise)
