"""Path loss agrees with TR 38.901 Table 7.4.1-1 and says where it does not hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.radio.tr38901 import (
    BASE_HEIGHT_M,
    Beyond,
    Scenario,
    break_distance_m,
    environment_heights,
    path_loss_db,
    point_path_loss_db,
)
from dinh.kernel.errors import OutOfRange

OUTDOORS = [Scenario.RMA, Scenario.UMA, Scenario.UMI]

# Computed independently: the test vectors of ns-3 (three-gpp-propagation-loss-model), 5 GHz, terminal at 1.5 m, base at 35, 25,
# 10 and 3 m, distance along the ground (d2D). By hand, UMa LOS at 1 km: d3D = √(1000² + 23.5²) = 1000.276 m,
# d'BP = 4·24·0.5·5e9/3e8 = 800 m, so PL2 = 28 + 40·3.00012 + 13.9794 - 9·log10(800² + 23.5²) = 161.9842 - 52.2590 = 109.7252.
PUBLISHED = [
    (Scenario.UMA, True, (10, 72.9380), (100, 86.2362), (1000, 109.7252), (5000, 137.6794)),
    (Scenario.UMA, False, (10, 82.5131), (100, 106.1356), (1000, 144.7641), (5000, 172.0753)),
    (Scenario.UMI, True, (10, 69.8591), (100, 88.4122), (1000, 119.3114), (5000, 147.2696)),
    (Scenario.UMI, False, (10, 76.7563), (100, 107.9432), (1000, 143.1886), (5000, 167.8617)),
    (Scenario.RMA, True, (10, 77.3784), (100, 87.2965), (1000, 108.5577), (10000, 140.3896)),
    (Scenario.RMA, False, (10, 77.3784), (100, 95.7718), (1000, 133.5223), (5000, 160.5169)),
    (Scenario.INH, True, (1, 50.8072), (10, 63.7630), (50, 75.7750), (100, 80.9802)),
    (Scenario.INH, False, (1, 50.8072), (10, 73.1894), (50, 99.7824), (100, 111.3062)),
]


@pytest.mark.parametrize(("scenario", "line_of_sight", "points"), [(s, los, points) for s, los, *points in PUBLISHED])
def test_loss_is_that_of_the_published_vectors(
    scenario: Scenario, line_of_sight: bool, points: list[tuple[float, float]]
) -> None:
    ground, expected = np.array(points, dtype=float).T
    found = path_loss_db(scenario, ground, frequency_hz=5e9, line_of_sight=line_of_sight)
    assert found.loss_db == pytest.approx(expected, abs=1e-4)
    assert not found.beyond.any()


def test_loss_at_other_frequencies_is_that_worked_by_hand() -> None:
    # UMi LOS, 3.5 GHz, 50 m: d3D = √(2500 + 8.5²) = 50.7173; 32.4 + 21·1.70516 + 20·0.544068 = 79.0897 (d'BP = 210 m).
    assert point_path_loss_db(Scenario.UMI, 50.0, frequency_hz=3.5e9, line_of_sight=True) == pytest.approx(
        79.0897, abs=2e-3
    )
    # Optional UMa NLOS, 2.6 GHz, 500 m: d3D = 500.5520; 32.4 + 20·0.414973 + 30·2.699449 = 121.6829.
    assert point_path_loss_db(
        Scenario.UMA, 500.0, frequency_hz=2.6e9, line_of_sight=False, optional_nlos=True
    ) == pytest.approx(121.6829, abs=2e-3)
    # Office NLOS, 26 GHz, d3D = 20 m (19.9437 along the ground, 1.5 m of height): 17.3 + 38.3·1.30103 + 24.9·1.414973 = 102.3623.
    ground = math.sqrt(400.0 - 2.25)
    assert point_path_loss_db(Scenario.INH, ground, frequency_hz=26e9, line_of_sight=False) == pytest.approx(
        102.3623, abs=2e-3
    )

    # Ten metres up, 3.5 GHz, 1 km. UMa: d3D = 1000.1125; 13.54 + 117.2419 + 10.8814 - 0.6·8.5 = 136.5633.
    # UMi, as high as its base: 22.4 + 105.9 + 11.5887 - 0.3·8.5 = 137.3387.
    for scenario, expected in ((Scenario.UMA, 136.5633), (Scenario.UMI, 137.3387)):
        assert point_path_loss_db(
            scenario, 1_000.0, frequency_hz=3.5e9, line_of_sight=False, terminal_height_m=10.0
        ) == pytest.approx(expected, abs=2e-3)


scenarios = st.sampled_from(list(Scenario))
frequencies = st.floats(0.5e9, 30e9)
distances = st.floats(10.0, 5_000.0)


@given(scenarios, frequencies, distances)
def test_no_sight_never_loses_less_than_sight(scenario: Scenario, frequency_hz: float, ground_m: float) -> None:
    ground = np.array([ground_m])
    both = [
        path_loss_db(scenario, ground, frequency_hz=frequency_hz, line_of_sight=los, beyond="extrapolate").loss_db[0]
        for los in (True, False)
    ]
    assert both[1] >= both[0]


@given(scenarios, frequencies, st.booleans(), st.floats(1.5, 13.0))
def test_loss_grows_with_distance(scenario: Scenario, frequency_hz: float, los: bool, terminal_m: float) -> None:
    ground = np.geomspace(10.0, 5_000.0, 400)
    loss = path_loss_db(
        scenario,
        ground,
        frequency_hz=frequency_hz,
        line_of_sight=los,
        terminal_height_m=terminal_m,
        beyond="extrapolate",
    ).loss_db
    # RMa steps at its break point, see below; it never steps down.
    assert (np.diff(loss) >= 0.0).all()


@given(st.sampled_from([Scenario.UMA, Scenario.UMI]), frequencies, st.floats(1.5, 13.0))
def test_loss_is_continuous_at_the_break_point(scenario: Scenario, frequency_hz: float, terminal_m: float) -> None:
    at = float(
        break_distance_m(
            scenario, frequency_hz=frequency_hz, base_height_m=BASE_HEIGHT_M[scenario], terminal_height_m=terminal_m
        )
    )
    loss = path_loss_db(
        scenario, at * np.array([1 - 1e-9, 1 + 1e-9]), frequency_hz=frequency_hz, line_of_sight=True,
        terminal_height_m=terminal_m, beyond="extrapolate",
    ).loss_db  # fmt: skip
    assert loss[1] == pytest.approx(loss[0], abs=1e-6)


@given(frequencies, st.floats(10.0, 150.0), st.floats(1.0, 10.0))
def test_the_step_of_rma_at_its_break_point_is_only_that_of_its_two_distances(
    frequency_hz: float, base_m: float, terminal_m: float
) -> None:
    # The table measures the break point along the ground, but PL2 starts from d3D = d_BP: at d2D = d_BP the line is longer
    # by √(1 + (Δh/d_BP)²). Within, it counts with a slope of 20 to 30 dB a decade, beyond with 40.
    at = float(
        break_distance_m(Scenario.RMA, frequency_hz=frequency_hz, base_height_m=base_m, terminal_height_m=terminal_m)
    )
    before, after = path_loss_db(
        Scenario.RMA, at * np.array([1 - 1e-9, 1 + 1e-9]), frequency_hz=frequency_hz, line_of_sight=True,
        base_height_m=base_m, terminal_height_m=terminal_m, beyond="extrapolate",
    ).loss_db  # fmt: skip
    longer_db = 20.0 * math.log10(math.hypot(1.0, (base_m - terminal_m) / at))
    assert -0.1 < after - before <= longer_db + 1e-6


@given(st.floats(18.1, 5_000.0), st.floats(1.5, 22.5))
def test_the_heights_of_the_surroundings_are_a_distribution(ground_m: float, terminal_m: float) -> None:
    heights, chances = environment_heights(np.array([ground_m]), np.array([terminal_m]))
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0.0).all()
    assert all(
        chance == 0.0 for height, chance in zip(heights[1:], chances[1:, 0], strict=True) if height > terminal_m - 1.5
    )


def test_expected_loss_high_up_lies_between_those_of_the_heights_it_averages() -> None:
    ground = np.array([1_000.0])

    def loss(environment_m: float | None) -> float:
        return float(
            path_loss_db(
                Scenario.UMA, ground, frequency_hz=3.5e9, line_of_sight=True, terminal_height_m=22.5,
                environment_height_m=environment_m,
            ).loss_db[0]
        )  # fmt: skip

    assert loss(1.0) < loss(None) < loss(21.0)
    assert loss(1.0) == point_path_loss_db(
        Scenario.UMA, 1_000.0, frequency_hz=3.5e9, line_of_sight=True, terminal_height_m=22.5, environment_height_m=1.0
    )


def test_a_point_beyond_the_range_is_refused_with_value_and_interval() -> None:
    with pytest.raises(OutOfRange, match=r"ground_m \(d2D\) of 6000\.0 m lies outside 10\.0–5000\.0 m"):
        point_path_loss_db(Scenario.UMA, 6_000.0, frequency_hz=3.5e9, line_of_sight=True)
    with pytest.raises(OutOfRange, match="frequency_hz"):
        point_path_loss_db(Scenario.RMA, 600.0, frequency_hz=39e9, line_of_sight=True)
    with pytest.raises(OutOfRange, match="nan"):
        point_path_loss_db(Scenario.UMI, math.nan, frequency_hz=3.5e9, line_of_sight=True)


def test_an_array_beyond_the_range_is_extrapolated_and_marked() -> None:
    ground = np.array([5.0, 500.0, 7_000.0])
    found = path_loss_db(
        Scenario.RMA, ground, frequency_hz=39e9, line_of_sight=np.array([True, False, False]), beyond="extrapolate"
    )
    assert np.isfinite(found.loss_db).all()
    assert [Beyond(int(bits)) for bits in found.beyond] == [
        Beyond.FREQUENCY | Beyond.DISTANCE,
        Beyond.FREQUENCY,
        Beyond.FREQUENCY | Beyond.DISTANCE,
    ]


def test_what_cannot_be_extrapolated_is_refused() -> None:
    ground = np.array([100.0, 200.0])
    with pytest.raises(OutOfRange, match=r"base_height_m is 0\.0"):
        path_loss_db(
            Scenario.RMA, ground, frequency_hz=1e9, line_of_sight=True, base_height_m=0.0, beyond="extrapolate"
        )
    with pytest.raises(OutOfRange, match=r"terminal_height_m is -1\.0"):
        path_loss_db(
            Scenario.UMA, ground, frequency_hz=1e9, line_of_sight=True, terminal_height_m=np.array([1.5, -1.0]),
            beyond="extrapolate",
        )  # fmt: skip


def test_sight_lengthens_the_range_of_rma_to_ten_kilometres() -> None:
    ground = np.array([8_000.0, 8_000.0])
    found = path_loss_db(
        Scenario.RMA, ground, frequency_hz=0.7e9, line_of_sight=np.array([True, False]), beyond="extrapolate"
    )
    assert found.beyond.tolist() == [Beyond.WITHIN, Beyond.DISTANCE]


@pytest.mark.parametrize("scenario", OUTDOORS)
def test_standing_under_the_mast_loses_a_finite_amount_when_extrapolated(scenario: Scenario) -> None:
    found = path_loss_db(scenario, np.array([0.0]), frequency_hz=3.5e9, line_of_sight=False, beyond="extrapolate")
    assert np.isfinite(found.loss_db).all()
