from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.population import at_places, rasterise, spread
from dinh.kernel.errors import Invalid


def land(rows: int = 40, columns: int = 60) -> Ground:
    flat: Grid = np.zeros((rows, columns), dtype=np.float32)
    return Ground(flat, flat, 600_000.0, 1_060_000.0, 50.0, 50.0, "EPSG:32648", geographic=False)


def box(left: float, bottom: float, right: float, top: float) -> shapely.Polygon:
    """In pixels from the south-west corner of `land()`."""
    return shapely.box(600_000 + 50 * left, 1_058_000 + 50 * bottom, 600_000 + 50 * right, 1_058_000 + 50 * top)


def test_a_pixel_belongs_to_the_polygon_that_holds_its_centre() -> None:
    index = rasterise([box(0, 0, 30, 40), box(30, 0, 50.4, 20), box(49.6, 0, 55, 20)], land())
    assert index.dtype == np.int32
    assert (index[:, :30] == 0).all()
    assert (index[20:, 30:50] == 1).all()
    assert (index[20:, 50:55] == 2).all()
    assert (index[:20, 30:] == -1).all()


def test_a_polygon_between_the_centres_takes_the_nearest_pixel_without_emptying_another() -> None:
    tiny, twin, far = box(10.1, 10.1, 10.3, 10.3), box(10.6, 10.1, 10.8, 10.3), box(90, 90, 90.2, 90.2)
    index = rasterise([box(0, 0, 60, 40), tiny, twin, far], land())
    assert index[29, 10] == 1
    assert (index == 2).sum() == 1
    assert index[28:31, 9:12].max() == 2
    assert (index == 3).sum() == 0
    assert (index == 0).sum() == 40 * 60 - 2


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**20), st.booleans())
def test_each_polygons_people_stay_whole_to_a_billionth(seed: int, weighted: bool) -> None:
    draws = np.random.default_rng(seed)
    xs, ys = np.sort(draws.uniform(0, 60, 5)), np.sort(draws.uniform(0, 40, 4))
    polygons = [box(left, low, right, high) for left, right in pairwise(xs) for low, high in pairwise(ys)]
    people = np.floor(draws.lognormal(6.0, 3.0, len(polygons)))
    index = rasterise(polygons, land())
    weights = draws.random(index.shape) * (draws.random(index.shape) < 0.2) if weighted else None
    found = spread(people, index, weights)
    sums = np.bincount(index[index >= 0], weights=found[index >= 0], minlength=len(people))
    assert sums == pytest.approx(people, rel=1e-9)
    assert found.sum() == pytest.approx(people.sum(), rel=1e-9)
    assert (found >= 0).all()
    assert not found[index < 0].any()


def test_people_live_where_the_weight_is_and_evenly_where_none_is() -> None:
    index = np.array([[0, 0, 1, 1]], dtype=np.int32)
    assert spread([90, 10], index, [[1, 2, 0, 0]]).tolist() == [[30, 60, 5, 5]]


def test_what_cannot_be_spread_is_refused_with_its_place() -> None:
    index = np.array([[0, 2]], dtype=np.int32)
    with pytest.raises(Invalid, match=r"polygon 1 has 7\.0 people and no pixel"):
        spread([1, 7, 1], index)
    with pytest.raises(Invalid, match="people of polygon 0 is nan"):
        spread([np.nan, 0, 1], index)
    with pytest.raises(Invalid, match="people of 2 polygons, but the raster names polygon 2"):
        spread([1, 1], index)
    with pytest.raises(Invalid, match="weight of pixel 1 is -1"):
        spread([1, 0, 1], index, [[1, -1]])
    with pytest.raises(Invalid, match="bring both to one grid"):
        spread([1, 0, 1], index, [1, 1])
    with pytest.raises(Invalid, match=r"shape 1 \(Point\) is no polygon"):
        rasterise([box(0, 0, 1, 1), shapely.Point(0, 0)], land())
    assert (rasterise([], land()) == -1).all()


def test_places_are_counted_where_they_lie_and_not_off_the_ground() -> None:
    ground = land()
    x, y = ground.coordinates(3, 7)
    found = at_places([5, 6, 100], [x, x + 10, x - 9e9], [y, y - 10, y], ground)
    assert found[3, 7] == 11
    assert found.sum() == 11
