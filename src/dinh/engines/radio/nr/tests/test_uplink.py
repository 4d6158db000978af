from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.nr.link_adaptation import NR_UPLINK, TR_36942_UPLINK, RateCurve, throughput_bps
from dinh.engines.radio.nr.link_budget import LinkBudget
from dinh.engines.radio.nr.rates import Overhead
from dinh.engines.radio.nr.uplink import uplink
from dinh.kernel.errors import OutOfRange

ASKED: dict[str, Any] = {"blocks": 273, "spacing_hz": 30e3, "time_share": 0.25}


def test_one_block_has_the_snr_of_the_link_budget() -> None:
    """23 dBm into 360 kHz, 5 dB of noise figure, 3 dB of interference, 130 dB of coupling loss."""
    found = uplink([130.0], blocks=1, spacing_hz=30e3, time_share=1.0)
    form = LinkBudget(
        transmit_power_dbm=23.0, bandwidth_hz=360e3, required_sinr_db=float(found.sinr_db[0]), noise_figure_db=5.0,
        interference_margin_db=3.0,
    )  # fmt: skip
    assert form.greatest_path_loss_db == pytest.approx(130.0)
    rate = throughput_bps(
        found.sinr_db, blocks=1, spacing_hz=30e3, overhead=Overhead.UPLINK_FR1, curve=NR_UPLINK
    )  # fmt: skip
    assert found.rate_bps[0] == pytest.approx(rate[0])


@given(
    loss=st.lists(st.floats(60.0, 170.0), min_size=1, max_size=8), blocks=st.integers(1, 60), layers=st.integers(1, 2),
    curve=st.sampled_from([NR_UPLINK, TR_36942_UPLINK, RateCurve(0.6, 2.0, 3.0)]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_other_number_of_blocks_would_give_more(
    loss: list[float], blocks: int, layers: int, curve: RateCurve
) -> None:
    asked: dict[str, Any] = {"spacing_hz": 30e3, "time_share": 0.3, "layers": layers, "curve": curve}
    found = uplink(loss, blocks=blocks, **asked)
    alone = uplink(loss, blocks=1, **asked).sinr_db
    for count in range(1, blocks + 1):
        tried = throughput_bps(
            alone - 10 * np.log10(count), blocks=count, spacing_hz=30e3, layers=layers, time_share=0.3,
            overhead=Overhead.UPLINK_FR1, curve=curve,
        )  # fmt: skip
        assert (tried <= found.rate_bps * (1 + 1e-9)).all()


@given(st.lists(st.floats(60.0, 180.0), min_size=2, max_size=20))
def test_farther_away_a_terminal_never_sends_more(losses: list[float]) -> None:
    found = uplink(sorted(losses), **ASKED)
    assert (np.diff(found.rate_bps) <= 1e-6).all()
    assert (np.diff(found.blocks_used) <= 0).all()
    assert (found.sinr_db[found.blocks_used > 0] >= NR_UPLINK.least_sinr_db - 1e-6).all()


def test_near_the_mast_all_blocks_are_full_and_far_away_none_is_used() -> None:
    found = uplink([60.0, 200.0, np.nan, np.inf], **ASKED)
    assert found.blocks_used.tolist() == [273, 0, 0, 0]
    peak = 273 * 12 * 14 * 2000 * 0.25 * 0.92 * NR_UPLINK.greatest_efficiency
    assert found.rate_bps[0] == pytest.approx(peak)
    assert found.rate_bps[1] == found.rate_bps[3] == 0.0
    assert np.isnan(found.rate_bps[2])
    assert np.isnan(found.sinr_db[2])


def test_more_power_reaches_as_much_farther() -> None:
    usual, stronger = uplink([130.0], **ASKED), uplink([133.0], terminal_dbm=26.0, **ASKED)
    assert stronger.rate_bps[0] == pytest.approx(usual.rate_bps[0])


def test_what_does_not_exist_is_refused() -> None:
    for wrong in ({"blocks": 0}, {"layers": 5}, {"time_share": 1.2}, {"spacing_hz": 25e3}):
        with pytest.raises(OutOfRange, match=r"outside|NR has no"):
            uplink([120.0], **(ASKED | wrong))
