"""Link adaptation, link budgets and exposure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.nr.exposure import (
    GROUND_REFLECTION,
    ICNIRP_2020,
    QCVN_8_2022,
    Source,
    compliance_distance,
    exposure_ratio,
    power_density_w_m2,
)
from dinh.engines.radio.nr.link_adaptation import (
    NR_DOWNLINK,
    NR_UPLINK,
    TR_36942_DOWNLINK,
    RateCurve,
    chosen_scheme,
    thresholds_db,
    throughput_bps,
)
from dinh.engines.radio.nr.link_budget import (
    LinkBudget,
    area_probability,
    edge_margin_db,
    element_power_dbm,
    margin_for_area_db,
    noise_dbm,
    ss_rsrp_dbm,
)
from dinh.engines.radio.nr.modulation import CQI_64QAM, MCS_64QAM, MCS_256QAM, Scheme
from dinh.kernel.errors import OutOfRange


def test_the_curve_is_that_of_annex_a() -> None:
    sinr = np.array([-10.1, -10.0, 0.0, 10.0, 40.0])
    # 0.6·log2(1 + 0.1) = 0.0825; 0.6·1; 0.6·log2(11) = 2.0757; the cut at 4.4.
    assert TR_36942_DOWNLINK.efficiency(sinr) == pytest.approx([0.0, 0.0825, 0.6, 2.0757, 4.4], abs=1e-4)
    assert NR_DOWNLINK.greatest_efficiency == pytest.approx(5.9803, abs=1e-4)
    assert NR_UPLINK.greatest_efficiency == pytest.approx(2.9269, abs=1e-4)


@given(st.floats(-20.0, 45.0), st.sampled_from([MCS_64QAM, MCS_256QAM, CQI_64QAM]))
def test_the_chosen_scheme_is_the_most_efficient_that_the_curve_carries(
    sinr_db: float, table: tuple[Scheme, ...]
) -> None:
    index = int(chosen_scheme(np.array([sinr_db]), table)[0])
    carried = [s for s, least in zip(table, thresholds_db(table), strict=True) if least <= sinr_db]
    assert index == (max(carried, key=lambda s: s.efficiency).index if carried else -1)


def test_thresholds_invert_the_curve() -> None:
    curve = RateCurve(0.75, -10.0, 7.5)
    least = thresholds_db(MCS_256QAM, curve)
    assert curve.efficiency(least) == pytest.approx([scheme.efficiency for scheme in MCS_256QAM])
    # The curve of TR 38.803 ends before the last four rows of 256QAM.
    assert np.isinf(thresholds_db(MCS_256QAM)[23:]).all()


@given(st.floats(-15.0, 40.0), st.floats(0.0, 5.0))
def test_throughput_grows_with_sinr_and_steps_lie_below_the_curve(sinr_db: float, more_db: float) -> None:
    sinr = np.array([sinr_db, sinr_db + more_db])
    smooth = throughput_bps(sinr, blocks=273, spacing_hz=30e3, layers=2, time_share=0.74)
    steps = throughput_bps(sinr, blocks=273, spacing_hz=30e3, layers=2, time_share=0.74, table=MCS_256QAM)
    assert smooth[1] >= smooth[0]
    assert steps[1] >= steps[0]
    assert (steps <= smooth + 1e-6).all()


def test_throughput_at_zero_decibels_is_that_worked_by_hand() -> None:
    # 0.6 bit · 273·12·28000 elements/s · 4 layers · 0.86
    found = throughput_bps(np.array([0.0]), blocks=273, spacing_hz=30e3, layers=4)
    assert found[0] == pytest.approx(0.6 * 91_728_000 * 4 * 0.86)


def test_a_link_budget_adds_up_line_by_line() -> None:
    # Uplink of n78: 23 dBm in 30 blocks of 360 kHz = 10.8 MHz. Noise -173.975 + 70.334 + 3.5 = -100.141 dBm,
    # sensitivity at -5 dB: -105.141; 23 + 24 - 0.5 + 105.141 - (2 + 8 + 20 + 3) = 118.641 dB.
    budget = LinkBudget(
        transmit_power_dbm=23.0, bandwidth_hz=30 * 360e3, required_sinr_db=-5.0, receive_gain_dbi=24.0,
        receive_feeder_loss_db=0.5, noise_figure_db=3.5, interference_margin_db=2.0, shadowing_margin_db=8.0,
        penetration_loss_db=20.0, body_loss_db=3.0,
    )  # fmt: skip
    assert budget.greatest_path_loss_db == pytest.approx(118.641, abs=1e-3)
    lines = {line.key: line.value for line in budget.lines()}
    assert lines["noise"] == pytest.approx(lines["thermal_noise"] + lines["noise_figure"])
    gains = lines["eirp"] + lines["receive_gain"] - lines["receive_feeder_loss"] + lines["other_gain"]
    losses = sum(
        value
        for key, value in lines.items()
        if key.endswith(("_margin", "penetration_loss", "body_loss", "foliage_loss"))
    )
    assert lines["greatest_path_loss"] == pytest.approx(gains - lines["sensitivity"] - losses)


def test_every_number_of_the_form_moves_the_result_by_itself() -> None:
    base = LinkBudget(transmit_power_dbm=46.0, bandwidth_hz=1e8, required_sinr_db=0.0)
    for name in base.__dataclass_fields__:
        if name != "bandwidth_hz":
            sign = 1.0 if name == "transmit_power_dbm" or "gain" in name else -1.0
            fields = {key: getattr(base, key) for key in base.__dataclass_fields__}
            changed = LinkBudget(**(fields | {name: fields[name] + 1.0}))
            assert changed.greatest_path_loss_db - base.greatest_path_loss_db == pytest.approx(sign), name


def test_noise_and_rsrp_are_those_worked_by_hand() -> None:
    assert noise_dbm(15e3, 0.0) == pytest.approx(-132.21, abs=0.01)
    # 200 W = 53.01 dBm over 3276 subcarriers: 53.01 - 35.15 = 17.86 dBm each; 24 dBi less 120 dB: -78.14 dBm.
    assert element_power_dbm(53.01, 273) == pytest.approx(17.857, abs=1e-3)
    assert ss_rsrp_dbm(53.01, 273, gain_dbi=24.0, loss_db=120.0) == pytest.approx(-78.143, abs=1e-3)


def test_shadowing_margins_are_those_of_the_literature() -> None:
    assert edge_margin_db(0.9, 8.0) == pytest.approx(10.25, abs=0.01)
    # Jakes' figure: 8 dB, exponent 3.5 — an edge covered by 0.75 gives 0.9 of the area.
    assert area_probability(edge_margin_db(0.75, 8.0), 8.0, 3.5) == pytest.approx(0.9, abs=0.01)
    assert area_probability(0.0, 0.0, 3.5) == 1.0


@given(st.floats(0.55, 0.99), st.floats(3.0, 12.0), st.floats(2.0, 5.0))
def test_the_margin_for_an_area_covers_just_that_area(probability: float, sigma_db: float, exponent: float) -> None:
    margin = margin_for_area_db(probability, sigma_db, exponent)
    assert area_probability(margin, sigma_db, exponent) == pytest.approx(probability, abs=1e-5)
    # An area is always covered better than its edge.
    assert margin < edge_margin_db(probability, sigma_db)


def test_limits_are_those_of_the_guidelines_and_of_the_law() -> None:
    assert [ICNIRP_2020.density_w_m2(hz) for hz in (300e6, 900e6, 1.8e9, 2.6e9, 26e9)] == pytest.approx(
        [2.0, 4.5, 9.0, 10.0, 10.0]
    )
    assert [QCVN_8_2022.density_w_m2(hz) for hz in (900e6, 3.5e9)] == [2.0, 2.0]
    assert QCVN_8_2022.field_v_m(3.5e9) == pytest.approx(27.5, abs=0.06)
    with pytest.raises(OutOfRange, match=r"QCVN 8:2022/BTTTT gives no power density at 26000\.0 MHz"):
        QCVN_8_2022.density_w_m2(26e9)


def test_a_mast_keeps_its_distance() -> None:
    # 200 W, 24 dBi, three quarters of the time, a quarter of the power by beams: EIRP 200·251.19·0.75·0.25 = 9419.6 W;
    # r = √(9419.6 / (4π·2)) = 19.36 m by the law, √(… / (4π·10)) = 8.66 m by ICNIRP.
    source = Source(200.0, 24.0, 3.5e9, time_share=0.75, power_reduction=0.25, antenna_size_m=0.9)
    assert compliance_distance([source]).distance_m == pytest.approx(19.36, abs=0.01)
    assert compliance_distance([source], ICNIRP_2020).distance_m == pytest.approx(8.66, abs=0.01)
    # 2·0.81·3.5e9/c = 18.9 m.
    assert compliance_distance([source]).in_far_field
    assert not compliance_distance([source], ICNIRP_2020).in_far_field
    assert compliance_distance([]).distance_m == 0.0


powers = st.floats(1.0, 400.0)


@given(st.lists(powers, min_size=1, max_size=5), st.floats(1.0, GROUND_REFLECTION))
def test_at_the_compliance_distance_the_ratio_is_one_and_carriers_add_up(watts: list[float], factor: float) -> None:
    sources = [Source(power, 17.0, hz) for power, hz in zip(watts, (0.75e9, 1.8e9, 2.1e9, 2.6e9, 3.5e9), strict=False)]
    distance = compliance_distance(sources, ICNIRP_2020, field_factor=factor).distance_m
    assert exposure_ratio([(s, distance) for s in sources], ICNIRP_2020, field_factor=factor) == pytest.approx(1.0)
    alone = [compliance_distance([s], ICNIRP_2020, field_factor=factor).distance_m for s in sources]
    assert distance == pytest.approx(math.sqrt(sum(d**2 for d in alone)))


def test_density_falls_with_the_square_of_distance() -> None:
    source = Source(100.0, 17.0, 2.1e9)
    assert power_density_w_m2(source, 10.0) == pytest.approx(4.0 * power_density_w_m2(source, 20.0))
    assert power_density_w_m2(source, 10.0, field_factor=GROUND_REFLECTION) == pytest.approx(
        2.56 * power_density_w_m2(source, 10.0)
    )
