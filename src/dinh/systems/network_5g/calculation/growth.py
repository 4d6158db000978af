"""What fails first: how far traffic can grow until cells are full, and which cells those are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.nr.load import Heard, Loads, experienced_bps, solve_loads, weighted_percentiles
from dinh.systems.network_5g.busy_hour import KEPT, SHARES, demand_bps
from dinh.systems.network_5g.calculation import capacity
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import CellOf, Networks, sent
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.carriers import downlink_bandwidth_hz
from dinh.systems.network_5g.domain import Carrier

FACTORS: Final = (
    1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0, 150.0, 200.0, 300.0, 500.0, 700.0, 1000.0,
)  # fmt: skip
"""Of today's demand. The table ends where half of all cells are full, at the last one at the latest."""
NEAR: Final = 1.01
"""A factor is known when its two bounds are this near."""
TOLD: Final = 20
"""Cells that fail first, by name."""
ABOUT: Final = 60
"""Networks that are solved for a carrier, more or less: for progress."""
_LEAST: Final = 2.0**-20

type Numbers = npt.NDArray[np.float64]
type Tell = Callable[[], None]


class Growing:
    """One carrier whose demand grows. Loads only rise with demand, so the factor at which a cell is full can be bracketed."""

    def __init__(
        self, heard: Heard, people: Numbers, demand: Numbers, width: Numbers, tell: Tell = lambda: None
    ) -> None:
        self.heard, self.people, self.demand, self.width = heard, people, demand, width
        self._known: dict[float, Numbers] = {}
        self._tell = tell

    def loads(self, factor: float) -> Loads:
        found = solve_loads(self.heard, self.demand * factor, self.width, tolerance=1e-4)
        self._known[factor] = found.asked
        self._tell()
        return found

    def asked(self, factor: float) -> Numbers:
        """By cell; above 1 it is full."""
        return self._known[factor] if factor in self._known else self.loads(factor).asked

    def full(self, factor: float) -> int:
        return int((self.asked(factor) > 1.0).sum())

    def order(self, most: int = TOLD) -> list[tuple[int, float]]:
        """Cells by the factor at which they are full, the first first, each within `NEAR`; none where no growth fills any."""
        low = 1.0
        while self.full(low) and low > _LEAST:
            low /= 2
        high = max(low * 2, FACTORS[1])
        while self.full(high) < most and high < FACTORS[-1]:
            high = min(high * 4, FACTORS[-1])
        found: list[tuple[int, float]] = []
        self._between(low, high, most, found)
        return found[:most]

    def _between(self, low: float, high: float, most: int, found: list[tuple[int, float]]) -> None:
        if len(found) >= most:
            return
        fresh = np.flatnonzero((self.asked(high) > 1.0) & (self.asked(low) <= 1.0))
        if not len(fresh):
            return
        middle = math.sqrt(low * high)
        if high / low <= NEAR:
            fullest_first = fresh[np.argsort(-self.asked(high)[fresh], kind="stable")]
            found += [(int(cell), middle) for cell in fullest_first]
            return
        self._between(low, middle, most, found)
        self._between(middle, high, most, found)

    def step(self, factor: float) -> dict[str, Any]:
        """What holds at one factor: how many cells are full, what 5, 50 and 95 of a hundred served people get below."""
        loads = self.loads(factor)
        served = loads.served
        got = experienced_bps(self.heard, loads, self.width)
        rates = weighted_percentiles(got[served], self.people[served], SHARES)
        return {
            "factor": factor, "full": int(loads.overloaded.sum()), "busiest": float(loads.asked.max(initial=0.0)),
            "demand_mbps": float(self.demand[served].sum() * factor / 1e6),
            "percentiles_mbps": [None if np.isnan(rate) else float(rate) / 1e6 for rate in rates],
        }  # fmt: skip


def growth(question: Question, place: Laid, networks: Networks, *, tell: Tell) -> dict[str, Any]:
    """Each carrier as if it bore the whole demand alone, all at the same factors."""
    asked_by = capacity.demand(place)
    demand = demand_bps(asked_by.people, question.settings)
    carriers = question.settings.carriers
    growing, cells = {}, {}
    for carrier in carriers:
        whole = sent(question.masts, question.settings, carrier, place)
        network = networks.of(place, question.settings, carrier)
        network.put(whole.sites)
        heard = network.heard(asked_by.rows, asked_by.columns, keep=KEPT)
        width = np.full(len(whole.cells), downlink_bandwidth_hz(carrier))
        growing[carrier.code] = Growing(heard, asked_by.people, demand, width, tell)
        cells[carrier.code] = whole.cells
    steps: dict[str, list[dict[str, Any]]] = {code: [] for code in growing}
    for factor in FACTORS:
        for code, one in growing.items():
            steps[code].append(one.step(factor))
        if all(2 * rows[-1]["full"] >= len(cells[code]) for code, rows in steps.items()):
            break
    each = question.settings.busy_hour_kbps * 1e3
    return {
        "people": float(asked_by.people.sum()), "customers": float(demand.sum() / each) if each else 0.0,
        "factors": [step["factor"] for step in next(iter(steps.values()), [])],
        "carriers": {
            carrier.code: _told(carrier, growing[carrier.code], cells[carrier.code], steps[carrier.code]) for carrier in carriers
        },
    }  # fmt: skip


def _told(carrier: Carrier, one: Growing, cells: Sequence[CellOf], steps: list[dict[str, Any]]) -> dict[str, Any]:
    order = one.order()
    today = one.asked(1.0)
    return {
        "cells": len(cells), "technology": carrier.technology, "first": order[0][1] if order else None, "steps": steps,
        "order": [
            {"mast": cells[cell].mast, "cell": cells[cell].number, "factor": factor, "load": float(today[cell])}
            for cell, factor in order
        ],
    }  # fmt: skip
