"""Carriers of frequency range 1: bands, resource blocks and the peak rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dinh.engines.radio.ranges import Range
from dinh.kernel.errors import Invalid

RESOURCE_BLOCKS: Final[Mapping[int, Mapping[int, int]]] = {
    15: {5: 25, 10: 52, 15: 79, 20: 106, 25: 133, 30: 160, 40: 216, 50: 270},
    30: {5: 11, 10: 24, 15: 38, 20: 51, 25: 65, 30: 78, 40: 106, 50: 133, 60: 162, 70: 189, 80: 217, 90: 245, 100: 273},
    60: {10: 11, 15: 18, 20: 24, 25: 31, 30: 38, 40: 51, 50: 65, 60: 79, 70: 93, 80: 107, 90: 121, 100: 135},
}
"""N_RB by subcarrier spacing in kHz and channel bandwidth in MHz: 3GPP TS 38.101-1 Table 5.3.2-1."""

OVERHEAD_DOWN: Final = 0.14
OVERHEAD_UP: Final = 0.08
"""Of frequency range 1: TS 38.306 clause 4.1.2."""
GREATEST_CODE_RATE: Final = 948 / 1024
MODULATION_ORDERS: Final = (1, 2, 4, 6, 8, 10)
LAYERS: Final = Range("number of layers", 1, 8, "", "3GPP TS 38.306 clause 4.1.2")


@dataclass(frozen=True, slots=True)
class Band:
    """Edges in MHz; TDD bands have one range for both directions."""

    name: str
    up_mhz: tuple[float, float]
    down_mhz: tuple[float, float]

    @property
    def tdd(self) -> bool:
        return self.up_mhz == self.down_mhz


BANDS: Final = {
    band.name: band
    for band in (
        Band("n1", (1920, 1980), (2110, 2170)),
        Band("n3", (1710, 1785), (1805, 1880)),
        Band("n28", (703, 748), (758, 803)),
        Band("n40", (2300, 2400), (2300, 2400)),
        Band("n41", (2496, 2690), (2496, 2690)),
        Band("n77", (3300, 4200), (3300, 4200)),
        Band("n78", (3300, 3800), (3300, 3800)),
        Band("n79", (4400, 5000), (4400, 5000)),
    )
}
"""Bands used or planned in Vietnam: TS 38.101-1 Table 5.2-1."""


def resource_blocks(bandwidth_mhz: int, subcarrier_khz: int) -> int:
    """N_RB of a channel. Raises Invalid for a width that the spacing does not have, with those that it has."""
    widths = RESOURCE_BLOCKS.get(subcarrier_khz)
    if widths is None:
        raise Invalid("radio.spacing", "there is no subcarrier spacing of {value} kHz below 7 GHz; choose 15, 30 or 60", value=subcarrier_khz)  # fmt: skip
    if bandwidth_mhz not in widths:
        raise Invalid("radio.bandwidth", "a channel of {value} MHz does not exist at {spacing} kHz; choose one of {known}", value=bandwidth_mhz, spacing=subcarrier_khz, known=", ".join(map(str, widths)))  # fmt: skip
    return widths[bandwidth_mhz]


def peak_rate_mbps(
    *,
    resource_blocks: int,
    subcarrier_khz: int,
    layers: int,
    modulation_order: int,
    overhead: float = OVERHEAD_DOWN,
    scaling: float = 1.0,
    share_of_time: float = 1.0,
) -> float:
    """Greatest rate of one carrier, Mb/s; `share_of_time` is what TDD leaves to the direction.

    Source: 3GPP TS 38.306 clause 4.1.2 with R_max = 948 / 1024. Raises OutOfRange for layers, Invalid for a modulation
    (bits a symbol: 2 QPSK, 4 16QAM, 6 64QAM, 8 256QAM, 10 1024QAM).
    """
    LAYERS.require(layers)
    if modulation_order not in MODULATION_ORDERS:
        raise Invalid("radio.modulation", "no modulation has {value} bits a symbol; choose one of 1, 2, 4, 6, 8, 10", value=modulation_order)  # fmt: skip
    symbols_a_second = 14 * subcarrier_khz / 15 * 1000
    bits = layers * modulation_order * scaling * GREATEST_CODE_RATE * 12 * resource_blocks * symbols_a_second
    return bits * (1 - overhead) * share_of_time / 1e6
