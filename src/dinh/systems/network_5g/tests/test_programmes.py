"""What a rollout and a choice are reckoned from: who covers what, what is linked how, what each mast costs; forms' numbers."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines import siting
from dinh.kernel.errors import Conflict, Invalid
from dinh.systems.network_5g import queries
from dinh.systems.network_5g.calculation import capacity, choosing, desk, grounds, reaching
from dinh.systems.network_5g.calculation.grounds import Laid
from dinh.systems.network_5g.calculation.networks import Networks, sent
from dinh.systems.network_5g.calculation.questions import Question
from dinh.systems.network_5g.calculation.rollout import YEARLY, currents, parts_of
from dinh.systems.network_5g.domain import Cell, Mast, Standing
from dinh.systems.network_5g.programme import (
    ChoiceQuestion,
    ChoiceTerms,
    RolloutQuestion,
    RolloutTerms,
    choice_terms,
    rollout_terms,
)
from dinh.systems.network_5g.programme_tables import quarter_ends, quarter_name
from dinh.systems.network_5g.rollout import Costs, cost_of
from dinh.systems.network_5g.tests.three_communes import PEOPLE, SETTINGS, SOUTH, STEP, WEST, ground_question
from dinh.systems.network_5g.web.programme_forms import read_number, written

SILENT: Any = lambda *told: None  # noqa: E731


@pytest.fixture(scope="module")
def place() -> Laid:
    return grounds.laid(queries.folder("grounds") / grounds.lay(ground_question()))


def asked(masts: list[Mast]) -> Question:
    ground = queries.folder("grounds") / grounds.lay(ground_question())
    return Question(ground, queries.folder("results"), tuple(masts), SETTINGS)


masts = st.lists(
    st.builds(
        Mast, code=st.just(""), name=st.just("Trạm"), latitude=st.floats(SOUTH, SOUTH + STEP), longitude=st.floats(WEST, WEST + 3 * STEP),
        antenna_height_m=st.sampled_from([20.0, 40.0]), standing=st.sampled_from(Standing),
        cells=st.sampled_from([(Cell(None, power_dbm=45.0),), (Cell(0.0), Cell(120.0), Cell(240.0)), (Cell(None, bands=("n78",)),)]),
        backhaul=st.sampled_from(["", "fibre", "microwave"]),
    ),
    min_size=1, max_size=5,
).map(lambda found: [replace(mast, code=f"T{n}") for n, mast in enumerate(found)])  # fmt: skip
costs = st.builds(Costs, **{name: st.integers(0, 1000).map(float) for name in Costs.__dataclass_fields__})


@settings(max_examples=15, deadline=None)
@given(masts)
def test_what_masts_cover_one_by_one_is_together_what_the_map_of_all_covers(place: Laid, found: list[Mast]) -> None:
    question, networks = asked(found), Networks()
    carrier = reaching.carrier_of(question, "")
    inside = place.unit >= 0
    numbered = np.full(place.unit.shape, reaching.NOT_COUNTED, dtype=np.int64)
    numbered[inside] = np.arange(int(inside.sum()))
    starts, pixels = reaching.covered(question, carrier, place, networks, numbered, SILENT)
    network = networks.of(place, SETTINGS, carrier)
    network.put(sent(found, SETTINGS, carrier, place).sites)
    whole = np.flatnonzero((np.nan_to_num(network.coverage.rsrp_dbm, nan=-999.0) >= SETTINGS.served_dbm)[inside])
    assert sorted(set(pixels.tolist())) == whole.tolist()
    for number, mast in enumerate(found):
        own = pixels[starts[number] : starts[number + 1]]
        assert (np.diff(own) > 0).all()
        if mast.cells[0].bands:
            assert not len(own), "it has no cell on this carrier"


@given(masts, costs, st.sampled_from(["on_air", "to_equip"]), st.floats(0, 20))
def test_the_parts_of_a_cost_are_the_cost(found: list[Mast], prices: Costs, existing: Any, fibre_km: float) -> None:
    terms = RolloutTerms(costs=prices, existing=existing, fibre_km=fibre_km)
    links = reaching.links(found, np.zeros((len(found), 2)), terms)
    for mast, (km, hops), parts in zip(found, links, parts_of(found, terms, links, 2), strict=True):
        cost = cost_of(mast, prices, bands=2, fibre_km=km, microwave_hops=hops)
        once = sum(part for name, part in parts.items() if name not in YEARLY)
        stands = mast.standing is Standing.EXISTING and existing == "on_air"
        assert once == pytest.approx(0.0 if stands else cost.once)
        assert sum(parts[name] for name in YEARLY) == pytest.approx(cost.a_year)
        assert (km > 0.0, hops) in {(False, 0), (fibre_km > 0.0, 0), (False, 1)}


def test_cable_goes_to_the_nearest_mast_that_has_fibre() -> None:
    new = Mast("T0", "Mới", SOUTH, WEST, 30.0)
    ends = [replace(new, code=f"T{n}", standing=Standing.EXISTING, backhaul="fibre") for n in (1, 2)]
    planned = replace(new, code="T3", backhaul="fibre")
    at_m = np.array([[0.0, 0.0], [3000.0, 4000.0], [9000.0, 0.0], [9000.0, 1000.0]])
    terms = RolloutTerms(fibre="nearest", detour=2.0)
    assert reaching.links([new, *ends, planned], at_m, terms) == [(10.0, 0), (0.0, 0), (0.0, 0), (2.0, 0)]
    with pytest.raises(Conflict, match="no mast that exists has fibre"):
        reaching.links([new, planned], at_m[[0, 3]], terms)


def test_a_cell_that_is_overloaded_takes_no_more_than_a_full_one() -> None:
    found = [Mast("T0", "a", SOUTH, WEST, 30.0), Mast("T1", "b", SOUTH, WEST, 30.0)]
    summary = {
        "carriers": {"n41": {"cells": [{"mast": "T0", "cell": 0, "load": 3.0}, {"mast": "T1", "cell": 0, "load": 0.4}]}}
    }
    terms = RolloutTerms(idle_w=100.0, slope_w=200.0, overhead_w=50.0, busy_share=0.5)
    assert currents(found, summary, terms) == pytest.approx([250 * 8.766, 190 * 8.766])


def test_a_rollout_adds_up(place: Laid) -> None:
    found = [
        Mast(f"T{n}", f"Trạm {n}", SOUTH + 0.02, WEST + 0.02 + 0.04 * n, 30.0, (Cell(None, power_dbm=46.0),), list(Standing)[n % 3])
        for n in range(4)
    ]  # fmt: skip
    answer = desk.work_out(RolloutQuestion(asked(found), RolloutTerms(budget=700.0)), hear=SILENT)
    assert answer["people"] == pytest.approx(sum(PEOPLE), rel=1e-4)
    assert sum(answer["parts"][name] for name in answer["parts"] if name not in YEARLY) == pytest.approx(answer["quarters"][-1]["cost"])  # fmt: skip
    assert sum(mast["once"] for mast in answer["masts"]) == pytest.approx(answer["quarters"][-1]["cost"])
    assert sum(mast["a_year"] for mast in answer["masts"]) == pytest.approx(answer["quarters"][-1]["a_year"])
    assert sum(answer["parts"][name] for name in YEARLY) + answer["current_a_year"] == pytest.approx(answer["quarters"][-1]["a_year"])  # fmt: skip
    assert sum(one["covered_people"] for one in answer["communes"]) == pytest.approx(answer["quarters"][-1]["people"])
    built = [mast["code"] for mast in answer["masts"] if mast["quarter"]]
    assert built == [code for quarter in answer["quarters"] for code in quarter["masts"]]
    # What stands at the beginning of a quarter runs for it: a fourth of its year each.
    assert answer["running_until_end"] == pytest.approx(sum(q["a_year"] / 4 for q in answer["quarters"][:-1]))


def choice(found: list[Mast], **terms: Any) -> dict[str, Any]:
    question = ChoiceQuestion(asked(found), ChoiceTerms(seconds=5, **terms), RolloutTerms())
    return desk.choose(question, Path("/nowhere/enough"), hear=SILENT)


@settings(max_examples=10, deadline=None)
@given(masts, st.integers(1, 3), st.sampled_from(["level", "radius"]))
def test_no_other_choice_of_so_many_covers_more(place: Laid, found: list[Mast], count: int, reach: Any) -> None:
    from itertools import combinations

    question = asked(found)
    asked_by = capacity.demand(place)
    numbered = np.full(place.unit.shape, reaching.NOT_COUNTED, dtype=np.int64)
    numbered[asked_by.rows, asked_by.columns] = np.arange(len(asked_by.people))
    if reach == "level":
        starts, covers = reaching.covered(question, reaching.carrier_of(question, ""), place, Networks(), numbered, SILENT)  # fmt: skip
    else:
        ground = place.ground
        points = [ground.coordinates(row, column) for row, column in zip(asked_by.rows, asked_by.columns, strict=True)]
        starts, wide = siting.within(reaching.metres(found, place), points, 2000.0)
        covers = wide.astype(np.int64)
    rows = {mast.code: set(covers[starts[n] : starts[n + 1]].tolist()) for n, mast in enumerate(found)}
    stands = set().union(*(rows[mast.code] for mast in found if mast.standing is Standing.EXISTING))
    free = [mast.code for mast in found if mast.standing is not Standing.EXISTING and rows[mast.code]]
    if not free:
        with pytest.raises(Conflict, match="no candidate covers anybody"):
            choice(found, count=count, reach=reach, radius_km=2.0)
        return

    def people(codes: tuple[str, ...]) -> float:
        return float(asked_by.people[sorted(stands.union(*(rows[code] for code in codes)))].sum())

    best = max(people(codes) for codes in combinations(free, min(count, len(free))))
    answer = choice(found, count=count, reach=reach, radius_km=2.0)
    assert answer["proven"]
    assert answer["covered"] == pytest.approx(best, rel=1e-6)
    assert answer["covered"] == pytest.approx(people(tuple(site["code"] for site in answer["sites"])))
    assert answer["stands"] == pytest.approx(people(()))


def three() -> list[Mast]:
    return [
        Mast(f"T{n}", f"Trạm {n}", SOUTH + STEP / 2, WEST + (n + 0.5) * STEP, 30.0, (Cell(None, power_dbm=50.0),)) for n in range(3)
    ]  # fmt: skip


def test_asked_again_it_begins_where_it_ended_and_waves_are_not_calculated_anew(monkeypatch: pytest.MonkeyPatch, place: Laid) -> None:  # fmt: skip
    first = choice(three(), count=1)
    assert [site["name"] for site in first["sites"]] == ["Trạm 0"]
    monkeypatch.setattr(reaching, "covered", lambda *asked: pytest.fail("waves were calculated again"))
    second = choice(three(), count=1, dropped=("T0",))
    assert [site["name"] for site in second["sites"]] == ["Trạm 1"]
    assert second["covered"] < first["covered"]
    assert first["sites"][0]["runner_up_name"] == "Trạm 1"
    assert first["covered"] - second["covered"] == pytest.approx(first["sites"][0]["loses"])
    assert [site["name"] for site in choice(three(), count=1, forced=("T2",))["sites"]] == ["Trạm 2"]


def test_a_search_that_is_enough_gives_what_it_has(
    place: Laid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child looks for the file by itself: its parent cannot speak to it while it searches."""
    enough = tmp_path / "enough"
    heard: list[bool] = []

    def searched(*arguments: Any, cancelled: Any, **named: Any) -> Any:
        heard.append(cancelled())
        enough.touch()
        time.sleep(choosing.LOOK_S)
        heard.append(cancelled())
        return found_by(*arguments, cancelled=cancelled, **named)

    found_by = siting.choose
    monkeypatch.setattr(siting, "choose", searched)
    masts_ = [Mast(f"T{n}", f"{n}", SOUTH + 0.02, WEST + 0.02 + 0.03 * n, 30.0) for n in range(4)]
    question = ChoiceQuestion(asked(masts_), ChoiceTerms(count=2), RolloutTerms())
    assert len(desk.choose(question, enough, hear=SILENT)["sites"]) == 2
    assert heard == [False, True]


def test_a_site_is_chosen_only_where_it_can_be_linked_to_fibre(place: Laid) -> None:
    found = three()
    found[1] = replace(found[1], standing=Standing.EXISTING)
    reached = choice(found, count=3, linked=True, hop_km=6.0, hops=1)
    assert {(site["name"], site["hops"]) for site in reached["sites"]} == {("Trạm 0", 1), ("Trạm 2", 1)}
    assert choice(found, count=3, linked=True, hop_km=5.0, hops=2)["sites"] == []
    with pytest.raises(Conflict, match="Trạm 0 is to be in, but cannot be linked to fibre within 1 links"):
        choice(found, count=3, linked=True, hop_km=5.0, hops=1, forced=("T0",))


def test_money_and_a_share_of_the_people_limit_a_choice(place: Laid) -> None:
    # A new mast with one cell, power and a kilometre of fibre: 1430 on one carrier.
    assert len(choice(three(), goal="budget", budget=2900.0)["sites"]) == 2
    wanted = choice(three(), goal="share", share=0.1)
    assert wanted["cost"] == 1430.0
    assert wanted["covered"] >= 0.1 * wanted["people"]
    with pytest.raises(Conflict, match="cannot be met"):
        choice(three(), goal="share", share=1.0)


def test_who_is_forced_in_and_covers_nobody_is_named(place: Laid) -> None:
    found = [*three(), Mast("T9", "Trạm câm", SOUTH, WEST, 30.0, (Cell(None, bands=("n78",)),))]
    assert choice(found, count=1)["idle"] == [{"code": "T9", "name": "Trạm câm"}]
    with pytest.raises(Conflict, match="Trạm câm is to be in, but covers nobody"):
        choice(found, count=2, forced=("T9",))


@given(st.floats(0, 1e9), st.sampled_from(["vi", "en"]))
def test_a_number_that_a_form_writes_is_read_back(value: float, language: str) -> None:
    value = round(value, 3)
    assert read_number(written(value, language), "x", language) == pytest.approx(value)


def test_points_and_commas_are_those_of_the_readers_language() -> None:
    assert [read_number("20.000", "x", tongue) for tongue in ("vi", "en")] == [20_000.0, 20.0]
    assert [read_number("20,000", "x", tongue) for tongue in ("vi", "en")] == [20.0, 20_000.0]
    assert read_number("1.234.567,5", "x", "vi") == 1234567.5
    for text in ("", "1e9", "nan", "1.2.3", "12 km", "9" * 40):
        with pytest.raises(Invalid, match="x is a number"):
            read_number(text, "x", "vi")


def test_quarters_go_on_into_the_next_year() -> None:
    terms = RolloutTerms(year=2027, quarter=3)
    with translation.override("vi"):
        assert [quarter_name(terms, number) for number in (1, 2, 3, 7)] == ["Quý 3/2027", "Quý 4/2027", "Quý 1/2028", "Quý 1/2029"]  # fmt: skip
    assert [quarter_ends(terms, number).isoformat() for number in (0, 1, 2)] == ["2027-07-01", "2027-10-01", "2028-01-01"]  # fmt: skip


def test_terms_that_cannot_be_are_refused_with_name_and_value() -> None:
    with pytest.raises(Invalid, match="budget a quarter is between 1 and 1e\\+09, not 0"):
        rollout_terms({"budget": 0}, ["n41"])
    with pytest.raises(Invalid, match="no carrier “n1” in this scenario; choose one of n41"):
        choice_terms({"carrier": "n1"}, ["n41"])
    with pytest.raises(Conflict, match="T1 is to be in and to be left out"):
        choice_terms({"forced": ["T1"], "dropped": ["T1"]}, ["n41"])
    with pytest.raises(Invalid, match="settings cannot be read"):
        choice_terms({"goal": "best"}, ["n41"])


def test_pages_of_planning_load_no_compiler() -> None:
    """A process that serves pages would carry it in its memory for nothing."""
    code = (
        "import os, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'dinh.project.settings'); django.setup(); "
        "import dinh.systems.network_5g.web.rollout, dinh.systems.network_5g.programme_actions, sys; "
        "print('dinh.engines.siting' in sys.modules, 'dinh.engines.radio.maps.network' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.split()[-2:] == ["False", "False"]
