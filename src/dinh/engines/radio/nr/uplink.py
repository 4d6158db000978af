"""What a terminal can send: its power is fixed, so the wider it spreads it, the less each resource block has.

TS 38.213 clause 7.1 sets the power of the shared channel (PUSCH) by the number of blocks, the path loss and what the base station
asks for, and cuts it at the terminal's greatest, P_CMAX; TS 38.101-1 clause 6.2.1 names that: 23 dBm in power class 3, 26 dBm in
class 2. Here the terminal sends all it has, evenly over its blocks, which is what it does where the link is the limit. The
reduction that high modulation orders are allowed (MPR, clause 6.2.2) is not taken off.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.nr.link_adaptation import NR_UPLINK, Floats, RateCurve
from dinh.engines.radio.nr.link_budget import noise_dbm
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS, numerology
from dinh.engines.radio.ranges import Range

_BLOCKS: Final = Range("an uplink carrier", 1, 275, "resource blocks", "TS 38.211 clause 4.4.2")
_LAYERS: Final = Range("an uplink", 1, 4, "layers", "TS 38.211 clause 6.3.1.3")
_SHARE: Final = Range("an uplink", 0.0, 1.0, "of the time", "TS 38.213 clause 11.1")
_ROUNDING: Final = 1.0 + 1e-9


class Uplink(NamedTuple):
    """Shape (n,) each. Where nothing comes through the rate is 0, no block is used, and the SINR is that of one block; where the
    coupling loss is NaN, rate and SINR are."""

    rate_bps: Floats
    sinr_db: Floats
    blocks_used: npt.NDArray[np.int32]


def uplink(
    coupling_loss_db: npt.ArrayLike,
    *,
    terminal_dbm: float = 23.0,
    noise_figure_db: float = 5.0,
    interference_margin_db: float = 3.0,
    blocks: int,
    spacing_hz: float,
    time_share: float,
    layers: int = 1,
    curve: RateCurve = NR_UPLINK,
) -> Uplink:
    """Of one terminal that has the whole carrier, with as many blocks as give the greatest rate.

    Coupling loss (n,) is everything between the terminal's port and that of the base station, antennas included: power of a
    resource element less RSRP. The noise figure is the base station's, the interference margin its rise of noise, `time_share` the
    uplink's (`TddPattern.uplink_share`). Layers share the terminal's power and do not disturb each other; SINR is that of each.
    Raises OutOfRange for blocks, layers, shares and spacings that do not exist.
    """
    _BLOCKS.require(blocks)
    _LAYERS.require(layers)
    _SHARE.require(time_share)
    loss = np.asarray(coupling_loss_db, dtype=np.float64)
    noise = noise_dbm(SUBCARRIERS * spacing_hz, noise_figure_db) + interference_margin_db
    elements_a_second = SUBCARRIERS * SYMBOLS * 1e3 * 2 ** numerology(spacing_hz)
    alone = 10.0 ** ((terminal_dbm - noise - 10.0 * np.log10(layers) - loss) / 10.0)
    # n·log2(1 + s/n) grows with n, and so does n times the greatest efficiency: more blocks are better until each has just the
    # least SINR that carries anything.
    least = 10.0 ** (curve.least_sinr_db / 10.0)
    most = np.nan_to_num(alone / least * _ROUNDING, nan=0.0, posinf=blocks)
    used = np.minimum(most, blocks).astype(np.int32)
    each = alone / np.maximum(used, 1)
    efficiency = np.minimum(curve.attenuation * np.log2(1.0 + each), curve.greatest_efficiency)
    scale = elements_a_second * layers * time_share * (1.0 - Overhead.UPLINK_FR1.value)
    with np.errstate(divide="ignore"):
        return Uplink(used * efficiency * scale, 10.0 * np.log10(each), used)
