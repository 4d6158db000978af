"""Good choices quickly: greedy, then swaps with a short memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.siting.grouping import Groups
from dinh.engines.siting.problem import Backhaul, Indices, Marks, Numbers, Starts

_TIE = 1e-9


def greedy(
    groups: Groups, cost: Numbers, start: Marks, usable: Marks, *, at_most: int, budget: float, target: float = np.inf,
    backhaul: Backhaul | None = None,
) -> Marks:  # fmt: skip
    """Adds what gains most (most for its cost, under a budget or towards a target) until nothing more gains or fits.

    Within 1 - 1/e of the optimum when only the number of sites is limited (Nemhauser, Wolsey, Fisher 1978). With `backhaul`
    only candidates that can be linked to what is connected by then.
    """
    chosen = start.copy()
    none = np.zeros(len(cost) + 1, np.int64)
    links = (
        (backhaul.root, backhaul.starts, backhaul.links, backhaul.hops)
        if backhaul
        else (usable, none, none[:0].astype(np.int32), 0)
    )
    ratio = bool(np.isfinite(budget) or np.isfinite(target))
    _greedy(groups.of_starts, groups.of, groups.by_starts, groups.by, groups.weight, cost, chosen, usable, at_most, budget,
            target, ratio, *links)  # fmt: skip
    return chosen


def improved(
    groups: Groups, cost: Numbers, start: Marks, fixed: Marks, pool: Marks, *, at_most: int, budget: float, steps: int,
    seed: int,
) -> tuple[Marks, float]:  # fmt: skip
    """The best choice met in `steps` swaps (tabu search) and its weight; `fixed` sites stay, sites of `pool` may come."""
    best = start.copy()
    value = _tabu(groups.of_starts, groups.of, groups.by_starts, groups.by, groups.weight, cost, best, fixed, pool, at_most,
                  budget, steps, seed)  # fmt: skip
    return best, float(value)


def without_spare(groups: Groups, cost: Numbers, chosen: Marks, fixed: Marks, target: float) -> Marks:
    """Sites that the target does not need leave, the dearest first."""
    left = chosen.copy()
    counts = np.zeros(len(groups), np.int64)
    for number in np.flatnonzero(chosen):
        counts[groups.of[groups.of_starts[number] : groups.of_starts[number + 1]]] += 1
    value = float(groups.weight[counts > 0].sum())
    for number in sorted(np.flatnonzero(chosen & ~fixed), key=lambda one: (-cost[one], one)):
        own = groups.of[groups.of_starts[number] : groups.of_starts[number + 1]]
        lost = float(groups.weight[own[counts[own] == 1]].sum())
        if value - lost >= target:
            counts[own] -= 1
            value -= lost
            left[number] = False
    return left


def weight_of(groups: Groups, chosen: Marks) -> float:
    covered = np.zeros(len(groups), bool)
    for number in np.flatnonzero(chosen):
        covered[groups.of[groups.of_starts[number] : groups.of_starts[number + 1]]] = True
    return float(groups.weight[covered].sum())


@compiled()
def depths(chosen: Marks, root: Marks, starts: Starts, links: Indices, hops: int) -> Starts:
    """Links from each candidate to fibre if it were chosen beside `chosen`; 0 where more than `hops`."""
    depth = np.zeros(len(chosen), np.int64)
    for one in range(len(chosen)):
        if root[one]:
            depth[one] = 1
    for step in range(1, hops):
        for one in range(len(chosen)):
            if depth[one] == step and chosen[one]:
                for place in range(starts[one], starts[one + 1]):
                    if depth[links[place]] == 0:
                        depth[links[place]] = step + 1
    return depth


@compiled()
def _greedy(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, weight: Numbers, cost: Numbers, chosen: Marks,
    usable: Marks, at_most: int, budget: float, target: float, ratio: bool, root: Marks, link_starts: Starts, links: Indices,
    hops: int,
) -> None:  # fmt: skip
    count = len(cost)
    covered = np.zeros(len(weight), np.bool_)
    gain = np.zeros(count)
    for one in range(count):
        for place in range(of_starts[one], of_starts[one + 1]):
            gain[one] += weight[of[place]]
    spent, number, value = 0.0, 0, 0.0
    waiting: Any = np.flatnonzero(chosen)
    while True:
        for one in waiting:
            number += 1
            spent += cost[one]
            for place in range(of_starts[one], of_starts[one + 1]):
                if not covered[of[place]]:
                    covered[of[place]] = True
                    value += weight[of[place]]
                    for other in range(by_starts[of[place]], by_starts[of[place] + 1]):
                        gain[by[other]] -= weight[of[place]]
        if number >= at_most or value >= target:
            return
        depth = depths(chosen, root, link_starts, links, hops) if hops else np.ones(count, np.int64)
        takes, top = -1, 0.0
        for one in range(count):
            if chosen[one] or not usable[one] or depth[one] == 0 or spent + cost[one] > budget + _TIE:
                continue
            useful = min(gain[one], target - value)
            merit = useful / max(cost[one], _TIE) if ratio else useful
            if useful > _TIE and merit > top:
                takes, top = one, merit
        if takes < 0:
            return
        chosen[takes] = True
        waiting = np.array([takes])


@compiled()
def _tabu(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, weight: Numbers, cost: Numbers, best: Marks, fixed: Marks,
    pool: Marks, at_most: int, budget: float, steps: int, seed: int,
) -> float:  # fmt: skip
    count = len(cost)
    state = np.uint64(seed * 2654435761 + 1)
    inside = best.copy()
    cover = np.zeros(len(weight), np.int64)
    spent, number, value = 0.0, 0, 0.0
    for one in range(count):
        if inside[one]:
            number += 1
            spent += cost[one]
            for place in range(of_starts[one], of_starts[one + 1]):
                cover[of[place]] += 1
    gain, only, back = np.zeros(count), np.zeros(count), np.zeros(count)
    for one in range(len(weight)):
        if cover[one]:
            value += weight[one]
        for place in range(by_starts[one], by_starts[one + 1]):
            if cover[one] == 0:
                gain[by[place]] += weight[one]
            elif cover[one] == 1 and inside[by[place]]:
                only[by[place]] += weight[one]
    top = value
    rest = np.zeros(count, np.int64)
    candidates: Any = np.flatnonzero(pool)
    for step in range(1, steps + 1):
        goes, comes, change = -1, -1, -np.inf
        if number < at_most:
            for one in candidates:
                if not inside[one] and gain[one] > max(change, 0.0) and spent + cost[one] <= budget + _TIE:
                    comes, change = one, gain[one]
        if comes < 0:
            for out in range(count):
                if not inside[out] or fixed[out] or rest[out] > step:
                    continue
                back[:] = 0.0
                for place in range(of_starts[out], of_starts[out + 1]):
                    if cover[of[place]] == 1:
                        for other in range(by_starts[of[place]], by_starts[of[place] + 1]):
                            back[by[other]] += weight[of[place]]
                for one in candidates:
                    if inside[one] or spent - cost[out] + cost[one] > budget + _TIE:
                        continue
                    moved = gain[one] + back[one] - only[out]
                    if moved > change and (rest[one] <= step or value + moved > top + _TIE):
                        goes, comes, change = out, one, moved
        if comes < 0:
            continue
        if goes >= 0:
            inside[goes] = False
            only[goes] = 0.0
            number -= 1
            spent -= cost[goes]
            for place in range(of_starts[goes], of_starts[goes + 1]):
                at = of[place]
                cover[at] -= 1
                if cover[at] < 2:
                    for other in range(by_starts[at], by_starts[at + 1]):
                        if cover[at] == 0:
                            gain[by[other]] += weight[at]
                        elif inside[by[other]]:
                            only[by[other]] += weight[at]
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            rest[goes] = step + 5 + np.int64((state >> np.uint64(33)) % np.uint64(10))
        for place in range(of_starts[comes], of_starts[comes + 1]):
            at = of[place]
            cover[at] += 1
            if cover[at] < 3:
                for other in range(by_starts[at], by_starts[at + 1]):
                    if cover[at] == 1:
                        gain[by[other]] -= weight[at]
                    elif inside[by[other]]:
                        only[by[other]] -= weight[at]
            if cover[at] == 1:
                only[comes] += weight[at]
        inside[comes] = True
        number += 1
        spent += cost[comes]
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        rest[comes] = step + 3 + np.int64((state >> np.uint64(33)) % np.uint64(max(2, number // 6)))
        value += change
        if value > top + _TIE:
            top = value
            best[:] = inside
    return top
