"""Choosing sites with a proof: seconds to the optimum, the proven gap of a larger case, and plain HiGHS beside.

The generator, fixed: a square of 60 km; weights are people, lognormal with a median of 60 and a sigma of 1, whole, at least 1.
Uniform: demand points anywhere. Clustered: 40 towns of sizes n^-0.8, 60 % of the demand points normal around their centres
(standard deviation 800 m to 4,300 m), 40 % anywhere. Candidates: 40 % as in the towns (none when uniform), the rest anywhere,
no two of them closer than 600 m (300 m where there are 2,000). Seed 1. A candidate covers what lies within the radius.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import Result, at_most

SIDE_M = 60_000.0
SEED = 1
OPTIMUM_S = 16.0
GAP_PERCENT = 3.0
LARGE_S = 20.0
PEER_S = 30.0

type Places = NDArray[np.float64]


def run() -> list[Result]:
    from dinh.engines.siting import choose

    warm, _ = province(60, 500, 6000.0, clustered=False, apart_m=600.0)
    choose(warm, at_most=8)
    results = []
    for clustered, radius_m, sites in ((False, 2000.0, 200), (True, 1500.0, 200)):
        task, name = province(1000, 20_000, radius_m, clustered=clustered, apart_m=600.0)
        began = time.process_time()
        plan = choose(task, at_most=sites, seconds=60, threads=2)
        processor_s = time.process_time() - began
        peer_s, peer = plain_highs(task, sites)
        told = (
            f"{name}, {sites} sites; {_plan(plan)}, {processor_s:.1f} s of processor; peer: {peer}"
        )  # fmt: skip
        seconds = plan.seconds if plan.proven else float("inf")
        results.append(
            at_most(f"siting_optimum_{'clustered' if clustered else 'uniform'}", seconds, "s", OPTIMUM_S, input=told,
                    peer="plain HiGHS, a row for each demand point, no start, 2 threads", peer_value=peer_s)
        )  # fmt: skip
    for label, candidates, points, radius_m, sites, clustered, apart_m, seconds in (
        ("uniform", 2000, 50_000, 1500.0, 400, False, 300.0, LARGE_S),
        ("clustered", 2000, 50_000, 1200.0, 400, True, 300.0, LARGE_S),
        ("crowded", 1000, 20_000, 3000.0, 60, True, 600.0, OPTIMUM_S),
    ):
        task, name = province(candidates, points, radius_m, clustered=clustered, apart_m=apart_m)
        plan = choose(task, at_most=sites, seconds=seconds, threads=2)
        results.append(
            at_most(
                f"siting_gap_{label}", 100 * plan.gap, "%", GAP_PERCENT, input=f"{name}, {sites} sites; {_plan(plan)}"
            )
        )
    return results


def _plan(plan: Any) -> str:
    share = 100 / plan.total
    return (
        f"covers {plan.value * share:.3f} %, bound {plan.bound * share:.3f} %, gap {100 * plan.gap:.4f} %, {plan.ended} after "
        f"{plan.seconds:.1f} s, greedy {plan.greedy * share:.3f} %"
    )


def province(candidates: int, points: int, radius_m: float, *, clustered: bool, apart_m: float) -> tuple[Any, str]:
    from dinh.engines.siting import problem, within

    pick = np.random.default_rng(SEED)
    towns = pick.uniform(0, SIDE_M, (40, 2))
    sizes = np.arange(1.0, 41.0) ** -0.8
    spread_m = 3500.0 * np.sqrt(sizes / sizes[0]) + 800.0

    def spots(count: int, share: float) -> Places:
        urban = int(count * share) if clustered else 0
        town = pick.choice(40, urban, p=sizes / sizes.sum())
        around = towns[town] + pick.normal(size=(urban, 2)) * spread_m[town, None]
        return np.vstack([np.clip(around, 0, SIDE_M), pick.uniform(0, SIDE_M, (count - urban, 2))])

    demand = spots(points, 0.6)
    chosen = np.empty((candidates, 2))
    number = 0
    for spot in pick.permutation(spots(6 * candidates, 0.4)):
        if number < candidates and ((chosen[:number] - spot) ** 2).sum(1).min(initial=np.inf) >= apart_m**2:
            chosen[number] = spot
            number += 1
    weight = np.maximum(1.0, np.round(pick.lognormal(np.log(60.0), 1.0, points)))
    starts, covers = within(chosen[:number], demand, radius_m)
    reach = np.diff(starts) > 0
    task = problem(starts=np.concatenate([[0], np.cumsum(np.diff(starts)[reach])]), covers=covers, weight=weight)
    kind = "clustered" if clustered else "uniform"
    return task, f"{task.candidates:,} candidates, {points:,} demand points, {kind}, radius {radius_m:,.0f} m"


def plain_highs(task: Any, sites: int) -> tuple[float, str]:
    """Seconds of HiGHS on the model as textbooks write it, and what it had by then."""
    import highspy

    count, points = task.candidates, len(task.weight)
    rows = np.repeat(np.arange(count), np.diff(task.starts))
    order = np.argsort(task.covers, kind="stable")
    begin = np.concatenate([[0], np.cumsum(np.bincount(task.covers, minlength=points) + 1)])
    index = np.insert(rows[order], np.searchsorted(task.covers[order], np.arange(points)), count + np.arange(points))
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = count + points, points + 1
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.concatenate([np.zeros(count), task.weight])
    model.col_lower_, model.col_upper_ = np.zeros(count + points), np.ones(count + points)
    model.row_lower_ = np.full(points + 1, -np.inf)
    model.row_upper_ = np.concatenate([np.zeros(points), [sites]])
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([begin, [begin[-1] + count]]).astype(np.int32)
    matrix.index_ = np.concatenate([index, np.arange(count)]).astype(np.int32)
    matrix.value_ = np.concatenate([np.where(index >= count, 1.0, -1.0), np.ones(count)])
    model.integrality_ = [highspy.HighsVarType.kInteger] * count + [highspy.HighsVarType.kContinuous] * points
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 2)
    solver.setOptionValue("time_limit", PEER_S)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.99)
    solver.passModel(model)
    highspy.Highs.resetGlobalScheduler(True)
    began = time.perf_counter()
    solver.run()
    taken = time.perf_counter() - began
    highspy.Highs.resetGlobalScheduler(True)
    info = solver.getInfo()
    share = 100 / task.total
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return taken, (
        f"{'optimal' if proven else f'stopped at its limit of {PEER_S:.0f} s'} with {info.objective_function_value * share:.3f} %, "
        f"bound {info.mip_dual_bound * share:.3f} %"
    )
