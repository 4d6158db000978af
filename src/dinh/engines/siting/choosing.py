"""Choosing sites: the most weight for so many sites or so much money, or the cheapest sites for a target."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from dinh.engines.siting import program
from dinh.engines.siting.grouping import demand_left, dominated
from dinh.engines.siting.plans import Asked, Phase, Plan, Progress, explained, phased, rooted
from dinh.engines.siting.problem import Backhaul, Marks, Numbers, Problem
from dinh.engines.siting.regions import mended
from dinh.engines.siting.relaxation import Limits, Relaxation
from dinh.engines.siting.search import depths, greedy, improved, weight_of, without_spare
from dinh.kernel.errors import Conflict, Invalid, OutOfRange

type Hear = Callable[[Progress], None]
type Stop = Callable[[], bool]

_SWAPS = 3000
_STARTS = 4
_PATIENCE = 40
_ROUNDS = 75
_SMALL = 2000
"""Entries up to which HiGHS alone answers at once."""
_CLOSE = 1e-5
"""The bound is near enough to the relaxation's optimum: what is left of it is below what branching has to close anyway."""


def choose(
    task: Problem, *, at_most: int | None = None, budget: float | None = None, target: float | None = None,
    forced: Iterable[int] = (), dropped: Iterable[int] = (), gap: float = 0.0, seconds: float = 60.0, seed: int = 1,
    threads: int = 1, progress: Hear | None = None, cancelled: Stop | None = None, before: Plan | None = None,
) -> Plan:  # fmt: skip
    """The sites that cover most weight with `at_most` sites and a `budget` (one of them or both), or the cheapest that cover
    `target`, a share of all weight.

    `forced` candidates are in, `dropped` ones are not. Ends when no better choice exists, when the proven `gap` is reached,
    after `seconds`, or when `cancelled()` turns true; the plan always carries its proven bound. `before` is a plan of the
    same problem to start from. The same seed gives the same plan on any number of `threads`, unless the time ends it.
    Raises Conflict where no choice satisfies, Invalid and OutOfRange with the value and the remedy.
    """
    asked = _asked(task, at_most, budget, target, tuple(sorted(set(forced))), tuple(sorted(set(dropped))))
    return _Choosing(task, asked, gap, seconds, seed, threads, progress, cancelled, before).plan()


def what_if(
    task: Problem, plan: Plan, *, forced: Iterable[int] = (), dropped: Iterable[int] = (), gap: float = 0.0,
    seconds: float = 60.0, seed: int = 1, threads: int = 1, progress: Hear | None = None, cancelled: Stop | None = None,
) -> Plan:  # fmt: skip
    """The plan again with candidates forced in or dropped, in addition to its own; starts from its sites and its prices."""
    old = plan.asked
    ins, outs = set(forced), set(dropped)
    asked = _asked(task, old.at_most, old.budget, None, tuple(sorted((set(old.forced) | ins) - outs)),
                   tuple(sorted((set(old.dropped) | outs) - ins)), weight=old.target, both=ins & outs)  # fmt: skip
    return _Choosing(task, asked, gap, seconds, seed, threads, progress, cancelled, plan).plan()


def phases(task: Problem, plan: Plan, *, sizes: Sequence[int] = (), budgets: Sequence[float] = ()) -> tuple[Phase, ...]:
    """A plan by quarters: each takes, of what is left of the plan, what adds most and can be linked by then, up to its
    number of sites or its money; money that a quarter leaves serves the next. What stands is never given up again."""
    if bool(sizes) == bool(budgets):
        raise Invalid("siting.phases_by", "give the sizes of the phases or their budgets, one of the two")
    groups, base = demand_left(task)
    return phased(task, groups, plan, base, sizes=sizes, budgets=budgets)


def _asked(
    task: Problem, at_most: int | None, budget: float | None, target: float | None, forced: tuple[int, ...],
    dropped: tuple[int, ...], *, weight: float | None = None, both: set[int] | None = None,
) -> Asked:  # fmt: skip
    for number in (*forced, *dropped):
        if not 0 <= number < task.candidates:
            raise OutOfRange(
                "siting.no_such_candidate", "candidate {value} does not exist, they are numbered from 0 to {last}",
                value=number, last=task.candidates - 1,
            )  # fmt: skip
    clash = sorted((set(forced) & set(dropped)) | (both or set()))
    if clash:
        raise Conflict(
            "siting.forced_and_dropped", "candidate {value} is forced and dropped; decide for one", value=clash[0]
        )
    forced = tuple(number for number in forced if not task.existing[number])
    if target is None and weight is None and at_most is None and budget is None:
        raise Invalid("siting.nothing_asked", "nothing limits the choice; give at_most, budget or target")
    if target is not None:
        if not 0 < target <= 1:
            raise OutOfRange(
                "siting.bad_target", "a target of {value} is no share; give one above 0, up to 1", value=target
            )
        weight = target * task.total
    free = task.candidates - int(task.existing.sum())
    if at_most is not None and not 0 <= at_most <= free:
        raise OutOfRange(
            "siting.too_many_sites", "{value} sites of {count} candidates cannot be chosen; ask for 0 to {count}",
            value=at_most, count=free,
        )  # fmt: skip
    if budget is not None and not budget >= 0:
        raise OutOfRange("siting.bad_budget", "a budget of {value} is no sum of money; give 0 or more", value=budget)
    if at_most is not None and len(forced) > at_most:
        raise Conflict(
            "siting.too_many_forced", "{count} candidates are forced, but at most {value} may be chosen; allow more",
            count=len(forced), value=at_most,
        )  # fmt: skip
    needed = float(task.cost[list(forced)].sum())
    if budget is not None and needed > budget:
        raise Conflict(
            "siting.forced_too_dear", "the forced candidates cost {cost}, the budget is {value}; raise it", cost=needed,
            value=budget,
        )  # fmt: skip
    return Asked(at_most, budget, weight, forced, dropped)


class _Choosing:
    def __init__(
        self, task: Problem, asked: Asked, gap: float, seconds: float, seed: int, threads: int, progress: Hear | None,
        cancelled: Stop | None, before: Plan | None,
    ) -> None:  # fmt: skip
        self.began = time.monotonic()
        self.task, self.asked, self.gap, self.seconds, self.seed = task, asked, gap, seconds, seed
        self.threads, self.progress, self.cancelled, self.before = threads, progress, cancelled, before
        self.groups, self.base = demand_left(task)
        self.at_most = np.inf if asked.at_most is None else float(asked.at_most)
        self.cap = task.candidates if asked.at_most is None else asked.at_most
        self.budget = np.inf if asked.budget is None else asked.budget
        self.target = np.inf if asked.target is None else max(0.0, asked.target - self.base - 1e-9 * task.total)
        self.cheapest = bool(np.isfinite(self.target))
        self.forced = np.zeros(task.candidates, bool)
        self.forced[list(asked.forced)] = True
        self.usable = ~task.existing
        self.usable[list(asked.dropped)] = False
        self.linked: Backhaul | None = None
        if task.backhaul is not None:
            self.linked = replace(task.backhaul, root=rooted(task))
            near = depths(self.usable, self.linked.root, self.linked.starts, self.linked.links, self.linked.hops) > 0
            if (self.forced & ~near).any():
                raise Conflict(
                    "siting.no_link", "forced candidate {value} cannot be linked within {hops} hops; permit more or drop it",
                    value=int(np.flatnonzero(self.forced & ~near)[0]), hops=self.linked.hops,
                )  # fmt: skip
            self.usable &= near
        counted = task.cost if self.cheapest else self.groups.weight
        self.whole = bool((counted == np.round(counted)).all()) and float(counted.sum()) < 1e9
        self.best: Marks | None = None
        self.value = np.inf if self.cheapest else -np.inf
        self.bound = 0.0 if self.cheapest else float(self.groups.weight.sum())
        self.stopped = ""

    def plan(self) -> Plan:
        task, groups = self.task, self.groups
        reachable = weight_of(groups, self.usable)
        if self.cheapest and reachable < self.target:
            raise Conflict(
                "siting.target_out_of_reach",
                "a target of {target:.6g} cannot be met: all candidates together cover {most:.6g}; lower it or add candidates",
                target=self.asked.target, most=reachable + self.base,
            )  # fmt: skip
        pool = self.usable.copy()
        if self.linked is None:
            pool &= self.forced | ~dominated(groups, task.cost, self.usable)
        limits = Limits(self.forced.astype(float), pool.astype(float), task.cost, self.at_most, self.budget)
        first = self._start(pool)
        greedy_value = self._value_of(first)
        prices = None if self.before is None else self.before.prices
        found_prices = np.empty(0)
        if not self.cheapest and len(groups):
            self._tell("greedy")
            found_prices = self._bounded(limits, pool, first, prices)
        if not self._done():
            self._exact(limits)
        assert self.best is not None
        chosen = self.best
        covered = weight_of(groups, chosen) + self.base
        sites = explained(task, groups, chosen, self.usable, self.budget)
        shift = 0.0 if self.cheapest else self.base
        return Plan(
            sites, self.value + shift, self.bound + shift, covered, task.total, float(task.cost[chosen].sum()),
            self._proven(), self._ended(), greedy_value + shift, time.monotonic() - self.began, self.asked, found_prices,
        )  # fmt: skip

    def _start(self, pool: Marks) -> Marks:
        """Greedy, and the old plan as far as it still holds, filled up."""
        start = self.forced.copy()
        first = self._filled(start, pool)
        if first is None:
            return self._feasible_somehow(pool)
        self._offer(first)
        if self.before is not None:
            kept = self.forced.copy()
            for number in self.before.candidates:
                more = kept.copy()
                more[number] = True
                if self.usable[number] and self._fits(more):
                    kept = more
            again = self._filled(kept, pool)
            if again is not None:
                self._offer(again)
        return first

    def _filled(self, start: Marks, pool: Marks) -> Marks | None:
        chosen = greedy(self.groups, self.task.cost, start, pool, at_most=self.cap, budget=self.budget, target=self.target,
                        backhaul=self.linked)  # fmt: skip
        if self.cheapest and self.linked is None and weight_of(self.groups, chosen) >= self.target:
            chosen = without_spare(self.groups, self.task.cost, chosen, self.forced, self.target)
        return chosen if self._fits(chosen) and self._meets(chosen) else None

    def _fits(self, chosen: Marks) -> bool:
        if chosen.sum() > self.cap or self.task.cost[chosen].sum() > self.budget + 1e-9:
            return False
        if self.linked is None:
            return True
        back = self.linked
        return bool((depths(chosen, back.root, back.starts, back.links, back.hops)[chosen] > 0).all())

    def _meets(self, chosen: Marks) -> bool:
        return not self.cheapest or weight_of(self.groups, chosen) >= self.target

    def _feasible_somehow(self, pool: Marks) -> Marks:
        """Where greedy finds nothing that satisfies (relays, a target within limits), the exact program is asked for any."""
        limits = Limits(self.forced.astype(float), pool.astype(float), self.task.cost, self.at_most, self.budget)
        self._exact(limits)
        if self.best is None:
            raise Conflict(
                "siting.none_found", "no choice was found within {seconds} s; relax the limits or allow more time",
                seconds=self.seconds,
            )  # fmt: skip
        return self.best

    def _value_of(self, chosen: Marks) -> float:
        return float(self.task.cost[chosen].sum()) if self.cheapest else weight_of(self.groups, chosen)

    def _offer(self, chosen: Marks) -> None:
        value = self._value_of(chosen)
        if self.best is None or (value < self.value if self.cheapest else value > self.value):
            self.best, self.value = chosen.copy(), value

    def _bounded(self, limits: Limits, pool: Marks, first: Marks, prices: Numbers | None) -> Numbers:
        """Swaps and the relaxation's bound; settles in `limits` what the two decide. Returns the prices of the bound."""
        relaxation = Relaxation(self.groups, limits, prices)
        starts = [first] if self.best is None else [self.best, first]
        if self.linked is None and not self._done():
            self._swap(starts, pool, _SWAPS // 10)
        for _ in range(_ROUNDS if len(self.groups.of) > _SMALL else _ROUNDS // 15):
            near = relaxation.advance(1, _CLOSE)
            self.bound = min(self.bound, self._rounded(relaxation.bound))
            self._tell("bound")
            if near or self._done():
                break
        if self.linked is None and not self._done():
            self._round(relaxation, pool)
        inside, outside = relaxation.settled(self.value, 1.0 - 1e-6 if self.whole else 0.0)
        limits.lowest[inside], limits.highest[outside] = 1.0, 0.0
        return relaxation.prices

    def _round(self, relaxation: Relaxation, pool: Marks) -> None:
        """Swaps from what the relaxation likes: only among it, which is fast, and among all."""
        noise = np.random.default_rng(self.seed)
        liked = pool & (relaxation.choice > 1e-3)
        starts = []
        for number in range(_STARTS):
            spread = noise.uniform(-0.15, 0.15, len(pool)) * (number > 0)
            chosen, spent = self.forced.copy(), float(self.task.cost[self.forced].sum())
            left = self.cap - int(self.forced.sum())
            for one in np.argsort(-(relaxation.choice + spread), kind="stable"):
                if left and liked[one] and not chosen[one] and spent + self.task.cost[one] <= self.budget + 1e-9:
                    chosen[one], left, spent = True, left - 1, spent + float(self.task.cost[one])
            starts.append(chosen)
        self._swap(starts, liked | self.forced, _SWAPS)
        if not self._done() and self.best is not None:
            self._swap([self.best], pool, _SWAPS // 3)
        if not self._done() and self.best is not None and len(self.groups.of) > _SMALL:
            near = pool & ((relaxation.choice > 1e-3) | (relaxation.worth > -0.1 * (relaxation.bound - self.value)))
            best = mended(
                self.groups, relaxation.limits, self.best, near, seed=self.seed, patience=_PATIENCE, heard=self._mend
            )
            self._offer(best)

    def _mend(self, chosen: Marks) -> bool:
        self._offer(chosen)
        self._tell("regions")
        return self._done()

    def _swap(self, starts: list[Marks], pool: Marks, steps: int) -> None:

        def run(number: int) -> Marks:
            return improved(self.groups, self.task.cost, starts[number], self.forced, pool, at_most=self.cap, budget=self.budget,
                            steps=steps, seed=self.seed + number)[0]  # fmt: skip

        if self.threads > 1 and len(starts) > 1:
            with ThreadPoolExecutor(self.threads) as workers:
                found = list(workers.map(run, range(len(starts))))
        else:
            found = [run(number) for number in range(len(starts))]
        for chosen in found:
            self._offer(chosen)
        self._tell("swaps")

    def _exact(self, limits: Limits) -> None:
        started_from = self.best

        def heard(value: float, bound: float) -> bool:
            if np.isfinite(bound):
                self._limit(bound)
            self._tell("exact")
            return self._out_of_time() or self._is_cancelled()

        answer = program.solve(
            self.groups, limits, target=self.target, backhaul=self.linked,
            start=self.best if self.best is not None else np.zeros(len(limits.cost), bool), whole=self.whole,
            gap=max(self.gap, 1e-9), seconds=self.seconds - (time.monotonic() - self.began), seed=self.seed, heard=heard,
        )  # fmt: skip
        if answer.infeasible:
            if started_from is not None:
                # Nothing that the bound left open is better than what is held.
                self.bound = self.value
                return
            raise Conflict(
                "siting.unsatisfiable",
                "no choice satisfies the limits, the target and the links together; relax one of them",
            )
        if answer.chosen is not None:
            assert self._fits(answer.chosen)
            assert self._meets(answer.chosen)
            self._offer(answer.chosen)
        self._limit(answer.bound)

    def _limit(self, bound: float) -> None:
        """What HiGHS left out was settled to be no better than the best held."""
        if self.cheapest:
            self.bound = max(self.bound, min(self._rounded(bound), self.value))
        else:
            self.bound = min(self.bound, max(self._rounded(bound), self.value))

    def _rounded(self, bound: float) -> float:
        if not self.whole or not np.isfinite(bound):
            return bound
        return float(np.ceil(bound - 1e-4)) if self.cheapest else float(np.floor(bound + 1e-4))

    def _proven(self) -> bool:
        return abs(self.bound - self.value) <= 1e-6 * max(1.0, abs(self.bound)) * (0.001 if self.whole else 1.0)

    def _reached(self) -> bool:
        most = max(self.bound, self.value)
        return self._proven() or (most > 0 and abs(self.bound - self.value) <= self.gap * most)

    def _out_of_time(self) -> bool:
        return time.monotonic() - self.began >= self.seconds

    def _is_cancelled(self) -> bool:
        if not self.stopped and self.cancelled is not None and self.cancelled():
            self.stopped = "cancelled"
        return bool(self.stopped)

    def _done(self) -> bool:
        return self._is_cancelled() or self._out_of_time() or (self.best is not None and self._reached())

    def _ended(self) -> str:
        if self._proven():
            return "optimal"
        return "gap" if self._reached() else self.stopped or "time"

    def _tell(self, stage: str) -> None:
        if self.progress is not None:
            self.progress(Progress(stage, self.value, self.bound, time.monotonic() - self.began))
