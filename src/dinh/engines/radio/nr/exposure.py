"""How near people may come to a mast: far-field power density against the limits for the general public.

S = EIRP / (4π·r²), the spherical formula that IEC 62232 permits in the far field; it is kept nearer too, where it errs on the
side of caution within the beam, and the answer says so. Actual maximum power enters as IEC 62232:2022 has it: the share of
time of TDD and the reduction factor of beams that never all point one way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dinh.kernel.errors import OutOfRange

LIGHT_M_S: Final = 299_792_458.0
WAVE_OHM: Final = 376.730313
GROUND_REFLECTION: Final = 1.6
"""Field with a reflecting ground over field without, 1 + 0.6: ITU-T K.52. Power density grows by its square, 2.56."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Reference levels of plane-wave power density for the general public: (from Hz, to Hz, W/m², W/m² per MHz)."""

    name: str
    source: str
    bands: tuple[tuple[float, float, float, float], ...]

    def density_w_m2(self, frequency_hz: float) -> float:
        for low, high, fixed, per_mhz in self.bands:
            if low < frequency_hz <= high:
                return fixed + per_mhz * frequency_hz / 1e6
        raise OutOfRange(
            "nr.exposure",
            "{limit} gives no power density at {value} MHz; it covers {least}–{most} MHz",
            limit=self.name,
            value=frequency_hz / 1e6,
            least=self.bands[0][0] / 1e6,
            most=self.bands[-1][1] / 1e6,
        )

    def field_v_m(self, frequency_hz: float) -> float:
        """The plane wave of that density."""
        return math.sqrt(self.density_w_m2(frequency_hz) * WAVE_OHM)


ICNIRP_2020: Final = Limit(
    "ICNIRP 2020",
    "ICNIRP Guidelines 2020, Table 5: general public, whole body, averaged over 30 min",
    ((30e6, 400e6, 2.0, 0.0), (400e6, 2e9, 0.0, 1.0 / 200.0), (2e9, 300e9, 10.0, 0.0)),
)
QCVN_8_2022: Final = Limit(
    "QCVN 8:2022/BTTTT",
    "QCVN 8:2022/BTTTT (Thông tư 21/2022/TT-BTTTT, in force from 2023-07-01): not occupational, 10 MHz to 6 GHz, 27.5 V/m",
    ((10e6, 6e9, 2.0, 0.0),),
)
"""Stricter than ICNIRP above 400 MHz: five times at 2 GHz and above, where the law's compliance is decided."""


@dataclass(frozen=True, slots=True)
class Source:
    """One carrier of a mast. `time_share` is the downlink's share in TDD, `power_reduction` the factor F_PR of beams."""

    transmit_power_w: float
    gain_dbi: float
    frequency_hz: float
    feeder_loss_db: float = 0.0
    time_share: float = 1.0
    power_reduction: float = 1.0
    antenna_size_m: float = 1.0
    """Its largest side, which sets where the far field begins."""

    @property
    def mean_eirp_w(self) -> float:
        gain = 10.0 ** ((self.gain_dbi - self.feeder_loss_db) / 10.0)
        return float(self.transmit_power_w * gain * self.time_share * self.power_reduction)

    @property
    def far_field_m(self) -> float:
        """2D²/λ."""
        return 2.0 * self.antenna_size_m**2 * self.frequency_hz / LIGHT_M_S


@dataclass(frozen=True, slots=True)
class Clearance:
    """`in_far_field` is False where the formula was used nearer than it is proven."""

    distance_m: float
    in_far_field: bool
    limit: Limit


def power_density_w_m2(source: Source, distance_m: float, *, field_factor: float = 1.0) -> float:
    """In the direction of the source's gain. `field_factor` is 1, or `GROUND_REFLECTION`."""
    return source.mean_eirp_w * field_factor**2 / (4.0 * math.pi * distance_m**2)


def exposure_ratio(
    sources: Sequence[tuple[Source, float]], limit: Limit = QCVN_8_2022, *, field_factor: float = 1.0
) -> float:
    """Sum of density over limit at one point, for sources and their distances in metres: 1 or less complies."""
    return sum(
        power_density_w_m2(source, distance_m, field_factor=field_factor) / limit.density_w_m2(source.frequency_hz)
        for source, distance_m in sources
    )


def compliance_distance(
    sources: Sequence[Source], limit: Limit = QCVN_8_2022, *, field_factor: float = 1.0
) -> Clearance:
    """Where the exposure ratio of all carriers together, each in its main beam, falls to 1."""
    if not sources:
        return Clearance(0.0, True, limit)
    at_1_m = exposure_ratio([(source, 1.0) for source in sources], limit, field_factor=field_factor)
    distance = math.sqrt(at_1_m)
    return Clearance(distance, all(distance >= source.far_field_m for source in sources), limit)
