"""A proven bound in a fraction of the time of a simplex: the linear relaxation of maximal covering by a first-order method.

    max  sum w_j y_j   with  y_j <= sum of x_i over the candidates that reach j,  0 <= y <= 1,  x within its limits

Prices u_j in [0, w_j] of the covering rows give the bound  sum (w_j - u_j) + max over x of sum x_i p_i,  p_i = sum of u_j
in reach of i, for whatever u: the bound is proven even where the method has not converged. The saddle point is approached
by the primal-dual hybrid gradient method with steps scaled to rows and columns, averages and restarts (Chambolle and Pock
2011; Pock and Chambolle 2011; Applegate et al. 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.siting.grouping import Groups
from dinh.engines.siting.problem import Indices, Marks, Numbers, Starts

_STEPS = 40
"""Steps between two looks at the bound."""


@dataclass(slots=True, eq=False)
class Limits:
    """What x may be: lowest and highest 0 or 1 each, at most so many, at most so dear (infinite where not limited)."""

    lowest: Numbers
    highest: Numbers
    cost: Numbers
    at_most: float
    budget: float


class Relaxation:
    """The method's state; `advance` continues it, so that whoever waits can look, stop and go on."""

    def __init__(self, groups: Groups, limits: Limits, prices: Numbers | None = None) -> None:
        self.groups, self.limits = groups, limits
        count = len(limits.cost)
        free = max(1.0, float((limits.highest - limits.lowest).sum()))
        share = min(1.0, limits.at_most / free) if np.isfinite(limits.at_most) else 0.5
        self.x = limits.lowest + (limits.highest - limits.lowest) * share
        given = prices is not None and prices.shape == groups.weight.shape
        self.u = np.clip(prices, 0.0, groups.weight) if given and prices is not None else groups.weight * 0.5
        self._kept = (self.x.copy(), self.u.copy(), np.zeros(count), np.zeros(len(groups)))
        self._numbers = np.array(
            [1.0, 0.0, 0.0, np.inf]
        )  # balance of the steps, steps, steps since a restart, gap then
        self.bound, self.reached = np.inf, -np.inf
        self.prices, self.choice = self.u.copy(), self.x.copy()
        self.worth = np.zeros(count)
        """How much the bound rises with x_i: reduced costs; below 0 for what the bound leaves out."""
        self._look(self.x, self.u)

    def _look(self, x: Numbers, u: Numbers) -> float:
        worth = np.empty(len(x))
        bound = _bound(self.groups.of_starts, self.groups.of, self.groups.weight, u, self.limits.lowest, self.limits.highest,
                       self.limits.cost, self.limits.at_most, self.limits.budget, worth)  # fmt: skip
        reached = _reached(self.groups.by_starts, self.groups.by, self.groups.weight, x)
        if bound < self.bound:
            self.bound, self.prices, self.worth = bound, u.copy(), worth
        if reached > self.reached:
            self.reached, self.choice = reached, x.copy()
        return float(bound - reached)

    @property
    def gap(self) -> float:
        return float(self.bound - self.reached)

    def advance(self, rounds: int, tolerance: float) -> bool:
        """Goes on for some rounds; True when the bound lies within `tolerance` (a share) of the relaxation's optimum."""
        groups, limits = self.groups, self.limits
        x0, u0, xs, us = self._kept
        for _ in range(rounds):
            if self.gap <= tolerance * max(self.bound, 1e-12):
                return True
            _steps(groups.of_starts, groups.of, groups.by_starts, groups.by, groups.weight, limits.lowest, limits.highest,
                   limits.cost, limits.at_most, limits.budget, self.x, self.u, xs, us, self._numbers[0], _STEPS)  # fmt: skip
            self._numbers[1] += _STEPS
            self._numbers[2] += _STEPS
            since = self._numbers[2]
            last, mean = self._look(self.x, self.u), self._look(xs / since, us / since)
            if min(last, mean) < 0.4 * self._numbers[3] or since >= max(200, 0.4 * self._numbers[1]):
                if mean < last:
                    self.x[:], self.u[:] = xs / since, us / since
                self._numbers[3] = min(last, mean)
                self._rebalance(x0, u0)
                x0[:], u0[:] = self.x, self.u
                xs[:], us[:], self._numbers[2] = 0.0, 0.0, 0.0
        return self.gap <= tolerance * max(self.bound, 1e-12)

    def _rebalance(self, x0: Numbers, u0: Numbers) -> None:
        of = self.groups
        reach = np.maximum(
            np.bincount(np.repeat(np.arange(len(x0)), np.diff(of.of_starts)), of.weight[of.of], len(x0)), 1e-12
        )
        moved_x = float(((self.x - x0) ** 2 * reach).sum())
        moved_u = float(((self.u - u0) ** 2 * np.diff(of.by_starts) / of.weight).sum())
        if moved_x > 0 and moved_u > 0:
            self._numbers[0] = np.exp(0.25 * np.log(moved_u / moved_x) + 0.5 * np.log(self._numbers[0]))

    def settled(self, value: float, step: float) -> tuple[Marks, Marks]:
        """Sites in every choice, and in no choice, that is worth `value` + `step` or more."""
        least = value + step
        free = self.limits.highest > self.limits.lowest
        inside = free & (self.worth > 0) & (self.bound - self.worth < least)
        return inside, free & (self.worth < 0) & (self.bound + self.worth < least)


@compiled()
def _steps(
    of_starts: Starts, of: Indices, by_starts: Starts, by: Indices, weight: Numbers, lowest: Numbers, highest: Numbers,
    cost: Numbers, at_most: float, budget: float, x: Numbers, u: Numbers, xs: Numbers, us: Numbers, balance: float, steps: int,
) -> None:  # fmt: skip
    count = len(x)
    size, ahead, after = np.empty(count), np.empty(count), np.empty(count)
    for one in range(count):
        reach = 0.0
        for place in range(of_starts[one], of_starts[one + 1]):
            reach += weight[of[place]]
        size[one] = 1.0 / (max(reach, 1e-12) * balance)
    for _ in range(steps):
        for one in range(count):
            pull = 0.0
            for place in range(of_starts[one], of_starts[one + 1]):
                pull += u[of[place]]
            ahead[one] = x[one] + size[one] * pull
        _project(ahead, size, lowest, highest, cost, at_most, budget, after)
        for one in range(count):
            ahead[one] = 2.0 * after[one] - x[one]
            x[one] = after[one]
            xs[one] += after[one]
        for at in range(len(weight)):
            met = 0.0
            for place in range(by_starts[at], by_starts[at + 1]):
                met += ahead[by[place]]
            price = u[at] + balance * weight[at] / max(1, by_starts[at + 1] - by_starts[at]) * (1.0 - met)
            u[at] = min(weight[at], max(0.0, price))
            us[at] += u[at]


@compiled()
def _sums(v: Numbers, size: Numbers, lowest: Numbers, highest: Numbers, cost: Numbers, one: float, two: float, x: Numbers) -> tuple[float, float]:  # fmt: skip
    number, spent = 0.0, 0.0
    for at in range(len(v)):
        x[at] = min(highest[at], max(lowest[at], v[at] - size[at] * (one + two * cost[at])))
        number += x[at]
        spent += x[at] * cost[at]
    return number, spent


@compiled()
def _project(
    v: Numbers,
    size: Numbers,
    lowest: Numbers,
    highest: Numbers,
    cost: Numbers,
    at_most: float,
    budget: float,
    x: Numbers,
) -> None:
    """The nearest permitted x, measured in 1/size; by bisection of one multiplier a limit."""
    two, most = 0.0, 0.0
    _, spent = _number_kept(v, size, lowest, highest, cost, at_most, 0.0, x)
    if spent <= budget:
        return
    for at in range(len(v)):
        if cost[at] > 0:
            most = max(most, v[at] / (size[at] * cost[at]))
    for _ in range(40):
        half = 0.5 * (two + most)
        _, spent = _number_kept(v, size, lowest, highest, cost, at_most, half, x)
        if spent > budget:
            two = half
        else:
            most = half
    _number_kept(v, size, lowest, highest, cost, at_most, most, x)


@compiled()
def _number_kept(
    v: Numbers, size: Numbers, lowest: Numbers, highest: Numbers, cost: Numbers, at_most: float, two: float, x: Numbers
) -> tuple[float, float]:
    number, spent = _sums(v, size, lowest, highest, cost, 0.0, two, x)
    if number <= at_most:
        return number, spent
    one, most = 0.0, 0.0
    for at in range(len(v)):
        most = max(most, v[at] / size[at])
    for _ in range(45):
        half = 0.5 * (one + most)
        number, spent = _sums(v, size, lowest, highest, cost, half, two, x)
        if number > at_most:
            one = half
        else:
            most = half
    return _sums(v, size, lowest, highest, cost, most, two, x)


@compiled()
def _bound(
    of_starts: Starts, of: Indices, weight: Numbers, u: Numbers, lowest: Numbers, highest: Numbers, cost: Numbers,
    at_most: float, budget: float, worth: Numbers,
) -> float:  # fmt: skip
    spare = 0.0
    for at in range(len(weight)):
        spare += weight[at] - u[at]
    pull = np.zeros(len(lowest))
    for one in range(len(lowest)):
        for place in range(of_starts[one], of_starts[one + 1]):
            pull[one] += u[of[place]]
    if not np.isfinite(budget):
        return spare + _best(pull, lowest, highest, cost, at_most, budget, 0.0, worth)
    low, high = 0.0, 0.0
    for one in range(len(lowest)):
        if cost[one] > 0:
            high = max(high, pull[one] / cost[one])
    for _ in range(48):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _best(pull, lowest, highest, cost, at_most, budget, left, worth) <= _best(
            pull, lowest, highest, cost, at_most, budget, right, worth
        ):
            high = right
        else:
            low = left
    return spare + _best(pull, lowest, highest, cost, at_most, budget, high, worth)


@compiled()
def _best(
    pull: Numbers,
    lowest: Numbers,
    highest: Numbers,
    cost: Numbers,
    at_most: float,
    budget: float,
    two: float,
    worth: Numbers,
) -> float:
    """The most that x can gain when a unit of cost is charged `two`; leaves in `worth` what each is worth above the last taken."""
    total = two * budget if two > 0 else 0.0
    left = at_most
    for one in range(len(pull)):
        worth[one] = pull[one] - two * cost[one]
        if lowest[one] > 0:
            total += worth[one]
            left -= 1.0
    free = worth[(highest > 0) & (lowest == 0)]
    last = 0.0
    if left < len(free):
        free.sort()
        place = len(free) - max(0, int(left))
        for one in range(place, len(free)):
            total += max(0.0, free[one])
        last = max(0.0, free[place] if place < len(free) else free[len(free) - 1])
    else:
        for one in range(len(free)):
            total += max(0.0, free[one])
    for one in range(len(pull)):
        worth[one] -= last
    return total


@compiled()
def _reached(by_starts: Starts, by: Indices, weight: Numbers, x: Numbers) -> float:
    total = 0.0
    for at in range(len(weight)):
        met = 0.0
        for place in range(by_starts[at], by_starts[at + 1]):
            met += x[by[place]]
        total += weight[at] * min(1.0, met)
    return total
