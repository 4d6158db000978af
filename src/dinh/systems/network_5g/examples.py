"""Areas that are made without a hand: opened, laid, given masts, calculated. Made again, what is there stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from dinh.kernel.errors import NotFound
from dinh.spine.parties.api import SYSTEM
from dinh.spine.places import api as places
from dinh.systems.network_5g import actions, queries, trial
from dinh.systems.network_5g.domain import Settings, SiteRow
from dinh.systems.network_5g.example_names import TRIAL, TRIAL_NOTE
from dinh.systems.network_5g.models import Area, Scenario
from dinh.systems.network_5g.radio_process import RadioProcess

type Hear = Callable[[int, int], None]

REGISTER = "Danh mục tài sản"


@dataclass(frozen=True, slots=True)
class Example:
    """`people` by code of communes, assumed as `people_source` says. Masts of `city` are the trial's there; without one they are
    those of the register of assets."""

    name: str
    scenario: str
    places: Sequence[str]
    resolution_m: float
    margin_km: float
    ground_m: float
    people: Mapping[str, int]
    people_source: str
    settings: Settings = field(default_factory=Settings)
    note: str = ""
    city: str = ""


def example_of(values: Mapping[str, Any]) -> Example:
    """Of what a task was given: a city of the trial by its code, or an example as it is."""
    if set(values) == {"city"}:
        return of_trial(str(values["city"]))
    found: Example = msgspec.convert(values, Example)
    return found


def of_trial(code: str) -> Example:
    """Raises NotFound with the cities that there are."""
    given = trial.trial()
    city = next((one for one in given.area if one.code == code), None)
    if city is None:
        raise NotFound("network_5g.no_city", "the trial has no city '{code}'; it has {known}", code=code, known=", ".join(one.code for one in given.area))  # fmt: skip
    return Example(
        name=city.name, scenario=TRIAL, places=[f"urn:dinh:unit:2025:{unit}" for unit in city.people],
        resolution_m=given.resolution_m, margin_km=given.margin_km, ground_m=city.ground_m, people=city.people,
        people_source=given.people_source, city=code,
        settings=Settings(model="tr38901-uma", sight="statistical", radius_km=given.radius_km, subscribers=city.customers),
        note=TRIAL_NOTE,
    )  # fmt: skip


def make(example: Example, *, hear: Hear = lambda done, of: None) -> Scenario:
    """The scenario, shared by whoever plans there, with its answer kept. Raises what the radio process raises."""
    process = RadioProcess()
    try:
        area = _area(example, process, hear)
        row = _scenario(example, area)
        question = queries.question(row)
        process.ask("calculate", question, hear=hear)
        process.ask("what_fails_first", question, hear=hear)
    finally:
        process.end()
    return row


def _area(example: Example, process: RadioProcess, hear: Hear) -> Area:
    area = Area.objects.filter(by=SYSTEM.urn, demo=True, name=example.name).first()
    if area is None:
        if not places.places(example.places):
            raise NotFound("network_5g.no_units", "the register knows none of these places; load the units of Vietnam first: dinh import units")  # fmt: skip
        area = actions.open_area(
            name=example.name, places=example.places, resolution_m=example.resolution_m, margin_km=example.margin_km,
            flat_m=example.ground_m, by=SYSTEM, demo=True, people=example.people, people_source=example.people_source, lay=False,
        )  # fmt: skip
    if not (queries.folder("grounds") / (area.ground or "-")).is_dir():
        actions.ground_is(area=area, name=process.ask("lay", queries.ground_question(area), hear=hear))
    return area


def _scenario(example: Example, area: Area) -> Scenario:
    row = area.scenarios.filter(by=SYSTEM.urn, name=example.scenario).select_related("area").first()
    if row is None:
        row = actions.open_scenario(area=area, name=example.scenario, by=SYSTEM, settings=example.settings, note=example.note)  # fmt: skip
        actions.share_scenario(scenario=row, shared=True, by=SYSTEM)
    if not row.position and not row.masts.exists():
        rows, about = _masts(example, area)
        if rows:
            actions.take_list(scenario=row, rows=rows, about=about, by=SYSTEM)
    return row


def _masts(example: Example, area: Area) -> tuple[Sequence[SiteRow], str]:
    if not example.city:
        return queries.registered_sites(area).sites, REGISTER
    given = trial.trial()
    city = next(one for one in given.area if one.code == example.city)
    return trial.masts(city, given), trial.FILE.name
