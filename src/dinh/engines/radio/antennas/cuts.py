"""A pattern in space from its two measured cuts: no cut tells what lies between them, so each method is a guess.

`SUMMING` adds the attenuations of both cuts: simple, usual, and up to twice too deep behind and aside.
`CROSS_WEIGHTED` weighs the cuts by how strongly the other one radiates: T. G. Vasiliadis, A. G. Dimitriou, G. D. Sergiadis,
IEEE Trans. Antennas Propag. 53(7), 2005, with k = 2, their best fit to measured panels.
`INTERPOLATED` goes from the front half of the vertical cut to its back half with azimuth (horizontal projection interpolation):
F. Gil et al., IEEE Antennas Propag. Mag. 43(2), 2001. It alone uses the back of the vertical cut.
All three return the cuts themselves on the cuts' planes in front, if both cuts agree where they meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dinh.engines.radio.antennas.pattern import Floats, signed_deg


class Method(StrEnum):
    SUMMING = "summing"
    CROSS_WEIGHTED = "cross-weighted"
    INTERPOLATED = "interpolated"


@dataclass(frozen=True, eq=False)
class Cuts:
    """Attenuations in dB, 0 or more, at even steps over a full turn from 0°.

    Horizontal: clockwise from the front, in the plane of the horizon. Vertical, as in Planet files: from the front horizon
    downward, so 90° is the ground, 180° the horizon behind, 270° the sky; an electrical tilt of 6° has its 0 dB at 6°.
    """

    peak_dbi: float
    horizontal_db: Floats
    vertical_db: Floats
    method: Method = Method.CROSS_WEIGHTED

    def gain_dbi(self, azimuth_deg: Floats, elevation_deg: Floats) -> Floats:
        azimuth, elevation = np.broadcast_arrays(
            np.asarray(azimuth_deg, dtype=np.float64), np.asarray(elevation_deg, dtype=np.float64)
        )
        aside = _at(self.horizontal_db, azimuth)
        front = _at(self.vertical_db, -elevation)
        if self.method is Method.SUMMING:
            taken = aside + front
        elif self.method is Method.CROSS_WEIGHTED:
            taken = _cross_weighted(aside, front)
        else:
            behind = np.abs(signed_deg(azimuth)) / 180.0
            back = _at(self.vertical_db, 180.0 + elevation)
            taken = (
                aside
                + (1.0 - behind) * (front - self.vertical_db[0])
                + behind * (back - _at(self.vertical_db, np.array(180.0)))
            )
        return np.asarray(self.peak_dbi - np.maximum(taken, 0.0))


def _cross_weighted(aside_db: Floats, front_db: Floats) -> Floats:
    across, upright = 10.0 ** (-aside_db / 10.0), 10.0 ** (-front_db / 10.0)
    by_horizontal, by_vertical = upright * (1.0 - across), across * (1.0 - upright)
    weight = np.hypot(by_horizontal, by_vertical)
    peak = weight < 1e-12
    found = (aside_db * by_horizontal + front_db * by_vertical) / np.where(peak, 1.0, weight)
    # Both weights vanish where both cuts are at 0 dB, and where neither radiates.
    return np.where(peak, np.maximum(aside_db, front_db), found)


def _at(cut_db: Floats, angle_deg: Floats) -> Floats:
    """Between two angles of the file, decibels run straight."""
    position = (np.asarray(angle_deg) % 360.0) * (len(cut_db) / 360.0)
    below = np.floor(position).astype(np.int64)
    share = position - below
    return np.asarray(cut_db[below % len(cut_db)] * (1.0 - share) + cut_db[(below + 1) % len(cut_db)] * share)
