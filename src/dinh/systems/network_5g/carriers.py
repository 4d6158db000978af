"""What follows from a carrier alone: its resource blocks, its share of time, the bits that it can bear."""

from __future__ import annotations

from typing import Final

from dinh.engines.radio.nr.link_budget import noise_dbm
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS, numerology, resource_blocks
from dinh.engines.radio.nr.tdd import TddPattern
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.domain import Carrier, Settings

LTE_BLOCKS: Final = {5: 25, 10: 50, 15: 75, 20: 100}
"""3GPP TS 36.101 Table 5.6-1."""
LTE_SPACING_KHZ: Final = 15


def blocks_of(carrier: Carrier) -> int:
    """Raises Invalid for a width that the technology does not have."""
    if carrier.technology == "lte":
        if carrier.bandwidth_mhz not in LTE_BLOCKS:
            raise Invalid("radio.lte_width", "an LTE carrier is 5, 10, 15 or 20 MHz wide, not {value}", value=carrier.bandwidth_mhz)  # fmt: skip
        return LTE_BLOCKS[carrier.bandwidth_mhz]
    return resource_blocks(carrier.bandwidth_mhz * 1e6, carrier.subcarrier_khz * 1e3)


def spacing_hz(carrier: Carrier) -> float:
    return (LTE_SPACING_KHZ if carrier.technology == "lte" else carrier.subcarrier_khz) * 1e3


def shares_of(carrier: Carrier) -> tuple[float, float]:
    """Of time, down and up. No slots are paired spectrum: both directions have all of it."""
    if not carrier.slots:
        return 1.0, 1.0
    pattern = TddPattern(carrier.slots, spacing_hz(carrier))
    return pattern.downlink_share, pattern.uplink_share


def element_noise_dbm(carrier: Carrier, settings: Settings) -> float:
    """At a terminal, in one resource element."""
    return noise_dbm(spacing_hz(carrier), settings.noise_figure_db)


def downlink_bandwidth_hz(carrier: Carrier) -> float:
    """Resource elements a second over all layers, in what TDD and control channels leave to data downlink: bits a second for
    each bit/s/Hz of a layer, as in `nr.link_adaptation.throughput_bps`."""
    elements = blocks_of(carrier) * SUBCARRIERS * SYMBOLS * 1e3 * 2 ** numerology(spacing_hz(carrier))
    return float(elements * carrier.layers * shares_of(carrier)[0] * (1.0 - Overhead.DOWNLINK_FR1.value))
