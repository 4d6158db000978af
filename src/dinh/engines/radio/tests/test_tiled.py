from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.maps.coverage import MODELS, NOBODY, Site, coverage
from dinh.engines.radio.maps.tiled import coverage_by_tiles
from dinh.engines.radio.tests.test_coverage import mast
from dinh.engines.radio.tests.test_maps import country
from dinh.engines.radio.tests.test_network import ASKED, GROUND, masts, same
from dinh.kernel.errors import OutOfRange

SITES = [mast("a", 2030, 2060), mast("b", 6500, 6510), mast("c", 6800, 2500), mast("d", 4470, 4430)]


@pytest.mark.parametrize("model", MODELS)
def test_tiles_are_to_the_bit_the_map_without_tiles(model: Any) -> None:
    """So no seam can be seen between them."""
    asked = ASKED | {"model": model}
    assert same(coverage_by_tiles(GROUND, SITES, tile_pixels=37, **asked), coverage(GROUND, SITES, **asked))


@given(sites=st.lists(masts, max_size=4), pixels=st.integers(11, 100))
@settings(max_examples=30, deadline=None)
def test_whatever_the_size_of_tiles_the_map_is_the_same(sites: list[Site], pixels: int) -> None:
    asked = ASKED | {"sight": "statistical", "model": "tr38901-uma"}
    assert same(coverage_by_tiles(GROUND, sites, tile_pixels=pixels, **asked), coverage(GROUND, sites, **asked))


def test_a_ground_in_degrees_has_no_seams_either() -> None:
    north = 9.9
    ground = replace(GROUND, west=105.9, north=north, step_x=0.001, step_y=0.001, crs="EPSG:4326", geographic=True)
    sites = [mast("a", 105.923, 9.873), mast("b", 105.951, 9.842)]
    asked = ASKED | {"model": "p1812"}
    assert same(coverage_by_tiles(ground, sites, tile_pixels=40, **asked), coverage(ground, sites, **asked))


def test_tiles_are_counted_and_what_the_listener_raises_stops_them() -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        told.append((done, of))
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        coverage_by_tiles(GROUND, SITES, tile_pixels=45, progress=stop, **ASKED)
    assert told == [(1, 4), (2, 4)]
    with pytest.raises(OutOfRange, match="tiles of 0 pixels hold nothing"):
        coverage_by_tiles(GROUND, SITES, tile_pixels=0, **ASKED)


@pytest.mark.slow
def test_a_cluster_of_processes_gives_the_same_map() -> None:
    distributed = pytest.importorskip("distributed")
    ground = country(side=160)
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        for model in ("p1812", "tr38901-rma"):
            asked = ASKED | {"model": model}
            found = coverage_by_tiles(ground, SITES, tile_pixels=40, client=client, **asked)
            assert same(found, coverage(ground, SITES, **asked))
            assert bool(np.any(found.server != NOBODY))
