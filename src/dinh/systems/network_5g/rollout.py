"""What a network costs to build and to run, how much current it takes, and in which order it is built.

Money is in million đồng. Every default is an assumption: an order of magnitude to begin a comparison with, to be replaced by the
operator's tenders and metered figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dinh.kernel.errors import Invalid, OutOfRange
from dinh.systems.network_5g.domain import Mast, Standing

type Numbers = NDArray[np.float64]
type Indices = NDArray[np.int64]

HOURS_A_YEAR: Final = 365.25 * 24
MOST_QUARTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Costs:
    """Million đồng. Assumptions, not prices."""

    mast_new: float = 900.0
    """Ground, foundation, tower, permit."""
    mast_shared_rent: float = 80.0
    """A year on somebody else's tower."""
    existing_upgrade: float = 150.0
    """Strengthening of an own tower that stands."""
    cell: float = 350.0
    """Radio and antenna of one cell on one band, with its share of the baseband."""
    fibre_km: float = 60.0
    microwave_hop: float = 180.0
    power: float = 120.0
    """Mains, rectifier and batteries of a mast that is new or shared."""
    opex_year: float = 60.0
    """Upkeep, guard and backhaul of a mast a year, without rent and current."""

    def __post_init__(self) -> None:
        for one in fields(self):
            _require(one.name, getattr(self, one.name))


@dataclass(frozen=True, slots=True)
class MastCost:
    """`once` to build it, `a_year` to have it; current not counted."""

    once: float
    a_year: float


def cost_of(mast: Mast, costs: Costs, *, bands: int, fibre_km: float = 0.0, microwave_hops: int = 0) -> MastCost:
    """`bands` is how many carriers a cell sends that names none. A cell of a mast that exists counts as new: leave the cells out that stand.

    `fibre_km` of new cable and the hops that are built for this mast count whatever its `backhaul` says. Raises Invalid.
    """
    for name, figure in (("bands", bands), ("fibre_km", fibre_km), ("microwave_hops", microwave_hops)):
        _require(name, figure)
    once = costs.cell * sum(len(cell.bands) or bands for cell in mast.cells)
    once += costs.fibre_km * fibre_km + costs.microwave_hop * microwave_hops
    if mast.standing is Standing.EXISTING:
        return MastCost(once + costs.existing_upgrade, costs.opex_year)
    if mast.standing is Standing.SHARED:
        return MastCost(once + costs.power, costs.opex_year + costs.mast_shared_rent)
    return MastCost(once + costs.mast_new + costs.power, costs.opex_year)


@dataclass(frozen=True, slots=True)
class Energy:
    """Power that a cell takes grows evenly with its load: idle + slope·load, in W for each band; a mast takes `overhead_w` beside.

    The straight line is that of the EARTH project (G. Auer et al., IEEE Wireless Communications 18(5), 2011): P0 + Δp·Pout. Its
    figures here are assumptions for radios of 64 antennas and 200 W that do not sleep; the overhead is baseband and cooling.
    """

    idle_w: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"n41": 500.0, "n78": 500.0}))
    slope_w: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"n41": 550.0, "n78": 550.0}))
    overhead_w: float = 400.0

    def __post_init__(self) -> None:
        _require("overhead_w", self.overhead_w)
        for name, figures in (("idle_w", self.idle_w), ("slope_w", self.slope_w)):
            for band, watts in figures.items():
                _require(f"{name} {band}", watts)

    def cell_w(self, band: str, load: float) -> float:
        """Mean power at a load of 0 to 1. Raises Invalid for a band without figures, OutOfRange for the load."""
        if band not in self.idle_w or band not in self.slope_w:
            raise Invalid("radio.energy_band", "nothing is known of the current that {band} takes; known are {known}", band=band, known=", ".join(sorted(self.idle_w)))  # fmt: skip
        if not 0.0 <= load <= 1.0:
            raise OutOfRange("radio.energy_load", "a load of {value} is no share; give 0 to 1", value=load)
        return self.idle_w[band] + self.slope_w[band] * load

    def kwh_a_year(self, cells: Iterable[tuple[str, float]]) -> float:
        """Of a mast whose cells send on these bands with these mean loads; the mean over the year, not the busy hour's."""
        return (self.overhead_w + sum(self.cell_w(band, load) for band, load in cells)) * HOURS_A_YEAR / 1000.0

    def cost_a_year(self, cells: Iterable[tuple[str, float]], *, tariff_dong_kwh: float) -> float:
        """Million đồng."""
        _require("tariff_dong_kwh", tariff_dong_kwh)
        return self.kwh_a_year(cells) * tariff_dong_kwh / 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Which pixels each mast covers (CSR): those of mast i are `pixels[starts[i]:starts[i + 1]]`, numbered among the pixels that
    carry people."""

    starts: Indices
    pixels: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Quarter:
    """What is built in it, in this order, and what stands at its end. Arrays by commune, in the order of their numbers."""

    number: int
    masts: tuple[int, ...]
    people: float
    km2: float
    people_by_commune: Numbers
    km2_by_commune: Numbers
    cost: float
    """Of all that was built so far."""
    uncovered: tuple[int, ...]
    """Communes that have people and no coverage yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Rollout:
    """`begins` is quarter 0: what the existing masts cover. `idle` masts cover nothing and are not built."""

    begins: Quarter
    quarters: tuple[Quarter, ...]
    idle: tuple[int, ...]

    @property
    def ends(self) -> Quarter:
        return self.quarters[-1] if self.quarters else self.begins

    @property
    def without_coverage(self) -> tuple[int, ...]:
        """The communes that have people and are still without coverage at the end."""
        return self.ends.uncovered

    def first_covered(self, commune: int) -> int | None:
        """The quarter in which a commune gets its first coverage: 0 where it had some, None where it never does."""
        for quarter in (self.begins, *self.quarters):
            if quarter.people_by_commune[commune] > 0.0:
                return quarter.number
        return None


def phases(
    reach: Reach,
    *,
    people: ArrayLike,
    commune: ArrayLike,
    communes: int,
    cost: ArrayLike,
    budget: float,
    pixel_km2: float,
    existing: ArrayLike | None = None,
) -> Rollout:
    """The masts quarter by quarter, each time the one that covers most people who are not covered yet, while the money lasts.

    `people`, `commune` (pixels,): people and number of the commune of each pixel. `cost` (masts,) in million đồng, `budget` a
    quarter; what a quarter leaves serves the next, so that a dear mast is saved for. `existing` (masts,) masts stand already and
    cost nothing. The same input gives the same order. Raises Invalid and OutOfRange with place, value and remedy.
    """
    weight, of = np.asarray(people, dtype=np.float64), np.asarray(commune, dtype=np.int64)
    price = np.asarray(cost, dtype=np.float64)
    if of.shape != weight.shape or (of.size and not 0 <= of.min() <= of.max() < communes):
        raise Invalid("radio.rollout_communes", "each of {pixels} pixels needs a commune from 0 to {last}", pixels=weight.size, last=communes - 1)  # fmt: skip
    if not 0.0 < budget < math.inf:
        raise OutOfRange("radio.rollout_budget", "a budget of {value} a quarter builds nothing; give one above 0", value=budget)  # fmt: skip
    _require("pixel_km2", pixel_km2)
    starts, pixels = np.asarray(reach.starts, dtype=np.int64), np.asarray(reach.pixels, dtype=np.int64)
    stands = np.zeros(len(price), bool) if existing is None else np.asarray(existing, dtype=bool)
    if not len(starts) - 1 == len(price) == len(stands):
        raise Invalid("radio.rollout_masts", "the reach is of {reach} masts, there are {costs} costs; give one for each", reach=len(starts) - 1, costs=len(price))  # fmt: skip
    empty = np.diff(starts) == 0
    idle = np.flatnonzero(empty & ~stands)
    kept = np.flatnonzero(~(empty & ~stands))
    built = _in_quarters(_without(starts, pixels, idle), weight, price[kept], stands[kept], budget) if len(kept) else []
    when = np.full(len(weight), len(built) + 1, dtype=np.int64)
    # Later quarters first, so that a pixel ends with the first one that covers it.
    for number, masts in reversed([(0, np.flatnonzero(stands)), *((n, kept[q]) for n, q in enumerate(built, start=1))]):
        for mast in masts:
            when[pixels[starts[mast] : starts[mast + 1]]] = number
    quarters = []
    spent = 0.0
    for number, masts in enumerate([np.empty(0, np.int64), *(kept[q] for q in built)]):
        covered = when <= number
        spent += float(price[masts].sum())
        by_commune = np.bincount(of[covered], weights=weight[covered], minlength=communes)
        area = np.asarray(np.bincount(of[covered], minlength=communes) * pixel_km2, dtype=np.float64)
        inhabited = np.bincount(of, weights=weight, minlength=communes) > 0.0
        quarters.append(
            Quarter(
                number, tuple(masts.tolist()), float(weight[covered].sum()), float(covered.sum()) * pixel_km2,
                by_commune, area, spent, tuple(np.flatnonzero(inhabited & (by_commune == 0.0)).tolist()),
            )
        )  # fmt: skip
    return Rollout(quarters[0], tuple(quarters[1:]), tuple(idle.tolist()))


def _without(starts: Indices, pixels: Indices, idle: Indices) -> tuple[Indices, Indices]:
    """Rows that are empty take nothing from `pixels`."""
    return np.delete(starts, idle + 1), pixels


def _in_quarters(
    reach: tuple[Indices, Indices], people: Numbers, cost: Numbers, stands: NDArray[np.bool_], budget: float
) -> list[Indices]:
    """Masts of each quarter, by the engine that chooses sites: all of them are forced, so only their order is open."""
    # Here, because pages read the costs above, and a process that serves pages loads no compiler.
    from dinh.engines import siting

    task = siting.problem(starts=reach[0], covers=reach[1], weight=people, cost=cost, existing=stands)
    free = np.flatnonzero(~stands)
    total = float(cost[free].sum())
    if total > budget * MOST_QUARTERS:
        raise OutOfRange("radio.rollout_long", "{value} a quarter pays {total} in more than {most} quarters; raise it or leave masts out", value=budget, total=total, most=MOST_QUARTERS)  # fmt: skip
    if not len(free):
        return []
    plan = siting.choose(task, at_most=len(free), forced=free.tolist())
    # One quarter more than the money needs: sums of fractions may end a rounding above.
    found = siting.phases(task, plan, budgets=[budget] * (math.ceil(total / budget) + 1))
    last = max(number for number, phase in enumerate(found) if phase.sites)
    return [np.array(phase.sites, dtype=np.int64) for phase in found[: last + 1]]


def _require(name: str, value: float) -> None:
    if not 0.0 <= value < math.inf:
        raise Invalid("radio.rollout_figure", "{name} is {value}; give a finite number of 0 or more", name=name, value=value)  # fmt: skip
