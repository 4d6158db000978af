from __future__ import annotations

import time
from math import e
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.siting import Backhaul, Plan, Problem, Progress, choose, phases, problem, what_if, within
from dinh.engines.siting.tests.brute import Small, covered, is_linked, least, made, most, smalls
from dinh.kernel.errors import Conflict, DinhError

quick = settings(max_examples=40, deadline=None)


def scattered(candidates: int = 120, points: int = 1500, *, seed: int = 4, radius_m: float = 900.0) -> Problem:
    pick = np.random.default_rng(seed)
    places, demand = pick.uniform(0, 10_000, (candidates, 2)), pick.uniform(0, 10_000, (points, 2))
    starts, covers = within(places, demand, radius_m)
    return problem(starts=starts, covers=covers, weight=np.round(pick.lognormal(3, 1, points)) + 1)


@quick
@given(smalls(standing=True), st.integers(0, 4))
def test_no_choice_of_so_many_sites_covers_more(small: Small, number: int) -> None:
    number = min(number, int((~small.task.existing).sum()))
    plan = choose(small.task, at_most=number)
    assert plan.proven
    assert plan.ended == "optimal"
    assert plan.value == plan.bound == plan.covered == most(small, at_most=number)
    assert covered(small, plan.candidates) == plan.value
    assert len(plan.sites) <= number


@quick
@given(smalls(), st.integers(0, 15), st.integers(1, 4))
def test_no_choice_within_a_budget_covers_more(small: Small, budget: int, number: int) -> None:
    number = min(number, small.task.candidates)
    for at_most in (None, number):
        plan = choose(small.task, budget=budget, at_most=at_most)
        assert plan.proven
        assert plan.value == most(small, budget=budget, at_most=99 if at_most is None else at_most)
        assert plan.cost <= budget


@quick
@given(smalls(standing=True), st.floats(0.05, 1.0))
def test_no_choice_reaches_a_target_for_less(small: Small, target: float) -> None:
    wanted = least(small, target * small.task.total)
    if wanted is None:
        with pytest.raises(Conflict, match="cannot be met"):
            choose(small.task, target=target)
        return
    plan = choose(small.task, target=target)
    assert plan.proven
    assert plan.value == plan.cost == plan.bound == wanted
    assert plan.covered >= target * small.task.total - 1e-6


@quick
@given(smalls(linked=True, standing=True), st.integers(1, 4))
def test_every_site_is_linked_and_no_linked_choice_covers_more(small: Small, number: int) -> None:
    number = min(number, int((~small.task.existing).sum()))
    plan = choose(small.task, at_most=number)
    assert is_linked(small.task, set(plan.candidates))
    assert plan.proven
    assert plan.value == most(small, at_most=number)
    assert small.task.backhaul is not None
    for site in plan.sites:
        assert 1 <= site.hops <= small.task.backhaul.hops
        assert (site.linked_to is None) == (site.hops == 1)
        assert site.linked_to is None or site.linked_to in plan.candidates


@quick
@given(smalls(), st.data())
def test_a_plan_asked_again_with_candidates_forced_and_dropped_is_the_best_of_what_remains(
    small: Small, data: st.DataObject
) -> None:
    plan = choose(small.task, at_most=2)
    forced = data.draw(st.integers(0, small.task.candidates - 1))
    dropped = data.draw(st.integers(0, small.task.candidates - 1).filter(lambda one: one != forced))
    again = what_if(small.task, plan, forced=[forced], dropped=[dropped])
    assert forced in again.candidates
    assert dropped not in again.candidates
    assert again.value == most(small, at_most=2, forced={forced}, dropped={dropped})
    back = what_if(small.task, again, forced=[dropped])
    assert back.asked.dropped == ()


@quick
@given(smalls(), st.integers(1, 4))
def test_greedy_reaches_its_share_of_the_optimum(small: Small, number: int) -> None:
    plan = choose(small.task, at_most=min(number, small.task.candidates))
    assert plan.greedy >= (1 - 1 / e) * plan.value - 1e-9


def test_more_sites_never_cover_less() -> None:
    task = scattered()
    values = [choose(task, at_most=number, seconds=5, gap=0.002).bound for number in (2, 5, 10, 20)]
    assert values == sorted(values)


def test_the_bound_is_never_below_the_value_whenever_it_ends() -> None:
    task = scattered()
    for seconds in (0.0, 0.05, 0.3):
        plan = choose(task, at_most=25, seconds=seconds)
        assert plan.bound >= plan.value > 0
        assert plan.ended in {"time", "optimal"}
    assert choose(task, at_most=25, gap=0.05).gap <= 0.05


def test_the_same_seed_gives_the_same_plan_on_one_thread_and_on_four() -> None:
    task = scattered()
    one, four = (choose(task, at_most=15, seconds=60, seed=3, threads=threads) for threads in (1, 4))
    assert one.proven
    assert one.sites == four.sites
    assert np.array_equal(one.prices, four.prices)


def test_whoever_waits_hears_the_stages_and_can_end_the_choice_with_the_best_found() -> None:
    task = scattered(candidates=400, points=6000)
    heard: list[Progress] = []
    plan = choose(task, at_most=60, progress=heard.append, cancelled=lambda: any(one.stage == "exact" for one in heard))
    assert plan.ended in {"cancelled", "optimal"}
    assert {"greedy", "swaps", "bound"} <= {one.stage for one in heard}
    assert all(one.bound >= one.value for one in heard)
    bounds = [one.bound for one in heard]
    assert bounds == sorted(bounds, reverse=True)
    began = time.monotonic()
    stopped = choose(task, at_most=60, cancelled=lambda: True)
    assert stopped.ended == "cancelled"
    assert stopped.value == stopped.greedy
    assert time.monotonic() - began < 2


def test_a_site_tells_what_it_adds_what_only_it_covers_and_whom_it_beat() -> None:
    small = made([{0, 1}, {1, 2}, {2}, {3}], [10.0, 20.0, 5.0, 4.0])
    plan = choose(small.task, at_most=2)
    first, second = plan.sites
    assert (first.candidate, first.alone, first.adds, first.only) == (
        0,
        30.0,
        30.0,
        10.0 if second.candidate == 1 else 30.0,
    )
    assert second.adds == 5.0
    assert first.runner_up is not None
    assert first.runner_up_loses > 0
    assert sum(site.adds for site in plan.sites) == plan.covered == 35.0


def test_what_stands_covers_for_nothing_and_a_shared_tower_costs_its_share() -> None:
    task = problem(
        starts=[0, 1, 2, 3], covers=[0, 1, 2], weight=[1, 2, 3], cost=[9, 9, 9], sharing_cost=[np.nan, 4, 12],
        existing=np.array([True, False, False]),
    )  # fmt: skip
    plan = choose(task, budget=8)
    assert plan.covered == 3.0
    assert [(site.candidate, site.cost, site.shared) for site in plan.sites] == [(1, 4.0, True)]


@pytest.mark.parametrize(("number", "best"), [(1, (0,)), (2, (0, 1)), (3, (0, 1, 2))])
def test_a_site_far_from_fibre_waits_for_the_sites_between(number: int, best: tuple[int, ...]) -> None:
    line = Backhaul(np.array([True, False, False]), np.array([0, 1, 2, 2]), np.array([1, 2], np.int32), 3)
    small = made([{0}, {1}, {2}], [1.0, 9.0, 20.0], backhaul=line)
    assert choose(small.task, at_most=number).candidates == best


def test_phases_are_nested_take_the_best_first_and_keep_the_links() -> None:
    root = np.array([True, False, False])
    line = Backhaul(root, np.array([0, 1, 2, 2]), np.array([1, 2], np.int32), 3)
    small = made([{0}, {1}, {2}], [1.0, 2.0, 9.0], backhaul=line)
    plan = choose(small.task, at_most=3)
    assert [site.hops for site in plan.sites] == [1, 2, 3]
    quarters = phases(small.task, plan, sizes=[1, 0, 2])
    assert [quarter.sites for quarter in quarters] == [(0,), (), (1, 2)]
    assert [quarter.covered for quarter in quarters] == [1.0, 1.0, 12.0]
    with pytest.raises(Conflict, match="leave 1 of 3 sites unbuilt"):
        phases(small.task, plan, sizes=[1, 1])


@quick
@given(smalls(standing=True), st.lists(st.integers(0, 8), min_size=1, max_size=4))
def test_a_later_phase_keeps_what_the_earlier_built(small: Small, budgets: list[int]) -> None:
    plan = choose(small.task, budget=sum(budgets))
    try:
        quarters = phases(small.task, plan, budgets=[float(money) for money in budgets])
    except Conflict:
        pytest.fail("what the sum of the budgets pays for does not fit into the phases")
    built = [site for quarter in quarters for site in quarter.sites]
    assert sorted(built) == sorted(plan.candidates)
    for number, quarter in enumerate(quarters):
        assert quarter.cost <= sum(budgets[: number + 1]) + 1e-9
    assert quarters[-1].covered == plan.covered


def plain(**changes: Any) -> Problem:
    given: dict[str, Any] = {"starts": [0, 1, 2], "covers": [0, 1], "weight": [1, 1]}
    return problem(**given | changes)


@pytest.mark.parametrize(
    ("ask", "family", "words"),
    [
        (lambda: plain(weight=[1, -2]), "out_of_range", "weight number 1 is -2.0; give a finite number"),
        (lambda: plain(weight=[1, float("nan")]), "out_of_range", "weight number 1 is nan"),
        (lambda: plain(starts=[0, 2, 2]), "invalid", "1 candidates have no demand in reach, the first is 1; leave them out"),
        (lambda: plain(covers=[0, 7]), "out_of_range", "candidate 1 covers demand point 7, but they are numbered from 0 to 1"),
        (lambda: plain(starts=[0, 1, 3]), "invalid", "starts ends with 3, but there are 2 entries"),
        (lambda: plain(cost=[1]), "invalid", "cost holds 1 numbers; give one for each of the 2 candidates"),
        (lambda: plain(sharing_cost=[-1, 2]), "out_of_range", "sharing_cost number 0 is -1.0"),
        (lambda: choose(plain()), "invalid", "give at_most, budget or target"),
        (lambda: choose(plain(), at_most=3), "out_of_range", "3 sites of 2 candidates cannot be chosen; ask for 0 to 2"),
        (lambda: choose(plain(), target=1.5), "out_of_range", "a target of 1.5 is no share"),
        (lambda: choose(plain(), budget=-1), "out_of_range", "a budget of -1 is no sum of money"),
        (lambda: choose(plain(), at_most=1, forced=[5]), "out_of_range", "candidate 5 does not exist"),
        (lambda: choose(plain(), at_most=1, forced=[0, 1]), "conflict", "2 candidates are forced, but at most 1"),
        (lambda: choose(plain(), budget=1, forced=[0, 1]), "conflict", "the forced candidates cost 2.0, the budget is 1"),
        (lambda: choose(plain(), at_most=1, forced=[0], dropped=[0]), "conflict", "candidate 0 is forced and dropped"),
        (lambda: choose(plain(), target=0.9, dropped=[0]), "conflict", "a target of 1.8 cannot be met.*cover 1;"),
        (lambda: choose(plain(), target=0.9, at_most=1), "conflict", "no choice satisfies the limits"),
        (lambda: within([[0, 0]], [[0, 0]], 0), "out_of_range", "a radius of 0 m reaches nothing"),
        (lambda: within([[0, 0, 0]], [[0, 0]], 1), "invalid", r"centres_m has the shape \(1, 3\)"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_its_place_its_value_and_a_remedy(ask: Any, family: str, words: str) -> None:
    with pytest.raises(DinhError, match=words) as refused:
        ask()
    assert refused.value.family == family


def test_a_forced_candidate_that_cannot_be_linked_is_refused() -> None:
    back = Backhaul(np.array([True, False]), np.array([0, 0, 0]), np.array([], np.int32), 2)
    with pytest.raises(Conflict, match="forced candidate 1 cannot be linked within 2 hops"):
        choose(plain(backhaul=back), at_most=2, forced=[1])


def test_within_finds_what_a_plain_search_finds() -> None:
    pick = np.random.default_rng(2)
    centres, points = pick.uniform(0, 100, (30, 2)), pick.uniform(0, 100, (200, 2))
    starts, found = within(centres, points, 17.0)
    for number, centre in enumerate(centres):
        near = np.flatnonzero(((points - centre) ** 2).sum(1) <= 17.0**2)
        assert found[starts[number] : starts[number + 1]].tolist() == near.tolist()


def test_a_plan_is_frozen() -> None:
    plan: Plan = choose(plain(), at_most=1)
    with pytest.raises(AttributeError):
        plan.value = 3.0  # type: ignore[misc]
