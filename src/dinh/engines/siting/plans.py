"""What comes out: the sites, what each of them is for, and how far from the best the choice can be at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.siting.grouping import Groups
from dinh.engines.siting.problem import Indices, Marks, Numbers, Problem, Starts
from dinh.engines.siting.search import depths
from dinh.kernel.errors import Conflict, OutOfRange


@dataclass(frozen=True, slots=True)
class Site:
    """A chosen candidate. Weights leave out what existing sites cover."""

    candidate: int
    alone: float
    """What it covers if no other were chosen."""
    adds: float
    """What it added when sites were taken one by one, each the best that could then be linked."""
    only: float
    """What no other site covers: lost with it."""
    cost: float
    shared: bool
    """It goes onto a tower that stands there."""
    runner_up: int | None
    """The candidate that would replace it at the least loss and within the limits."""
    runner_up_loses: float
    """What that exchange would lose; below 0 it would gain, which only an unproven plan leaves open."""
    hops: int
    """Links to fibre; 0 where no backhaul was asked for."""
    linked_to: int | None
    """The site that its link ends at; None at fibre or an existing tower."""


@dataclass(frozen=True, slots=True)
class Progress:
    stage: str
    """greedy, swaps, bound, regions, exact."""
    value: float
    bound: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`value` is the covered weight, or the cost where a target was set; `bound` is the best that anybody could reach."""

    sites: tuple[Site, ...]
    value: float
    bound: float
    covered: float
    """By chosen and existing sites together."""
    total: float
    cost: float
    proven: bool
    """No choice is better (weights or costs that are whole numbers: not by one)."""
    ended: str
    """optimal, gap, time or cancelled."""
    greedy: float
    """The value of greedy alone, to compare."""
    seconds: float
    asked: Asked
    prices: Numbers
    """Of the demand groups at the bound, for the next choice to start from."""

    @property
    def gap(self) -> float:
        """The most by which a better choice could be better, as a share of the bound (of the cost, under a target)."""
        least, most = sorted((self.value, self.bound))
        return (most - least) / most if most > 0 else 0.0

    @property
    def candidates(self) -> tuple[int, ...]:
        return tuple(site.candidate for site in self.sites)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that a plan answers; `target` is a weight."""

    at_most: int | None = None
    budget: float | None = None
    target: float | None = None
    forced: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """Sites of a quarter, in the order to build them; `covered` and `cost` are what stands at its end."""

    sites: tuple[int, ...]
    covered: float
    cost: float


def explained(task: Problem, groups: Groups, chosen: Marks, usable: Marks, budget: float) -> tuple[Site, ...]:
    """The chosen sites in the order in which each adds most."""
    order, adds = in_order(task, groups, chosen)
    best, loses, only = np.full(len(chosen), -1, np.int64), np.zeros(len(chosen)), np.zeros(len(chosen))
    spare = float(budget - task.cost[chosen].sum())
    _runners_up(groups.of_starts, groups.of, groups.by_starts, groups.by, groups.weight, task.cost, chosen, usable, spare, best,
                loses, only)  # fmt: skip
    depth, towards = links_of(task, chosen)
    sites = []
    for number, added in zip(order, adds, strict=True):
        own = groups.of[groups.of_starts[number] : groups.of_starts[number + 1]]
        other = int(best[number])
        sites.append(
            Site(
                number, float(groups.weight[own].sum()), added, float(only[number]), float(task.cost[number]),
                bool(task.shared[number]), other if other >= 0 else None, float(loses[number]), int(depth[number]),
                int(towards[number]) if towards[number] >= 0 else None,
            )
        )  # fmt: skip
    return tuple(sites)


def in_order(task: Problem, groups: Groups, chosen: Marks) -> tuple[list[int], list[float]]:
    """Chosen sites, each the one that adds most among those that can be linked by then, and what each added."""
    covered = np.zeros(len(groups), bool)
    left = set(np.flatnonzero(chosen).tolist())
    built = task.existing.copy()
    order: list[int] = []
    adds: list[float] = []
    gains = {
        one: float(groups.weight[groups.of[groups.of_starts[one] : groups.of_starts[one + 1]]].sum()) for one in left
    }
    while left:
        ready = left
        if task.backhaul is not None:
            back = task.backhaul
            depth = depths(built, rooted(task), back.starts, back.links, back.hops)
            ready = {one for one in left if depth[one]} or left
        takes = max(ready, key=lambda one: (gains[one], -one))
        own = groups.of[groups.of_starts[takes] : groups.of_starts[takes + 1]]
        fresh = own[~covered[own]]
        covered[fresh] = True
        for at in fresh:
            for other in groups.by[groups.by_starts[at] : groups.by_starts[at + 1]].tolist():
                if other in gains:
                    gains[other] -= float(groups.weight[at])
        order.append(takes)
        adds.append(float(groups.weight[fresh].sum()))
        left.discard(takes)
        built[takes] = True
    return order, adds


def rooted(task: Problem) -> Marks:
    """Candidates that fibre or an existing tower is in reach of."""
    assert task.backhaul is not None
    back = task.backhaul
    ends = np.repeat(np.arange(task.candidates), np.diff(back.starts))
    roots = back.root.copy()
    roots[back.links[task.existing[ends]]] = True
    return roots


def links_of(task: Problem, chosen: Marks) -> tuple[Starts, Starts]:
    """Links to fibre of each chosen site, and the chosen site that its own link ends at (-1: fibre or an existing tower)."""
    towards = np.full(len(chosen), -1, np.int64)
    if task.backhaul is None:
        return np.zeros(len(chosen), np.int64), towards
    back = task.backhaul
    depth = depths(chosen, rooted(task), back.starts, back.links, back.hops)
    for one in np.flatnonzero(chosen & (depth > 1)):
        ends = back.links[back.starts[one] : back.starts[one + 1]]
        towards[one] = int(ends[chosen[ends] & (depth[ends] == depth[one] - 1)].min(initial=len(chosen)))
    return depth, towards


def phased(
    task: Problem, groups: Groups, plan: Plan, base: float, *, sizes: Sequence[int], budgets: Sequence[float]
) -> tuple[Phase, ...]:
    """See `dinh.engines.siting.phases`."""
    chosen = np.zeros(task.candidates, bool)
    chosen[list(plan.candidates)] = True
    order, adds = in_order(task, groups, chosen)
    limits = budgets or sizes
    if any(limit < 0 for limit in limits):
        raise OutOfRange("siting.bad_phase", "a phase of {value} is below nothing; give 0 or more", value=min(limits))
    phases, number, covered, spent = [], 0, base, 0.0
    permitted = 0.0
    for limit in limits:
        permitted += limit
        here = []
        while number < len(order):
            one = order[number]
            used = spent + float(task.cost[one]) if budgets else number + 1.0
            if used > permitted + 1e-9:
                break
            here.append(one)
            covered += adds[number]
            spent += float(task.cost[one])
            number += 1
        phases.append(Phase(tuple(here), covered, spent))
    if number < len(order):
        raise Conflict(
            "siting.phases_too_small",
            "the phases leave {left} of {count} sites unbuilt; enlarge them or choose fewer sites",
            left=len(order) - number, count=len(order),
        )  # fmt: skip
    return tuple(phases)


@compiled()
def _runners_up(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, weight: Numbers, cost: Numbers, chosen: Marks, usable: Marks,
    spare: float, best: Starts, loses: Numbers, only: Numbers,
) -> None:  # fmt: skip
    cover = np.zeros(len(weight), np.int64)
    count = len(cost)
    for one in range(count):
        if chosen[one]:
            for place in range(of_starts[one], of_starts[one + 1]):
                cover[of[place]] += 1
    gain, back = np.zeros(count), np.zeros(count)
    for at in range(len(weight)):
        if cover[at] == 0:
            for place in range(by_starts[at], by_starts[at + 1]):
                gain[by[place]] += weight[at]
    for one in range(count):
        if not chosen[one]:
            continue
        back[:] = 0.0
        for place in range(of_starts[one], of_starts[one + 1]):
            at = of[place]
            if cover[at] == 1:
                only[one] += weight[at]
                for other in range(by_starts[at], by_starts[at + 1]):
                    back[by[other]] += weight[at]
        top = -1.0
        for other in range(count):
            if (
                not chosen[other]
                and usable[other]
                and cost[other] - cost[one] <= spare + 1e-9
                and gain[other] + back[other] > top
            ):
                best[one], top = other, gain[other] + back[other]
        loses[one] = only[one] - top if best[one] >= 0 else 0.0
