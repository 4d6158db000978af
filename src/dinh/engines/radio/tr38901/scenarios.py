"""The scenarios of TR 38.901 and where each holds: clauses 7.2 and 7.4, version 17.0.0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dinh.engines.radio.ranges import Range

SOURCE: Final = "3GPP TR 38.901 V17.0.0 Table 7.4.1-1"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Ranges of validity; standard deviations of shadow fading in dB and correlation distances in m (Table 7.5-6)."""

    slug: str
    frequency_ghz: Range
    distance_m: Range
    nlos_distance_m: Range
    base_height_m: Range
    terminal_height_m: Range
    los_deviation_db: float
    nlos_deviation_db: float
    los_correlation_m: float
    nlos_correlation_m: float
    usual_base_height_m: float


def _between(least: float, most: float, unit: str, what: str) -> Range:
    return Range(what, least, most, unit, SOURCE)


def _scenario(
    slug: str, ghz: tuple[float, float], metres: tuple[float, float], nlos_m: float, base: tuple[float, float],
    terminal: tuple[float, float], deviations: tuple[float, float], correlations: tuple[float, float], usual: float,
) -> Scenario:  # fmt: skip
    return Scenario(
        slug, _between(*ghz, "GHz", "frequency"), _between(*metres, "m", "horizontal distance"),
        _between(metres[0], nlos_m, "m", "horizontal distance"), _between(*base, "m", "height of the base station"),
        _between(*terminal, "m", "height of the terminal"), *deviations, *correlations, usual,
    )  # fmt: skip


RMA: Final = _scenario("rma", (0.5, 30), (10, 10_000), 5_000, (10, 150), (1, 10), (4.0, 8.0), (37, 120), 35)
UMA: Final = _scenario("uma", (0.5, 100), (10, 5_000), 5_000, (25, 25), (1.5, 22.5), (4.0, 6.0), (37, 50), 25)
UMI: Final = _scenario("umi", (0.5, 100), (10, 5_000), 5_000, (10, 10), (1.5, 22.5), (4.0, 7.82), (10, 13), 10)
INH: Final = _scenario("inh", (0.5, 100), (1, 150), 150, (1, 6), (1, 6), (3.0, 8.03), (10, 6), 3)
SCENARIOS: Final = {scenario.slug: scenario for scenario in (RMA, UMA, UMI, INH)}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of the rural macro cell: average height of buildings and width of streets, m."""

    building_height_m: float = 5.0
    street_width_m: float = 20.0


BUILDING_HEIGHT: Final = Range("average height of buildings", 5, 50, "m", SOURCE)
STREET_WIDTH: Final = Range("width of streets", 5, 50, "m", SOURCE)
VILLAGE: Final = Surroundings()
