from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.kernel.errors import Invalid, OutOfRange
from dinh.systems.network_5g.domain import Cell, Mast, Standing
from dinh.systems.network_5g.rollout import Costs, Energy, Reach, Rollout, cost_of, phases

COSTS = Costs(
    mast_new=1000,
    mast_shared_rent=50,
    existing_upgrade=200,
    cell=100,
    fibre_km=10,
    microwave_hop=30,
    power=5,
    opex_year=7,
)
MAST = Mast("ST-01", "Mỹ Xuyên", 9.6, 105.9, 40.0, (Cell(0.0), Cell(120.0, bands=("n78",))))


def reach(*rows: list[int]) -> Reach:
    return Reach(
        np.cumsum([0, *map(len, rows)]).astype(np.int64),
        np.array([pixel for row in rows for pixel in row], dtype=np.int64),
    )


def planned(*rows: list[int], **more: Any) -> Rollout:
    asked: dict[str, Any] = {
        "people": [10.0, 20.0, 30.0, 40.0, 0.0], "commune": [0, 0, 1, 2, 2], "communes": 4, "cost": [1.0] * len(rows),
        "budget": 1.0, "pixel_km2": 0.25, **more,
    }  # fmt: skip
    return phases(reach(*rows), **asked)


def test_a_mast_costs_what_it_is_for_whoever_builds() -> None:
    # Cells: one on both bands, one on n78 alone.
    new = cost_of(MAST, COSTS, bands=2, fibre_km=2.0, microwave_hops=1)
    assert (new.once, new.a_year) == (1000 + 300 + 5 + 20 + 30, 7)
    shared = cost_of(replace(MAST, standing=Standing.SHARED), COSTS, bands=2)
    assert (shared.once, shared.a_year) == (300 + 5, 57)
    own = cost_of(replace(MAST, standing=Standing.EXISTING), COSTS, bands=1)
    assert (own.once, own.a_year) == (200 + 200, 7)


def test_a_mast_takes_its_overhead_and_what_each_cell_takes_idle_and_by_load() -> None:
    energy = Energy({"n41": 400.0, "n78": 300.0}, {"n41": 600.0, "n78": 500.0}, 100.0)
    assert energy.cell_w("n41", 0.5) == 700.0
    # (100 + 700 + 300) W for 8766 hours.
    assert energy.kwh_a_year([("n41", 0.5), ("n78", 0.0)]) == pytest.approx(9642.6)
    assert energy.cost_a_year([("n41", 0.5), ("n78", 0.0)], tariff_dong_kwh=2500) == pytest.approx(24.1065)


def test_who_covers_most_people_is_built_first_and_nobody_counts_twice() -> None:
    found = planned([0, 1], [1, 2], [3, 4])
    assert [quarter.masts for quarter in found.quarters] == [(1,), (2,), (0,)]
    assert [quarter.people for quarter in found.quarters] == [50.0, 90.0, 100.0]
    assert [quarter.km2 for quarter in found.quarters] == [0.5, 1.0, 1.25]
    assert [quarter.cost for quarter in found.quarters] == [1.0, 2.0, 3.0]
    assert found.quarters[0].people_by_commune.tolist() == [20.0, 30.0, 0.0, 0.0]
    assert found.quarters[1].km2_by_commune.tolist() == [0.25, 0.25, 0.5, 0.0]


def test_what_stands_covers_from_the_beginning_and_costs_nothing() -> None:
    found = planned([0, 1], [1, 2], [3], existing=[True, False, False])
    assert (found.begins.people, found.begins.cost) == (30.0, 0.0)
    assert [quarter.masts for quarter in found.quarters] == [(2,), (1,)]
    assert planned([0], existing=[True]).quarters == ()


def test_a_dear_mast_is_saved_for() -> None:
    found = planned([3], [0], cost=[2.5, 0.5])
    assert [quarter.masts for quarter in found.quarters] == [(), (), (0, 1)]
    assert found.quarters[1].cost == 0.0
    assert found.ends.cost == 3.0


def test_the_last_communes_are_named_and_masts_that_reach_nobody_are_not_built() -> None:
    found = planned([0], [], [2])
    assert found.idle == (1,)
    assert [quarter.masts for quarter in found.quarters] == [(2,), (0,)]
    assert found.quarters[0].uncovered == (0, 2)
    # Commune 3 has nobody and lacks nothing.
    assert found.without_coverage == (2,)
    assert [found.first_covered(commune) for commune in range(4)] == [2, 1, None, None]
    assert planned([], []).quarters == ()


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    draws = np.random.default_rng(draw(st.integers(0, 2**20)))
    masts, pixels = draw(st.integers(1, 12)), draw(st.integers(1, 40))
    rows = [np.flatnonzero(draws.random(pixels) < 0.2).tolist() for _ in range(masts)]
    return {
        "rows": rows, "people": draws.integers(0, 100, pixels).astype(float), "commune": draws.integers(0, 5, pixels),
        "cost": draws.integers(1, 20, masts).astype(float), "budget": float(draws.integers(3, 30)),
        "existing": draws.random(masts) < 0.2,
    }  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(networks())
def test_coverage_only_grows_within_the_money_and_adds_up(given: dict[str, Any]) -> None:
    rows = given.pop("rows")
    found = planned(*rows, communes=5, **given)
    order = [mast for quarter in found.quarters for mast in quarter.masts]
    reaching = {number for number, row in enumerate(rows) if row and not given["existing"][number]}
    assert sorted(order) == sorted(reaching)
    before = found.begins
    for quarter in found.quarters:
        assert quarter.people >= before.people
        assert (quarter.people_by_commune >= before.people_by_commune).all()
        assert set(quarter.uncovered) <= set(before.uncovered)
        assert quarter.people == pytest.approx(quarter.people_by_commune.sum())
        assert quarter.km2 == pytest.approx(quarter.km2_by_commune.sum())
        assert quarter.cost <= quarter.number * given["budget"] + 1e-9
        before = quarter
    covered = set().union(*(row for number, row in enumerate(rows) if number in reaching or given["existing"][number]))
    assert found.ends.people == sum(given["people"][pixel] for pixel in covered)
    # Each mast adds at least as much as any that follows would have added in its place.
    seen = {pixel for number in np.flatnonzero(given["existing"]) for pixel in rows[number]}
    for place, mast in enumerate(order):
        gain = [sum(given["people"][pixel] for pixel in set(rows[other]) - seen) for other in order[place:]]
        assert gain[0] == max(gain)
        seen |= set(rows[mast])
    again = planned(*rows, communes=5, **given)
    assert [quarter.masts for quarter in again.quarters] == [quarter.masts for quarter in found.quarters]


def test_figures_that_cannot_be_are_refused_with_name_and_value() -> None:
    with pytest.raises(Invalid, match="cell is -1"):
        Costs(cell=-1)
    with pytest.raises(Invalid, match="fibre_km is nan"):
        cost_of(MAST, COSTS, bands=1, fibre_km=float("nan"))
    with pytest.raises(Invalid, match="nothing is known of the current that n1 takes; known are n41, n78"):
        Energy().cell_w("n1", 0.5)
    with pytest.raises(OutOfRange, match=r"a load of 1\.5 is no share"):
        Energy().cell_w("n41", 1.5)
    with pytest.raises(OutOfRange, match="a budget of 0 a quarter builds nothing"):
        planned([0], budget=0)
    with pytest.raises(OutOfRange, match=r"1e-06 a quarter pays 1\.0 in more than 200 quarters"):
        planned([0], budget=1e-6)
    with pytest.raises(Invalid, match="a commune from 0 to 1"):
        planned([0], communes=2)
    with pytest.raises(Invalid, match="the reach is of 1 masts, there are 2 costs"):
        planned([0], cost=[1.0, 1.0])
