"""`dinh radio choose`: which candidates cover most people, proven."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Transformer

from dinh.engines import siting
from dinh.engines.radio.rasters import metric_crs
from dinh.kernel.errors import Invalid
from dinh.systems.network_5g.commands.lists import content_of, tell_faults
from dinh.systems.network_5g.feeds.site_tables import Points, read_points


def run(arguments: list[str]) -> int:
    """0 done, 1 some rows are faulty and nothing was chosen."""
    options = _parser().parse_args(arguments)
    candidates = read_points(content_of(options.candidates), wanted=("cost", "existing"))
    demand = read_points(content_of(options.demand), wanted=("weight",), needed=("weight",))
    tell_faults(options.candidates, candidates.faults)
    tell_faults(options.demand, demand.faults)
    if candidates.faults or demand.faults:
        print(f"{len(candidates.faults) + len(demand.faults)} faults; mend them first", file=sys.stderr)
        return 1
    if not len(candidates.names) or not len(demand.names):
        raise Invalid("radio.no_sites", "{file} holds no site that can be used", file=(options.demand if len(candidates.names) else options.candidates).name)  # fmt: skip
    plan = siting.choose(
        _problem(candidates, demand, options.radius_km * 1000),
        at_most=options.count, budget=options.budget,
        target=None if options.target_percent is None else options.target_percent / 100, seconds=options.seconds,
        gap=options.gap_percent / 100, seed=options.seed,
    )  # fmt: skip
    told = _told(plan, candidates)
    if options.out is not None:
        _write(options.out, told)
    if options.json:
        json.dump(told, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        _print(told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dinh radio choose", description="Chooses sites among candidates so that most demand lies within reach."
    )
    parser.add_argument(
        "--candidates",
        type=Path,
        required=True,
        help="CSV or Excel: name, latitude, longitude, cost, existing (1 or 0)",
    )
    parser.add_argument("--demand", type=Path, required=True, help="CSV or Excel: latitude, longitude, population")
    parser.add_argument("--radius-km", type=float, required=True, help="reach of a site")
    asked = parser.add_argument_group("what is asked (count, budget or both; or a target)")
    asked.add_argument("--count", type=int, help="at most so many new sites")
    asked.add_argument("--budget", type=float, help="at most so much, in the candidates' costs")
    asked.add_argument("--target-percent", type=float, help="the cheapest sites that cover this share of all demand")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="after which the best found is given with its bound"
    )
    parser.add_argument(
        "--gap-percent", type=float, default=0.0, help="proven distance to the best that is near enough"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="a CSV of the chosen sites")
    parser.add_argument("--json", action="store_true")
    return parser  # fmt: skip


def _problem(candidates: Points, demand: Points, radius_m: float) -> siting.Problem:
    crs = metric_crs(float(np.mean(candidates.longitude)), float(np.mean(candidates.latitude)))
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    centres, points = (np.column_stack(transformer.transform(p.longitude, p.latitude)) for p in (candidates, demand))
    starts, covers = siting.within(centres, points, radius_m)
    cost = candidates.figures["cost"]
    lacking = np.flatnonzero(np.isnan(cost))
    if 0 < len(lacking) < len(cost):
        raise Invalid("radio.no_cost", "{count} candidates have no cost, the first is {name}; give each of them one, or none at all", count=len(lacking), name=candidates.names[lacking[0]])  # fmt: skip
    return siting.problem(
        starts=starts, covers=covers, weight=demand.figures["weight"],
        cost=None if len(lacking) else cost,
        existing=np.nan_to_num(candidates.figures["existing"]) > 0,
    )  # fmt: skip


def _told(plan: siting.Plan, candidates: Points) -> dict[str, Any]:
    def name(number: int | None) -> str | None:
        return None if number is None else candidates.names[number]

    return {
        "ended": plan.ended, "proven": plan.proven, "gap_percent": round(100 * plan.gap, 4), "seconds": round(plan.seconds, 2),
        "covered": plan.covered, "total": plan.total, "covered_percent": round(100 * plan.covered / plan.total, 3) if plan.total else 0.0,
        "cost": plan.cost, "greedy": plan.greedy,
        "sites": [
            {
                "name": name(site.candidate), "latitude": float(candidates.latitude[site.candidate]),
                "longitude": float(candidates.longitude[site.candidate]), "alone": site.alone, "adds": site.adds,
                "only": site.only, "cost": site.cost, "runner_up": name(site.runner_up),
                "runner_up_loses": site.runner_up_loses if site.runner_up is not None else None,
            }
            for site in plan.sites
        ],
    }  # fmt: skip


def _write(path: Path, told: dict[str, Any]) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, fieldnames=list(told["sites"][0]) if told["sites"] else ["name"])
        rows.writeheader()
        rows.writerows(told["sites"])


def _print(told: dict[str, Any]) -> None:
    print(
        f"{len(told['sites'])} sites cover {told['covered']:,.0f} of {told['total']:,.0f} ({told['covered_percent']} %), cost {told['cost']:,.6g}"
    )
    proof = (
        "no better choice exists" if told["proven"] else f"a better choice is better by at most {told['gap_percent']} %"
    )
    print(f"{proof}; ended by {told['ended']} after {told['seconds']} s; greedy alone: {told['greedy']:,.6g}")
    for site in told["sites"]:
        print(
            f"  {site['name']:<20} adds {site['adds']:>10,.0f}   only it {site['only']:>10,.0f}   else {site['runner_up'] or '–'}"
        )
