"""The rollout of a scenario: its masts quarter by quarter, what they cover by then, what they cost and take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np

from dinh.systems.network_5g import rollout
from dinh.systems.network_5g.calculation import reaching
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import Networks
from dinh.systems.network_5g.calculation.reaching import Hear
from dinh.systems.network_5g.domain import Mast, Standing, plain
from dinh.systems.network_5g.programme import RolloutQuestion, RolloutTerms

YEARLY: Final = ("mast_shared_rent", "opex_year")
_FREE: Final = rollout.Costs(**{one.name: 0.0 for one in fields(rollout.Costs)})


def worked_out(
    question: RolloutQuestion, summary: Mapping[str, Any], place: Laid, networks: Networks, hear: Hear
) -> dict[str, Any]:
    """`summary` is what the network was calculated to: loads of cells. Money in million đồng, energy in kWh a year."""
    terms, masts = question.terms, question.network.masts
    carrier = reaching.carrier_of(question.network, terms.carrier)
    inside = place.unit >= 0
    numbered = np.full(place.unit.shape, reaching.NOT_COUNTED, dtype=np.int64)
    numbered[inside] = np.arange(int(inside.sum()))
    starts, pixels = reaching.covered(question.network, carrier, place, networks, numbered, hear)
    parts = parts_of(masts, terms, reaching.links(masts, reaching.metres(masts, place), terms), len(question.network.settings.carriers))  # fmt: skip
    once = np.array([sum(part for name, part in own.items() if name not in YEARLY) for own in parts])
    found = rollout.phases(
        rollout.Reach(starts, pixels), people=place.people[inside].astype(np.float64), commune=place.unit[inside],
        communes=len(place.communes), cost=once, budget=terms.budget, pixel_km2=place.pixel_km2,
        existing=[stands(mast, terms) for mast in masts],
    )  # fmt: skip
    current = currents(masts, summary, terms)
    return _told(question, found, parts, current, place) | {
        "carrier": carrier.code, "digest": question.digest, "terms": plain(terms),
    }  # fmt: skip


def stands(mast: Mast, terms: RolloutTerms) -> bool:
    return mast.standing is Standing.EXISTING and terms.existing == "on_air"


def parts_of(
    masts: Sequence[Mast], terms: RolloutTerms, links: Sequence[tuple[float, int]], bands: int
) -> list[dict[str, float]]:
    """What each mast costs by the fields of `rollout.Costs`; those of `YEARLY` are a year's. What stands costs nothing to build."""
    found = []
    for mast, (fibre_km, hops) in zip(masts, links, strict=True):
        own = {}
        for one in fields(rollout.Costs):
            alone = replace(_FREE, **{one.name: getattr(terms.costs, one.name)})
            cost = rollout.cost_of(mast, alone, bands=bands, fibre_km=fibre_km, microwave_hops=hops)
            own[one.name] = cost.a_year if one.name in YEARLY else cost.once * (not stands(mast, terms))
        found.append(own)
    return found


def currents(masts: Sequence[Mast], summary: Mapping[str, Any], terms: RolloutTerms) -> list[float]:
    """kWh a year of each mast, with the loads of the whole network: until all of it stands, cells are fuller."""
    cells: dict[str, list[tuple[str, float]]] = {mast.code: [] for mast in masts}
    for code, told in summary["carriers"].items():
        for cell in told["cells"]:
            cells[cell["mast"]].append((code, min(1.0, cell["load"]) * terms.busy_share))
    energy = terms.energy(list(summary["carriers"]))
    return [energy.kwh_a_year(cells[mast.code]) for mast in masts]


def _told(
    question: RolloutQuestion, found: rollout.Rollout, parts: Sequence[Mapping[str, float]], current: Sequence[float], place: Laid
) -> dict[str, Any]:  # fmt: skip
    masts, terms = question.network.masts, question.terms
    when = {mast: quarter.number for quarter in found.quarters for mast in quarter.masts}
    standing = [number for number, mast in enumerate(masts) if stands(mast, terms)]
    when |= dict.fromkeys(standing, 0)
    a_year = {n: sum(parts[n][name] for name in YEARLY) + current[n] * terms.tariff_dong_kwh / 1e6 for n in when}
    runs = sum(a_year[n] for n in standing)
    quarters: list[dict[str, Any]] = []
    until = 0.0
    for quarter in (found.begins, *found.quarters):
        # What is built in a quarter runs from the next one on.
        until += runs / 4 if quarter.number else 0.0
        runs += sum(a_year[n] for n in quarter.masts)
        quarters.append({
            "number": quarter.number, "masts": [masts[n].code for n in quarter.masts], "people": quarter.people, "km2": quarter.km2,
            "cost": quarter.cost, "a_year": runs, "without": len(quarter.uncovered),
        })  # fmt: skip
    return {
        "people": float(place.about["people"]), "km2": float(place.about["area_km2"]), "quarters": quarters,
        "communes": _communes(found, place),
        "masts": [
            {
                "code": masts[n].code, "name": masts[n].name, "standing": masts[n].standing.value, "quarter": when[n],
                "once": sum(part for name, part in parts[n].items() if name not in YEARLY), "a_year": a_year[n], "kwh": current[n],
            }
            for n in sorted(when, key=lambda n: (when[n], quarters[when[n]]["masts"].index(masts[n].code) if when[n] else n))
        ],
        "idle": [{"code": masts[n].code, "name": masts[n].name} for n in found.idle],
        "parts": {one.name: sum(parts[n][one.name] for n in when) for one in fields(rollout.Costs)},
        "kwh": sum(current[n] for n in when), "current_a_year": sum(current[n] for n in when) * terms.tariff_dong_kwh / 1e6,
        "running_until_end": until,
    }  # fmt: skip


def _communes(found: rollout.Rollout, place: Laid) -> list[dict[str, Any]]:
    """Quarters by people, by area where nobody is counted; None is never."""
    told = []
    for number, commune in enumerate(place.communes):
        by_people = commune.people > 0
        whole = commune.people if by_people else commune.area_km2
        shares = [
            float((one.people_by_commune if by_people else one.km2_by_commune)[number]) / whole if whole else 0.0
            for one in (found.begins, *found.quarters)
        ]
        told.append({
            "urn": commune.urn, "name_vi": commune.name_vi, "name_en": commune.name_en, "people": commune.people, "km2": commune.area_km2,
            "first": next((n for n, share in enumerate(shares) if share > 0), None),
            "half": next((n for n, share in enumerate(shares) if share >= 0.5), None),
            "share": min(1.0, shares[-1]), "covered_people": float(found.ends.people_by_commune[number]),
            "covered_km2": float(found.ends.km2_by_commune[number]),
        })  # fmt: skip
    return told
