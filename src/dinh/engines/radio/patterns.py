"""Antennas as planners have them: two cuts of attenuation, one horizontal, one vertical, under a greatest gain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dinh.kernel.errors import Invalid

type Cut = npt.NDArray[np.float32]

DEGREES: Final = 360
_FRONT_TO_BACK_DB: Final = 30.0


@dataclass(frozen=True, slots=True)
class Pattern:
    """`horizontal_db`, `vertical_db`: attenuation below `gain_dbi` in dB, >= 0, at each degree, shape (360,): clockwise from
    the boresight; downwards from the horizon. The attenuations of both cuts are summed, at most `front_to_back_db`
    (3GPP TR 38.901 Table 7.3-1). `tilt_deg`: electrical down-tilt that the vertical cut holds already.
    """

    name: str
    gain_dbi: float
    horizontal_db: Cut
    vertical_db: Cut
    front_to_back_db: float = _FRONT_TO_BACK_DB
    tilt_deg: float = 0.0

    def __post_init__(self) -> None:
        for cut, which in ((self.horizontal_db, "horizontal"), (self.vertical_db, "vertical")):
            if cut.shape != (DEGREES,):
                raise Invalid("radio.pattern_gap", "the {which} cut of {name} has {count} angles; give each of the 360 degrees", which=which, name=self.name, count=cut.size)  # fmt: skip
            bad = np.flatnonzero(~(np.isfinite(cut) & (cut >= 0)))
            if bad.size:
                raise Invalid("radio.pattern_value", "the {which} cut of {name} has {value} dB at {degree} degrees; attenuations are 0 or more", which=which, name=self.name, value=float(cut[bad[0]]), degree=int(bad[0]))  # fmt: skip

    def gain_towards_dbi(
        self, off_azimuth_deg: npt.ArrayLike, below_horizon_deg: npt.ArrayLike
    ) -> npt.NDArray[np.float64]:
        """Gain towards directions, dBi: angles clockwise from the boresight and downwards; linear between degrees."""
        around, below = np.asarray(off_azimuth_deg, dtype=np.float64) % 360, np.asarray(below_horizon_deg) % 360
        degrees = np.arange(DEGREES + 1)
        across = np.interp(around, degrees, np.append(self.horizontal_db, self.horizontal_db[0]))
        along = np.interp(below, degrees, np.append(self.vertical_db, self.vertical_db[0]))
        return np.asarray(self.gain_dbi - np.minimum(across + along, self.front_to_back_db))


def sector_pattern(
    *, gain_dbi: float = 17.0, horizontal_beamwidth_deg: float = 65.0, vertical_beamwidth_deg: float = 7.0,
    tilt_deg: float = 0.0, front_to_back_db: float = _FRONT_TO_BACK_DB,
) -> Pattern:  # fmt: skip
    """The parabola of 3GPP TR 38.901 Table 7.3-1 in both cuts: 12 (angle / beamwidth)^2 dB."""
    angle = (np.arange(DEGREES) + 180) % 360 - 180
    down = (np.arange(DEGREES) - tilt_deg + 180) % 360 - 180
    across = np.minimum(12 * (angle / horizontal_beamwidth_deg) ** 2, front_to_back_db).astype(np.float32)
    along = np.minimum(12 * (down / vertical_beamwidth_deg) ** 2, front_to_back_db).astype(np.float32)
    name = f"{gain_dbi:g} dBi, {horizontal_beamwidth_deg:g}° x {vertical_beamwidth_deg:g}°"
    return Pattern(name, gain_dbi, across, along, front_to_back_db, tilt_deg)


def omnidirectional(gain_dbi: float = 0.0) -> Pattern:
    """The same gain in every direction."""
    nothing = np.zeros(DEGREES, dtype=np.float32)
    return Pattern(f"{gain_dbi:g} dBi in every direction", gain_dbi, nothing, nothing.copy())
