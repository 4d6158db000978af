from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.microwave import multipath, rain
from dinh.kernel.errors import OutOfRange

# ITU-R P.838-3 Table 5: GHz, k and α horizontal, k and α vertical.
PUBLISHED = [
    (1.0, 0.0000259, 0.9691, 0.0000308, 0.8592),
    (10.0, 0.01217, 1.2571, 0.01129, 1.2156),
    (12.0, 0.02386, 1.1825, 0.02455, 1.1216),
    (15.0, 0.04481, 1.1233, 0.05008, 1.0440),
    (20.0, 0.09164, 1.0568, 0.09611, 0.9847),
    (30.0, 0.2403, 0.9485, 0.2291, 0.9129),
    (40.0, 0.4431, 0.8673, 0.4274, 0.8421),
    (100.0, 1.3671, 0.6815, 1.3680, 0.6765),
]


@pytest.mark.parametrize(("ghz", "kh", "ah", "kv", "av"), PUBLISHED)
def test_the_coefficients_are_those_of_the_published_table(
    ghz: float, kh: float, ah: float, kv: float, av: float
) -> None:
    assert rain.coefficients(ghz, "horizontal") == pytest.approx((kh, ah), rel=2e-3)
    assert rain.coefficients(ghz, "vertical") == pytest.approx((kv, av), rel=2e-3)


def test_circular_waves_lie_between_both() -> None:
    k, alpha = rain.coefficients(20.0, "circular")
    assert k == pytest.approx((0.09164 + 0.09611) / 2, rel=1e-3)
    assert alpha == pytest.approx((0.09164 * 1.0568 + 0.09611 * 0.9847) / (2 * k), rel=1e-3)
    assert rain.coefficients(20.0, "horizontal", 90.0) == pytest.approx(rain.coefficients(20.0, "circular"))


def test_a_link_of_ten_kilometres_loses_what_the_steps_say() -> None:
    # γ = 0.1286·50^1.0214 by hand for 18 GHz vertical is not in the table: 20 GHz is.
    gamma = 0.09611 * 50**0.9847
    assert rain.specific_attenuation_db_km(50.0, frequency_ghz=20.0, polarisation="vertical") == pytest.approx(
        gamma, rel=1e-3
    )
    below = 0.477 * 10**0.633 * 50 ** (0.073 * 0.9847) * 20**0.123 - 10.579 * (1 - math.exp(-0.24))
    told = rain.exceeded_db(10.0, frequency_ghz=20.0, polarisation="vertical", rain_mm_h=50.0)
    # The scaling gives 0.9986 of itself at 0.01 %.
    assert told == pytest.approx(gamma * 10.0 / below, rel=3e-3)


def test_a_short_path_counts_at_most_two_and_a_half_times_its_length() -> None:
    assert rain.effective_length_km(0.1, rain_mm_h=100.0, frequency_ghz=20.0, alpha=0.98) == pytest.approx(0.25)
    assert rain.exceeded_db(0.0, frequency_ghz=20.0, polarisation="vertical") == 0.0


def test_below_ten_gigahertz_and_far_above_the_scaling_is_that_of_the_old_latitudes() -> None:
    # C0 = 0.12 below 10 GHz, and near 0.01 % the share is 1 whatever C0 is.
    for ghz in (5.0, 9.9, 18.0, 80.0):
        assert rain.share_of_hundredth(0.01, ghz) == pytest.approx(1.0, abs=4e-3)
    assert rain.share_of_hundredth(1.0, 5.0) == pytest.approx(0.07**0.12 * 0.12**0.88)


@given(st.floats(1.0, 100.0), st.floats(0.5, 60.0), st.floats(0.1, 200.0), st.floats(0.001, 1.0))
def test_more_rain_takes_more_and_rarer_rain_too(ghz: float, km: float, mm_h: float, percent: float) -> None:
    def lost(mm: float, share: float) -> float:
        return rain.exceeded_db(km, frequency_ghz=ghz, polarisation="vertical", rain_mm_h=mm, percent=share)

    assert lost(mm_h, percent) > 0.0
    assert lost(mm_h, percent) >= lost(mm_h, 1.0) - 1e-12
    assert lost(mm_h, percent) <= lost(mm_h, 0.001) + 1e-12
    if km < 20.0:  # on long paths heavier rain is also smaller
        assert lost(mm_h * 1.1, percent) > lost(mm_h, percent)


@given(st.floats(1.0, 100.0), st.floats(0.0011, 0.99), st.floats(0.1, 80.0))
def test_the_share_of_time_is_found_back_from_the_attenuation(ghz: float, percent: float, hundredth_db: float) -> None:
    attenuation = hundredth_db * rain.share_of_hundredth(percent, ghz)
    assert rain.percent_exceeding(attenuation, hundredth_db, ghz) == pytest.approx(percent, rel=1e-6)
    assert rain.percent_exceeding(1e9, hundredth_db, ghz) == 0.001
    assert rain.percent_exceeding(1e-9, hundredth_db, ghz) == 1.0


def test_the_geoclimatic_factor_and_the_occurrence_are_those_of_the_formulas() -> None:
    assert multipath.geoclimatic_factor(-400.0) == pytest.approx(10**-3.52)
    # 3.02e-4 · 40^3.1 · (1 + 0.5)^-1.29 · 7.5^0.8 · 10^-0.0267
    told = multipath.occurrence_percent(40.0, frequency_ghz=7.5, first_m=50.0, last_m=30.0, factor=10**-3.52)
    assert told == pytest.approx(10**-3.52 * 40**3.1 * 1.5**-1.29 * 7.5**0.8 * 10 ** (-0.00089 * 30))


@given(st.floats(1e-3, 900.0), st.floats(0.0, 60.0), st.floats(0.01, 5.0))
def test_deeper_fades_are_rarer(occurrence: float, fade_db: float, more_db: float) -> None:
    shallow = multipath.worst_month_percent(fade_db, occurrence)
    assert 0.0 <= multipath.worst_month_percent(fade_db + more_db, occurrence) <= shallow + 1e-12
    assert shallow <= 100.0


@given(st.floats(1e-3, 900.0))
def test_the_shallow_part_meets_the_deep_one(occurrence: float) -> None:
    turn = 25.0 + 1.2 * math.log10(occurrence)
    below, above = (multipath.worst_month_percent(turn + step, occurrence) for step in (-1e-9, 1e-9))
    assert below == pytest.approx(above, rel=1e-6)
    assert multipath.worst_month_percent(0.0, occurrence) == pytest.approx(100 * (1 - math.exp(-1)))


def test_a_year_is_milder_than_its_worst_month_by_at_most_ten_decibels() -> None:
    # 10.5 - 5.6·log10(1.1 + |cos 20°|^0.7) - 2.7·log10(30) at 10° north on a level path.
    told = multipath.year_from_worst_month_db(10.0, 30.0, 40.0, 40.0)
    assert told == pytest.approx(
        10.5 - 5.6 * math.log10(1.1 + math.cos(math.radians(20)) ** 0.7) - 2.7 * math.log10(30)
    )
    assert multipath.year_from_worst_month_db(60.0, 0.5, 30.0, 30.0) == 10.8


def test_points_beyond_the_ranges_are_refused_with_the_value() -> None:
    with pytest.raises(OutOfRange, match=r"frequency of 0\.5 GHz"):
        rain.coefficients(0.5, "vertical")
    with pytest.raises(OutOfRange, match="path length of 61"):
        rain.exceeded_db(61.0, frequency_ghz=20.0, polarisation="vertical")
    with pytest.raises(OutOfRange, match="percentage of time of 2"):
        rain.exceeded_db(10.0, frequency_ghz=20.0, polarisation="vertical", percent=2.0)
    with pytest.raises(OutOfRange, match="rain rate of -1"):
        rain.exceeded_db(10.0, frequency_ghz=20.0, polarisation="vertical", rain_mm_h=-1.0)
    with pytest.raises(OutOfRange, match=r"frequency of 5\.0 GHz lies outside 7\.5 to 45"):
        multipath.exceeded_percent(30.0, 2.0, frequency_ghz=5.0, first_m=30, last_m=30, latitude_deg=10)
    with pytest.raises(OutOfRange, match="dN1 of 100"):
        multipath.geoclimatic_factor(100.0)
