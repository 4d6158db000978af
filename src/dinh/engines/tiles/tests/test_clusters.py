"""Clusters gather points without losing one."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dinh.engines.tiles import mercator
from dinh.engines.tiles.clusters import SINGLE_FROM, Clusters

points = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=60)
near = st.lists(st.tuples(st.floats(105.5, 105.6), st.floats(9.5, 9.6)), max_size=60)


def made(found: list[tuple[float, float]]) -> Clusters:
    array = np.array(found, dtype=np.float64).reshape(-1, 2)
    return Clusters(array[:, 0], array[:, 1])


@given(points | near, st.integers(0, 18))
def test_the_sum_of_counts_is_the_number_of_points_at_every_zoom(found: list[tuple[float, float]], zoom: int) -> None:
    assert made(found).at(zoom).count.sum() == len(found)


@given(near, st.integers(0, 18))
def test_every_cluster_lies_in_its_own_tile_and_in_its_own_box(found: list[tuple[float, float]], zoom: int) -> None:
    gathered = made(found).at(zoom)
    tiles = 1 << zoom
    assert np.array_equal(
        np.floor(gathered.y * tiles).astype(int) * tiles + np.floor(gathered.x * tiles).astype(int), gathered.tile
    )
    longitude, latitude = mercator.unproject(gathered.x, gathered.y)
    west, south, east, north = gathered.box.T
    slack = 1e-9
    assert ((west - slack <= longitude) & (longitude <= east + slack)).all()
    assert ((south - slack <= latitude) & (latitude <= north + slack)).all()


@given(near, st.integers(0, 18))
def test_the_tiles_of_a_zoom_hold_all_clusters_once(found: list[tuple[float, float]], zoom: int) -> None:
    gathered = made(found).at(zoom)
    seen = 0
    for tile in np.unique(gathered.tile):
        part = gathered.of_tile(zoom, int(tile) % (1 << zoom), int(tile) >> zoom)
        seen += part.stop - part.start
    assert seen == len(gathered.count)


def test_points_at_one_spot_stand_alone_where_the_map_is_nearest() -> None:
    clusters = made([(105.97, 9.6)] * 3)
    assert clusters.at(SINGLE_FROM - 1).count.tolist() == [3]
    assert clusters.at(SINGLE_FROM).count.tolist() == [1, 1, 1]
    assert sorted(clusters.at(SINGLE_FROM).first.tolist()) == [0, 1, 2]


def test_a_hundred_thousand_points_are_gathered_for_all_zooms_in_a_second() -> None:
    random = np.random.default_rng(1)
    clusters = Clusters(random.uniform(105, 107, 100_000), random.uniform(9, 11, 100_000))
    started = time.process_time()
    for zoom in range(17):
        clusters.at(zoom)
    assert time.process_time() - started < 1.0


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=1))
def test_projecting_and_back_changes_nothing(found: list[tuple[float, float]]) -> None:
    array = np.array(found)
    longitude, latitude = mercator.unproject(*mercator.project(array[:, 0], array[:, 1]))
    assert np.allclose(longitude, array[:, 0], atol=1e-9)
    assert np.allclose(latitude, array[:, 1], atol=1e-9)


def test_a_tile_is_where_the_tiling_scheme_says() -> None:
    # Tile 9/406/242 of the common scheme holds the former Sóc Trăng.
    west, south, east, north = mercator.tile_box(9, 406, 242)
    assert (west, east) == (105.46875, 106.171875)
    assert south < 9.6 < north
