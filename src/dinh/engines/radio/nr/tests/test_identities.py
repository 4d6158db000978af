"""Neighbours from what pixels hear, and identities without collision and confusion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.nr.load import Heard
from dinh.engines.radio.nr.neighbours import Neighbour, neighbour_list
from dinh.engines.radio.nr.pci import Collision, Confusion, Mod3, Mod30, assign, check
from dinh.kernel.errors import Conflict, Invalid, OutOfRange

type Rows = list[list[Neighbour]]


def linked(cells: int, *pairs: tuple[int, int]) -> Rows:
    rows: Rows = [[] for _ in range(cells)]
    for one, other in pairs:
        rows[one].append(Neighbour(other, 0.5))
    return rows


@st.composite
def networks(draw: st.DrawFn, most: int = 25) -> Rows:
    cells = draw(st.integers(1, most))
    edges = draw(
        st.lists(st.tuples(st.integers(0, cells - 1), st.integers(0, cells - 1)), max_size=3 * cells, unique=True)
    )
    rows: Rows = [[] for _ in range(cells)]
    for one, other in edges:
        if one != other:
            rows[one].append(Neighbour(other, draw(st.floats(0.01, 1.0))))
    return rows


def grave(pcis: list[int], rows: Rows) -> list[object]:
    return [found for found in check(pcis, rows) if isinstance(found, Collision | Confusion)]


def must_differ(rows: Rows) -> int:
    """The most cells that one cell must differ from, found without the code under test."""
    around = [{n.cell for n in row} for row in rows]
    for cell, row in enumerate(rows):
        for neighbour in row:
            around[neighbour.cell].add(cell)
    return max(len((around[cell] | {far for near in around[cell] for far in around[near]}) - {cell}) for cell in range(len(rows)))  # fmt: skip


def test_neighbours_are_what_is_heard_within_the_window_in_order_of_overlap() -> None:
    # Four pixels of cell 0: cell 1 within 6 dB in three of them, cell 2 in one, cell 3 never.
    cell = np.array([[0, 1, 2], [0, 1, 3], [0, 1, 3], [0, 2, 1]], dtype=np.int32)
    received = np.array([[1.0, 0.9, 0.1], [1.0, 0.3, 0.2], [1.0, 0.26, 0.1], [1.0, 0.5, 0.2]])
    found = neighbour_list(Heard(cell, received, 1e-9), [1.0, 2.0, 3.0, 4.0], 4)
    assert [n.cell for n in found[0]] == [1, 2]
    assert [n.share for n in found[0]] == pytest.approx([0.6, 0.4])
    assert found[1:] == ((), (), ())
    assert [n.cell for n in neighbour_list(Heard(cell, received, 1e-9), np.ones(4), 4, most=1)[0]] == [1]
    assert [n.cell for n in neighbour_list(Heard(cell, received, 1e-9), np.ones(4), 4, window_db=20)[0]] == [1, 2, 3]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**20), st.floats(0.0, 15.0))
def test_a_wider_window_only_adds_overlap(seed: int, window_db: float) -> None:
    draws = np.random.default_rng(seed)
    heard = Heard.strongest_first(draws.lognormal(0.0, 2.0, (60, 8)), 1e-9)
    weights = draws.exponential(1.0, 60)
    narrow, wide = (neighbour_list(heard, weights, 8, window_db=db) for db in (window_db, window_db + 2.0))
    for few, more in zip(narrow, wide, strict=True):
        shares = {n.cell: n.share for n in more}
        assert all(n.share <= shares[n.cell] + 1e-12 for n in few)
        assert [n.share for n in few] == sorted((n.share for n in few), reverse=True)
        assert all(0.0 < n.share <= 1.0 for n in few)


def test_weights_and_cells_that_cannot_be_are_refused() -> None:
    heard = Heard(np.array([[0, 5]], dtype=np.int32), np.array([[1.0, 0.9]]), 1e-9)
    with pytest.raises(Invalid, match="2 weights for 1 pixels"):
        neighbour_list(heard, [1.0, 1.0], 6)
    with pytest.raises(Invalid, match="weight 0 is nan"):
        neighbour_list(heard, [float("nan")], 6)
    with pytest.raises(OutOfRange, match="cell 5 is heard"):
        neighbour_list(heard, [1.0], 5)
    with pytest.raises(OutOfRange, match="a window of -1"):
        neighbour_list(heard, [1.0], 6, window_db=-1)


def test_each_kind_of_clash_is_found_and_told_by_its_gravest_name() -> None:
    rows = linked(6, (0, 1), (1, 2), (3, 4), (4, 5))
    # 0-1 collide; 3-4 are equal modulo 30, 4-5 modulo 3 alone; 0 and 2 confuse 1 unless they differ.
    assert check([7, 7, 8, 1, 31, 34], rows) == [Collision(0, 1, 7), Mod30(3, 4, 0.5), Mod3(4, 5, 0.5)]
    assert check([7, 8, 7, 1, 2, 3], rows) == [Confusion(1, 0, 2, 7)]
    assert check([None, 7, 7, None, 2, 3], rows) == [Collision(1, 2, 7)]


def test_a_mast_of_three_gets_three_synchronisation_signals() -> None:
    rows = linked(3, (0, 1), (1, 2), (2, 0))
    assert {pci % 3 for pci in assign(rows)} == {0, 1, 2}
    assert check(assign(rows), rows) == []


@settings(max_examples=60, deadline=None)
@given(networks(), st.integers(0, 5))
def test_a_large_enough_pool_has_neither_collision_nor_confusion(rows: Rows, seed: int) -> None:
    pool = range(must_differ(rows) + 1)
    pcis = assign(rows, pool=pool, seed=seed)
    assert grave(pcis, rows) == []
    assert set(pcis) <= set(pool)
    assert pcis == assign(rows, pool=pool, seed=seed)


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_what_exists_stays_unless_it_clashes(rows: Rows, data: st.DataObject) -> None:
    existing = data.draw(
        st.lists(st.none() | st.integers(0, 12), min_size=len(rows), max_size=len(rows)), label="existing"
    )
    pcis = assign(rows, existing)
    assert grave(pcis, rows) == []
    clashing = {
        cell
        for found in check(existing, rows)
        if isinstance(found, Collision | Confusion)
        for cell in ((found.cell, found.other) if isinstance(found, Collision) else (found.one, found.other))
    }
    for cell, pci in enumerate(existing):
        if pci is not None and cell not in clashing:
            assert pcis[cell] == pci


def test_of_two_that_collide_only_one_changes() -> None:
    rows = linked(4, (0, 1), (2, 3))
    pcis = assign(rows, [5, 5, 9, 10])
    assert pcis[2:] == [9, 10]
    assert (pcis[0] == 5) != (pcis[1] == 5)


def test_fewer_clashes_are_left_than_by_chance() -> None:
    draws = np.random.default_rng(4)
    places = draws.uniform(0, 10, (60, 2))
    near = np.linalg.norm(places[:, None] - places[None], axis=2) < 1.8
    rows = [[Neighbour(int(other), 0.3) for other in np.flatnonzero(near[cell]) if other != cell] for cell in range(60)]

    def weight(pcis: list[int]) -> float:
        return sum(found.weight for found in check(pcis, rows) if isinstance(found, Mod3 | Mod30))

    assert weight(assign(rows)) < 0.8 * weight(draws.permutation(1008)[:60].tolist())


def test_a_pool_that_is_too_small_says_for_which_cell_and_what_suffices() -> None:
    rows = linked(4, (0, 1), (0, 2), (0, 3))
    with pytest.raises(Conflict, match=r"must differ from 3 cells and the pool of 3 .* 4 identities always suffice"):
        assign(rows, pool=range(3))
    with pytest.raises(OutOfRange, match="1008 is no physical cell identity"):
        assign(rows, pool=[1008])
    with pytest.raises(OutOfRange, match="-1 is no physical"):
        assign(rows, [-1, None, None, None])
    with pytest.raises(Invalid, match="1 identities for 4 cells"):
        assign(rows, [1])
    with pytest.raises(OutOfRange, match="cell 0 has cell 9 as its neighbour"):
        assign(linked(2, (0, 9)))
