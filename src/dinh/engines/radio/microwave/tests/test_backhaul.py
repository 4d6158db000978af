from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dinh.engines.radio.links import Link, between
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.microwave import Hop, backhaul, clearances, rain, rare_k
from dinh.kernel.errors import Invalid, OutOfRange


def over(*, clutter_m: float = 0.0, km: float = 10.0, **more: Any) -> Link:
    """Over a plain at 9.6° N, with one row of clutter in the middle."""
    flat: Grid = np.zeros((11, 701), dtype=np.float32)
    standing = flat.copy()
    standing[:, 10 + int(km * 5)] = clutter_m
    ground = Ground(flat, standing, 580_000.0, 1_061_000.0, 100.0, 100.0, "EPSG:32648", geographic=False)
    asked: dict[str, Any] = {"from_height_m": 45.0, "to_height_m": 45.0, "frequency_ghz": 18.0, **more}
    return between(ground, from_x=581_050.0, from_y=1_060_450.0, to_x=581_050.0 + km * 1000, to_y=1_060_450.0, **asked)


HOP = Hop(power_dbm=20.0, gain_dbi=38.0, back_gain_dbi=38.0, threshold_dbm=-70.0)


def test_a_free_link_receives_what_free_space_leaves() -> None:
    found = backhaul(over(), HOP)
    # 20 + 38 + 38 - (92.45 + 20 log10 18 + 20 log10 10)
    assert found.received_dbm == pytest.approx(-41.55, abs=0.05)
    assert found.margin_db == pytest.approx(28.45, abs=0.05)
    assert found.rain_hundredth_db == pytest.approx(
        rain.hundredth_db(10.0, frequency_ghz=18.0, polarisation="vertical")
    )


def test_the_year_is_rain_and_multipath_together() -> None:
    found = backhaul(over(), HOP)
    lost = rain.exceeded_db(10.0, frequency_ghz=18.0, polarisation="vertical", percent=found.rain_percent)
    assert lost == pytest.approx(found.margin_db, rel=1e-6)
    assert found.unavailable_percent == found.rain_percent + found.multipath_percent
    assert found.minutes_a_year == pytest.approx(found.unavailable_percent * 5259.6)
    assert found.available_percent == pytest.approx(100.0 - found.unavailable_percent)
    assert found.multipath_beyond is None


def test_more_power_fails_less_and_more_rain_more() -> None:
    middle = backhaul(over(), HOP)
    assert backhaul(over(), replace(HOP, power_dbm=26.0)).minutes_a_year < middle.minutes_a_year
    assert backhaul(over(), HOP, rain_mm_h=120.0).rain_percent > middle.rain_percent
    assert backhaul(over(), HOP, dn1=-500.0).multipath_percent > middle.multipath_percent
    assert backhaul(over(), replace(HOP, polarisation="horizontal")).rain_percent > middle.rain_percent


def test_a_country_without_rain_loses_nothing_to_it() -> None:
    found = backhaul(over(), HOP, rain_mm_h=0.0)
    assert (found.rain_hundredth_db, found.rain_percent) == (0.0, 0.0)


def test_a_link_that_hears_nothing_in_clear_air_is_never_there() -> None:
    found = backhaul(over(), replace(HOP, threshold_dbm=-30.0))
    assert found.margin_db < 0
    assert found.unavailable_percent == 100.0
    assert found.available_percent == 0.0


def test_gases_and_obstacles_take_from_the_margin() -> None:
    free = backhaul(over(), HOP)
    assert backhaul(over(), replace(HOP, gas_db_km=0.2)).margin_db == pytest.approx(free.margin_db - 2.0)
    assert backhaul(over(clutter_m=60.0), HOP).margin_db < free.margin_db - 10.0


def test_where_the_method_of_multipath_does_not_hold_it_says_so() -> None:
    found = backhaul(over(km=1.0, frequency_ghz=7.5), HOP)
    assert "frequency of 7.5 GHz lies outside 15.0 to 45" in str(found.multipath_beyond)
    assert found.multipath_percent < 1e-6


def test_what_cannot_be_reckoned_is_refused() -> None:
    with pytest.raises(Invalid, match=r"at 60\.0 GHz oxygen takes"):
        backhaul(over(km=1.0, frequency_ghz=60.0), HOP)
    assert backhaul(over(km=1.0, frequency_ghz=60.0), replace(HOP, gas_db_km=15.0)).margin_db < 40
    with pytest.raises(Invalid, match="power_dbm is nan"):
        backhaul(over(), replace(HOP, power_dbm=float("nan")))
    with pytest.raises(OutOfRange, match="path length of 65"):
        backhaul(over(km=65.0, from_height_m=150, to_height_m=150), HOP)


def test_the_rules_of_clearance_tell_where_and_how_much_lacks() -> None:
    whole, rare = clearances(over(clutter_m=30.0))
    # 45 - 30 - 1.47 m free of a radius of 6.45 m at 18 GHz.
    assert whole.found == pytest.approx((45 - 30 - 1.472) / 6.453, abs=0.01)
    assert whole.holds
    assert (whole.required, rare.required) == (1.0, 0.3)
    low, _ = clearances(over(clutter_m=40.0))
    assert not low.holds
    assert low.lacks_m == pytest.approx(6.453 - (45 - 40 - 1.472), abs=0.02)
    assert low.at_m == pytest.approx(5000, abs=100)
    raised, _ = clearances(
        over(clutter_m=40.0, from_height_m=45 + low.lacks_m + 0.01, to_height_m=45 + low.lacks_m + 0.01)
    )
    assert raised.holds


def test_long_links_in_the_tropics_need_six_tenths_when_the_air_bends_least() -> None:
    link = over(km=40.0)
    assert [rule.required for rule in clearances(link)] == [1.0, 0.6]
    assert [rule.required for rule in clearances(link, climate="temperate")] == [1.0, 0.3]
    assert [rule.required for rule in clearances(link, climate="temperate", isolated=True)] == [1.0, 0.0]
    assert clearances(link, rare=1.0)[1].k == 1.0
    assert clearances(link)[1].k == rare_k(40.0)


def test_the_rare_bend_is_flatter_on_longer_paths() -> None:
    assert rare_k(5.0) == rare_k(20.0) == pytest.approx(0.6)
    assert rare_k(20.0) < rare_k(40.0) < rare_k(100.0) < 1.0
