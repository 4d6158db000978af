"""What a microwave link receives, what it has to spare, and how many minutes of a year it fails."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dinh.engines.radio.links import Link
from dinh.engines.radio.microwave import multipath, rain
from dinh.engines.radio.microwave.rain import Polarisation
from dinh.kernel.errors import Invalid, OutOfRange

MINUTES_A_YEAR: Final = 365.25 * 24 * 60
_OXYGEN_GHZ: Final = (50.0, 70.0)


@dataclass(frozen=True, slots=True)
class Hop:
    """The radios at both ends. `threshold_dbm`: the level below which the link fails. `other_loss_db` is for feeders and radomes,
    `gas_db_km` for oxygen and water vapour (ITU-R P.676): some 0.1 at 20 GHz, 0.4 at 80 GHz."""

    power_dbm: float
    gain_dbi: float
    back_gain_dbi: float
    threshold_dbm: float
    polarisation: Polarisation = "vertical"
    other_loss_db: float = 0.0
    gas_db_km: float = 0.0


@dataclass(frozen=True, slots=True)
class Backhaul:
    """Percentages of an average year, of one direction, for flat fading: equipment that breaks and fading that is selective in
    frequency come on top."""

    received_dbm: float
    """In clear air: P.525 free space, P.526 diffraction, gases and other losses."""
    margin_db: float
    rain_hundredth_db: float
    """Attenuation that rain exceeds for 0.01 % of the year."""
    rain_percent: float
    """Unavailable by rain; 0.001 stands for at most that, 1 for at least that."""
    multipath_percent: float
    multipath_beyond: OutOfRange | None
    """Why the method does not hold for this path, where it was carried on; short paths at low frequencies hardly fade."""

    @property
    def unavailable_percent(self) -> float:
        """Rain and multipath do not come together: rain stirs the air. P.530-18 section 7."""
        return min(self.rain_percent + self.multipath_percent, 100.0)

    @property
    def available_percent(self) -> float:
        return 100.0 - self.unavailable_percent

    @property
    def minutes_a_year(self) -> float:
        return self.unavailable_percent / 100.0 * MINUTES_A_YEAR


def backhaul(
    link: Link,
    hop: Hop,
    *,
    rain_mm_h: float = rain.SOUTHERN_VIETNAM_MM_H,
    dn1: float = multipath.SOUTHERN_VIETNAM_DN1,
) -> Backhaul:
    """How a link over a ground fares. From 1 to 100 GHz and up to 60 km.

    Source: ITU-R P.525-4, P.526-15, P.838-3, P.530-18 section 2.4.1 (rain), P.530-17 section 2.3 (multipath). Raises OutOfRange
    with the value; Invalid where oxygen takes some dB a km and nothing is said of it.
    """
    length_km = link.length_m / 1000.0
    if _OXYGEN_GHZ[0] <= link.frequency_ghz <= _OXYGEN_GHZ[1] and hop.gas_db_km == 0.0:
        raise Invalid("radio.oxygen", "at {value} GHz oxygen takes up to 15 dB a km; give the loss in gases by ITU-R P.676", value=link.frequency_ghz)  # fmt: skip
    for name, figure in (("power_dbm", hop.power_dbm), ("gain_dbi", hop.gain_dbi), ("back_gain_dbi", hop.back_gain_dbi),
                         ("threshold_dbm", hop.threshold_dbm), ("other_loss_db", hop.other_loss_db), ("gas_db_km", hop.gas_db_km)):  # fmt: skip
        if not math.isfinite(figure):
            raise Invalid("radio.hop", "{name} is {value}; give a finite number", name=name, value=figure)
    received = (
        hop.power_dbm + hop.gain_dbi + hop.back_gain_dbi - hop.other_loss_db - hop.gas_db_km * length_km
        - link.free_space_loss_db - link.diffraction_loss_db
    )  # fmt: skip
    margin = received - hop.threshold_dbm
    at_hundredth = rain.hundredth_db(
        length_km, frequency_ghz=link.frequency_ghz, polarisation=hop.polarisation, rain_mm_h=rain_mm_h,
        elevation_deg=link.elevation_deg,
    )  # fmt: skip
    first, last = float(link.sight_m[0]), float(link.sight_m[-1])
    occurrence = multipath.occurrence_percent(
        length_km, frequency_ghz=link.frequency_ghz, first_m=first, last_m=last,
        factor=multipath.geoclimatic_factor(dn1),
    )  # fmt: skip
    if margin <= 0.0:
        by_rain, by_paths = 100.0, 0.0
    else:
        dry = at_hundredth <= 0.0
        by_rain = 0.0 if dry else rain.percent_exceeding(margin, at_hundredth, link.frequency_ghz)
        gained_db = multipath.year_from_worst_month_db(link.from_degrees[0], length_km, first, last)
        by_paths = multipath.worst_month_percent(margin, occurrence) * 10.0 ** (-gained_db / 10.0)
    return Backhaul(received, margin, at_hundredth, by_rain, by_paths, _beyond(link))


def _beyond(link: Link) -> OutOfRange | None:
    try:
        multipath.frequencies(link.length_m / 1000.0).require(link.frequency_ghz)
    except OutOfRange as beyond:
        return beyond
    return None
