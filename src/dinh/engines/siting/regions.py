"""A choice made better part by part: two regions at a time are solved exactly while everything else stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.siting import program
from dinh.engines.siting.grouping import Groups
from dinh.engines.siting.problem import Indices, Marks, Starts
from dinh.engines.siting.relaxation import Limits
from dinh.engines.siting.search import weight_of

_SIZE = 45
"""Candidates of a region, at least: the program of two such regions takes some hundredths of a second."""


_NODES = 20


def mended(
    groups: Groups, limits: Limits, chosen: Marks, pool: Marks, *, seed: int, patience: int,
    heard: Callable[[Marks], bool],
) -> Marks:  # fmt: skip
    """Goes on until `patience` pairs of regions brought nothing, or `heard(chosen)` says to stop; sites come from `pool`."""
    pick = np.random.default_rng(seed)
    best, value, vain = chosen.copy(), weight_of(groups, chosen), 0
    places = np.flatnonzero(pool)
    while vain < patience and len(places) > _SIZE:
        region = np.zeros(len(best), bool)
        for start in pick.choice(places, 2):
            _grow(groups.of_starts, groups.of, groups.by_starts, groups.by, int(start), _SIZE, pool, region)
        held = best.astype(float)
        part = Limits(
            np.where(region, limits.lowest, held), np.where(region, (pool | best) * limits.highest, held),
            limits.cost, limits.at_most, limits.budget,
        )  # fmt: skip
        answer = program.solve(groups, part, target=np.inf, backhaul=None, start=best, whole=False, gap=1e-9, seconds=np.inf,
                               seed=seed, heard=_stops(heard, best), nodes=_NODES)  # fmt: skip
        vain += 1
        if answer.chosen is not None:
            found = weight_of(groups, answer.chosen)
            if found > value + 1e-9:
                vain = 0
            if found >= value:
                best, value = answer.chosen, found
        if heard(best):
            break
    return best


def _stops(heard: Callable[[Marks], bool], chosen: Marks) -> Callable[[float, float], bool]:
    return lambda _value, _bound: heard(chosen)


@compiled()
def _grow(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, start: int, size: int, pool: Marks, region: Marks
) -> None:
    """Marks candidates around `start` that share demand, nearest first, until `size` of the pool are marked."""
    queue = [start]
    seen = np.zeros(len(region), np.bool_)
    seen[start] = True
    number, at = 0, 0
    while at < len(queue) and number < size:
        one = queue[at]
        at += 1
        region[one] = True
        if pool[one]:
            number += 1
        for place in range(of_starts[one], of_starts[one + 1]):
            for other in range(by_starts[of[place]], by_starts[of[place] + 1]):
                if not seen[by[other]]:
                    seen[by[other]] = True
                    queue.append(by[other])
