"""The answer of a rollout as pages and workbooks show it: quarters with their names, masts, communes, costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from dinh.systems.network_5g.programme import RolloutTerms

YEARLY = ("mast_shared_rent", "opex_year")


def quarter_name(terms: RolloutTerms, number: int | None) -> str:
    """Of the number-th quarter; 0 is before the first, None is never."""
    if number is None:
        return _("not covered")
    if number == 0:
        return _("from the start")
    year, quarter = _quarter(terms, number)
    return _("Q%(quarter)s %(year)s") % {"quarter": quarter, "year": year}


def quarter_ends(terms: RolloutTerms, number: int) -> date:
    """The first day after it; 0 gives the day on which the first begins."""
    year, quarter = _quarter(terms, number + 1)
    return date(year, 3 * quarter - 2, 1)


def _quarter(terms: RolloutTerms, number: int) -> tuple[int, int]:
    years, quarter = divmod(terms.quarter - 1 + number - 1, 4)
    return terms.year + years, quarter + 1


@dataclass(frozen=True, slots=True)
class MastLine:
    order: int
    """In which it is built; 0 stands already."""
    code: str
    name: str
    standing: str
    quarter: int
    when: str
    once: float
    a_year: float
    kwh: float
    current: float


@dataclass(frozen=True, slots=True)
class QuarterLine:
    number: int
    name: str
    masts: Sequence[MastLine]
    people: float
    people_share: float
    km2: float
    km2_share: float
    cost: float
    a_year: float
    without: int


@dataclass(frozen=True, slots=True)
class CommuneLine:
    urn: str
    name: str
    people: float
    km2: float
    first: int | None
    first_name: str
    half: int | None
    half_name: str
    share: float
    covered_people: float
    covered_km2: float


@dataclass(frozen=True, slots=True)
class RolloutTables:
    terms: RolloutTerms
    carrier: str
    quarters: Sequence[QuarterLine]
    masts: Sequence[MastLine]
    """In the order of building; those that stand come first."""
    communes: Sequence[CommuneLine]
    """Least covered first."""
    parts: Sequence[tuple[str, float]]
    yearly: Sequence[tuple[str, float]]
    idle: Sequence[Mapping[str, str]]
    people: float
    km2: float
    kwh: float
    current: float
    running_until_end: float

    @property
    def ends(self) -> QuarterLine:
        return self.quarters[-1]

    @property
    def without(self) -> list[CommuneLine]:
        """With people, and nobody of them covered at the end."""
        return [line for line in self.communes if line.people > 0 and line.covered_people <= 0]

    @property
    def last_gain(self) -> QuarterLine:
        """The last one that brings coverage to anybody; where nobody is counted, the last of all."""
        gains = [
            now for before, now in pairwise(self.quarters) if now.people - before.people > 1e-9 * max(1.0, self.people)
        ]
        return gains[-1] if gains else self.quarters[0 if self.people > 0 else -1]

    @property
    def late_masts(self) -> int:
        return sum(len(one.masts) for one in self.quarters if one.number > self.last_gain.number)

    @property
    def late_cost(self) -> float:
        return self.ends.cost - self.last_gain.cost

    @property
    def people_without(self) -> float:
        return sum(line.people for line in self.without)

    @property
    def a_year(self) -> float:
        return sum(value for _name, value in self.yearly)

    @property
    def by_current(self) -> list[MastLine]:
        return sorted(self.masts, key=lambda line: (-line.kwh, line.order))


def part_names() -> dict[str, str]:
    """What the costs of `rollout.Costs` add up to."""
    return {
        "mast_new": _("New masts"),
        "existing_upgrade": _("Strengthening of own towers"),
        "cell": _("Radios and antennas of cells"),
        "fibre_km": _("New fibre"),
        "microwave_hop": _("Microwave hops"),
        "power": _("Mains and batteries"),
        "mast_shared_rent": _("Rent of shared towers"),
        "opex_year": _("Upkeep of masts"),
    }


def tables(answer: Mapping[str, Any], language: str) -> RolloutTables:
    terms = msgspec.convert(answer["terms"], RolloutTerms)
    people, km2 = answer["people"], answer["km2"]
    stands = sum(mast["quarter"] == 0 for mast in answer["masts"])
    masts = [
        MastLine(
            max(0, place - stands + 1), mast["code"], mast["name"], mast["standing"], mast["quarter"],
            quarter_name(terms, mast["quarter"]), mast["once"], mast["a_year"], mast["kwh"], mast["kwh"] * terms.tariff_dong_kwh / 1e6,
        )
        for place, mast in enumerate(answer["masts"])
    ]  # fmt: skip
    quarters = [
        QuarterLine(
            one["number"], quarter_name(terms, one["number"]), [mast for mast in masts if mast.quarter == one["number"] > 0],
            one["people"], _share(one["people"], people), one["km2"], _share(one["km2"], km2), one["cost"], one["a_year"], one["without"],
        )
        for one in answer["quarters"]
    ]  # fmt: skip
    communes = [
        CommuneLine(
            one["urn"], one["name_en"] if language == "en" else one["name_vi"], one["people"], one["km2"], one["first"],
            quarter_name(terms, one["first"]), one["half"], quarter_name(terms, one["half"]), one["share"], one["covered_people"],
            one["covered_km2"],
        )
        for one in answer["communes"]
    ]  # fmt: skip
    names = part_names()
    parts = [(name, answer["parts"][code]) for code, name in names.items() if code not in YEARLY]
    yearly = [(names[code], answer["parts"][code]) for code in YEARLY]
    return RolloutTables(
        terms, answer["carrier"], quarters, masts, sorted(communes, key=lambda line: (line.share, -line.people)), parts,
        [*yearly, (_("Electricity"), answer["current_a_year"])], answer["idle"], people, km2, answer["kwh"], answer["current_a_year"],
        answer["running_until_end"],
    )  # fmt: skip


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole > 0 else 0.0
