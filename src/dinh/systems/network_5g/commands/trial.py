"""`dinh radio trial`: the trial of 5G in Hanoi and Ho Chi Minh City as planning areas, calculated."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dinh.systems.network_5g import examples, queries, trial
from dinh.systems.network_5g.models import Scenario


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="dinh radio trial",
        description="Makes the planning areas of the 5G trial that the documents report (generated masts around the places that they name), "
        "calculates them and tells coverage, capacity and what fails first. Made again, nothing is doubled.",
    )  # fmt: skip
    known = [city.code for city in trial.trial().area]
    parser.add_argument("--city", choices=known, action="append", help="one of them alone")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    told = [_told(examples.make(examples.of_trial(code), hear=_hear)) for code in options.city or known]
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    if options.json:
        json.dump({"generated": True, "areas": told}, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
    else:
        for one in told:
            _print(one)
    return 0


def _hear(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {of}   ", end="", file=sys.stderr, flush=True)


def _told(row: Scenario) -> dict[str, Any]:
    question = queries.question(row)
    found, grown = queries.summary(question.digest), queries.growth(question.digest)
    assert found is not None
    assert grown is not None
    return {
        "area": row.area.name, "scenario": row.name, "path": f"/5g/scenarios/{row.pk}/", "masts": len(question.masts),
        "people": round(found["people"]), "people_source": row.area.people_source, "km2": round(found["km2"], 2),
        "customers": round(grown["customers"]), "calculated_s": round(found["seconds"], 2),
        "bands": [
            _band(code, one, grown["carriers"][code], {mast.code: mast.name for mast in question.masts})
            for code, one in found["carriers"].items()
        ],
    }  # fmt: skip


def _band(code: str, found: dict[str, Any], grown: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    first = grown["order"][0] if grown["order"] else None
    return {
        "band": code, "covered_people": round(found["people"]), "covered_km2": round(found["km2"], 2), "cells": grown["cells"],
        "down_mbps": found["down_mbps"], "busy_mbps": found["busy"]["percentiles_mbps"], "demand_mbps": round(found["busy"]["demand_mbps"], 1),
        "mean_load": found["busy"]["mean_load"], "busiest_load": found["busy"]["busiest"], "overloaded": found["busy"]["overloaded"],
        "first_full_at": grown["first"], "first_full": f"{names[first['mast']]}/{first['cell'] + 1}" if first else None,
    }  # fmt: skip


def _print(one: dict[str, Any]) -> None:
    print(
        f"{one['area']}: {one['masts']} generated masts, {one['km2']} km², {one['people']:,} people (assumed), {one['customers']:,} customers"
    )
    for band in one["bands"]:
        share = band["covered_people"] / one["people"] if one["people"] else 0.0
        rates = " / ".join("–" if rate is None else f"{rate:.0f}" for rate in band["busy_mbps"])
        first = (
            f"{band['first_full']} at ×{band['first_full_at']:.2f} of today's demand"
            if band["first_full_at"]
            else "no cell at any growth tried"
        )
        print(
            f"  {band['band']}: covers {share:.1%} of the people, {band['covered_km2']} km²; asked for {band['demand_mbps']} Mb/s, "
            f"mean load {band['mean_load']:.1%}, fullest {band['busiest_load']:.1%}, {band['overloaded']} overloaded"
        )
        print(f"    busy hour, 5 / 50 / 95 of 100 get less than {rates} Mb/s; fails first: {first}")
    print(f"  calculated in {one['calculated_s']} s; {one['path']}")
