"""What is to be decided: who is covered by which candidate, what it costs, and what must be linked to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dinh.kernel.errors import Invalid, OutOfRange

type Numbers = NDArray[np.float64]
type Indices = NDArray[np.int32]
type Starts = NDArray[np.int64]
type Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Backhaul:
    """A chosen site is linked to what is connected already, through chosen sites, in at most `hops` links.

    `root` (C,) marks the candidates that have a fibre point in reach. `starts` (C + 1,) and `links` hold, candidate by
    candidate, the candidates that a link can be built to; a link serves both of its ends. An existing tower is connected.
    """

    root: Marks
    starts: Starts
    links: Indices
    hops: int


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Candidates and demand points; made by `problem`, which checks it.

    `starts` (C + 1,) and `covers` hold, candidate by candidate, the demand points in its reach (CSR, ascending, each once).
    `cost` (C,) is the cheaper of building and sharing; `shared` tells where sharing is.
    """

    starts: Starts
    covers: Indices
    weight: Numbers
    cost: Numbers
    shared: Marks
    existing: Marks
    backhaul: Backhaul | None

    @property
    def candidates(self) -> int:
        return len(self.starts) - 1

    @property
    def total(self) -> float:
        return float(self.weight.sum())


def problem(
    *,
    starts: ArrayLike,
    covers: ArrayLike,
    weight: ArrayLike,
    cost: ArrayLike | None = None,
    sharing_cost: ArrayLike | None = None,
    existing: ArrayLike | None = None,
    backhaul: Backhaul | None = None,
) -> Problem:
    """A checked problem of C candidates and D demand points.

    `starts` (C + 1,), `covers`: the demand points in reach of each candidate, numbered from 0. `weight` (D,): people, or
    whatever is to be covered, at least 0. `cost` (C,): of building there, at least 0; one each without it. `sharing_cost` (C,):
    of going onto a tower that stands there; NaN where none does. `existing` (C,): sites that stand and stay; they cover, they
    are connected, they cost nothing and do not count. Raises Invalid and OutOfRange with place, value and remedy.
    """
    begin, demand = np.ascontiguousarray(starts, np.int64), np.ascontiguousarray(covers, np.int64)
    weights = _checked("weight", weight, None)
    if begin.ndim != 1 or demand.ndim != 1 or len(begin) < 2 or begin[0] != 0 or (np.diff(begin) < 0).any():
        raise Invalid(
            "siting.bad_starts", "starts must be one row that begins with 0 and never falls, one more than there are candidates"
        )  # fmt: skip
    if begin[-1] != len(demand):
        raise Invalid(
            "siting.bad_starts", "starts ends with {end}, but there are {count} entries in covers; make them equal",
            end=int(begin[-1]), count=len(demand),
        )  # fmt: skip
    count = len(begin) - 1
    wrong = np.flatnonzero((demand < 0) | (demand >= len(weights)))
    if len(wrong):
        raise OutOfRange(
            "siting.no_such_demand",
            "candidate {candidate} covers demand point {value}, but they are numbered from 0 to {last}; correct covers",
            candidate=int(np.searchsorted(begin, wrong[0], "right")) - 1, value=int(demand[wrong[0]]),
            last=len(weights) - 1,
        )  # fmt: skip
    begin, demand = _each_once(begin, demand, len(weights))
    stands = _marks("existing", existing, count)
    if backhaul is None:
        idle = np.flatnonzero((np.diff(begin) == 0) & ~stands)
        if len(idle):
            raise Invalid(
                "siting.idle_candidates",
                "{count} candidates have no demand in reach, the first is {candidate}; leave them out or widen the reach",
                count=len(idle), candidate=int(idle[0]),
            )  # fmt: skip
    else:
        backhaul = _linked(backhaul, count)
    own = np.ones(count) if cost is None else _checked("cost", cost, count)
    shared = np.zeros(count, bool)
    if sharing_cost is not None:
        sharing = np.asarray(sharing_cost, np.float64)
        known = ~np.isnan(sharing)
        _checked("sharing_cost", np.where(known, sharing, 0.0), count)
        shared = known & (np.where(known, sharing, np.inf) < own)
        own = np.where(shared, sharing, own)
    return Problem(begin, demand.astype(np.int32), weights, own, shared, stands, backhaul)


def _each_once(begin: Starts, demand: Starts, points: int) -> tuple[Starts, Starts]:
    rows = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    keys = np.unique(rows * max(points, 1) + demand)
    rows, demand = np.divmod(keys, max(points, 1))
    counts = np.bincount(rows, minlength=len(begin) - 1)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), demand


def _checked(name: str, given: ArrayLike, count: int | None) -> Numbers:
    values = np.ascontiguousarray(given, np.float64)
    if values.ndim != 1:
        raise Invalid(
            "siting.bad_length", "{name} has the shape {shape}; give one row of numbers", name=name, shape=values.shape
        )
    if count is not None and len(values) != count:
        raise Invalid(
            "siting.bad_length", "{name} holds {length} numbers; give one for each of the {count} candidates",
            name=name, length=len(values), count=count,
        )  # fmt: skip
    wrong = np.flatnonzero(~(values >= 0) | np.isinf(values))
    if len(wrong):
        raise OutOfRange(
            "siting.bad_number", "{name} number {place} is {value}; give a finite number of at least 0",
            name=name, place=int(wrong[0]), value=float(values[wrong[0]]),
        )  # fmt: skip
    return values


def _marks(name: str, given: ArrayLike | None, count: int) -> Marks:
    marks: NDArray[Any] = np.zeros(count, bool) if given is None else np.ascontiguousarray(given)
    if marks.shape != (count,) or marks.dtype != bool:
        raise Invalid(
            "siting.bad_marks", "{name} is {type} of the shape {shape}; give {count} values that are true or false",
            name=name, type=str(marks.dtype), shape=marks.shape, count=count,
        )  # fmt: skip
    return marks


def _linked(given: Backhaul, count: int) -> Backhaul:
    starts, links = np.ascontiguousarray(given.starts, np.int64), np.ascontiguousarray(given.links, np.int64)
    if given.hops < 1:
        raise OutOfRange(
            "siting.bad_hops", "at most {hops} hops to fibre reach nobody; permit 1 or more", hops=given.hops
        )
    if starts.shape != (count + 1,) or starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] != len(links):
        raise Invalid(
            "siting.bad_links", "the starts of the links must be {count} numbers from 0 to {last} that never fall",
            count=count + 1, last=len(links),
        )  # fmt: skip
    if len(links) and not 0 <= links.min() <= links.max() < count:
        raise OutOfRange(
            "siting.no_such_candidate", "a link leads to candidate {value}, but they are numbered from 0 to {last}",
            value=int(links.max() if links.max() >= count else links.min()), last=count - 1,
        )  # fmt: skip
    ends = np.repeat(np.arange(count), np.diff(starts))
    both = np.unique(np.concatenate([ends * count + links, links * count + ends]))
    both = both[both // count != both % count]
    begin = np.concatenate([[0], np.cumsum(np.bincount(both // count, minlength=count))]).astype(np.int64)
    return Backhaul(_marks("root", given.root, count), begin, (both % count).astype(np.int32), given.hops)
