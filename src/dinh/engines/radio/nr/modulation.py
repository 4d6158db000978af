"""Modulation and coding: MCS and CQI tables of TS 38.214."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scheme:
    """`rate_1024` is the target code rate times 1024, as the tables print it."""

    index: int
    bits_per_symbol: int
    rate_1024: float

    @property
    def code_rate(self) -> float:
        return self.rate_1024 / 1024.0

    @property
    def efficiency(self) -> float:
        """Bits a resource element and layer."""
        return self.bits_per_symbol * self.rate_1024 / 1024.0


def _table(first: int, *parts: tuple[int, tuple[float, ...]]) -> tuple[Scheme, ...]:
    rows = [(bits, rate) for bits, rates in parts for rate in rates]
    return tuple(Scheme(first + position, bits, rate) for position, (bits, rate) in enumerate(rows))


MCS_64QAM: Final = _table(
    0,
    (2, (120, 157, 193, 251, 308, 379, 449, 526, 602, 679)),
    (4, (340, 378, 434, 490, 553, 616, 658)),
    (6, (438, 466, 517, 567, 616, 666, 719, 772, 822, 873, 910, 948)),
)
"""Table 5.1.3.1-1. From index 16 to 17 efficiency falls by 0.004: so it stands."""
MCS_256QAM: Final = _table(
    0,
    (2, (120, 193, 308, 449, 602)),
    (4, (378, 434, 490, 553, 616, 658)),
    (6, (466, 517, 567, 616, 666, 719, 772, 822, 873)),
    (8, (682.5, 711, 754, 797, 841, 885, 916.5, 948)),
)
"""Table 5.1.3.1-2."""
MCS_LOW: Final = _table(
    0,
    (2, (30, 40, 50, 64, 78, 99, 120, 157, 193, 251, 308, 379, 449, 526, 602)),
    (4, (340, 378, 434, 490, 553, 616)),
    (6, (438, 466, 517, 567, 616, 666, 719, 772)),
)
"""Table 5.1.3.1-3, low spectral efficiency."""

CQI_64QAM: Final = _table(
    1, (2, (78, 120, 193, 308, 449, 602)), (4, (378, 490, 616)), (6, (466, 567, 666, 772, 873, 948))
)
"""Table 5.2.2.1-2; index 0 is out of range."""
CQI_256QAM: Final = _table(
    1, (2, (78, 193, 449)), (4, (378, 490, 616)), (6, (466, 567, 666, 772, 873)), (8, (711, 797, 885, 948))
)
"""Table 5.2.2.1-3."""
CQI_LOW: Final = _table(1, (2, (30, 50, 78, 120, 193, 308, 449, 602)), (4, (378, 490, 616)), (6, (466, 567, 666, 772)))
"""Table 5.2.2.1-4."""
