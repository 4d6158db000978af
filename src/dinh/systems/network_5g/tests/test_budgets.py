"""A link budget in both directions, against sums by hand and against the models it is inverted by."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from dinh.engines.radio import p525
from dinh.engines.radio.nr.link_adaptation import NR_DOWNLINK
from dinh.engines.radio.nr.uplink import uplink
from dinh.engines.radio.tr38901 import Scenario, path_loss_db
from dinh.kernel.errors import OutOfRange
from dinh.systems.network_5g.calculation.budgets import told
from dinh.systems.network_5g.calculation.questions import BudgetQuestion, Direction
from dinh.systems.network_5g.domain import N78

DOWN = Direction(50.0, 53.0, transmit_gain_dbi=17.0, interference_margin_db=3.0)
UP = Direction(2.0, 23.0, receive_gain_dbi=17.0, noise_figure_db=5.0, interference_margin_db=3.0)
ASKED = BudgetQuestion(N78, DOWN, UP)


def test_the_lines_add_up_to_the_greatest_loss() -> None:
    found = told(replace(ASKED, building="traditional"))
    for side in ("down", "up"):
        line = found[side]["lines"]
        loss = (
            line["eirp"] + line["receive_gain"] - line["sensitivity"] - line["interference_margin"] - line["shadowing_margin"]
            - line["penetration_loss"]
        )  # fmt: skip
        assert found[side]["loss_db"] == pytest.approx(loss)
        assert line["penetration_loss"] == found["penetration_db"] > 10
    assert told(ASKED)["penetration_db"] == 0.0


def test_the_required_sinr_carries_just_the_throughput() -> None:
    found = told(ASKED)["down"]
    rate = float(NR_DOWNLINK.efficiency(np.array([found["lines"]["required_sinr"] + 1e-9]))[0])
    elements = 273 * 12 * 14 * 2000
    assert rate * elements * (52 / 70) * 0.86 / 1e6 == pytest.approx(50.0, rel=1e-6)


@pytest.mark.parametrize("wanted", [0.05, 0.5, 2.0, 20.0])
def test_the_uplink_takes_as_many_blocks_as_bear_the_greatest_loss(wanted: float) -> None:
    """As the maps reckon it: at that loss a terminal gets just this rate."""
    direction = replace(UP, throughput_mbps=wanted)
    found = told(replace(ASKED, up=direction, area_probability=0.9))["up"]
    coupling = found["loss_db"] - 17.0 + found["lines"]["shadowing_margin"]
    rate = uplink(np.array([coupling]), blocks=273, spacing_hz=30e3, time_share=16 / 70).rate_bps[0]
    assert rate / 1e6 == pytest.approx(wanted, rel=0.03)
    for blocks in (1, 10, 100, 273):
        try:
            other = told(replace(ASKED, up=replace(direction, blocks=blocks), area_probability=0.9))["up"]
        except OutOfRange:
            continue
        assert other["loss_db"] <= found["loss_db"] + 0.05


def test_each_radius_is_where_the_model_loses_just_so_much() -> None:
    found = told(ASKED)
    models = {(one["code"], one["sight"]): one for one in found["models"]}
    assert len(models) == 7
    radius = models["tr38901-rma", "no_sight"]["up_m"]
    loss = path_loss_db(
        Scenario.RMA, np.array([radius]), frequency_hz=3.75e9, line_of_sight=False, base_height_m=30.0,
        terminal_height_m=1.5, beyond="extrapolate",
    ).loss_db[0]  # fmt: skip
    assert loss == pytest.approx(found["up"]["loss_db"], abs=1e-3)
    free = models["free", "sight"]["down_m"]
    assert float(p525.free_space_loss_db(math.hypot(free, 28.5) / 1000, 3.75)) == pytest.approx(found["down"]["loss_db"], abs=1e-3)  # fmt: skip
    for one in found["models"]:
        assert one["radius_m"] == min(one["down_m"], one["up_m"])
        assert one["radius_m"] <= models["free", "sight"]["radius_m"]
    for code in ("tr38901-rma", "tr38901-uma", "tr38901-umi"):
        assert models[code, "no_sight"]["radius_m"] < models[code, "sight"]["radius_m"]
    assert models["tr38901-uma", "sight"]["beyond"] == ["base_height"]


def test_more_is_asked_of_a_smaller_cell() -> None:
    def radius(**changes: object) -> float:
        found: float = told(replace(ASKED, **changes))["models"][1]["radius_m"]  # type: ignore[arg-type]
        return found

    usual = radius()
    assert radius(area_probability=0.99) < usual
    assert radius(building="traditional") > radius(building="efficient")
    assert radius(building="efficient") > radius(building="efficient", building_probability=0.9)
    assert radius(mast_height_m=60.0) > usual


def test_a_loss_that_nothing_bears_has_no_radius_and_one_that_all_bear_is_cut() -> None:
    weak = told(replace(ASKED, up=replace(UP, transmit_power_dbm=-10.0, rain_margin_db=60.0, foliage_loss_db=60.0)))
    assert {one["radius_m"] for one in weak["models"]} == {0.0}
    strong = told(replace(ASKED, up=replace(UP, other_gain_db=30.0, transmit_gain_dbi=40.0, receive_gain_dbi=40.0), down=replace(DOWN, other_gain_db=30.0)))  # fmt: skip
    assert strong["models"][-1]["radius_m"] == 200_000.0


def test_a_throughput_beyond_the_curve_is_refused_with_what_is_possible() -> None:
    with pytest.raises(OutOfRange, match="ask for at most") as refused:
        told(replace(ASKED, down=replace(DOWN, throughput_mbps=2_000.0)))
    most = float(str(refused.value).partition("at most ")[2].split()[0])
    assert told(replace(ASKED, down=replace(DOWN, throughput_mbps=most)))["down"]["lines"]["required_sinr"] < 30.0
    assert told(replace(ASKED, down=replace(DOWN, throughput_mbps=1_200.0, layers=4)))


def test_a_direction_without_time_or_blocks_is_refused() -> None:
    with pytest.raises(OutOfRange, match="leave the uplink no time"):
        told(replace(ASKED, carrier=replace(N78, slots="DDDDD")))
    with pytest.raises(OutOfRange, match="1 to 273 resource blocks"):
        told(replace(ASKED, up=replace(UP, blocks=274)))
