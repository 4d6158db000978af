"""Roads as cameras see them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dinh_simulator.incident import Incidents
from dinh_simulator.measures import DailyCounter, Measure, Rows, out_today
from dinh_simulator.network import STRUCK
from dinh_simulator.noise import MINUTE, Floats, Moments, hour_of_day, wander, weekend, white
from dinh_simulator.province import Province

CAMERAS_FAILING_A_DAY = 0.04


def measures(province: Province, incidents: Incidents) -> Iterator[Measure]:
    group = province.group("traffic_camera")
    struck = group.numbers(lambda camera: float(province.in_commune(STRUCK, camera))) > 0
    size = group.draw(60, 6.0, 34.0)
    free_kmh = group.draw(61, 30.0, 52.0)

    def down(rows: Rows, at: Moments) -> NDArray[np.bool_]:
        by_chance = out_today(group, rows, at, share_a_day=CAMERAS_FAILING_A_DAY, salt=62)
        return np.asarray(by_chance | (incidents.power_out(at) & struck[rows]), np.bool_)

    def busy(rows: Rows, at: Moments) -> Floats:
        """1 in the usual rush hour."""
        hour = hour_of_day(at)
        rush = np.exp(-((hour - 7.0) ** 2) / 1.6) + np.exp(-((hour - 17.2) ** 2) / 2.0)
        day = 0.45 / (1 + np.exp(-(hour - 5.5) * 2)) / (1 + np.exp((hour - 21.0) * 1.2))
        level = 0.03 + day + np.where(weekend(at), 0.35, 0.75) * rush
        busyness: Floats = np.maximum(level * (1 + 0.2 * wander(group.key[rows], at, 25 * MINUTE, 65)), 0.01)
        return busyness

    def vehicles(rows: Rows, at: Moments) -> Floats:
        return size[rows] / 60.0 * busy(rows, at)

    def speed(rows: Rows, at: Moments) -> Floats:
        jam = np.maximum(wander(group.key[rows], at, 50 * MINUTE, 66) - 0.8, 0.0) * 2.2
        value = free_kmh[rows] * (1 - 0.42 * np.minimum(busy(rows, at), 1.3) / 1.3 - jam)
        value = np.maximum(value + 1.2 * white(group.key[rows], at, 67), 3.0)
        return np.where(down(rows, at), np.nan, value)

    def online(rows: Rows, at: Moments) -> Floats:
        return np.where(down(rows, at), 0.0, 1.0)

    counter = DailyCounter(group, vehicles)

    def counted(rows: Rows, at: Moments) -> Floats:
        return np.where(down(rows, at), np.nan, counter(rows, at))

    sources = ["sim-giao-thong"] * len(group)
    yield Measure("traffic.vehicles", "1", MINUTE, group, sources, counted, decimals=0, counter=True)
    yield Measure("traffic.speed", "km/h", MINUTE, group, sources, speed, decimals=0)
    yield Measure("traffic.camera_online", "1", MINUTE, group, sources, online, decimals=0)
