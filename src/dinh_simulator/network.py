"""The 5G network: sites with cells, what they carry, what they draw, and when they are down; the power they live on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dinh_simulator.incident import BATTERY, Incidents
from dinh_simulator.measures import DailyCounter, Measure, Rows, out_today
from dinh_simulator.noise import HOUR, MINUTE, Floats, Moments, hour_of_day, wander, weekend, white
from dinh_simulator.province import Group, Province

STRUCK = "Vĩnh Châu"
"""The ward whose power fails in the incident."""
NEVER = 10**9
SITES_FAILING_A_DAY = 0.012


class Sites:
    """Sites, whether each is up at a moment, and how busy it is."""

    def __init__(self, province: Province, incidents: Incidents) -> None:
        self.group = province.group("gnb_site")
        self.incidents = incidents
        self.place = {site.urn: number for number, site in enumerate(self.group.subjects)}
        battery = np.full((len(self.group), 1), NEVER, np.int64)
        struck = [n for n, site in enumerate(self.group.subjects) if province.in_commune(STRUCK, site)]
        for number, lasts in zip(struck, BATTERY, strict=False):
            battery[number] = lasts
        self.battery = battery
        self.cells = self.group.numbers(lambda site: site.number("cells", 3))

    def down(self, rows: Rows, at: Moments) -> NDArray[np.bool_]:
        by_chance = out_today(self.group, rows, at, share_a_day=SITES_FAILING_A_DAY, salt=20)
        return by_chance | self.incidents.power_out(at, self.battery[rows])

    def load(self, rows: Rows, at: Moments) -> Floats:
        """Share of capacity in use, 0.03 to 0.97."""
        hour = hour_of_day(at)
        evening = np.exp(-((hour - 20.0) ** 2) / 9) + 0.55 * np.exp(-((hour - 12.0) ** 2) / 10)
        busy = self.group.draw(23, 0.28, 0.74)[rows]
        level = 0.10 + busy * evening * np.where(weekend(at), 1.1, 1.0)
        return np.clip(level + 0.05 * wander(self.group.key[rows], at, HOUR, 24), 0.03, 0.97)


def _source(operator: str) -> str:
    return f"sim-5g-{operator.rsplit('-', 1)[-1]}" if operator else "sim-5g-a"


def measures(province: Province, incidents: Incidents) -> Iterator[Measure]:
    sites = Sites(province, incidents)
    yield from _of_sites(sites)
    yield from _of_cells(province.group("gnb_cell"), sites)
    yield from _coverage(province.group("commune"))
    yield from _substations(province, incidents)


def _of_sites(sites: Sites) -> Iterator[Measure]:
    group = sites.group
    best = group.draw(25, 190.0, 420.0)

    def downlink(rows: Rows, at: Moments) -> Floats:
        value = best[rows] * (1 - 0.72 * sites.load(rows, at)) * (1 + 0.05 * white(group.key[rows], at, 26))
        return np.where(sites.down(rows, at), np.nan, np.maximum(value, 1.0))

    def cells_up(rows: Rows, at: Moments) -> Floats:
        return np.where(sites.down(rows, at), 0.0, sites.cells[rows])

    def seconds_up(rows: Rows, at: Moments) -> Floats:
        # Single cells fail for moments now and then, beside whole sites.
        flutter = np.where(white(group.key[rows], at, 27) > 2.2, 0.96, 0.9995)
        return np.where(sites.down(rows, at), 0.0, sites.cells[rows] * flutter)

    def seconds_measured(rows: Rows, at: Moments) -> Floats:
        return np.broadcast_to(sites.cells[rows], at.shape)

    def power_kwh_s(rows: Rows, at: Moments) -> Floats:
        kilowatts = 1.7 + 1.5 * sites.load(rows, at)
        return np.where(sites.down(rows, at), 0.0, kilowatts / 3600.0)

    sources = [_source(site.operator) for site in group.subjects]
    yield Measure("net5g.downlink", "Mbit/s", 2 * MINUTE, group, sources, downlink, decimals=1)
    yield Measure("net5g.cells_up", "1", 2 * MINUTE, group, sources, cells_up, decimals=0)
    for indicator, unit, rate, decimals in (
        ("net5g.seconds_up", "s", seconds_up, 0),
        ("net5g.seconds_measured", "s", seconds_measured, 0),
        ("net5g.energy", "kW.h", power_kwh_s, 1),
    ):
        counter = DailyCounter(group, rate, whole=False)
        yield Measure(indicator, unit, 5 * MINUTE, group, sources, counter, decimals=decimals, counter=True)


def _of_cells(group: Group, sites: Sites) -> Iterator[Measure]:
    site = np.array([sites.place.get(cell.parent, -1) for cell in group.subjects], np.int64)
    share = group.draw(28, 0.75, 1.12)

    def load(rows: Rows, at: Moments) -> Floats:
        carried = sites.load(site[rows], at) * share[rows] + 0.03 * white(group.key[rows], at, 29)
        value = np.clip(100.0 * carried, 0.5, 99.5)
        return np.where(sites.down(site[rows], at), np.nan, value)

    if len(group) and (site >= 0).all():
        sources = [_source(cell.operator) for cell in group.subjects]
        yield Measure("net5g.prb_load", "%", 5 * MINUTE, group, sources, load, decimals=0)


def _coverage(group: Group) -> Iterator[Measure]:
    people = group.numbers(lambda commune: commune.number("people", 25_000))
    urban = group.numbers(lambda commune: commune.number("urban", 0))
    share = np.minimum(group.draw(30, 0.80, 0.97) + 0.05 * urban, 0.995)

    def covered(rows: Rows, at: Moments) -> Floats:
        return np.broadcast_to(people[rows] * share[rows], at.shape)

    def everyone(rows: Rows, at: Moments) -> Floats:
        return np.broadcast_to(people[rows], at.shape)

    sources = ["sim-5g-a"] * len(group)
    yield Measure("net5g.people_covered", "1", HOUR, group, sources, covered, decimals=0)
    yield Measure("net5g.people", "1", HOUR, group, sources, everyone, decimals=0)


def _substations(province: Province, incidents: Incidents) -> Iterator[Measure]:
    """The busbar of each; that of the struck ward falls to nothing in the incident."""
    group = province.group("substation")
    never = np.array([[0 if province.in_commune(STRUCK, one) else NEVER] for one in group.subjects], np.int64)

    def voltage(rows: Rows, at: Moments) -> Floats:
        value = 22.4 + 0.3 * wander(group.key[rows], at, HOUR, 31) + 0.05 * white(group.key[rows], at, 32)
        return np.where(incidents.power_out(at, never[rows]), 0.0, value)

    yield Measure("power.voltage", "kV", MINUTE, group, ["sim-dien-luc"] * len(group), voltage, decimals=1)
