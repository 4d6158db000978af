"""Cells divide the ground among the centres."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.tiles.cells import discs, nearest_cells
from dinh.engines.tiles.polygons import mend, polygons_of, simplify

GROUND = shapely.box(105.0, 9.0, 106.0, 10.0)
centres = st.lists(
    st.tuples(st.floats(105.01, 105.99).map(lambda v: round(v, 3)), st.floats(9.01, 9.99).map(lambda v: round(v, 3))),
    min_size=1, max_size=30, unique=True,
)  # fmt: skip


def cells_of(found: list[tuple[float, float]]) -> np.ndarray:
    array = np.array(found)
    return nearest_cells(array[:, 0], array[:, 1], GROUND, np.full(len(array), np.nan))


@settings(max_examples=50)
@given(centres)
def test_cells_cover_the_ground_and_do_not_overlap(found: list[tuple[float, float]]) -> None:
    cells = cells_of(found)
    assert shapely.area(cells).sum() == pytest.approx(GROUND.area, rel=1e-3)
    assert shapely.union_all(cells).area == pytest.approx(GROUND.area, rel=1e-3)


@settings(max_examples=50)
@given(centres)
def test_every_centre_lies_in_its_own_cell(found: list[tuple[float, float]]) -> None:
    for (x, y), cell in zip(found, cells_of(found), strict=True):
        assert cell.distance(shapely.Point(x, y)) < 1e-5


def test_an_island_off_the_outline_gets_a_disc_of_its_area() -> None:
    cells = nearest_cells(np.array([105.5, 107.0]), np.array([9.5, 9.5]), GROUND, np.array([np.nan, 100.0]))
    assert cells[1].area * 111.2**2 * 0.986 == pytest.approx(100.0, rel=0.05)
    assert not cells[0].intersects(cells[1])


def test_two_units_at_one_point_share_a_cell_and_none_have_none() -> None:
    one, other = cells_of([(105.5, 9.5), (105.5, 9.5)])
    assert one.equals(other)
    assert len(nearest_cells(np.zeros(0), np.zeros(0), GROUND, np.zeros(0))) == 0


def test_discs_are_as_large_as_asked() -> None:
    west, _, east, _ = discs(np.array([112.0]), np.array([16.5]), 3_000.0).bounds
    assert (east - west) * 111_320 * np.cos(np.radians(16.5)) == pytest.approx(6_000, rel=0.01)


def test_neighbours_keep_a_common_edge_when_simplified() -> None:
    edge = [(0.5 + 0.001 * (i % 2), i / 100) for i in range(101)]
    left = shapely.Polygon([(0, 0), *edge, (0, 1)])
    right = shapely.Polygon([(1, 0), *edge, (1, 1)])
    simple = simplify(np.array([left, right], dtype=object), 1_000.0)
    assert shapely.get_num_coordinates(simple).sum() < 30
    assert simple[0].intersection(simple[1]).area == pytest.approx(0)
    assert simple[0].union(simple[1]).area == pytest.approx(1.0)


def test_a_ring_that_crosses_itself_is_untangled() -> None:
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    mended = polygons_of(mend(bow))
    assert mended is not None
    assert mended.is_valid
    assert mended.area == pytest.approx(0.5)
    assert polygons_of(shapely.LineString([(0, 0), (1, 1)])) is None
