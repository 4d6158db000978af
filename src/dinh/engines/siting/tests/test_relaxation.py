from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.siting import choose, problem, within
from dinh.engines.siting.grouping import demand_left, dominated
from dinh.engines.siting.relaxation import Limits, Relaxation
from dinh.engines.siting.tests.brute import Small, choices, covered, most, smalls


def bounded(small: Small, at_most: float, budget: float, rounds: int) -> Relaxation:
    groups, _ = demand_left(small.task)
    count = small.task.candidates
    relaxation = Relaxation(groups, Limits(np.zeros(count), np.ones(count), small.task.cost, at_most, budget))
    relaxation.advance(rounds, 1e-7)
    return relaxation


@settings(max_examples=60, deadline=None)
@given(smalls(), st.integers(1, 4), st.sampled_from([float("inf"), 3.0, 8.0]), st.integers(0, 8))
def test_no_choice_is_above_the_bound_however_early_it_is_read(
    small: Small, number: int, budget: float, rounds: int
) -> None:
    best = most(small, at_most=number, budget=budget)
    assert bounded(small, number, budget, rounds).bound >= best - 1e-9


@settings(max_examples=60, deadline=None)
@given(smalls(), st.integers(1, 4), st.sampled_from([float("inf"), 3.0, 8.0]), st.floats(0.3, 1.0))
def test_what_the_bound_settles_holds_in_every_choice_that_is_as_good_as_asked(
    small: Small, number: int, budget: float, share: float
) -> None:
    asked = share * most(small, at_most=number, budget=budget)
    inside, outside = bounded(small, number, budget, 10).settled(asked, -1e-9)
    for chosen in choices(small, set(), set()):
        if len(chosen) <= number and small.task.cost[list(chosen)].sum() <= budget and covered(small, chosen) >= asked:
            marks = np.isin(np.arange(small.task.candidates), chosen)
            assert marks[inside].all()
            assert not marks[outside].any()


def test_the_bound_closes_on_the_optimum_of_the_relaxation() -> None:
    pick = np.random.default_rng(5)
    starts, covers = within(pick.uniform(0, 9000, (150, 2)), pick.uniform(0, 9000, (2000, 2)), 900.0)
    task = problem(starts=starts, covers=covers, weight=pick.integers(1, 90, 2000))
    groups, _ = demand_left(task)
    relaxation = Relaxation(groups, Limits(np.zeros(150), np.ones(150), task.cost, 30.0, np.inf))
    assert relaxation.advance(200, 1e-4)
    assert 0 <= relaxation.gap <= 1e-4 * relaxation.bound
    plan = choose(task, at_most=30, seconds=30)
    assert plan.value <= relaxation.bound <= plan.value * 1.02


@settings(max_examples=60, deadline=None)
@given(smalls(), st.integers(1, 4))
def test_a_dominated_candidate_is_not_missed(small: Small, number: int) -> None:
    groups, _ = demand_left(small.task)
    out = dominated(groups, small.task.cost, np.ones(small.task.candidates, bool))
    left = set(np.flatnonzero(out).tolist())
    for budget in (4.0, 9.0):
        assert most(small, at_most=number, budget=budget, dropped=left) == most(small, at_most=number, budget=budget)


@settings(max_examples=60, deadline=None)
@given(smalls(standing=True))
def test_grouped_demand_weighs_what_it_weighed(small: Small) -> None:
    groups, base = demand_left(small.task)
    everybody = tuple(np.flatnonzero(~small.task.existing).tolist())
    assert groups.weight.sum() + base == covered(small, everybody)
    rows = [tuple(groups.by[a:b].tolist()) for a, b in zip(groups.by_starts[:-1], groups.by_starts[1:], strict=True)]
    assert len(set(rows)) == len(rows)
