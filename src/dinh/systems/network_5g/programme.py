"""What a rollout and a choice of sites are asked with: money, current, limits; and the names of their answers.

Pages read it, so nothing here calculates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from dinh.kernel.errors import Conflict, Invalid, Phrase
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.domain import Mast, Standing, plain
from dinh.systems.network_5g.rollout import Costs, Energy

VERSION: Final = 1
"""Of what is worked out here: another one gives every answer another name."""
MOST_MONEY: Final = 1e9
PARTS: Final = 1000
"""Of the progress of a choice: six in ten are who covers whom, the others the search, by its time."""
COVERING: Final = 600


@dataclass(frozen=True, slots=True)
class RolloutTerms:
    """Money is in million đồng. Every default is an assumption to begin with, no price."""

    carrier: str = ""
    """What covers; '' is the first of the scenario."""
    budget: float = 20_000.0
    """A quarter."""
    year: int = 2027
    quarter: int = 1
    costs: Costs = field(default_factory=Costs)
    existing: Literal["on_air", "to_equip"] = "on_air"
    """Whether masts that exist send already and cost nothing, or are strengthened and get their cells as others do."""
    fibre: Literal["each", "nearest"] = "each"
    fibre_km: float = 1.0
    """Of new cable a mast, where it is `each`."""
    detour: float = 1.3
    """Cable by kilometre of the straight line to the nearest fibre point, where it is `nearest`."""
    tariff_dong_kwh: float = 2_200.0
    idle_w: float = 500.0
    slope_w: float = 550.0
    overhead_w: float = 400.0
    busy_share: float = 0.5
    """Mean load of the year in shares of the busy hour's."""

    def energy(self, carriers: Sequence[str]) -> Energy:
        return Energy(dict.fromkeys(carriers, self.idle_w), dict.fromkeys(carriers, self.slope_w), self.overhead_w)


@dataclass(frozen=True, slots=True)
class ChoiceTerms:
    carrier: str = ""
    source: Literal["scenario", "list"] = "scenario"
    """Candidates are the masts of the scenario that do not exist yet, or those of a list."""
    reach: Literal["level", "radius"] = "level"
    radius_km: float = 3.0
    goal: Literal["count", "budget", "share"] = "count"
    count: int = 20
    budget: float = 50_000.0
    share: float = 0.95
    """Of the people, what stands already included."""
    linked: bool = False
    hop_km: float = 10.0
    hops: int = 2
    forced: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    seconds: int = 30
    """After which the best that was found is given, with its bound."""


@dataclass(frozen=True, slots=True)
class RolloutQuestion:
    network: Question
    terms: RolloutTerms

    @property
    def digest(self) -> str:
        return _digest("rollout", self.network.digest, plain(self.terms), _whose(self.network.masts))


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """`network` has the masts that exist and the candidates; `money` tells what a candidate costs."""

    network: Question
    terms: ChoiceTerms
    money: RolloutTerms

    @property
    def digest(self) -> str:
        return _digest("choice", self.problem_digest, plain(self.terms))

    @property
    def problem_digest(self) -> str:
        """Of who covers whom and at what cost, whatever is wanted of it."""
        terms = self.terms
        reach = [terms.reach, terms.radius_km if terms.reach == "radius" else 0]
        links = [terms.hop_km, terms.hops] if terms.linked else []
        masts = [(mast.code, mast.latitude, mast.longitude) for mast in self.network.masts]
        return _digest(
            "problem", self.network.digest, terms.carrier, reach, links, plain(self.money), masts, _whose(self.network.masts)
        )  # fmt: skip


def _whose(masts: Sequence[Mast]) -> list[tuple[str, str, str]]:
    return sorted((mast.code, mast.standing.value, mast.backhaul) for mast in masts)


def _digest(*asked: Any) -> str:
    return hashlib.sha256(json.dumps([VERSION, *asked], sort_keys=True).encode()).hexdigest()[:40]


def is_candidate(mast: Mast) -> bool:
    return mast.standing is not Standing.EXISTING


# --- what they may be --------------------------------------------------------------------------------------


def rollout_terms(values: Mapping[str, Any], carriers: Sequence[str]) -> RolloutTerms:
    """Raises Invalid with the field, its value and what it may be."""
    # Before `Costs` refuses them by names that are none of the form's.
    for name, cost in values.get("costs", {}).items():
        _between(COST_NAMES[name], cost, 0, MOST_MONEY)
    found: RolloutTerms = _read(values, RolloutTerms, carriers)
    _between(Phrase("budget a quarter"), found.budget, 1, MOST_MONEY)
    _between(Phrase("year"), found.year, 2020, 2100)
    _between(Phrase("quarter"), found.quarter, 1, 4)
    _between(Phrase("kilometres of fibre a mast"), found.fibre_km, 0, 500)
    _between(Phrase("cable by kilometre of the straight line"), found.detour, 1, 5)
    _between(Phrase("electricity tariff"), found.tariff_dong_kwh, 0, 1e6)
    _between(Phrase("watts of an idle cell"), found.idle_w, 0, 20_000)
    _between(Phrase("watts that a full cell takes more"), found.slope_w, 0, 20_000)
    _between(Phrase("watts of a mast beside its cells"), found.overhead_w, 0, 50_000)
    _between(Phrase("mean load as a share of the busy hour's"), found.busy_share, 0, 1)
    return found


def choice_terms(values: Any, carriers: Sequence[str]) -> ChoiceTerms:
    """Raises Invalid with the field, its value and what it may be, Conflict for a mast that is to be in and out."""
    found: ChoiceTerms = _read(values, ChoiceTerms, carriers)
    _between(Phrase("radius"), found.radius_km, 0.1, 60)
    _between(Phrase("number of sites"), found.count, 1, 5000)
    _between(Phrase("budget"), found.budget, 0, MOST_MONEY)
    _between(Phrase("share of people"), found.share, 0.001, 1)
    _between(Phrase("length of a link"), found.hop_km, 0.1, 100)
    _between(Phrase("links to fibre"), found.hops, 1, 6)
    _between(Phrase("seconds of search"), found.seconds, 1, 600)
    both = sorted(set(found.forced) & set(found.dropped))
    if both:
        raise Conflict("network_5g.in_and_out", "{name} is to be in and to be left out; decide for one", name=both[0])
    return found


COST_NAMES: Final = {
    "mast_new": Phrase("new mast"),
    "mast_shared_rent": Phrase("rent of a shared tower"),
    "existing_upgrade": Phrase("strengthening of an own tower"),
    "cell": Phrase("cell on one carrier"),
    "fibre_km": Phrase("fibre, a kilometre"),
    "microwave_hop": Phrase("microwave hop"),
    "power": Phrase("mains and batteries"),
    "opex_year": Phrase("upkeep of a mast a year"),
}


def _read(values: Any, kind: Any, carriers: Sequence[str]) -> Any:
    try:
        found = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Invalid("network_5g.settings", "the settings cannot be read: {why}", why=str(error)) from error
    if found.carrier and found.carrier not in carriers:
        raise Invalid("network_5g.no_such_carrier", "there is no carrier “{code}” in this scenario; choose one of {known}", code=found.carrier[:20], known=", ".join(carriers))  # fmt: skip
    return found


def _between(what: Phrase, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise Invalid(
            "network_5g.out_of_range", "{of}{what} is between {low:g} and {high:g}, not {value:g}", of="", what=what,
            low=low, high=high, value=value,
        )  # fmt: skip
