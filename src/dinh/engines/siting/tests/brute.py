"""Small problems and their answers by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from dinh.engines.siting import Backhaul, Problem, problem


@dataclass(frozen=True)
class Small:
    task: Problem
    sets: tuple[frozenset[int], ...]


def made(
    sets: list[set[int]], weight: list[float], *, cost: list[float] | None = None, existing: list[bool] | None = None,
    backhaul: Backhaul | None = None,
) -> Small:  # fmt: skip
    starts = np.concatenate([[0], np.cumsum([len(one) for one in sets])])
    covers = [point for one in sets for point in sorted(one)]
    task = problem(starts=starts, covers=np.array(covers, int), weight=weight, cost=cost, backhaul=backhaul,
                   existing=None if existing is None else np.array(existing))  # fmt: skip
    return Small(task, tuple(frozenset(one) for one in sets))


@st.composite
def smalls(draw: st.DrawFn, *, linked: bool = False, standing: bool = False) -> Small:
    count, points = draw(st.integers(2, 7)), draw(st.integers(2, 10))
    sets = draw(st.lists(st.sets(st.integers(0, points - 1), min_size=1), min_size=count, max_size=count))
    weight = draw(st.lists(st.integers(0, 9).map(float), min_size=points, max_size=points))
    cost = draw(st.lists(st.integers(1, 6).map(float), min_size=count, max_size=count))
    existing = draw(st.lists(st.booleans(), min_size=count, max_size=count)) if standing else None
    backhaul = None
    if linked:
        ends = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=10))
        rows: list[set[int]] = [{to for one, to in ends if one == number} for number in range(count)]
        root = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
        backhaul = Backhaul(root, np.concatenate([[0], np.cumsum([len(row) for row in rows])]),
                            np.array([to for row in rows for to in sorted(row)], np.int32), draw(st.integers(1, 3)))  # fmt: skip
    return made(sets, weight, cost=cost, existing=existing, backhaul=backhaul)


def choices(small: Small, forced: set[int], dropped: set[int]) -> Iterator[tuple[int, ...]]:
    """Every permitted set of sites."""
    free = [one for one in range(small.task.candidates) if one not in dropped and not small.task.existing[one]]
    for size in range(len(free) + 1):
        for chosen in combinations(free, size):
            if forced <= set(chosen) and is_linked(small.task, set(chosen)):
                yield chosen


def is_linked(task: Problem, chosen: set[int]) -> bool:
    if task.backhaul is None:
        return True
    back = task.backhaul
    near = {one: set(back.links[back.starts[one] : back.starts[one + 1]].tolist()) for one in range(task.candidates)}
    stands = set(np.flatnonzero(task.existing).tolist())
    reached = {one for one in chosen if back.root[one] or near[one] & stands}
    for _ in range(back.hops - 1):
        reached |= {one for one in chosen if near[one] & reached}
    return reached == chosen


def covered(small: Small, chosen: tuple[int, ...]) -> float:
    points: set[int] = set()
    for one in (*chosen, *np.flatnonzero(small.task.existing).tolist()):
        points |= small.sets[one]
    return float(small.task.weight[sorted(points)].sum())


def most(
    small: Small,
    *,
    at_most: int = 99,
    budget: float = np.inf,
    forced: set[int] | None = None,
    dropped: set[int] | None = None,
) -> float:
    return max(
        (
            covered(small, chosen)
            for chosen in choices(small, forced or set(), dropped or set())
            if len(chosen) <= at_most and small.task.cost[list(chosen)].sum() <= budget
        ),
        default=-1.0,
    )


def least(small: Small, target: float) -> float | None:
    return min(
        (
            float(small.task.cost[list(chosen)].sum())
            for chosen in choices(small, set(), set())
            if covered(small, chosen) >= target - 1e-9
        ),
        default=None,
    )
