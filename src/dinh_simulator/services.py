"""What people ask of the administration, and how it answers; hospitals; computers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dinh_simulator.incident import Incidents
from dinh_simulator.measures import Curve, DailyCounter, Measure, Rows
from dinh_simulator.network import STRUCK
from dinh_simulator.noise import DAY, HOUR, MINUTE, Floats, Moments, hour_of_day, wander, weekend
from dinh_simulator.province import Group, Province


def measures(province: Province, incidents: Incidents) -> Iterator[Measure]:
    communes = province.group("commune")
    yield from _dossiers(communes)
    yield from _reports(communes, province, incidents)
    yield from _dengue(communes)
    yield from _hospitals(province.group("hospital"))
    yield from _computers(province.group("government_network"))


def office_hours(at: Moments) -> Floats:
    """1 in the busiest office hour, little at night and at weekends: online services never close."""
    hour = hour_of_day(at)
    morning, afternoon = np.exp(-((hour - 9.3) ** 2) / 2.5), np.exp(-((hour - 14.8) ** 2) / 2.5)
    return np.asarray(0.04 + np.maximum(morning, 0.85 * afternoon) * np.where(weekend(at), 0.2, 1.0), np.float64)


def _share_of(counter: Curve, share: Floats) -> Curve:
    """A counter that holds a constant share of another, in whole numbers, and so never more than it."""

    def curve(rows: Rows, at: Moments) -> Floats:
        return np.floor(counter(rows, at) * share[rows])

    return curve


def _people(group: Group) -> Floats:
    return group.numbers(lambda commune: commune.number("people", 25_000))


def _dossiers(group: Group) -> Iterator[Measure]:
    people = _people(group)
    busy = group.draw(40, 0.7, 1.3) * people / 25_000 * 14.0 / 3600.0  # dossiers a second at the height

    def received(rows: Rows, at: Moments) -> Floats:
        return busy[rows] * office_hours(at) * (1 + 0.5 * wander(group.key[rows], at, 40 * MINUTE, 41))

    def finished(rows: Rows, at: Moments) -> Floats:
        return 0.97 * received(rows, at - HOUR)

    def overdue(rows: Rows, at: Moments) -> Floats:
        usual = group.draw(42, 0.0, 1.0)[rows] ** 4 * 36 + 2
        return np.floor(np.maximum(usual + 3 * wander(group.key[rows], at, 7 * HOUR, 43), 0.0))

    came, went = DailyCounter(group, received), DailyCounter(group, finished)
    on_time = np.minimum(0.992 - 0.06 * group.draw(44, 0.0, 1.0) ** 3, 1.0)
    curves: dict[str, Curve] = {
        "service.received": came,
        "service.received_online": _share_of(came, group.draw(45, 0.66, 0.93)),
        "service.finished": went,
        "service.finished_on_time": _share_of(went, on_time),
    }
    sources = ["sim-dich-vu-cong"] * len(group)
    for indicator, curve in curves.items():
        yield Measure(indicator, "1", 10 * MINUTE, group, sources, curve, decimals=0, counter=True)
    yield Measure("service.overdue", "1", 10 * MINUTE, group, sources, overdue, decimals=0)


def _reports(group: Group, province: Province, incidents: Incidents) -> Iterator[Measure]:
    people = _people(group)
    struck = group.numbers(lambda commune: float(province.in_commune(STRUCK, commune)))

    def new(rows: Rows, at: Moments) -> Floats:
        hour = hour_of_day(at)
        awake = 0.1 + np.exp(-((hour - 10) ** 2) / 14) + np.exp(-((hour - 19) ** 2) / 8)
        usual = people[rows] / 25_000 * 0.9 / 3600.0 * awake
        return usual + struck[rows] * incidents.power_out(at) * 45.0 / 3600.0  # the lights are out: people report it

    def still_open(rows: Rows, at: Moments) -> Floats:
        usual = people[rows] / 25_000 * 9 * (0.5 + group.draw(46, 0.0, 1.2)[rows])
        moving = 4 * wander(group.key[rows], at, 5 * HOUR, 47) + struck[rows] * incidents.strength(at) * 22
        return np.floor(np.maximum(usual + moving, 0.0))

    came = DailyCounter(group, new)
    rated = _share_of(came, np.full((len(group), 1), 0.6))
    sources = ["sim-phan-anh"] * len(group)
    for indicator, curve in (
        ("citizen.new", came),
        ("citizen.rated", rated),
        ("citizen.satisfied", _share_of(rated, group.draw(48, 0.8, 0.98))),
    ):
        yield Measure(indicator, "1", 10 * MINUTE, group, sources, curve, decimals=0, counter=True)
    yield Measure("citizen.open", "1", 10 * MINUTE, group, sources, still_open, decimals=0)


def _dengue(group: Group) -> Iterator[Measure]:
    people = _people(group)

    def rate(rows: Rows, at: Moments) -> Floats:
        return people[rows] / 25_000 * 0.55 / 86_400 * (1 + wander(group.key[rows], at, 3 * DAY, 49))

    yield Measure(
        "health.dengue",
        "1",
        HOUR,
        group,
        ["sim-y-te"] * len(group),
        DailyCounter(group, rate),
        decimals=0,
        counter=True,
    )


def _hospitals(group: Group) -> Iterator[Measure]:
    beds = group.numbers(lambda hospital: hospital.number("beds", 100))
    crowded = group.draw(50, 0.0, 1.0)
    crowded = np.where(crowded == crowded.max(initial=0.0), 0.14, 0.0)

    def used(rows: Rows, at: Moments) -> Floats:
        share = 0.79 + crowded[rows] + 0.05 * wander(group.key[rows], at, 10 * HOUR, 51)
        return np.minimum(np.floor(beds[rows] * share), beds[rows])

    def free(rows: Rows, at: Moments) -> Floats:
        return beds[rows] - used(rows, at)

    def all_beds(rows: Rows, at: Moments) -> Floats:
        return np.broadcast_to(beds[rows], at.shape)

    def emergencies(rows: Rows, at: Moments) -> Floats:
        evening = 0.4 + np.exp(-((hour_of_day(at) - 20) ** 2) / 20)
        return beds[rows] / 100 * 7.0 / 86_400 * evening * (1 + 0.5 * wander(group.key[rows], at, 2 * HOUR, 52))

    sources = ["sim-y-te"] * len(group)
    for indicator, curve in (("health.beds", all_beds), ("health.beds_used", used), ("health.beds_free", free)):
        yield Measure(indicator, "1", 5 * MINUTE, group, sources, curve, decimals=0)
    counter = DailyCounter(group, emergencies)
    yield Measure("health.emergencies", "1", 5 * MINUTE, group, sources, counter, decimals=0, counter=True)


def _computers(group: Group) -> Iterator[Measure]:
    hosts = np.floor(group.draw(53, 25, 160))
    open_share = 0.01 + 0.16 * group.draw(54, 0.0, 1.0) ** 3

    def unpatched(rows: Rows, at: Moments) -> Floats:
        return np.floor(hosts[rows] * open_share[rows] * (1 + 0.15 * wander(group.key[rows], at, 12 * HOUR, 55)))

    def patched(rows: Rows, at: Moments) -> Floats:
        return hosts[rows] - unpatched(rows, at)

    def all_hosts(rows: Rows, at: Moments) -> Floats:
        return np.broadcast_to(hosts[rows], at.shape)

    def attacks(rows: Rows, at: Moments) -> Floats:
        wave = np.maximum(wander(group.key[rows], at, 30 * MINUTE, 56) - 0.7, 0.0)
        return (3.0 + 160.0 * wave) / 3600.0 * hosts[rows] / 80

    def events(rows: Rows, at: Moments) -> Floats:
        return attacks(rows, at) * 0.03 + 0.05 / 3600.0

    sources = ["sim-attt"] * len(group)
    for indicator, curve in (
        ("cyber.hosts", all_hosts), ("cyber.hosts_patched", patched), ("cyber.unpatched", unpatched),
    ):  # fmt: skip
        yield Measure(indicator, "1", 5 * MINUTE, group, sources, curve, decimals=0)
    for indicator, rate in (("cyber.attacks_blocked", attacks), ("cyber.events", events)):
        counter = DailyCounter(group, rate)
        yield Measure(indicator, "1", 5 * MINUTE, group, sources, counter, decimals=0, counter=True)
