"""The busy hour: how full cells are when they disturb each other as much as they are full, and what is left for each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.nr.load import Heard, Loads, experienced_bps, solve_loads, weighted_percentiles
from dinh.engines.radio.nr.rates import Overhead
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import blocks_of, shares_of, spacing_hz
from dinh.systems.network_5g.domain import Carrier, Settings

MOST_POINTS: Final = 40_000
"""Heard and loaded in some tenths of a second; blocks of a province are 300 m wide then."""
PERCENTILES: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class Demand:
    """Where people are, as points on the grid: rows and columns, people at each. Sums are those of the area."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    people: npt.NDArray[np.float64]


def demand(laid: Laid) -> Demand:
    """Every pixel with people; where there are too many, blocks of them, each at its most peopled pixel."""
    people = np.where(laid.unit >= 0, laid.people, 0.0)
    side = 1
    while True:
        rows, columns, counts = _blocks(people, side)
        if len(counts) <= MOST_POINTS:
            return Demand(rows, columns, counts)
        side += 1


def _blocks(people: npt.NDArray[Any], side: int) -> tuple[Any, Any, Any]:
    rows, columns = people.shape
    high, wide = -(-rows // side), -(-columns // side)
    padded = np.zeros((high * side, wide * side))
    padded[:rows, :columns] = people
    blocks = padded.reshape(high, side, wide, side).transpose(0, 2, 1, 3).reshape(high * wide, side * side)
    sums = blocks.sum(axis=1)
    kept = np.flatnonzero(sums > 0)
    heaviest = blocks[kept].argmax(axis=1)
    return kept // wide * side + heaviest // side, kept % wide * side + heaviest % side, sums[kept]


@dataclass(frozen=True, eq=False)
class Busy:
    """Of one carrier that carries all traffic: loads of cells, and the rate that people see, Mb/s."""

    asked: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]
    """Served by each cell."""
    percentiles_mbps: npt.NDArray[np.float64]
    unserved: float
    error: float

    def about(self) -> Mapping[str, Any]:
        overloaded = int((self.asked > 1).sum())
        return {
            "percentiles_mbps": [None if np.isnan(value) else float(value) for value in self.percentiles_mbps],
            "overloaded": overloaded, "unserved": self.unserved, "error": self.error,
            "busiest": float(self.asked.max(initial=0.0)),
            "mean_load": float(np.minimum(self.asked, 1).mean()) if len(self.asked) else 0.0,
        }  # fmt: skip


def busy_hour(network: Network, laid: Laid, asked_by: Demand, settings: Settings, carrier: Carrier, cells: int, noise_dbm: float) -> Busy:  # fmt: skip
    """Cells of other masts send as much as they are loaded; one carrier alone, all traffic on it."""
    heard: Heard = network.heard(asked_by.rows, asked_by.columns, keep=12)
    if not cells or not len(asked_by.people):
        return Busy(
            np.zeros(cells), np.zeros(cells), np.full(len(PERCENTILES), np.nan), float(asked_by.people.sum()), 0.0
        )
    width = np.full(cells, _effective_hz(carrier))
    wanted = asked_by.people * settings.subscribers_share * settings.busy_hour_kbps * 1e3
    loads: Loads = solve_loads(heard, wanted, width, tolerance=1e-4)
    rates = experienced_bps(heard, loads, width) / 1e6
    owner = heard.cell[:, 0]
    served = np.bincount(owner[loads.served], weights=asked_by.people[loads.served], minlength=cells)
    shares = weighted_percentiles(rates, asked_by.people, PERCENTILES)
    return Busy(loads.asked, served, shares, float(asked_by.people[~loads.served].sum()), loads.error)  # fmt: skip


def _effective_hz(carrier: Carrier) -> float:
    """Bandwidth times layers, the downlink's time and what overhead leaves."""
    return (
        blocks_of(carrier) * 12 * spacing_hz(carrier) * carrier.layers * shares_of(carrier)[0]
        * (1.0 - Overhead.DOWNLINK_FR1.value)
    )  # fmt: skip
