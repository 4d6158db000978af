"""A network in its busy hour: how full each cell is, and what people get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.nr.load import Heard, Loads, experienced_bps, solve_loads, weighted_percentiles
from dinh.systems.network_5g.carriers import downlink_bandwidth_hz
from dinh.systems.network_5g.domain import Carrier, Settings

type Numbers = NDArray[np.float64]

SHARES: Final = (0.05, 0.50, 0.95)
KEPT: Final = 12
"""Strongest cells of a pixel that count as interference; what lies below adds less than the model's own error."""


@dataclass(frozen=True, slots=True, eq=False)
class BusyHour:
    """One carrier that bears the whole demand alone. `loads` and `people_of` are by cell, counted through all sites."""

    carrier: Carrier
    heard: Heard
    """At the places asked for, in their order."""
    loads: Loads
    people: float
    """At all the places asked for."""
    people_of: Numbers
    """Served by each cell."""
    demand_bps: float
    """Of those served."""
    experienced_bps: Numbers
    """What at most 5, 50 and 95 % of the served people get below, as a mean over a download; NaN where nobody is served."""

    @property
    def served_people(self) -> float:
        """Those who hear a cell well enough."""
        return float(self.people_of.sum())


def demand_bps(people: Numbers, settings: Settings) -> Numbers:
    """What people at these places ask for in the busy hour; a number of customers is shared out as the people are."""
    share, whole = settings.subscribers_share, float(people.sum())
    if settings.subscribers is not None:
        share = settings.subscribers / whole if whole > 0 else 0.0
    return people * share * settings.busy_hour_kbps * 1e3


def busy_hour(
    network: Network, cells: int, rows: ArrayLike, columns: ArrayLike, people: Numbers, *, carrier: Carrier, settings: Settings
) -> BusyHour:  # fmt: skip
    """`people` at these pixels of the network's ground; its sites have `cells` in all, with powers of the carrier's elements.

    Demand by `demand_bps`. Loads by `nr.load.solve_loads`, each layer with the SINR of
    one. Raises OutOfRange and Invalid as the engine does.
    """
    heard = network.heard(rows, columns, keep=KEPT)
    width = np.full(cells, downlink_bandwidth_hz(carrier))
    demand = demand_bps(people, settings)
    loads = solve_loads(heard, demand, width, tolerance=1e-4)
    got = experienced_bps(heard, loads, width)
    served = loads.served
    of = np.bincount(heard.cell[served, 0], weights=people[served], minlength=cells)
    return BusyHour(
        carrier, heard, loads, float(people.sum()), of, float(demand[served].sum()),
        weighted_percentiles(got[served], people[served], SHARES),
    )  # fmt: skip
