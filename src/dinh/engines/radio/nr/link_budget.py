"""The form of a link budget, line by line, down to the greatest loss that the link bears (MAPL)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS

THERMAL_DBM_HZ: Final = -173.975
"""k·T at 290 K: 10·log10(1.380649e-23 · 290 · 1000)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the form: a stable key, a number and its UCUM unit."""

    key: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class LinkBudget:
    """Either direction: «transmit» is the base station downlink and the terminal uplink.

    Gains and losses are positive numbers in dB; a loss is subtracted. Power and noise are those of `bandwidth_hz`.
    """

    transmit_power_dbm: float
    bandwidth_hz: float
    required_sinr_db: float
    transmit_gain_dbi: float = 0.0
    transmit_feeder_loss_db: float = 0.0
    receive_gain_dbi: float = 0.0
    receive_feeder_loss_db: float = 0.0
    noise_figure_db: float = 7.0
    interference_margin_db: float = 0.0
    shadowing_margin_db: float = 0.0
    penetration_loss_db: float = 0.0
    body_loss_db: float = 0.0
    foliage_loss_db: float = 0.0
    rain_margin_db: float = 0.0
    other_gain_db: float = 0.0

    @property
    def eirp_dbm(self) -> float:
        return self.transmit_power_dbm - self.transmit_feeder_loss_db + self.transmit_gain_dbi

    @property
    def noise_dbm(self) -> float:
        return noise_dbm(self.bandwidth_hz, self.noise_figure_db)

    @property
    def sensitivity_dbm(self) -> float:
        return self.noise_dbm + self.required_sinr_db

    @property
    def margins_db(self) -> float:
        return (
            self.interference_margin_db
            + self.shadowing_margin_db
            + self.penetration_loss_db
            + self.body_loss_db
            + self.foliage_loss_db
            + self.rain_margin_db
        )

    @property
    def greatest_path_loss_db(self) -> float:
        """MAPL, from antenna to antenna outdoors."""
        received = self.eirp_dbm + self.receive_gain_dbi - self.receive_feeder_loss_db + self.other_gain_db
        return received - self.sensitivity_dbm - self.margins_db

    def lines(self) -> tuple[Line, ...]:
        """Every row in the order of the sum: a form shows them all, also those that are 0."""
        return (
            Line("transmit_power", self.transmit_power_dbm, "dB[mW]"),
            Line("transmit_feeder_loss", self.transmit_feeder_loss_db, "dB"),
            Line("transmit_gain", self.transmit_gain_dbi, "dB"),
            Line("eirp", self.eirp_dbm, "dB[mW]"),
            Line("bandwidth", self.bandwidth_hz, "Hz"),
            Line("thermal_noise", noise_dbm(self.bandwidth_hz, 0.0), "dB[mW]"),
            Line("noise_figure", self.noise_figure_db, "dB"),
            Line("noise", self.noise_dbm, "dB[mW]"),
            Line("required_sinr", self.required_sinr_db, "dB"),
            Line("sensitivity", self.sensitivity_dbm, "dB[mW]"),
            Line("receive_gain", self.receive_gain_dbi, "dB"),
            Line("receive_feeder_loss", self.receive_feeder_loss_db, "dB"),
            Line("other_gain", self.other_gain_db, "dB"),
            Line("interference_margin", self.interference_margin_db, "dB"),
            Line("shadowing_margin", self.shadowing_margin_db, "dB"),
            Line("penetration_loss", self.penetration_loss_db, "dB"),
            Line("body_loss", self.body_loss_db, "dB"),
            Line("foliage_loss", self.foliage_loss_db, "dB"),
            Line("rain_margin", self.rain_margin_db, "dB"),
            Line("greatest_path_loss", self.greatest_path_loss_db, "dB"),
        )


def noise_dbm(bandwidth_hz: float, noise_figure_db: float) -> float:
    return THERMAL_DBM_HZ + 10.0 * math.log10(bandwidth_hz) + noise_figure_db


def element_power_dbm(carrier_power_dbm: float, blocks: int, *, boost_db: float = 0.0) -> float:
    """Power of one resource element when the carrier's power is even over its subcarriers; `boost_db` is that of the SSB."""
    return carrier_power_dbm - 10.0 * math.log10(SUBCARRIERS * blocks) + boost_db


def ss_rsrp_dbm(
    carrier_power_dbm: float, blocks: int, *, gain_dbi: float, loss_db: float, boost_db: float = 0.0
) -> float:
    """TS 38.215 clause 5.1.1: mean power of the resource elements of the secondary synchronisation signal.

    `loss_db` is everything between the antennas and in the feeder, `gain_dbi` that of the SSB beam and of the receiver.
    """
    return element_power_dbm(carrier_power_dbm, blocks, boost_db=boost_db) + gain_dbi - loss_db


def edge_margin_db(edge_probability: float, sigma_db: float) -> float:
    """Margin against log-normal shadowing for coverage with this probability at the edge of a cell."""
    return sigma_db * NormalDist().inv_cdf(edge_probability)


def area_probability(margin_db: float, sigma_db: float, loss_exponent: float) -> float:
    """Share of a cell's area that is covered when its edge has this margin: W. C. Jakes, Microwave Mobile Communications,
    1974, section 2.5.3. `loss_exponent` n: loss grows by 10·n dB a decade of distance."""
    if sigma_db == 0.0:
        return 1.0 if margin_db >= 0.0 else 10.0 ** (2.0 * margin_db / (10.0 * loss_exponent))
    a = -margin_db / (sigma_db * math.sqrt(2.0))
    b = 10.0 * loss_exponent * math.log10(math.e) / (sigma_db * math.sqrt(2.0))
    return 0.5 * (1.0 - math.erf(a) + math.exp((1.0 - 2.0 * a * b) / b**2) * (1.0 - math.erf((1.0 - a * b) / b)))


def margin_for_area_db(probability: float, sigma_db: float, loss_exponent: float) -> float:
    """The edge margin whose cell is covered in this share of its area, by bisection to 1e-6 dB."""
    low, high = -10.0 * max(sigma_db, 1.0), 10.0 * max(sigma_db, 1.0)
    while high - low > 1e-6:
        middle = (low + high) / 2.0
        if area_probability(middle, sigma_db, loss_exponent) < probability:
            low = middle
        else:
            high = middle
    return high
