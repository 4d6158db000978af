from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dinh.engines.radio.antennas import Cuts, Element, Isotropic
from dinh.engines.radio.maps.coverage import Coverage, Sector, Site, coverage
from dinh.engines.radio.maps.kept import Kept
from dinh.engines.radio.maps.network import Network, Region
from dinh.engines.radio.maps.region import apart, around
from dinh.engines.radio.nr.load import Heard
from dinh.engines.radio.tests.test_coverage import mast
from dinh.engines.radio.tests.test_maps import country
from dinh.kernel.errors import Invalid, OutOfRange

ASKED: dict[str, Any] = {"model": "tr38901-rma", "frequency_ghz": 2.6, "radius_m": 2500.0, "noise_dbm": -122.2}
GROUND = country(side=90)
GRIDS = ("rsrp_dbm", "server", "sinr_db", "within")


def same(one: Coverage, other: Coverage) -> bool:
    return all(np.array_equal(getattr(one, grid), getattr(other, grid), equal_nan=True) for grid in GRIDS)


def cut(whole: Coverage, region: Region) -> Coverage:
    return Coverage(*(getattr(whole, grid)[region.slices] for grid in GRIDS))


sectors = st.builds(
    Sector,
    azimuth_deg=st.sampled_from([0.0, 120.0, 240.0]), tilt_deg=st.sampled_from([0.0, 5.0]),
    pattern=st.just(Element(17.0, 65.0, 7.0)), element_dbm=st.sampled_from([10.0, 15.0]),
    load=st.sampled_from([0.0, 0.3, 1.0]),
)  # fmt: skip
masts = st.builds(
    Site,
    name=st.just("a"), x=st.floats(0.0, 9000.0), y=st.floats(0.0, 9000.0),
    antenna_height_m=st.sampled_from([20.0, 45.0]), sectors=st.lists(sectors, max_size=3),
)  # fmt: skip


@st.composite
def edits(draw: st.DrawFn) -> list[list[Site]]:
    """Networks that follow each other: masts are moved, put, taken away and put in another order."""
    sites = draw(st.lists(masts, max_size=5))
    states = [sites]
    for _ in range(draw(st.integers(1, 4))):
        sites = list(sites)
        match draw(st.sampled_from(["put", "take", "move", "change", "turn", "order"])):
            case "put":
                sites.insert(draw(st.integers(0, len(sites))), draw(masts))
            case "order":
                sites = draw(st.permutations(sites))
            case "take" if sites:
                del sites[draw(st.integers(0, len(sites) - 1))]
            case "move" if sites:
                at = draw(st.integers(0, len(sites) - 1))
                sites[at] = replace(sites[at], x=draw(st.floats(0.0, 9000.0)))
            case "change" if sites:
                at = draw(st.integers(0, len(sites) - 1))
                sites[at] = replace(sites[at], sectors=draw(st.lists(sectors, max_size=3)))
            case "turn" if sites and sites[0].sectors:
                one: dict[str, Any] = {
                    "azimuth_deg": 60.0,
                    "tilt_deg": 8.0,
                    "pattern": Isotropic(),
                    "element_dbm": 3.0,
                    "load": 0.7,
                }
                field = draw(st.sampled_from(sorted(one)))
                first, *others = sites[0].sectors
                sites[0] = replace(sites[0], sectors=[replace(first, **{field: one[field]}), *others])
        states.append(sites)
    return states


@given(states=edits(), most=st.sampled_from([0, 60_000, 1_000_000_000]))
@settings(max_examples=60, deadline=None)
def test_after_any_edits_a_network_is_to_the_bit_what_a_calculation_from_scratch_gives(
    states: list[list[Site]], most: int
) -> None:
    network = Network(GROUND, **ASKED, most_cached_bytes=most)
    for sites in states:
        before = network.coverage
        region, seen = network.preview(sites)
        assert network.coverage is before
        regions = network.put(sites)
        scratch = coverage(GROUND, sites, **ASKED)
        assert same(network.coverage, scratch)
        assert same(seen, cut(scratch, region))
        elsewhere = np.ones(GROUND.shape, dtype=np.bool_)
        for changed in regions:
            elsewhere[changed.slices] = False
        for grid in GRIDS:
            old, new = getattr(before, grid)[elsewhere], getattr(network.coverage, grid)[elsewhere]
            assert np.array_equal(old, new, equal_nan=True)


@pytest.mark.parametrize("model", ["p1812", "tr38901-uma"])
def test_a_mast_that_moves_changes_only_what_it_reaches(model: Any) -> None:
    asked = ASKED | {"model": model}
    sites = [mast("a", 2000, 2000), mast("b", 6500, 6500), mast("c", 6800, 2500)]
    network = Network(GROUND, **asked)
    network.put(sites)
    sites[0] = replace(sites[0], x=2130.0)
    assert network.put(sites) == [Region(44, 90, 0, 47)]
    assert same(network.coverage, coverage(GROUND, sites, **asked))


def test_a_preview_is_cut_to_what_is_looked_at_and_empty_where_nothing_changes() -> None:
    sites = [mast("a", 3000, 3000), mast("b", 6000, 6000)]
    network = Network(GROUND, **ASKED)
    network.put(sites)
    moved = [replace(sites[0], x=3500.0), sites[1]]
    view = Region(40, 60, 10, 50)
    region, seen = network.preview(moved, view)
    assert region == view
    assert same(seen, cut(coverage(GROUND, moved, **ASKED), view))
    for nothing in (network.preview(sites), network.preview(moved, Region(0, 5, 85, 90))):
        assert not nothing[0]
        assert nothing[1].rsrp_dbm.shape == (0, 0)


def test_an_edit_that_is_stopped_leaves_the_network_as_it_was() -> None:
    network = Network(GROUND, **ASKED)
    network.put([mast("a", 3000, 3000), mast("b", 3500, 3000)])
    before = network.coverage

    def stop(done: int, of: int) -> None:
        assert of == 2  # the third stands too far away
        raise InterruptedError

    with pytest.raises(InterruptedError):
        network.put([mast("a", 3100, 3000), mast("b", 3500, 3000), mast("c", 9000, 9000)][:2], stop)
    with pytest.raises(OutOfRange, match="outside the ground"):
        network.put([mast("a", -500, 3000)])
    assert network.coverage is before
    assert network.put([mast("a", 3000, 3000), mast("b", 3500, 3000)]) == []


def test_names_are_no_edits_and_patterns_that_cannot_be_compared_are_themselves_alone() -> None:
    pattern = Cuts(15.0, np.zeros(360), np.zeros(360))
    site = Site("a", 4000.0, 4000.0, 30.0, [Sector(0.0, 0.0, pattern, 15.0)])
    network = Network(GROUND, **ASKED)
    network.put([site])
    assert network.put([replace(site, name="b", sectors=[replace(site.sectors[0])])]) == []
    other = replace(site.sectors[0], pattern=Cuts(10.0, np.zeros(360), np.zeros(360)))
    assert network.put([replace(site, sectors=[other])]) != []
    assert same(network.coverage, coverage(GROUND, [replace(site, sectors=[other])], **ASKED))


@given(sites=st.lists(masts, min_size=1, max_size=6), keep=st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_pixels_hear_the_strongest_cells_and_the_server_first(sites: list[Site], keep: int) -> None:
    network = Network(GROUND, **ASKED)
    network.put(sites)
    rows, columns = np.divmod(np.arange(0, 8100, 7), 90)
    heard = network.heard(rows, columns, keep=keep)
    alone = []
    for site in sites:
        for sector in site.sectors:
            level = coverage(GROUND, [replace(site, sectors=[sector])], **ASKED).rsrp_dbm[rows, columns]
            alone.append(np.where(np.isnan(level), 0.0, 10.0 ** (level.astype(np.float64) / 10)))
    table = np.stack(alone, axis=1) if alone else np.zeros((len(rows), 0))
    expected = Heard.strongest_first(np.pad(table, ((0, 0), (0, keep))), 10**-12.22, keep=keep)
    np.testing.assert_array_equal(heard.cell[:, 0], network.coverage.server[rows, columns])
    np.testing.assert_allclose(heard.received_mw, expected.received_mw, rtol=1e-5)
    assert heard.noise_mw == pytest.approx(expected.noise_mw)
    assert heard.cell.shape == expected.cell.shape == (len(rows), keep)


def test_what_cannot_be_heard_is_refused_in_words() -> None:
    network = Network(GROUND, **ASKED)
    with pytest.raises(OutOfRange, match="row 90 lies outside the ground of 90; give 0 to 89"):
        network.heard([90], [0])
    with pytest.raises(Invalid, match="0 cells a pixel cannot be kept"):
        network.heard([1], [0], keep=0)
    assert network.heard([], []).cell.shape == (0, 12)
    assert network.heard([3], [3]).cell.tolist() == [[-1] * 12]


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    made = []

    def get(kept: Kept, key: str) -> None:
        kept.get(key, lambda: made.append(key) or np.zeros(40, dtype=np.int8))  # type: ignore[func-returns-value]

    kept = Kept(100)
    for key in "abac":
        get(kept, key)
    assert kept.nbytes == 80
    get(kept, "a")
    get(kept, "b")
    assert made == ["a", "b", "c", "b"]


boxes = st.builds(
    lambda top, left, high, wide: Region(top, top + high, left, left + wide),
    st.integers(0, 20), st.integers(0, 20), st.integers(0, 6), st.integers(0, 6),
)  # fmt: skip


@given(st.lists(boxes, max_size=8))
def test_regions_that_meet_become_one_and_lose_no_pixel(given_regions: list[Region]) -> None:
    found = apart(given_regions)
    painted = np.zeros((30, 30), dtype=np.int64)
    for region in found:
        painted[region.slices] += 1
    assert painted.max(initial=0) <= 1
    for region in given_regions:
        assert (painted[region.slices] == 1).all()
    assert around(found) == around(given_regions)


@settings(max_examples=15, deadline=None)
@given(st.lists(masts, min_size=1, max_size=4))
def test_the_levels_of_single_sites_together_are_the_map_of_all(sites: list[Site]) -> None:
    network = Network(GROUND, **ASKED)
    best = np.full(GROUND.shape, -np.inf, dtype=np.float32)
    for region, level in network.levels(sites):
        best[region.slices] = np.maximum(best[region.slices], level)
    assert np.isnan(network.coverage.rsrp_dbm).all(), "nothing was put"
    network.put(sites)
    np.testing.assert_array_equal(np.where(np.isinf(best), np.nan, best), network.coverage.rsrp_dbm)
