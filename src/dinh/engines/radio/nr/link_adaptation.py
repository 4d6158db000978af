"""From SINR to bits: an attenuated and truncated Shannon bound, TR 36.942 annex A.

    efficiency = 0 below the least SINR, α·log2(1 + SINR) above, and no more than the greatest

A link-level simulation of the receiver would do better; none is published as a standard for NR, so the curve stands for it
and carries its source. The threshold of an MCS is where the same curve reaches the MCS's efficiency.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.nr.modulation import Scheme
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS, numerology

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RateCurve:
    """`attenuation` is α; efficiencies are bits a second and hertz of one layer."""

    attenuation: float
    least_sinr_db: float
    greatest_efficiency: float

    def efficiency(self, sinr_db: Floats) -> Floats:
        """Shape (n,) -> (n,)."""
        sinr = np.asarray(sinr_db, dtype=np.float64)
        bound = self.attenuation * np.log2(1.0 + 10.0 ** (sinr / 10.0))
        return np.where(sinr < self.least_sinr_db, 0.0, np.minimum(bound, self.greatest_efficiency))

    def needed_sinr_db(self, efficiency: float) -> float:
        """The least SINR that carries so much; infinite beyond the greatest."""
        if efficiency > self.greatest_efficiency:
            return math.inf
        return max(10.0 * math.log10(2.0 ** (efficiency / self.attenuation) - 1.0), self.least_sinr_db)


def up_to_sinr(attenuation: float, least_sinr_db: float, greatest_sinr_db: float) -> RateCurve:
    """A curve whose source cuts it at a SINR instead of an efficiency."""
    greatest = attenuation * math.log2(1.0 + 10.0 ** (greatest_sinr_db / 10.0))
    return RateCurve(attenuation, least_sinr_db, greatest)


TR_36942_DOWNLINK: Final = RateCurve(0.6, -10.0, 4.4)
TR_36942_UPLINK: Final = RateCurve(0.4, -10.0, 2.0)
"""TR 36.942 annex A: LTE, one layer to two antennas down, one to two up."""
NR_DOWNLINK: Final = up_to_sinr(0.6, -10.0, 30.0)
NR_UPLINK: Final = up_to_sinr(0.4, -10.0, 22.0)
"""TR 38.803 and Recommendation ITU-R M.2101, for IMT-2020 in sharing studies. The 30 dB end at 5.98 bit/s/Hz: 256QAM beyond index 21 of its table is then never chosen."""


def thresholds_db(table: Sequence[Scheme], curve: RateCurve = NR_DOWNLINK) -> Floats:
    """The least SINR of each row of an MCS or CQI table, in the table's order; infinite where the curve never reaches it."""
    return np.array([curve.needed_sinr_db(scheme.efficiency) for scheme in table])


def chosen_scheme(
    sinr_db: Floats, table: Sequence[Scheme], curve: RateCurve = NR_DOWNLINK, *, margin_db: float = 0.0
) -> NDArray[np.int64]:
    """Index in its table of the most efficient scheme that the SINR less `margin_db` carries; -1 where none."""
    order = sorted(table, key=lambda scheme: scheme.efficiency)
    least = thresholds_db(order, curve)
    position = np.searchsorted(least, np.asarray(sinr_db, dtype=np.float64) - margin_db, side="right")
    indices = np.array([-1, *(scheme.index for scheme in order)], dtype=np.int64)
    return indices[position]


def throughput_bps(
    sinr_db: Floats,
    *,
    blocks: int,
    spacing_hz: float,
    layers: int = 1,
    time_share: float = 1.0,
    overhead: Overhead = Overhead.DOWNLINK_FR1,
    table: Sequence[Scheme] | None = None,
    curve: RateCurve = NR_DOWNLINK,
) -> Floats:
    """Of one terminal that has the whole carrier, shape (n,) -> (n,).

    With a `table` in steps of its schemes, else along the curve. SINR is that of each layer; layers add up.
    """
    if table is None:
        efficiency = curve.efficiency(sinr_db)
    else:
        chosen = chosen_scheme(sinr_db, table, curve)
        by_index = {scheme.index: scheme.efficiency for scheme in table} | {-1: 0.0}
        efficiency = np.vectorize(by_index.__getitem__, otypes=[np.float64])(chosen)
    elements_a_second = blocks * SUBCARRIERS * SYMBOLS * 1e3 * 2 ** numerology(spacing_hz)
    return np.asarray(efficiency * elements_a_second * (layers * time_share * (1.0 - overhead.value)))
