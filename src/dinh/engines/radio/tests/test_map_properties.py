"""What holds for every map: physics' bounds, and independence of how it is calculated."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.antennas import Isotropic
from dinh.engines.radio.maps import own_profiles
from dinh.engines.radio.maps.coverage import MODELS, SIGHTS, Sector, Site, coverage
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.window import window
from dinh.engines.radio.p525 import free_space_loss_db
from dinh.engines.radio.p1812 import Paths, basic_transmission_losses
from dinh.engines.radio.tests.test_coverage import mast, open_country
from dinh.engines.radio.tests.test_maps import country
from dinh.engines.radio.tests.test_network import same
from dinh.engines.radio.tr38901 import Scenario, los_probability, path_loss_db
from dinh.kernel.errors import Invalid

ASKED: dict[str, Any] = {"frequency_ghz": 2.6, "radius_m": 4000.0, "noise_dbm": -122.2}
EIRP_DBM = 25.0
# From here on, m. P.1812 begins at 250 m. RMa lies up to 0.7 dB below free space within 30 m of the mast; UMa, with 28 dB where free
# space has 32.4 and 22 dB a decade where it has 20, up to 166 m: waves are guided between buildings.
NOT_BELOW_FREE_SPACE_M = {"p1812": 250.0, "tr38901-rma": 30.0, "tr38901-uma": 170.0, "tr38901-umi": 2.0}


@pytest.mark.parametrize("model", MODELS)
@given(
    x=st.floats(3000, 6000), y=st.floats(3000, 6000), height=st.floats(5.0, 80.0), seed=st.integers(0, 5),
    relief=st.sampled_from([0.0, 100.0, 800.0]), statistical=st.booleans(),
)  # fmt: skip
@settings(max_examples=15, deadline=None)
def test_no_level_is_above_radiated_power_less_free_space(
    model: Any, x: float, y: float, height: float, seed: int, relief: float, statistical: bool
) -> None:
    ground = country(seed, side=90, relief_m=relief)
    site = Site("a", x, y, height, [Sector(0.0, 0.0, Isotropic(), EIRP_DBM)])
    sight: Any = "statistical" if statistical and model != "p1812" else "terrain"
    found = coverage(ground, [site], model=model, sight=sight, **ASKED)
    rows, columns = np.indices(ground.shape)
    along = np.hypot((columns + 0.5) * 100 - x, ground.north - (rows + 0.5) * 100 - y)
    # The table of losses by distance begins at half a pixel.
    counted = np.isfinite(found.rsrp_dbm) & (along >= max(NOT_BELOW_FREE_SPACE_M[model], 50.0))
    allowed = EIRP_DBM - free_space_loss_db(along[counted] / 1000, ASKED["frequency_ghz"])
    assert (found.rsrp_dbm[counted] <= allowed + 0.05).all()


@pytest.mark.parametrize("model", ["tr38901-rma", "tr38901-uma", "tr38901-umi"])
def test_statistical_sight_is_the_mean_of_both_losses_by_their_probability(model: Any) -> None:
    ground = open_country(101)
    site = Site("a", 5050.0, 5050.0, 30.0, [Sector(0.0, 0.0, Isotropic(), EIRP_DBM)])
    found = coverage(ground, [site], model=model, sight="statistical", **ASKED)
    scenario = {"rma": Scenario.RMA, "uma": Scenario.UMA, "umi": Scenario.UMI}[model[-3:]]
    place = window(ground, x=site.x, y=site.y, antenna_height_m=30.0, radius_m=4000.0)
    bent = own_profiles.diffraction_loss_db(place, frequency_ghz=2.6, receiver_height_m=1.5)
    link: dict[str, Any] = {"frequency_hz": 2.6e9, "base_height_m": 30.0, "beyond": "extrapolate"}
    for pixels in (1, 3, 10, 35):
        distance = np.array([pixels * 100.0])
        sees = float(los_probability(scenario, distance)[0])
        losses = [
            path_loss_db(scenario, distance, line_of_sight=line_of_sight, **link).loss_db[0]
            for line_of_sight in (True, False)
        ]
        expected = EIRP_DBM - sees * losses[0] - (1 - sees) * losses[1] - float(bent[40, 40 + pixels])
        assert float(found.rsrp_dbm[50, 50 + pixels]) == pytest.approx(expected, abs=0.1)


def test_statistical_sight_looks_over_terrain_alone() -> None:
    built, bare = country(side=90), country(side=90, clutter_m=0.0)
    asked = ASKED | {"model": "tr38901-uma"}
    sites = [mast("a", 3000, 4000), mast("b", 6000, 5000)]
    one = coverage(built, sites, sight="statistical", **asked)
    assert same(one, coverage(bare, sites, sight="statistical", **asked))
    assert not same(coverage(built, sites, **asked), coverage(bare, sites, **asked))


def test_statistical_sight_holds_where_both_of_its_losses_do() -> None:
    ground = open_country(241)
    asked = ASKED | {"model": "tr38901-rma", "radius_m": 8000.0}
    x, y = ground.coordinates(120, 120)
    terrain, statistical = (coverage(ground, [mast("a", x, y)], sight=s, **asked) for s in SIGHTS)
    assert terrain.within[120, [121, 160, 180]].all()
    assert statistical.within[120, [121, 160, 180]].tolist() == [True, True, False]


def test_what_cannot_be_seen_statistically_is_refused_in_words() -> None:
    with pytest.raises(Invalid, match="p1812 sees by the terrain and clutter of each path"):
        coverage(open_country(), [], model="p1812", sight="statistical", **ASKED)
    with pytest.raises(Invalid, match="there is no sight 'both'; choose one of terrain, statistical"):
        coverage(open_country(), [], model="tr38901-rma", sight="both", **ASKED)  # type: ignore[arg-type]


def by_threads(calculate: Any) -> list[Any]:
    """With one thread and with all."""
    before = numba.get_num_threads()
    try:
        found = []
        for threads in (1, before):
            numba.set_num_threads(threads)
            found.append(calculate())
    finally:
        numba.set_num_threads(before)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_the_number_of_threads_changes_no_bit_of_a_map(model: Any) -> None:
    ground: Ground = country()
    sites = [mast("a", 9000, 12_000), mast("b", 14_000, 13_000), mast("c", 12_000, 9000)]
    one, many = by_threads(lambda: coverage(ground, sites, model=model, **(ASKED | {"radius_m": 9000.0})))
    assert same(one, many)


@pytest.mark.slow
def test_the_number_of_threads_changes_no_bit_of_many_paths() -> None:
    pick = np.random.default_rng(1)
    heights = np.cumsum(pick.normal(0, 8, (3000, 211)), axis=1) + 300
    clutter = pick.choice(np.array([0.0, 10.0, 20.0]), heights.shape)
    paths = Paths(np.linspace(0, 21.1, 211, dtype=np.float64), heights, clutter, 30.0, 1.5, 16.0)
    for percent in (50.0, 10.0):
        one, many = by_threads(lambda p=percent: basic_transmission_losses(paths, frequency_ghz=2.6, time_percent=p))
        np.testing.assert_array_equal(one, many)
