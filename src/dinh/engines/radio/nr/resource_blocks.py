"""Bands, channels and numbers of 5G NR in the frequency range FR1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from dinh.kernel.errors import OutOfRange

SUBCARRIERS: Final = 12
SYMBOLS: Final = 14
"""Of a slot with normal cyclic prefix."""
SPACINGS_HZ: Final = (15e3, 30e3, 60e3)

_WIDTHS_MHZ: Final = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)
# TS 38.101-1 Table 5.3.2-1; 0 where the width does not exist.
_BLOCKS: Final = {
    15e3: (25, 52, 79, 106, 133, 160, 188, 216, 242, 270, 0, 0, 0, 0, 0),
    30e3: (11, 24, 38, 51, 65, 78, 92, 106, 119, 133, 162, 189, 217, 245, 273),
    60e3: (0, 11, 18, 24, 31, 38, 44, 51, 58, 65, 79, 93, 107, 121, 135),
}


def resource_blocks(bandwidth_hz: float, spacing_hz: float) -> int:
    """N_RB of a channel, TS 38.101-1 Table 5.3.2-1. Raises OutOfRange `nr.channel`."""
    widths = dict(zip(_WIDTHS_MHZ, _BLOCKS.get(spacing_hz, ()), strict=False))
    found = widths.get(round(bandwidth_hz / 1e6), 0) if (bandwidth_hz / 1e6).is_integer() else 0
    if not found:
        raise OutOfRange(
            "nr.channel",
            "NR has no channel of {bandwidth} MHz with subcarriers of {spacing} kHz; its widths with these are {known} MHz",
            bandwidth=f"{bandwidth_hz / 1e6:g}",
            spacing=f"{spacing_hz / 1e3:g}",
            known=", ".join(str(width) for width, blocks in widths.items() if blocks) or "—",
        )
    return found


def numerology(spacing_hz: float) -> int:
    """μ of TS 38.211 Table 4.2-1; raises OutOfRange `nr.spacing`."""
    for mu in range(5):
        if spacing_hz == 15e3 * 2**mu:
            return mu
    raise OutOfRange(
        "nr.spacing",
        "NR has no subcarriers {spacing} kHz apart; give 15, 30, 60, 120 or 240 kHz",
        spacing=f"{spacing_hz / 1e3:g}",
    )


class Duplex(StrEnum):
    FDD = "FDD"
    TDD = "TDD"


@dataclass(frozen=True, slots=True)
class SyncRaster:
    """GSCN of a band for one pattern of SSB: first, step, last. TS 38.104 Table 5.4.3.3-1."""

    spacing_hz: float
    first: int
    step: int
    last: int


@dataclass(frozen=True, slots=True)
class Band:
    """TS 38.101-1 Table 5.2-1; `raster_hz` are the channel rasters of TS 38.104 Table 5.4.2.3-1."""

    name: str
    uplink_hz: tuple[float, float]
    downlink_hz: tuple[float, float]
    duplex: Duplex
    raster_hz: tuple[float, ...]
    sync: tuple[SyncRaster, ...]


def _paired(name: str, uplink: tuple[int, int], downlink: tuple[int, int], sync: tuple[int, int]) -> Band:
    return Band(
        name,
        (uplink[0] * 1e6, uplink[1] * 1e6),
        (downlink[0] * 1e6, downlink[1] * 1e6),
        Duplex.FDD,
        (100e3,),
        (SyncRaster(15e3, sync[0], 1, sync[1]),),
    )


def _unpaired(name: str, edges: tuple[int, int], raster_hz: tuple[float, ...], *sync: SyncRaster) -> Band:
    both = (edges[0] * 1e6, edges[1] * 1e6)
    return Band(name, both, both, Duplex.TDD, raster_hz, sync)


BANDS: Final = MappingProxyType(
    {
        band.name: band
        for band in (
            _paired("n1", (1920, 1980), (2110, 2170), (5279, 5419)),
            _paired("n3", (1710, 1785), (1805, 1880), (4517, 4693)),
            _paired("n8", (880, 915), (925, 960), (2318, 2395)),
            _paired("n28", (703, 748), (758, 803), (1901, 2002)),
            _unpaired("n40", (2300, 2400), (100e3,), SyncRaster(30e3, 5762, 1, 5989)),
            _unpaired(
                "n41", (2496, 2690), (15e3, 30e3), SyncRaster(15e3, 6246, 3, 6717), SyncRaster(30e3, 6252, 3, 6714)
            ),
            _unpaired("n77", (3300, 4200), (15e3, 30e3), SyncRaster(30e3, 7711, 1, 8329)),
            _unpaired("n78", (3300, 3800), (15e3, 30e3), SyncRaster(30e3, 7711, 1, 8051)),
            _unpaired("n79", (4400, 5000), (15e3, 30e3), SyncRaster(30e3, 8480, 16, 8880)),
        )
    }
)
"""The bands in which Vietnam has mobile networks or has planned them, and n8 and n79 beside them."""


def bands_at(frequency_hz: float) -> tuple[Band, ...]:
    """Bands whose downlink holds a frequency; several may: n78 lies within n77."""
    return tuple(band for band in BANDS.values() if band.downlink_hz[0] <= frequency_hz <= band.downlink_hz[1])
