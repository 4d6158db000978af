"""A network in its busy hour: how full each cell is, and what people get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.engines.radio.maps.coverage import Site, coverage
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.window import window
from dinh.engines.radio.nr.link_budget import noise_dbm
from dinh.engines.radio.nr.load import Heard, Loads, experienced_bps, solve_loads, weighted_percentiles
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.resource_blocks import SUBCARRIERS, SYMBOLS, numerology, resource_blocks
from dinh.engines.radio.nr.tdd import TddPattern
from dinh.systems.network_5g.domain import Carrier, Settings

type Numbers = NDArray[np.float64]
type Pixels = NDArray[np.int64]

SHARES: Final = (0.05, 0.50, 0.95)
KEPT: Final = 12
"""Strongest cells of a pixel that count as interference; what lies below adds less than the model's own error."""


@dataclass(frozen=True, slots=True, eq=False)
class BusyHour:
    """One carrier that bears the whole demand alone. `loads` are by cell, counted through all sites."""

    carrier: Carrier
    loads: Loads
    people: float
    """On the ground."""
    served_people: float
    """Of them, who hear a cell well enough."""
    demand_bps: float
    """Of those served."""
    experienced_bps: Numbers
    """What at most 5, 50 and 95 % of the served people get below, as a mean over a download; NaN where nobody is served."""


def busy_hour(
    ground: Ground,
    sites: Sequence[Site],
    people: Numbers,
    *,
    carrier: Carrier,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
) -> BusyHour:
    """`people` of each pixel of the ground; `sites` with powers of the carrier's resource elements.

    Demand is people · subscribers_share · busy_hour_kbps of the settings. Loads by `nr.load.solve_loads`, each layer with the SINR of
    one. Raises OutOfRange and Invalid as the engine does.
    """
    rows, columns = np.nonzero(people > 0.0)
    here = people[rows, columns]
    heard = _heard(ground, sites, rows, columns, carrier, settings, progress)
    cells = sum(len(site.sectors) for site in sites)
    width = np.full(cells, _bandwidth_hz(carrier))
    demand = here * settings.subscribers_share * settings.busy_hour_kbps * 1e3
    loads = solve_loads(heard, demand, width)
    got = experienced_bps(heard, loads, width)
    served = loads.served
    return BusyHour(
        carrier, loads, float(here.sum()), float(here[served].sum()), float(demand[served].sum()),
        weighted_percentiles(got[served], here[served], SHARES),
    )  # fmt: skip


def _bandwidth_hz(carrier: Carrier) -> float:
    """Resource elements a second over all layers, in what TDD and control channels leave to data downlink: bits a second for
    each bit/s/Hz of a layer, as in `nr.link_adaptation.throughput_bps`."""
    spacing_hz = carrier.subcarrier_khz * 1e3
    elements = (
        resource_blocks(carrier.bandwidth_mhz * 1e6, spacing_hz)
        * SUBCARRIERS
        * SYMBOLS
        * 1e3
        * 2 ** numerology(spacing_hz)
    )
    share = TddPattern(carrier.slots, spacing_hz).downlink_share
    return float(elements * carrier.layers * share * (1.0 - Overhead.DOWNLINK_FR1.value))


def _heard(
    ground: Ground, sites: Sequence[Site], rows: Pixels, columns: Pixels, carrier: Carrier, settings: Settings,
    progress: Callable[[int, int], None] | None,
) -> Heard:  # fmt: skip
    """The strongest cells at these pixels, from the map of each cell alone within its own window."""
    noise = noise_dbm(carrier.subcarrier_khz * 1e3, settings.noise_figure_db)
    cell = np.full((len(rows), KEPT), -1, dtype=np.int32)
    level = np.full((len(rows), KEPT), -np.inf)
    number = 0
    for done, site in enumerate(sites, start=1):
        radius_m = settings.radius_km * 1000
        place = window(ground, x=site.x, y=site.y, antenna_height_m=site.antenna_height_m, radius_m=radius_m)
        west, north = ground.coordinates(place.top - 0.5, place.left - 0.5)
        piece = Ground(
            ground.height_m[place.top : place.bottom, place.left : place.right],
            ground.clutter_m[place.top : place.bottom, place.left : place.right],
            west, north, ground.step_x, ground.step_y, ground.crs, ground.geographic,
        )  # fmt: skip
        near = np.flatnonzero(
            (rows >= place.top) & (rows < place.bottom) & (columns >= place.left) & (columns < place.right)
        )
        for sector in site.sectors:
            if near.size:
                alone = coverage(
                    piece, [Site(site.name, site.x, site.y, site.antenna_height_m, [sector])], model=settings.model,
                    frequency_ghz=carrier.frequency_mhz / 1000, radius_m=radius_m, noise_dbm=noise,
                    receiver_height_m=settings.receiver_height_m,
                )  # fmt: skip
                _insert(cell, level, near, number, alone.rsrp_dbm[rows[near] - place.top, columns[near] - place.left])
            number += 1
        if progress is not None:
            progress(done, len(sites))
    return Heard(cell, 10.0 ** (level / 10.0), 10.0 ** (noise / 10.0))


def _insert(cell: NDArray[np.int32], level: Numbers, near: Pixels, number: int, heard_dbm: NDArray[np.float32]) -> None:
    """Puts a cell among the strongest of each of its pixels; of equals the lower number stays before."""
    here = near[np.isfinite(heard_dbm)]
    strength = heard_dbm[np.isfinite(heard_dbm)].astype(np.float64)
    levels = np.column_stack([level[here], strength])
    order = np.argsort(-levels, axis=1, kind="stable")[:, :KEPT]
    numbers = np.column_stack([cell[here], np.full(len(here), number, dtype=np.int32)])
    level[here] = np.take_along_axis(levels, order, axis=1)
    cell[here] = np.take_along_axis(numbers, order, axis=1)
