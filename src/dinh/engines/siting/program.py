"""The exact program, for HiGHS.

    max sum w_j y_j   or   min sum c_i x_i  with  sum w_j y_j >= target
    y_j <= sum of x_i in reach,  sum x_i <= at most,  sum c_i x_i <= budget,  x binary, y between 0 and 1

What is linked has a copy of x a hop: x_i = sum over h of z_ih, z_ih <= sum of z_p,h-1 over neighbours p; x being whole, the
z may be fractions: where z_ih > 0 some chosen neighbour has z_p,h-1 > 0, down to a root.

HiGHS runs in the caller's thread, without the interpreter's lock, and asks at its interrupts whether to go on: no copy of
the data to another process, and other threads serve meanwhile. One thread of HiGHS: at this size a second gains nothing,
the answer does not hang on how many there are, and its threads are one pool a process: who asks for another number is
refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from dinh.engines.siting.grouping import Groups, group
from dinh.engines.siting.problem import Backhaul, Marks, Starts
from dinh.engines.siting.relaxation import Limits
from dinh.engines.siting.search import depths
from dinh.kernel.errors import Conflict


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """`chosen` is None where none was found in time; `bound` is HiGHS's own (infinite before it has one)."""

    chosen: Marks | None
    bound: float
    infeasible: bool


class _Rows:
    """Rows of a program, gathered and passed on at once."""

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self.values: list[Any] = []
        self.sizes: list[Any] = []
        self.lowest: list[float] = []
        self.highest: list[float] = []

    def add(self, columns: Any, values: Any, lowest: float, highest: float) -> None:
        self.columns.append(np.asarray(columns, np.int32))
        self.values.append(np.broadcast_to(np.asarray(values, np.float64), np.shape(columns)))
        self.sizes.append(np.array([len(columns)], np.int64))
        self.lowest.append(lowest)
        self.highest.append(highest)


def solve(
    groups: Groups, limits: Limits, *, target: float, backhaul: Backhaul | None, start: Marks, whole: bool, gap: float,
    seconds: float, seed: int, heard: Callable[[float, float], bool], nodes: int | None = None,
) -> Answer:  # fmt: skip
    """Solves what `limits` leave open. `target` is infinite where weight is to be maximised; `heard(value, bound)` is told
    of progress and says whether to stop; `whole` weights (or costs) let the last unit be rounded away;
    `nodes` ends it after so many branches, the same on every machine."""
    cheapest = np.isfinite(target)
    columns = np.flatnonzero(limits.highest > 0)
    sure = limits.lowest[columns] > 0
    left, given = _left(groups, columns, sure)
    layers, hop_of, owner = _layers(columns, backhaul, limits)
    if layers is None:
        return Answer(None, 0.0, True)
    count, points = len(columns), len(left)
    model = highspy.HighsLp()
    model.num_col_ = count + points + len(owner)
    model.sense_ = highspy.ObjSense.kMinimize if cheapest else highspy.ObjSense.kMaximize
    charge = limits.cost[columns] if cheapest else np.zeros(count)
    model.col_cost_ = np.concatenate([charge, np.zeros(points) if cheapest else left.weight, np.zeros(len(owner))])
    model.offset_ = 0.0 if cheapest else given
    model.col_lower_ = np.concatenate([sure.astype(float), np.zeros(points + len(owner))])
    model.col_upper_ = np.ones(model.num_col_)
    rows = _Rows()
    if np.isfinite(limits.at_most):
        rows.add(np.arange(count), 1.0, -np.inf, limits.at_most)
    if np.isfinite(limits.budget):
        rows.add(np.arange(count), limits.cost[columns], -np.inf, limits.budget)
    if cheapest:
        rows.add(count + np.arange(points), left.weight, target - given, np.inf)
    if backhaul is not None:
        _link(rows, columns, backhaul, hop_of, owner, count, count + points)
    _pass_rows(model, rows, left, count)
    kinds = [highspy.HighsVarType.kInteger] * count
    model.integrality_ = kinds + [highspy.HighsVarType.kContinuous] * (points + len(owner))
    return _run(model, columns, start, left, cheapest, whole, gap, seconds, seed, heard, nodes, backhaul is not None)


def _left(groups: Groups, columns: Starts, sure: Marks) -> tuple[Groups, float]:
    """Groups that sure sites leave open, in terms of the open columns, and the weight that sure sites cover."""
    covered = np.zeros(len(groups), bool)
    for number in columns[sure]:
        covered[groups.of[groups.of_starts[number] : groups.of_starts[number + 1]]] = True
    place = np.full(len(groups.of_starts) - 1, -1, np.int64)
    place[columns] = np.arange(len(columns))
    rows = np.repeat(np.arange(len(groups)), np.diff(groups.by_starts))
    stays = (place[groups.by] >= 0) & ~covered[rows]
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows[stays], minlength=len(groups)))]).astype(np.int64)
    left = group(starts, place[groups.by[stays]].astype(np.int32), groups.weight, len(columns))
    return left, float(groups.weight[covered].sum())


def _layers(columns: Starts, backhaul: Backhaul | None, limits: Limits) -> tuple[Any, Starts, Starts]:
    """For each copy of a column: its hop and its column. None where a sure site cannot be linked at all."""
    nothing = np.empty(0, np.int64)
    if backhaul is None:
        return nothing, nothing, nothing
    nearest = depths(limits.highest > 0, backhaul.root, backhaul.starts, backhaul.links, backhaul.hops)
    if ((limits.lowest > 0) & (nearest == 0)).any():
        return None, nothing, nothing
    hops: list[int] = []
    owners: list[int] = []
    for place, number in enumerate(columns):
        if nearest[number]:
            hops.extend(range(int(nearest[number]), backhaul.hops + 1))
            owners.extend([place] * (backhaul.hops + 1 - int(nearest[number])))
    return owners, np.array(hops, np.int64), np.array(owners, np.int64)


def _link(
    rows: _Rows, columns: Starts, backhaul: Backhaul, hop_of: Starts, owner: Starts, count: int, first: int
) -> None:
    at = {(int(owner[copy]), int(hop_of[copy])): first + copy for copy in range(len(owner))}
    place = {int(number): index for index, number in enumerate(columns)}
    for index, number in enumerate(columns):
        copies = [at[index, hop] for hop in range(1, backhaul.hops + 1) if (index, hop) in at]
        rows.add([index, *copies], [1.0] + [-1.0] * len(copies), 0.0, 0.0)
        neighbours = backhaul.links[backhaul.starts[number] : backhaul.starts[number + 1]]
        for hop in range(2, backhaul.hops + 1):
            if (index, hop) not in at:
                continue
            before = [at[place[p], hop - 1] for p in neighbours.tolist() if p in place and (place[p], hop - 1) in at]
            rows.add([at[index, hop], *before], [1.0] + [-1.0] * len(before), -np.inf, 0.0)


def _pass_rows(model: Any, rows: _Rows, left: Groups, count: int) -> None:
    points = len(left)
    starts = left.by_starts + np.arange(points + 1)
    columns = np.empty(starts[-1], np.int32)
    values = np.full(starts[-1], -1.0)
    own = starts[:-1]
    others = np.ones(len(columns), bool)
    others[own] = False
    columns[own], values[own], columns[others] = count + np.arange(points), 1.0, left.by
    sizes = np.concatenate([np.diff(starts), *rows.sizes])
    model.num_row_ = len(sizes)
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    matrix.index_ = np.concatenate([columns, *rows.columns])
    matrix.value_ = np.concatenate([values, *rows.values])
    model.row_lower_ = np.concatenate([np.full(points, -np.inf), rows.lowest])
    model.row_upper_ = np.concatenate([np.zeros(points), rows.highest])


def _run(
    model: Any, columns: Starts, start: Marks, left: Groups, cheapest: bool, whole: bool, gap: float, seconds: float, seed: int,
    heard: Callable[[float, float], bool], nodes: int | None, linked: bool,
) -> Answer:  # fmt: skip
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {
        "output_flag": False, "threads": 1, "random_seed": seed, "time_limit": max(seconds, 0.01), "mip_rel_gap": gap,
        "mip_abs_gap": 0.99 if whole else 1e-6, "mip_allow_restart": False,
    }  # fmt: skip
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    if not cheapest and not linked:
        # Measured: our grouping leaves presolve nothing to find and its probing costs half of the time.
        options["presolve"] = "off"
        # Swaps and regions have found what HiGHS's own heuristics would look for, at a tenth of their time.
        options["mip_heuristic_effort"] = 0.0
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if len(columns) == 0:
        return Answer(np.zeros(len(start), bool), 0.0 if cheapest else model.offset_, False)
    solver.passModel(model)
    if start.any():
        x = start[columns].astype(np.float64)
        if not linked and start.sum() == x.sum():
            met = np.minimum(1.0, np.add.reduceat(x[left.by], left.by_starts[:-1])) if len(left) else np.empty(0)
            known = highspy.HighsSolution()
            known.col_value = np.concatenate([x, met]).tolist()
            solver.setSolution(known)
        elif start.sum() == x.sum():
            solver.setSolution(len(columns), np.arange(len(columns), dtype=np.int32), x)
    asked = [0.0]

    def interrupted(kind: Any, message: str, out: Any, answer: Any, data: Any) -> None:
        now = time.monotonic()
        if now - asked[0] > 0.05:
            asked[0] = now
            mip = kind == highspy.cb.HighsCallbackType.kCallbackMipInterrupt
            answer.user_interrupt = heard(
                out.mip_primal_bound if mip else np.nan, out.mip_dual_bound if mip else np.nan
            )

    solver.setCallback(interrupted, None)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackMipInterrupt)
    solver.startCallback(highspy.cb.HighsCallbackType.kCallbackSimplexInterrupt)
    if solver.run() == highspy.HighsStatus.kError:
        raise Conflict(
            "siting.solver_refused",
            "HiGHS refused to start; everything in this process that uses it must ask for one thread, as siting does",
        )
    info = solver.getInfo()
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return Answer(None, 0.0, True)
    found = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.zeros(len(start), bool)
        found[columns[np.array(solver.getSolution().col_value)[: len(columns)] > 0.5]] = True
    bound = float(info.mip_dual_bound)
    return Answer(found, bound if np.isfinite(bound) else (0.0 if cheapest else np.inf), False)
