"""How many bits: a transport block (TS 38.214 clause 5.1.3.2) and the peak of a terminal (TS 38.306 clause 4.1.2)."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dinh.engines.radio.nr.modulation import Scheme
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS, numerology

_MOST_PER_BLOCK: Final = 156
HIGHEST_RATE: Final = 948 / 1024
"""R_max of TS 38.306."""
# Table 5.1.3.2-1, blocks of up to 3824 bits.
_SMALL: Final[tuple[int, ...]] = (
    *range(24, 193, 8), *range(208, 385, 16), *range(408, 481, 24), *range(504, 577, 24), *range(608, 769, 32),
    *range(808, 929, 40), 984, 1032, 1064, *range(1128, 1353, 32), *range(1416, 1929, 64), 2024, *range(2088, 2281, 64),
    *range(2408, 2857, 64), 2976, 3104, *range(3240, 3753, 128), 3824,
)  # fmt: skip


class Overhead(Enum):
    """OH of TS 38.306 clause 4.1.2."""

    DOWNLINK_FR1 = 0.14
    DOWNLINK_FR2 = 0.18
    UPLINK_FR1 = 0.08
    UPLINK_FR2 = 0.10


def transport_block_bits(
    scheme: Scheme,
    *,
    blocks: int,
    layers: int = 1,
    symbols: int = 13,
    dmrs_elements: int = 12,
    overhead_elements: int = 0,
) -> int:
    """`symbols`, `dmrs_elements` (in a resource block) and xOverhead (0, 6, 12 or 18) of one slot's shared channel."""
    in_block = SUBCARRIERS * symbols - dmrs_elements - overhead_elements
    information = min(_MOST_PER_BLOCK, in_block) * blocks * scheme.code_rate * scheme.bits_per_symbol * layers
    if information <= 0.0:
        return 0
    if information <= 3824.0:
        n = max(3, math.floor(math.log2(information)) - 6)
        quantised = max(24, (1 << n) * math.floor(information / (1 << n)))
        return _SMALL[bisect_left(_SMALL, quantised)]
    n = math.floor(math.log2(information - 24.0)) - 5
    # «round» of the clause takes halves up, Python's takes them to even.
    quantised = max(3840, (1 << n) * math.floor((information - 24.0) / (1 << n) + 0.5))
    if scheme.code_rate <= 0.25:
        pieces = math.ceil((quantised + 24) / 3816)
    elif quantised > 8424:
        pieces = math.ceil((quantised + 24) / 8424)
    else:
        pieces = 1
    return 8 * pieces * math.ceil((quantised + 24) / (8 * pieces)) - 24


@dataclass(frozen=True, slots=True)
class Carrier:
    """One component carrier of the peak rate. `scaling` is f of the clause: 1, 0.8, 0.75 or 0.4."""

    blocks: int
    spacing_hz: float
    layers: int
    bits_per_symbol: int
    overhead: Overhead = Overhead.DOWNLINK_FR1
    scaling: float = 1.0
    time_share: float = 1.0
    """Of the direction in TDD; the clause's own formula has none, so 1 is its value."""


def peak_rate_bps(carriers: Sequence[Carrier]) -> float:
    """Σ v·Q_m·f·R_max·(N_PRB·12 / T_s)·(1 - OH), T_s = 10⁻³ / (14·2^μ)."""
    total = 0.0
    for carrier in carriers:
        symbols_a_second = SYMBOLS * 1e3 * 2 ** numerology(carrier.spacing_hz)
        total += (
            carrier.layers
            * carrier.bits_per_symbol
            * carrier.scaling
            * HIGHEST_RATE
            * carrier.blocks
            * SUBCARRIERS
            * symbols_a_second
            * (1.0 - carrier.overhead.value)
            * carrier.time_share
        )
    return total
