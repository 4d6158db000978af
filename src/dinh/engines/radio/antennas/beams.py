"""Sets of beams: those that sweep the synchronisation signals (SSB) and those that carry traffic."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.antennas.panel import Beam, Panel, steered
from dinh.engines.radio.antennas.pattern import Floats
from dinh.kernel.errors import OutOfRange


def most_ssb_beams(frequency_hz: float, *, unpaired: bool = True) -> int:
    """L_max of TS 38.213 clause 4.1: 4, 8 or 64.

    The step from 4 to 8 lies at 3 GHz; with 30 kHz in unpaired spectrum (case C, bands n40, n41 …) at 1.88 GHz.
    """
    if frequency_hz > 6e9:
        return 64
    return 8 if frequency_hz > (1.88e9 if unpaired else 3e9) else 4


def ssb_beams(
    panel: Panel, azimuths_deg: Sequence[float], elevations_deg: Sequence[float], *, most: int = 8
) -> tuple[Beam, ...]:
    """One beam for each pair of azimuth and elevation, the lowest row first. `most` is L_max of the band."""
    count = len(azimuths_deg) * len(elevations_deg)
    if not 1 <= count <= most:
        raise OutOfRange(
            "antennas.ssb",
            "{count} SSB beams cannot be swept; this band has room for 1 to {most}",
            count=count,
            most=most,
        )
    return tuple(steered(panel, azimuth, elevation) for elevation in elevations_deg for azimuth in azimuths_deg)


def even_azimuths_deg(count: int, span_deg: float = 120.0) -> tuple[float, ...]:
    """The middles of `count` equal parts of a sector."""
    return tuple(float(x) for x in (np.arange(count) + 0.5) * (span_deg / count) - span_deg / 2.0)


def dft_beams(
    panel: Panel,
    *,
    oversampling: tuple[int, int] = (4, 4),
    azimuth_deg: tuple[float, float] = (-60.0, 60.0),
    elevation_deg: tuple[float, float] = (-30.0, 10.0),
) -> tuple[Beam, ...]:
    """The beams of the type I codebook (TS 38.214 clause 5.2.2.2.1, N1 columns, N2 rows, O1 and O2 the oversampling)
    that point into the given part of the panel's view.

    Phase steps are l/(O1·N1) across and m/(O2·N2) upward between neighbouring ports.
    """
    across, upward = panel.columns * oversampling[0], panel.port_rows * oversampling[1]
    if panel.port_rows == 1:
        upward = 1
    beams = []
    for m in range(upward):
        for step in range(across):
            beam = Beam(panel, _centred(m, upward) / panel.rows_per_port, _centred(step, across))
            azimuth, elevation = beam.points_at_deg()
            if azimuth_deg[0] <= azimuth <= azimuth_deg[1] and elevation_deg[0] <= elevation <= elevation_deg[1]:
                beams.append(beam)
    return tuple(beams)


def best_gain_dbi(
    beams: Sequence[Beam], azimuth_deg: Floats, elevation_deg: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """The strongest beam's gain in each direction and its position in the set."""
    if not beams:
        raise OutOfRange("antennas.no_beams", "no beam points into the asked part of the view; widen it")
    shape = np.broadcast(azimuth_deg, elevation_deg).shape
    best = np.full(shape, -np.inf)
    which = np.zeros(shape, dtype=np.int64)
    for position, beam in enumerate(beams):
        gain = beam.gain_dbi(azimuth_deg, elevation_deg)
        stronger = gain > best
        best = np.where(stronger, gain, best)
        which = np.where(stronger, position, which)
    return best, which


def _centred(step: int, of: int) -> float:
    return (step / of + 0.5) % 1.0 - 0.5
