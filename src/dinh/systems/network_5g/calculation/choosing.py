"""Choosing sites among candidates by what their waves reach, with the reason for each and the proof of all."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any, Final

import numpy as np

from dinh.engines import siting
from dinh.kernel.errors import Conflict, DinhError
from dinh.systems.network_5g.calculation import capacity, reaching
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import Networks
from dinh.systems.network_5g.calculation.reaching import Hear, Numbered
from dinh.systems.network_5g.calculation.rollout import YEARLY, parts_of
from dinh.systems.network_5g.domain import Mast, Standing, plain
from dinh.systems.network_5g.programme import COVERING, PARTS, ChoiceQuestion

LOOK_S: Final = 0.2
"""Between two looks whether the search is to end."""


def chosen(question: ChoiceQuestion, place: Laid, networks: Networks, hear: Hear, enough: Path) -> dict[str, Any]:
    """Once there is a file `enough`, the best that was found by then. Raises Conflict where no choice satisfies, with the names of masts; what the engine raises of points off the ground."""
    started = perf_counter()
    masts, terms = question.network.masts, question.terms
    asked_by = capacity.demand(place)
    starts, covers = _reach(question, place, networks, asked_by, hear)
    existing = np.array([mast.standing is Standing.EXISTING for mast in masts], dtype=bool)
    idle = (np.diff(starts) == 0) & ~existing
    # With links, a mast that covers nobody may still carry others.
    kept = np.flatnonzero(~idle | terms.linked)
    _check_ticks(question, masts, kept)
    candidates = kept[~existing[kept]]
    nothing = {"sites": [], "idle": [_named(masts[n]) for n in np.flatnonzero(idle)], "candidates": len(candidates)}
    if not len(candidates):
        raise Conflict("network_5g.no_candidates", "no candidate covers anybody; add masts that are to be built, bring a list, or widen the reach")  # fmt: skip
    at_m = reaching.metres(masts, place)
    parts = parts_of(masts, question.money, reaching.links(masts, at_m, question.money), len(question.network.settings.carriers))  # fmt: skip
    once = np.array([sum(part for name, part in own.items() if name not in YEARLY) for own in parts])
    task = siting.problem(
        starts=np.concatenate([[0], np.cumsum(np.diff(starts)[kept])]),
        covers=np.concatenate([*(covers[starts[n] : starts[n + 1]] for n in kept), np.empty(0, np.int64)]),
        weight=asked_by.people, cost=once[kept], existing=existing[kept],
        backhaul=_backhaul(question, [masts[n] for n in kept], at_m[kept]) if terms.linked else None,
    )  # fmt: skip
    plan = _plan(question, task, [masts[n] for n in kept], hear, enough)
    stands = np.zeros(len(asked_by.people), dtype=bool)
    for n in np.flatnonzero(existing):
        stands[covers[starts[n] : starts[n + 1]]] = True
    return nothing | _told(plan, [masts[n] for n in kept]) | {
        "digest": question.digest, "terms": plain(terms), "existing": int(existing.sum()), "stands": float(asked_by.people[stands].sum()),
        "points": len(asked_by.people), "seconds": perf_counter() - started,
    }  # fmt: skip


def _check_ticks(question: ChoiceQuestion, masts: Sequence[Mast], kept: Numbered) -> None:
    """Before the engine, which knows masts by numbers alone."""
    held = {masts[n].code for n in kept}
    names = {mast.code: mast.name for mast in masts}
    for code in question.terms.forced:
        if code not in held:
            raise Conflict("network_5g.forced_idle", "{name} is to be in, but covers nobody; untick it or widen the reach", name=names.get(code, code))  # fmt: skip


def _named(mast: Mast) -> dict[str, str]:
    return {"code": mast.code, "name": mast.name}


def _reach(
    question: ChoiceQuestion, place: Laid, networks: Networks, asked_by: capacity.Demand, hear: Hear
) -> tuple[Numbered, Numbered]:
    """Kept by the name of the problem, so that asking again with other limits or ticks begins with the search."""
    path = question.network.results / question.problem_digest / "reach.npz"
    if path.exists():
        with np.load(path) as arrays:
            return arrays["starts"], arrays["covers"]
    terms, masts = question.terms, question.network.masts
    if terms.reach == "radius":
        ground = place.ground
        points = np.column_stack(
            [ground.west + (asked_by.columns + 0.5) * ground.step_x, ground.north - (asked_by.rows + 0.5) * ground.step_y]
        )  # fmt: skip
        starts, covers = siting.within(reaching.metres(masts, place), points, terms.radius_km * 1000)
        found = starts, covers.astype(np.int64)
    else:
        numbered = np.full(place.unit.shape, reaching.NOT_COUNTED, dtype=np.int64)
        numbered[asked_by.rows, asked_by.columns] = np.arange(len(asked_by.people))
        carrier = reaching.carrier_of(question.network, terms.carrier)

        def told(done: int, of: int) -> None:
            hear(round(COVERING * done / of), PARTS)

        found = reaching.covered(question.network, carrier, place, networks, numbered, told)
    _keep(path, starts=found[0], covers=found[1])
    return found


def _keep(path: Path, **arrays: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    with os.fdopen(descriptor, "wb") as file:
        np.savez(file, **arrays)
    os.replace(name, path)


def _backhaul(question: ChoiceQuestion, masts: Sequence[Mast], at_m: Any) -> siting.Backhaul:
    """Fibre is in reach of what has it or is to have it; masts that exist are linked already."""
    starts, links = siting.within(at_m, at_m, question.terms.hop_km * 1000)
    root = np.array([mast.backhaul == "fibre" for mast in masts], dtype=bool)
    return siting.Backhaul(root, starts, links, question.terms.hops)


def _plan(
    question: ChoiceQuestion, task: siting.Problem, masts: Sequence[Mast], hear: Hear, enough: Path
) -> siting.Plan:
    terms = question.terms
    number = {mast.code: n for n, mast in enumerate(masts)}
    free = task.candidates - int(task.existing.sum())
    path = question.network.results / question.problem_digest / "search.npz"

    def told(now: siting.Progress) -> None:
        most = max(abs(now.value), abs(now.bound))
        gap = abs(now.bound - now.value) / most if most > 0 and np.isfinite(most) else 1.0
        hear(COVERING + round((PARTS - COVERING) * min(1.0, now.seconds / terms.seconds)), PARTS, f"≤ {gap:.2%}")

    try:
        plan = siting.choose(
            task, at_most=min(terms.count, free) if terms.goal == "count" else None,
            budget=terms.budget if terms.goal == "budget" else None, target=terms.share if terms.goal == "share" else None,
            forced=[number[code] for code in terms.forced], dropped=[number[code] for code in terms.dropped if code in number],
            seconds=terms.seconds, progress=told, cancelled=_looks_for(enough), before=_before(path, task),
        )  # fmt: skip
    except DinhError as error:
        if error.code == "siting.no_link":
            raise Conflict("network_5g.forced_unlinked", "{name} is to be in, but cannot be linked to fibre within {hops} links; permit more or longer ones, or untick it", name=masts[int(str(error.params["value"]))].name, hops=terms.hops) from error  # fmt: skip
        raise
    _keep(path, prices=plan.prices, chosen=np.array(plan.candidates, dtype=np.int64))
    return plan


def _looks_for(enough: Path) -> Callable[[], bool]:
    """Whether the file is there; the search asks far more often than it is worth to look."""
    looked, there = -math.inf, False

    def look() -> bool:
        nonlocal looked, there
        now = monotonic()
        if not there and now - looked >= LOOK_S:
            looked, there = now, enough.exists()
        return there

    return look


def _before(path: Path, task: siting.Problem) -> siting.Plan | None:
    """The last answer to the same problem, to begin the search with."""
    if not path.exists():
        return None
    with np.load(path) as arrays:
        prices, numbers = arrays["prices"], arrays["chosen"].tolist()
    if not len(prices) or any(number >= task.candidates for number in numbers):
        return None
    sites = tuple(siting.Site(number, 0.0, 0.0, 0.0, 0.0, False, None, 0.0, 0, None) for number in numbers)
    return siting.Plan(sites, 0.0, 0.0, 0.0, task.total, 0.0, False, "", 0.0, 0.0, siting.Asked(), prices)


def _told(plan: siting.Plan, masts: Sequence[Mast]) -> dict[str, Any]:
    def code(number: int | None) -> str | None:
        return None if number is None else masts[number].code

    return {
        "people": plan.total, "covered": plan.covered, "cost": plan.cost, "value": plan.value, "bound": plan.bound,
        "gap": plan.gap, "proven": plan.proven, "ended": plan.ended, "greedy": plan.greedy, "search_seconds": plan.seconds,
        "sites": [
            {
                **_named(masts[site.candidate]), "standing": masts[site.candidate].standing.value, "alone": site.alone, "adds": site.adds,
                "only": site.only, "cost": site.cost, "runner_up": code(site.runner_up),
                "runner_up_name": None if site.runner_up is None else masts[site.runner_up].name, "loses": site.runner_up_loses,
                "hops": site.hops, "linked_to": None if site.linked_to is None else masts[site.linked_to].name,
            }
            for site in plan.sites
        ],
    }  # fmt: skip
