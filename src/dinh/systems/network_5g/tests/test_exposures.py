"""What must be kept free around antennas, against the formula by hand and by geometry."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.systems.network_5g.calculation.exposures import around
from dinh.systems.network_5g.calculation.questions import SafetyQuestion
from dinh.systems.network_5g.domain import N41, N78, Carrier, Cell, Mast, Settings

ONE = replace(N78, slots="")
"""All the time down."""


def mast(*cells: Cell, height_m: float = 30.0) -> Mast:
    return Mast("T1", "Trạm", 9.5, 106.0, height_m, cells or (Cell(0.0),))


def asked(mast: Mast, *carriers: Carrier, **terms: float) -> SafetyQuestion:
    return SafetyQuestion((mast,), Settings(carriers=carriers or (ONE,)), **terms)  # type: ignore[arg-type]


def test_one_carrier_in_its_main_beam_is_the_spherical_formula() -> None:
    (found,) = around(asked(mast()))
    eirp_w = 10 ** ((53.0 - 30 + 17.0) / 10)
    assert found["qcvn"]["distance_m"] == pytest.approx(math.sqrt(eirp_w / (4 * math.pi * 2.0)))
    assert found["icnirp"]["distance_m"] == pytest.approx(math.sqrt(eirp_w / (4 * math.pi * 10.0)))
    assert (found["qcvn"]["azimuth_deg"], found["qcvn"]["elevation_deg"]) == (0.0, -3.0)


def test_carriers_add_up_and_time_and_beams_take_away() -> None:
    once = around(asked(mast()))[0]["qcvn"]["distance_m"]
    both = around(asked(mast(), ONE, replace(ONE, code="n77")))[0]["qcvn"]["distance_m"]
    assert both == pytest.approx(once * math.sqrt(2))
    in_time = around(asked(mast(), N78))[0]["qcvn"]["distance_m"]
    assert in_time == pytest.approx(once * math.sqrt(52 / 70))
    reduced = around(asked(mast(), power_reduction=0.25))[0]["qcvn"]["distance_m"]
    assert reduced == pytest.approx(once / 2)
    reflected = around(asked(mast(), field_factor=1.6))[0]["qcvn"]["distance_m"]
    assert reflected == pytest.approx(once * 1.6)


def test_an_lte_anchor_has_no_beams_to_reduce_and_a_band_that_a_cell_lacks_is_not_sent() -> None:
    lte = Carrier("B3", 1800.0, 20, 15, 46.0, 2, "", "lte")
    whole, reduced = (around(asked(mast(), lte, power_reduction=f))[0]["icnirp"]["distance_m"] for f in (1.0, 0.25))
    assert whole == reduced
    (found,) = around(asked(mast(Cell(0.0, bands=("n41",))), N41, N78))
    assert [one["carrier"] for one in found["sends"]] == ["n41"]
    (silent,) = around(asked(mast(Cell(0.0, bands=("n1",))), N41, N78))
    assert silent["sends"] == []
    assert silent["qcvn"]["distance_m"] == 0.0


def test_cells_that_look_the_same_way_add_up() -> None:
    once = around(asked(mast()))[0]["qcvn"]["distance_m"]
    assert around(asked(mast(Cell(40.0), Cell(40.0))))[0]["qcvn"]["distance_m"] == pytest.approx(once * math.sqrt(2))
    apart = around(asked(mast(Cell(30.0), Cell(50.0))))[0]["qcvn"]
    assert apart["azimuth_deg"] == 40.0
    assert apart["distance_m"] > once * 1.25


def test_a_low_mast_reaches_the_ground_and_a_high_one_does_not() -> None:
    low = around(asked(mast(Cell(0.0, tilt_deg=10.0), height_m=5.0)))[0]["qcvn"]["ground"]
    assert low["share"] > 1
    assert 0 < low["at_m"] < low["reach_m"]
    high = around(asked(mast(height_m=40.0)))[0]["qcvn"]["ground"]
    assert high["reach_m"] == 0.0
    assert 0 < high["share"] < 1


def test_a_roof_before_the_antenna_is_reached_as_far_as_the_beam_goes() -> None:
    (found,) = around(asked(mast(), roof_m=29.0))
    roof, beam = found["qcvn"]["roof"], found["qcvn"]["distance_m"]
    assert roof["share"] is None, "people stand where the antennas are"
    assert roof["reach_m"] == pytest.approx(beam * math.cos(math.radians(3.0)), rel=0.01)
    below = around(asked(mast(), roof_m=20.0))[0]["qcvn"]["roof"]
    assert below["reach_m"] == 0.0


def test_an_even_antenna_is_a_ball() -> None:
    (found,) = around(SafetyQuestion((mast(Cell(None, gain_dbi=6.0)),), Settings(carriers=(ONE,)), outlines=True))
    ball = found["qcvn"]
    assert ball["azimuth_deg"] is None
    assert ball["above_m"] == pytest.approx(ball["distance_m"])
    assert ball["outline"]["ahead_m"] == pytest.approx(ball["outline"]["behind_m"])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 359), st.floats(0, 15), st.floats(30, 55)), min_size=1, max_size=6),
    st.floats(3, 60), st.floats(0, 40),
)  # fmt: skip
def test_icnirp_is_never_the_stricter_and_what_is_higher_is_reached_farther(
    cells: list[tuple[float, float, float]], height_m: float, roof_m: float
) -> None:
    tower = mast(*(Cell(turn, tilt, power_dbm=power) for turn, tilt, power in cells), height_m=height_m)
    (found,) = around(asked(tower, N41, N78, roof_m=roof_m))
    law, icnirp = found["qcvn"], found["icnirp"]
    assert icnirp["distance_m"] <= law["distance_m"]
    assert law["ground"]["reach_m"] <= law["roof"]["reach_m"] + 1e-9 <= law["distance_m"] + 1e-6
    assert (law["ground"]["reach_m"] > 0) == (law["ground"]["share"] is None or law["ground"]["share"] > 1)
