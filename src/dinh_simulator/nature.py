"""Water, salt and air."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dinh_simulator.incident import Incidents
from dinh_simulator.measures import DailyCounter, Measure, Rows
from dinh_simulator.noise import HOUR, MINUTE, Floats, Moments, hour_of_day, wander, white
from dinh_simulator.province import Group, Province
from dinh_simulator.tides import stage_m

SALT_AT_MOUTH_G_L = 3.6
SALT_LENGTH_KM = 22.0
"""The distance over which salinity falls to a third in a quiet time (assumed)."""
INTRUSION_G_L = 2.4
INTRUSION_LENGTH_KM = 8.0


def measures(province: Province, incidents: Incidents) -> Iterator[Measure]:
    yield from _stations(province.group("salinity_station"), incidents)
    yield from _gates(province.group("sluice_gate"), incidents)
    yield from _air(province.group("air_station"))


def _stations(group: Group, incidents: Incidents) -> Iterator[Measure]:
    reach = group.numbers(lambda station: station.number("reach_km", 40.0))

    def stage(rows: Rows, at: Moments) -> Floats:
        key = group.key[rows]
        return stage_m(at, reach[rows]) + 0.06 * wander(key, at, 8 * HOUR, 1) + 0.008 * white(key, at, 2)

    def salinity(rows: Rows, at: Moments) -> Floats:
        key, far = group.key[rows], reach[rows]
        quiet = SALT_AT_MOUTH_G_L * np.exp(-far / SALT_LENGTH_KM)
        tide = 0.06 * stage_m(at - HOUR, far)  # salt lags behind the water
        quiet = quiet * (1 + tide + 0.03 * wander(key, at, 3 * HOUR, 3))
        incoming = INTRUSION_G_L * np.exp(-np.maximum(far - 4.0, 0.0) / INTRUSION_LENGTH_KM)
        value = quiet + incoming * incidents.strength(at)
        return np.maximum(value * (1 + 0.006 * white(key, at, 4)), 0.0)

    sources = ["sim-thuy-van"] * len(group)
    yield Measure("water.stage", "m", MINUTE, group, sources, stage)
    yield Measure("water.salinity", "g/L", MINUTE, group, sources, salinity)


def _gates(group: Group, incidents: Incidents) -> Iterator[Measure]:
    """Gates close at high water and while salt comes in."""

    def opening(rows: Rows, at: Moments) -> Floats:
        level = stage_m(at, np.full((len(rows), 1), 15.0)) + 0.2 * wander(group.key[rows], at, 6 * HOUR, 5)
        open_share = np.where(level > 0.8, 0.0, np.where(level > 0.3, 50.0, 100.0))
        return np.where(incidents.strength(at) > 0.5, 0.0, open_share)

    yield Measure("water.gate", "%", 5 * MINUTE, group, ["sim-thuy-van"] * len(group), opening, decimals=0)


def _air(group: Group) -> Iterator[Measure]:
    def temperature(rows: Rows, at: Moments) -> Floats:
        key = group.key[rows]
        daily = 3.4 * np.cos(2 * np.pi * (hour_of_day(at) - 14.0) / 24.0)
        return 27.6 + daily + 0.9 * wander(key, at, 5 * HOUR, 6) + 0.08 * white(key, at, 7)

    def dust(rows: Rows, at: Moments) -> Floats:
        key = group.key[rows]
        hour = hour_of_day(at)
        rush = np.exp(-((hour - 7.5) ** 2) / 4) + np.exp(-((hour - 18.5) ** 2) / 5)
        straw = 22.0 * np.maximum(wander(key, at, 9 * HOUR, 8) - 0.55, 0.0)  # fields are burnt now and then
        return np.maximum(17 + 7 * rush + 5 * wander(key, at, 4 * HOUR, 9) + straw + 0.8 * white(key, at, 10), 1.0)

    def rain_mm_s(rows: Rows, at: Moments) -> Floats:
        shower = np.maximum(wander(group.key[rows], at, 90 * MINUTE, 11) - 0.72, 0.0)
        afternoon = 0.4 + np.exp(-((hour_of_day(at) - 16.0) ** 2) / 12)
        return shower * afternoon * 90.0 / 3600.0

    sources = ["sim-khong-khi"] * len(group)
    yield Measure("weather.temperature", "Cel", 5 * MINUTE, group, sources, temperature, decimals=1)
    yield Measure("air.pm25", "ug/m3", 5 * MINUTE, group, sources, dust, decimals=1)
    rain = DailyCounter(group, rain_mm_s, whole=False)
    yield Measure("weather.rain", "mm", 5 * MINUTE, group, sources, rain, decimals=1, counter=True)
