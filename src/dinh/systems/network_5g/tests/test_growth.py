from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dinh.systems.network_5g.busy_hour import demand_bps
from dinh.systems.network_5g.calculation import desk, grounds
from dinh.systems.network_5g.calculation.growth import NEAR
from dinh.systems.network_5g.calculation.questions import GROWTH, GroundQuestion, Question
from dinh.systems.network_5g.domain import N41, N78, Mast, Settings, mast_of
from dinh.systems.network_5g.exports.growth import COLUMNS, growth_csv

from .planning import EAST, NORTH, SOUTH, WEST, communes, mast

MASTS = tuple(mast_of(mast(5 * number, code=f"T{number}")) for number in range(3))


def question(folder: Path, masts: tuple[Mast, ...] = MASTS, **settings: Any) -> Question:
    """10 thousand people, of whom 2 thousand are customers unless the settings say otherwise."""
    asked = GroundQuestion(folder / "grounds", (WEST, SOUTH, EAST, NORTH), 1.0, 100.0, communes(), flat_m=1.5)
    with_these: dict[str, Any] = {"carriers": (N41,), "radius_km": 3.0} | settings
    return Question(folder / "grounds" / grounds.lay(asked), folder / "results", masts, Settings(**with_these))


def grown(folder: Path, **settings: Any) -> dict[str, Any]:
    return dict(desk.what_fails_first(question(folder, **settings), hear=lambda done, of: None))


def load_at(folder: Path, factor: float, mast: str, cell: int) -> float:
    """By a calculation of its own, with so much more demand."""
    found = desk.calculate(question(folder, busy_hour_kbps=50.0 * factor), hear=lambda done, of: None)
    return float(
        next(one["load"] for one in found["carriers"]["n41"]["cells"] if (one["mast"], one["cell"]) == (mast, cell))
    )


def test_the_first_cell_is_full_at_the_factor_that_is_told(tmp_path: Path) -> None:
    one = grown(tmp_path)["carriers"]["n41"]
    first = one["order"][0]
    assert one["first"] == first["factor"] > 1
    assert load_at(tmp_path, first["factor"] * NEAR, first["mast"], first["cell"]) > 1
    assert load_at(tmp_path, first["factor"] / NEAR, first["mast"], first["cell"]) <= 1


def test_cells_fail_one_after_the_other_and_people_get_ever_less(tmp_path: Path) -> None:
    found = grown(tmp_path, carriers=(N41, N78))
    assert list(found["carriers"]) == ["n41", "n78"]
    for one in found["carriers"].values():
        factors = [cell["factor"] for cell in one["order"]]
        assert factors == sorted(factors)
        assert len({(cell["mast"], cell["cell"]) for cell in one["order"]}) == len(factors) > 1
        full = [step["full"] for step in one["steps"]]
        assert full == sorted(full)
        assert full[0] == 0
        rates = np.array([step["percentiles_mbps"] for step in one["steps"]])
        assert (np.diff(rates, axis=0) <= 1e-9).all()
        assert [step["factor"] for step in one["steps"]] == found["factors"]
        for step in one["steps"]:
            assert (step["full"] > 0) == (step["factor"] > one["first"])


def test_a_network_that_is_full_today_tells_which_share_of_the_demand_it_bears(tmp_path: Path) -> None:
    one = grown(tmp_path, busy_hour_kbps=50_000.0)["carriers"]["n41"]
    assert one["first"] < 1
    assert one["steps"][0]["full"] > 0


def test_customers_in_number_take_the_place_of_the_share(tmp_path: Path) -> None:
    by_share, by_number = grown(tmp_path), grown(tmp_path, subscribers=1_000.0)
    assert by_share["customers"] == pytest.approx(2_000)
    assert by_number["customers"] == pytest.approx(1_000)
    assert by_number["carriers"]["n41"]["first"] == pytest.approx(2 * by_share["carriers"]["n41"]["first"], rel=0.02)
    people = np.array([300.0, 100.0])
    settings = Settings(subscribers=40.0, busy_hour_kbps=50.0)
    assert demand_bps(people, settings).tolist() == [30 * 50e3, 10 * 50e3]
    assert demand_bps(np.zeros(2), settings).tolist() == [0, 0]


def test_nobody_who_asks_fills_nothing_and_no_mast_serves_nobody(tmp_path: Path) -> None:
    idle = grown(tmp_path, subscribers=0.0)["carriers"]["n41"]
    assert (idle["first"], idle["order"]) == (None, [])
    empty = desk.what_fails_first(question(tmp_path, masts=()), hear=lambda done, of: None)["carriers"]["n41"]
    assert (empty["cells"], empty["first"]) == (0, None)


def test_it_is_kept_beside_the_answer_and_not_solved_twice(tmp_path: Path) -> None:
    asked = question(tmp_path)
    heard: list[int] = []
    first = desk.what_fails_first(asked, hear=lambda done, of: heard.append(done))
    assert (asked.answer / GROWTH).is_file()
    told = len(heard)
    assert desk.what_fails_first(asked, hear=lambda done, of: heard.append(done)) == first
    assert len(heard) == told > 5


def test_the_csv_has_a_row_for_each_carrier_and_factor(tmp_path: Path) -> None:
    found = grown(tmp_path, carriers=(N41, N78))
    lines = growth_csv(found).decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert len(lines) == 1 + 2 * len(found["factors"])
    assert lines[1].startswith("n41,1.0,2000,")
