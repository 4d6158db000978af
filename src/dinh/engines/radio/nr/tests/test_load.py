"""Loads of cells that disturb each other settle at one fixed point, from wherever they start."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.nr.link_adaptation import NR_DOWNLINK
from dinh.engines.radio.nr.load import Heard, Loads, experienced_bps, solve_loads, weighted_percentiles
from dinh.kernel.errors import Conflict, Invalid

NOISE_MW = 1e-10


def a_network(seed: int, cells: int = 7, pixels: int = 300) -> tuple[Heard, np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed)
    masts, people = draws.uniform(0.0, 3_000.0, (cells, 2)), draws.uniform(0.0, 3_000.0, (pixels, 2))
    distance = np.maximum(np.linalg.norm(people[:, None] - masts[None], axis=2), 20.0)
    received = (
        1e4 * 10.0 ** (-(28.0 + 22.0 * np.log10(distance) + 11.0) / 10.0) * draws.lognormal(0.0, 0.8, distance.shape)
    )
    return Heard.strongest_first(received, NOISE_MW), draws.exponential(1.0, pixels), np.full(cells, 60e6)


def settled(heard: Heard, demand: np.ndarray, width: np.ndarray, loads: Loads) -> np.ndarray:
    """One more turn of f by NumPy alone, written from the formula."""
    activity = np.append(loads.used, 0.0)[heard.cell]
    sinr = heard.received_mw[:, 0] / (NOISE_MW + (activity[:, 1:] * heard.received_mw[:, 1:]).sum(axis=1))
    efficiency = np.minimum(NR_DOWNLINK.attenuation * np.log2(1.0 + sinr), NR_DOWNLINK.greatest_efficiency)
    need = np.where(loads.served, demand, 0.0) / (width[heard.cell[:, 0]] * efficiency)
    return np.bincount(heard.cell[:, 0], weights=need, minlength=len(width))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**20), st.floats(1e3, 3e6), st.sampled_from([1.0, 0.5]))
def test_the_loads_are_a_fixed_point_and_the_bound_of_their_error_holds(
    seed: int, mean_bps: float, step: float
) -> None:
    heard, share, width = a_network(seed)
    demand = share * mean_bps
    loads = solve_loads(heard, demand, width, step=step)
    assert loads.error <= 1e-6
    assert loads.used == pytest.approx(np.minimum(settled(heard, demand, width, loads), 1.0), abs=3e-6)
    assert ((loads.used >= 0.0) & (loads.used <= 1.0)).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.floats(1e4, 1e6))
def test_damping_changes_the_way_but_not_the_end(seed: int, mean_bps: float) -> None:
    heard, share, width = a_network(seed)
    straight, damped = (solve_loads(heard, share * mean_bps, width, step=step) for step in (1.0, 0.4))
    assert damped.used == pytest.approx(straight.used, abs=3e-6)
    assert damped.steps >= straight.steps


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.floats(1e4, 1e6), st.floats(1.01, 3.0))
def test_the_map_is_monotone_and_scales_less_than_the_loads(seed: int, mean_bps: float, scale: float) -> None:
    # Yates' axioms, on which the proof stands: they are tested on the map itself.
    heard, share, width = a_network(seed)
    demand = share * mean_bps
    lower = np.random.default_rng(seed).uniform(0.01, 0.3, len(width))
    served = np.ones(len(demand), dtype=np.bool_)

    def f(loads: np.ndarray) -> np.ndarray:
        return settled(heard, demand, width, Loads(loads, loads, 0.0, 0, loads, served))

    assert (f(lower) <= f(scale * lower) + 1e-12).all()
    used = np.unique(heard.cell[:, 0])
    assert (f(scale * lower)[used] < scale * f(lower)[used]).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.floats(1e4, 5e5))
def test_more_traffic_never_empties_a_cell(seed: int, mean_bps: float) -> None:
    heard, share, width = a_network(seed)
    less, more = (solve_loads(heard, share * mean_bps * scale, width) for scale in (1.0, 1.3))
    assert (more.used >= less.used - 2e-6).all()


def test_one_cell_alone_is_as_full_as_a_division_says() -> None:
    # SNR 10 dB: 0.6·log2(11) = 2.0757 bit/s/Hz · 20 MHz = 41.51 Mb/s.
    heard = Heard(np.array([[0]], dtype=np.int32), np.array([[1e-9]]), 1e-10)
    loads = solve_loads(heard, np.array([10e6]), np.array([20e6]))
    assert loads.asked[0] == pytest.approx(10e6 / (20e6 * 0.6 * np.log2(11.0)))
    assert loads.sinr_db[0] == pytest.approx(10.0)
    rate = experienced_bps(heard, loads, np.array([20e6]))
    assert rate[0] == pytest.approx(20e6 * 0.6 * np.log2(11.0) - 10e6)


def test_an_overloaded_cell_says_how_much_it_would_need() -> None:
    heard = Heard(np.array([[0]], dtype=np.int32), np.array([[1e-9]]), 1e-10)
    loads = solve_loads(heard, np.array([100e6]), np.array([20e6]))
    assert loads.used[0] == 1.0
    assert loads.asked[0] == pytest.approx(100e6 / (20e6 * 0.6 * np.log2(11.0)))
    assert loads.overloaded.all()
    assert experienced_bps(heard, loads, np.array([20e6]))[0] == 0.0


def test_a_pixel_that_hears_nothing_is_not_served_and_asks_for_nothing() -> None:
    heard = Heard(np.array([[0], [-1], [0]], dtype=np.int32), np.array([[1e-9], [0.0], [1e-12]]), 1e-10)
    loads = solve_loads(heard, np.array([0.0, 1e6, 1e6]), np.array([20e6]))
    assert loads.served.tolist() == [True, False, False]
    assert loads.used[0] == 0.0


def test_a_network_without_cells_serves_nobody() -> None:
    heard = Heard(np.full((3, 4), -1, dtype=np.int32), np.zeros((3, 4)), 1e-12)
    loads = solve_loads(heard, np.full(3, 1e6), np.zeros(0))
    assert (len(loads.used), loads.error) == (0, 0.0)
    assert not loads.served.any()
    assert experienced_bps(heard, loads, np.zeros(0)).tolist() == [0, 0, 0]


def test_what_an_empty_cell_sends_disturbs_its_neighbours() -> None:
    heard, share, width = a_network(5)
    quiet, humming = (solve_loads(heard, share * 1e5, width, idle=idle) for idle in (0.0, 0.1))
    assert (humming.used >= quiet.used).all()
    assert (humming.sinr_db <= quiet.sinr_db + 1e-9).all()


def test_threads_do_not_change_a_single_bit() -> None:
    heard, share, width = a_network(8, pixels=5_000)
    whole = solve_loads(heard, share * 2e4, width)
    threads = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = solve_loads(heard, share * 2e4, width)
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(whole.used, alone.used)
    assert np.array_equal(whole.sinr_db, alone.sinr_db)


def test_senseless_traffic_and_too_few_steps_are_refused() -> None:
    heard, share, width = a_network(1)
    share[7] = np.nan
    with pytest.raises(Invalid, match="demand_bps 7 is nan"):
        solve_loads(heard, share, width)
    with pytest.raises(Invalid, match="cell_bandwidth_hz 0"):
        solve_loads(heard, np.zeros(len(share)), width * 0.0)
    heard, share, width = a_network(1)
    with pytest.raises(Conflict, match="after 2 steps"):
        solve_loads(heard, share * 2e5, width, most_steps=2)


def test_percentiles_are_weighed_by_people() -> None:
    values, weights = np.array([30.0, 10.0, 20.0]), np.array([1.0, 8.0, 1.0])
    assert weighted_percentiles(values, weights, [0.05, 0.5, 0.8, 0.81, 0.9, 1.0]).tolist() == [10, 10, 10, 20, 20, 30]
    assert np.isnan(weighted_percentiles(np.zeros(0), np.zeros(0), [0.5])).all()


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 9)), min_size=1), st.floats(0.0, 1.0))
def test_a_percentile_is_a_value_that_occurs(pairs: list[tuple[float, float]], share: float) -> None:
    values, weights = np.array(pairs).T
    found = weighted_percentiles(values, weights, [share])[0]
    assert found in values
    assert weights[values <= found].sum() >= share * weights.sum() * (1.0 - 1e-9)
