"""A smaller problem with the same answers: demand points that the same candidates reach are one, and what cannot win is out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dinh.engines.compiled import compiled
from dinh.engines.siting.problem import Indices, Marks, Numbers, Problem, Starts

type Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """G groups of demand points, both ways round: groups of a candidate, candidates of a group."""

    weight: Numbers
    of_starts: Starts
    of: Indices
    """Groups of each candidate."""
    by_starts: Starts
    by: Indices
    """Candidates of each group."""

    def __len__(self) -> int:
        return len(self.weight)


def turned(starts: Starts, entries: Indices, count: int) -> tuple[Starts, Indices]:
    """The transpose of a CSR pattern with `count` columns; rows come out ascending."""
    begin = np.concatenate([[0], np.cumsum(np.bincount(entries, minlength=count))]).astype(np.int64)
    turned_entries = np.empty(len(entries), np.int32)
    _turn(starts, entries, begin[:-1].copy(), turned_entries)
    return begin, turned_entries


@compiled()
def _turn(starts: Starts, entries: Indices, free: Starts, out: Indices) -> None:
    for row in range(len(starts) - 1):
        for place in range(starts[row], starts[row + 1]):
            column = entries[place]
            out[free[column]] = row
            free[column] += 1


def group(by_starts: Starts, by: Indices, weight: Numbers, candidates: int) -> Groups:
    """Points (as rows of candidates, ascending) with equal rows become one; those that nobody reaches, or of no weight, go."""
    keep = np.flatnonzero((np.diff(by_starts) > 0) & (weight > 0))
    order = keep[_order(by_starts, by, keep)]
    new = np.ones(len(order), bool)
    _mark_new(by_starts, by, order, new)
    first = np.flatnonzero(new)
    weights = np.add.reduceat(weight[order], first) if len(first) else np.empty(0)
    rows = order[first]
    sizes = by_starts[rows + 1] - by_starts[rows]
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    entries = np.empty(begin[-1], np.int32)
    _copy(by_starts, by, rows, begin, entries)
    of_starts, of = turned(begin, entries, candidates)
    return Groups(weights, of_starts, of, begin, entries)


def _order(starts: Starts, entries: Indices, rows: Starts) -> Starts:
    """An order in which equal rows are neighbours; a mixed sum of each row stands for it, ties are compared in full."""
    sums = np.zeros(len(rows), np.uint64)
    others = np.zeros(len(rows), np.uint64)
    _mix(starts, entries, rows, sums, others)
    return np.lexsort((rows, others, sums))


@compiled()
def _mix(starts: Starts, entries: Indices, rows: Starts, sums: Hashes, others: Hashes) -> None:
    """Two independent sums of splitmix64 of the entries: 128 bits, so unequal rows part without help from chance."""
    for number in range(len(rows)):
        for place in range(starts[rows[number]], starts[rows[number] + 1]):
            bits = np.uint64(entries[place] + 1) * np.uint64(0x9E3779B97F4A7C15)
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            sums[number] += bits ^ (bits >> np.uint64(31))
            others[number] += (bits ^ (bits >> np.uint64(29))) * np.uint64(0xD6E8FEB86659FD93)


@compiled()
def _mark_new(starts: Starts, entries: Indices, order: Starts, new: Marks) -> None:
    for number in range(1, len(order)):
        here, before = order[number], order[number - 1]
        size = starts[here + 1] - starts[here]
        if size != starts[before + 1] - starts[before]:
            continue
        same = True
        for step in range(size):
            if entries[starts[here] + step] != entries[starts[before] + step]:
                same = False
                break
        new[number] = not same


@compiled()
def _copy(starts: Starts, entries: Indices, rows: Starts, begin: Starts, out: Indices) -> None:
    for number in range(len(rows)):
        for step in range(begin[number + 1] - begin[number]):
            out[begin[number] + step] = entries[starts[rows[number]] + step]


def demand_left(task: Problem) -> tuple[Groups, float]:
    """Groups of what the existing sites leave, and the weight that they cover."""
    covered = np.zeros(len(task.weight), bool)
    for number in np.flatnonzero(task.existing):
        covered[task.covers[task.starts[number] : task.starts[number + 1]]] = True
    rows = np.repeat(np.arange(task.candidates), np.diff(task.starts))
    stays = ~covered[task.covers] & ~task.existing[rows]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[stays], minlength=task.candidates))]).astype(np.int64)
    by_starts, by = turned(starts, task.covers[stays], len(task.weight))
    return group(by_starts, by, task.weight, task.candidates), float(task.weight[covered].sum())


def dominated(groups: Groups, cost: Numbers, usable: Marks) -> Marks:
    """Candidates that another usable one replaces at no more cost, whatever else is chosen."""
    out = np.zeros(len(cost), bool)
    _dominate(groups.of_starts, groups.of, groups.by_starts, groups.by, cost, usable, out)
    return out


@compiled()
def _dominate(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, cost: Numbers, usable: Marks, out: Marks
) -> None:
    together = np.zeros(len(cost), np.int64)
    for one in range(len(cost)):
        size = of_starts[one + 1] - of_starts[one]
        if not usable[one]:
            continue
        if size == 0:
            out[one] = True
            continue
        together[:] = 0
        for place in range(of_starts[one], of_starts[one + 1]):
            for other in range(by_starts[of[place]], by_starts[of[place] + 1]):
                together[by[other]] += 1
        for other in range(len(cost)):
            if other == one or not usable[other] or together[other] < size or cost[other] > cost[one]:
                continue
            equal = of_starts[other + 1] - of_starts[other] == size and cost[other] == cost[one]
            if not equal or other < one:
                out[one] = True
                break
