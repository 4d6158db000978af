from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.p525 import free_space_loss_db
from dinh.engines.radio.tr38901.line_of_sight import line_of_sight_probability
from dinh.engines.radio.tr38901.path_loss import environment_heights_m, los_loss_db, nlos_loss_db, within
from dinh.engines.radio.tr38901.penetration import material_loss_db, outdoor_to_indoor
from dinh.engines.radio.tr38901.scenarios import INH, RMA, SCENARIOS, UMA, UMI, Scenario
from dinh.kernel.errors import OutOfRange

URBAN: dict[str, Any] = {"frequency_ghz": 5.0, "base_height_m": 25.0, "terminal_height_m": 1.5}


@pytest.mark.parametrize(
    ("loss", "distance_m", "expected_db"),
    [(los_loss_db, 1000.0, 109.7252), (nlos_loss_db, 1000.0, 144.7641), (los_loss_db, 5000.0, 137.6794)],
)
def test_urban_macro_cells_at_five_gigahertz(loss: Any, distance_m: float, expected_db: float) -> None:
    assert float(loss(UMA, distance_m, **URBAN)) == pytest.approx(expected_db, abs=1e-3)


def test_the_other_scenarios_equal_the_formulas_worked_by_hand() -> None:
    """UMi, 3.5 GHz, 10 m and 1.5 m, 100 m: d3D = 100.361; turn at 4 * 9 * 0.5 * 3.5e9 / 3e8 = 210 m, so the near slope:
    32.4 + 21 * 2.00156 + 10.8814 = 85.314; NLOS 35.3 * 2.00156 + 22.4 + 21.3 * 0.54407 = 104.644.
    InH, 3.5 GHz, 3 m and 1.5 m, 20 m: d3D = 20.056; 32.4 + 17.3 * 1.30225 + 10.8814 = 65.810.
    RMa, 0.7 GHz, 35 m and 1.5 m, 1 km: turn at 2 pi * 35 * 1.5 * 0.7e9 / 3e8 = 769.7 m, so the far slope from there."""
    street: dict[str, Any] = {"frequency_ghz": 3.5, "base_height_m": 10.0, "terminal_height_m": 1.5}
    assert float(los_loss_db(UMI, 100.0, **street)) == pytest.approx(85.314, abs=2e-3)
    assert float(nlos_loss_db(UMI, 100.0, **street)) == pytest.approx(104.644, abs=2e-3)
    office: dict[str, Any] = {"frequency_ghz": 3.5, "base_height_m": 3.0, "terminal_height_m": 1.5}
    assert float(los_loss_db(INH, 20.0, **office)) == pytest.approx(65.810, abs=2e-3)
    rural: dict[str, Any] = {"frequency_ghz": 0.7, "base_height_m": 35.0, "terminal_height_m": 1.5}
    turn, slant = 769.690, math.hypot(769.690, 33.5)
    at_turn = 20 * math.log10(40 * math.pi * slant * 0.7 / 3) + 0.03 * 5**1.72 * math.log10(slant) - 0.044 * 5**1.72 + 0.002 * math.log10(5) * slant  # fmt: skip
    assert turn < 1000
    assert float(los_loss_db(RMA, 1000.0, **rural)) == pytest.approx(
        at_turn + 40 * math.log10(math.hypot(1000, 33.5) / slant), abs=1e-3
    )


def usual(scenario: Scenario) -> dict[str, Any]:
    return {"frequency_ghz": 2.6, "base_height_m": scenario.usual_base_height_m, "terminal_height_m": 1.5}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_loss_grows_with_distance_and_is_greater_without_line_of_sight(scenario: Scenario) -> None:
    distance = np.linspace(scenario.distance_m.least, scenario.nlos_distance_m.most, 4000)
    clear, hidden = (
        los_loss_db(scenario, distance, **usual(scenario)),
        nlos_loss_db(scenario, distance, **usual(scenario)),
    )
    assert (np.diff(clear) > 0).all()
    assert (np.diff(hidden) > 0).all()
    assert (hidden >= clear).all()
    slant = np.hypot(distance, scenario.usual_base_height_m - 1.5) / 1000
    if scenario is not INH:  # along corridors waves are guided
        assert (clear > free_space_loss_db(slant, 2.6) - 2.0).all()


@pytest.mark.parametrize("scenario", [RMA, UMA, UMI], ids=["rma", "uma", "umi"])
def test_the_slopes_meet_where_they_turn(scenario: Scenario) -> None:
    given = usual(scenario)
    above, terminal = given["base_height_m"] - (scenario is not RMA), 1.5 - (scenario is not RMA)
    turn = (2 * math.pi if scenario is RMA else 4) * above * terminal * 2.6e9 / 3e8
    near, far = los_loss_db(scenario, [turn - 1e-6, turn + 1e-6], **given)
    assert near == pytest.approx(far, abs=0.05)


@given(st.floats(0, 5000), st.floats(1.5, 22.5))
def test_a_line_of_sight_is_a_probability_that_is_certain_nearby(distance: float, height: float) -> None:
    for scenario in SCENARIOS.values():
        chance = float(line_of_sight_probability(scenario, distance, terminal_height_m=height))
        assert 0 <= chance <= 1
        if distance <= 1.2:
            assert chance == 1


def test_a_line_of_sight_grows_rarer_with_distance_for_people_on_the_ground() -> None:
    distance = np.linspace(0, 5000, 5001)
    for scenario in (RMA, UMA, UMI):
        assert (np.diff(line_of_sight_probability(scenario, distance)) <= 0).all()
    assert float(line_of_sight_probability(UMA, 100.0)) == pytest.approx(0.18 + math.exp(-100 / 63) * 0.82)
    assert float(line_of_sight_probability(UMA, 200.0, terminal_height_m=22)) > float(line_of_sight_probability(UMA, 200.0))  # fmt: skip


def test_beyond_the_range_points_raise_and_maps_are_marked() -> None:
    with pytest.raises(OutOfRange, match=r"horizontal distance of 6000\.0 m lies outside 10 to 5000 m"):
        los_loss_db(UMA, [100.0, 6000.0], **URBAN)
    with pytest.raises(OutOfRange, match="height of the base station of 60"):
        los_loss_db(UMA, 100.0, frequency_ghz=5.0, base_height_m=60.0, terminal_height_m=1.5)
    with pytest.raises(OutOfRange, match=r"frequency of 0\.1"):
        nlos_loss_db(UMI, 100.0, frequency_ghz=0.1, base_height_m=10.0, terminal_height_m=1.5)
    assert np.isfinite(los_loss_db(UMA, [0.0, 6000.0], **URBAN, beyond="extrapolate")).all()
    assert within(UMA, [5.0, 100.0, 6000.0], **URBAN).tolist() == [False, True, False]


def test_walls_cost_more_at_higher_frequencies_and_behind_coated_glass() -> None:
    assert material_loss_db("concrete", 3.5) == 19
    low, high = outdoor_to_indoor("low", frequency_ghz=3.5), outdoor_to_indoor("high", frequency_ghz=3.5)
    # 0.3 * 10^-0.27 + 0.7 * 10^-1.9 = 0.1699: 5 + 7.70 dB, and half of 8.33 m
    assert low.loss_db == pytest.approx(12.70 + 25 / 6, abs=0.02)
    assert high.loss_db > low.loss_db + 10
    assert outdoor_to_indoor("low", frequency_ghz=26).loss_db > low.loss_db
    with pytest.raises(OutOfRange, match="depth inside of 30"):
        outdoor_to_indoor("low", frequency_ghz=3.5, depth_m=30)


def test_terminals_high_up_see_other_environment_heights() -> None:
    assert environment_heights_m(1.5) == [1.0]
    assert environment_heights_m(22.5) == [1.0, 12.0, 15.0, 18.0, 21.0]
