from __future__ import annotations

import pytest

from dinh.engines.radio.nr.carriers import BANDS, OVERHEAD_UP, peak_rate_mbps, resource_blocks
from dinh.kernel.errors import Invalid, OutOfRange


def test_a_hundred_megahertz_with_four_layers_carry_2337_megabits() -> None:
    """4 * 8 * 948 / 1024 * 12 * 273 * 28,000 * 0.86 = 2,337.0e6."""
    blocks = resource_blocks(100, 30)
    assert blocks == 273
    rate = peak_rate_mbps(resource_blocks=blocks, subcarrier_khz=30, layers=4, modulation_order=8)
    assert rate == pytest.approx(2337.0, abs=0.05)
    up = peak_rate_mbps(resource_blocks=blocks, subcarrier_khz=30, layers=1, modulation_order=6, overhead=OVERHEAD_UP, share_of_time=0.25)  # fmt: skip
    assert up == pytest.approx(rate / 4 * 6 / 8 * 0.92 / 0.86 / 4)


def test_what_no_carrier_has_is_refused_with_what_it_has() -> None:
    with pytest.raises(Invalid, match="70 MHz does not exist at 15 kHz; choose one of 5, 10"):
        resource_blocks(70, 15)
    with pytest.raises(Invalid, match="no subcarrier spacing of 120 kHz"):
        resource_blocks(100, 120)
    with pytest.raises(OutOfRange, match="number of layers of 9"):
        peak_rate_mbps(resource_blocks=273, subcarrier_khz=30, layers=9, modulation_order=8)
    with pytest.raises(Invalid, match="has 7 bits"):
        peak_rate_mbps(resource_blocks=273, subcarrier_khz=30, layers=4, modulation_order=7)


def test_bands_of_the_trial_are_time_division() -> None:
    assert BANDS["n41"].tdd
    assert BANDS["n78"].tdd
    assert not BANDS["n28"].tdd
