"""A network that is edited: each change costs what lies within reach of it, and the map is that of a calculation from scratch."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import Match, SequenceMatcher
from typing import cast

import numpy as np
import numpy.typing as npt

from dinh.engines.radio.antennas import Pattern
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.hearing import Ears
from dinh.engines.radio.maps.kept import Kept
from dinh.engines.radio.maps.layers import Antennas, Gains, Layer, Stack, gains_dbi, layer
from dinh.engines.radio.maps.propagation import Losses, Propagation
from dinh.engines.radio.maps.region import NOWHERE, Region, apart, around
from dinh.engines.radio.maps.sites import NOBODY, Coverage, Model, Sector, Sight, Site
from dinh.engines.radio.maps.window import Window, window
from dinh.engines.radio.nr.load import Heard
from dinh.kernel.errors import Invalid, OutOfRange

__all__ = ["Network", "Placed", "Region", "Rendering", "loads_of", "place_all", "sighted"]

type Loads = npt.NDArray[np.float32]
type Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A site on the ground, its cells numbered from `first_cell`; `position` is what its losses depend on, `answer` what its
    layer depends on, and the name is not part of it."""

    site: Site
    place: Window
    first_cell: int
    position: Hashable
    answer: Hashable


@dataclass(frozen=True, slots=True, eq=False)
class _Itself:
    """A pattern that cannot be compared: equal to itself alone, and held, lest another object take its address."""

    pattern: Pattern

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.pattern is self.pattern

    def __hash__(self) -> int:
        return id(self.pattern)


def _named(pattern: Pattern) -> Hashable:
    """Equal patterns are one where they can be compared."""
    try:
        hash(pattern)
    except TypeError:
        return _Itself(pattern)
    return cast("Hashable", pattern)


def place_all(ground: Ground, sites: Sequence[Site], radius_m: float) -> list[Placed]:
    """Raises OutOfRange for sites off the ground and heights of 0."""
    placed, cells = [], 0
    for site in sites:
        place = window(ground, x=site.x, y=site.y, antenna_height_m=site.antenna_height_m, radius_m=radius_m)
        position = site.x, site.y, site.antenna_height_m
        sectors = tuple((s.azimuth_deg, s.tilt_deg, _named(s.pattern), s.element_dbm, s.load) for s in site.sectors)
        placed.append(Placed(site, place, cells, position, (position, sectors)))
        cells += len(site.sectors)
    return placed


def loads_of(placed: Sequence[Placed]) -> Loads:
    return np.array([sector.load for one in placed for sector in one.site.sectors], dtype=np.float32)


def sighted(ground: Ground, sight: Sight) -> Ground:
    """The ground that waves are bent over: statistical sight has what stands on the terrain in its probabilities already."""
    return ground if sight == "terrain" else replace(ground, clutter_m=np.zeros_like(ground.clutter_m))


class Rendering:
    """Calculates regions of a map out of placed sites, and keeps what it calculated of each site for the next time."""

    def __init__(self, propagation: Propagation, noise_dbm: float, most_cached_bytes: int) -> None:
        self.propagation, self.noise_dbm = propagation, noise_dbm
        self._kept = Kept(most_cached_bytes)

    def regions(
        self, placed: Sequence[Placed], regions: Sequence[Region], loads: Loads, progress: Progress | None = None
    ) -> list[Coverage]:
        """`loads` of all cells of the network, by number."""
        stacks = [Stack(region) for region in regions]
        asked = [one for one in placed if any(region.cut(one.place.region) for region in regions)]
        for done, one in enumerate(asked, start=1):
            if one.site.sectors:
                found = self._layer(one)
                for stack in stacks:
                    stack.add(found, one.place.region, one.first_cell)
            if progress is not None:
                progress(done, len(asked))
        return [stack.coverage(loads, self.noise_dbm) for stack in stacks]

    def level_dbm(self, one: Placed) -> Grid:
        if not one.site.sectors:
            return np.full(one.place.shape, -np.inf, dtype=np.float32)
        return self._layer(one).level_dbm

    def losses(self, one: Placed) -> Losses:
        return self._kept.get(
            ("losses", one.position), lambda: self.propagation.losses(one.place, one.site.antenna_height_m)
        )

    def antennas(self, one: Placed) -> Antennas:
        return Antennas.of(one.site.sectors, [self._gains(sector) for sector in one.site.sectors])

    def _layer(self, one: Placed) -> Layer:
        return self._kept.get(
            ("layer", one.answer),
            lambda: layer(
                one.place, self.losses(one), self.antennas(one), receiver_height_m=self.propagation.receiver_height_m
            ),
        )

    def _gains(self, sector: Sector) -> Gains:
        key = ("gains", _named(sector.pattern), sector.tilt_deg)
        return self._kept.get(key, lambda: gains_dbi(sector.pattern, sector.tilt_deg))


class Network:
    """Sites over a ground, and their coverage as it stands.

    `radius_m` is how far a site reaches; `noise_dbm` is that of one resource element. What is kept of each site (losses,
    levels) takes up to `most_cached_bytes`, some 14 bytes a pixel of its window; the least recently used goes first. Raises
    Invalid for a model or sight that does not exist. Not for several threads at once.
    """

    coverage: Coverage
    """Not written to again: a change puts new arrays in its place, so that whoever reads the old ones reads one state."""

    def __init__(
        self,
        ground: Ground,
        *,
        model: Model,
        sight: Sight = "terrain",
        frequency_ghz: float,
        radius_m: float,
        noise_dbm: float,
        receiver_height_m: float = 1.5,
        most_cached_bytes: int = 1_500_000_000,
    ) -> None:
        propagation = Propagation(model, sight, frequency_ghz, receiver_height_m)
        self._ground, self._radius_m = sighted(ground, sight), radius_m
        self._rendering = Rendering(propagation, noise_dbm, most_cached_bytes)
        self._placed: list[Placed] = []
        self.coverage = Coverage.of_nobody(ground.shape)

    def put(self, sites: Sequence[Site], progress: Progress | None = None) -> Sequence[Region]:
        """Puts these sites in place of all before. The regions outside of which nothing changed.

        Cells are counted through all sites: where a site is put or taken away before others, theirs are numbered anew, and a region
        holds those pixels too. `progress(done, of)` is told of each site that has to be looked at; what it raises stops the
        work and leaves the network as it was. Raises OutOfRange for sites off the ground and heights of 0.
        """
        placed = place_all(self._ground, sites, self._radius_m)
        same = self._same(placed)
        regions = apart(self._changed(placed, same))
        parts = self._rendering.regions(placed, regions, loads_of(placed), progress)
        new = self.coverage.copy()
        renumbered = self._renumber(new, placed, same)
        for region, part in zip(regions, parts, strict=True):
            new.paste(part, region.slices)
        self._placed, self.coverage = placed, new
        return apart([*regions, renumbered])

    def preview(self, sites: Sequence[Site], within: Region | None = None) -> tuple[Region, Coverage]:
        """What `put` would give, over one region that holds all pixels whose level could change, cut to `within`; the network stays
        as it is. Servers are numbered through these sites. The region is empty where nothing changes."""
        placed = place_all(self._ground, sites, self._radius_m)
        region = around(self._changed(placed, self._same(placed)))
        if within is not None:
            region = region.cut(within)
        if not region:
            return NOWHERE, Coverage.of_nobody((0, 0))
        return region, self._rendering.regions(placed, [region], loads_of(placed))[0]

    def levels(self, sites: Sequence[Site]) -> Iterator[tuple[Region, Grid]]:
        """Of each of these sites by itself, whatever stands beside it: where its window lies, and there the level of its
        strongest cell in dBm, -inf beyond its reach. The network stays as it is. Raises OutOfRange as `put` does."""
        for one in place_all(self._ground, sites, self._radius_m):
            yield one.place.region, self._rendering.level_dbm(one)

    def heard(self, rows: npt.ArrayLike, columns: npt.ArrayLike, *, keep: int = 12) -> Heard:
        """Received powers in mW per resource element at these pixels, of the `keep` strongest cells of each; cells are numbered as in
        `coverage.server`, and the first is the one that serves there. Raises OutOfRange for pixels off the ground."""
        if keep < 1:
            raise Invalid("radio.keep", "{keep} cells a pixel cannot be kept; give 1 or more", keep=keep)
        at_row, at_column = (np.ascontiguousarray(pixels, dtype=np.int64) for pixels in (rows, columns))
        for name, pixels, most in zip(("row", "column"), (at_row, at_column), self._ground.shape, strict=True):
            off = (pixels < 0) | (pixels >= most)
            if off.any():
                raise OutOfRange("radio.pixel", "{name} {value} lies outside the ground of {most}; give 0 to {last}", name=name, value=int(pixels[off][0]), most=most, last=most - 1)  # fmt: skip
        ears = Ears(at_row, at_column, keep)
        for one in self._placed:
            if one.site.sectors and ears.reach(one.place.region):
                ears.hear(
                    one.place, self._rendering.losses(one), self._rendering.antennas(one), one.first_cell,
                    receiver_height_m=self._rendering.propagation.receiver_height_m,
                )  # fmt: skip
        noise_mw = 10.0 ** (self._rendering.noise_dbm / 10.0)
        return ears.heard(self.coverage.server[at_row, at_column], noise_mw)

    def _same(self, placed: Sequence[Placed]) -> list[Match]:
        """Which sites stay as they are and in their order: a pixel that only these reach adds them up as before."""
        old, new = [one.answer for one in self._placed], [one.answer for one in placed]
        return SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()

    def _changed(self, placed: Sequence[Placed], same: Sequence[Match]) -> list[Region]:
        """Windows of the sites that came, went, changed, or stand in another order."""
        regions, old_end, new_end = [], 0, 0
        for block in same:
            others = (*self._placed[old_end : block.a], *placed[new_end : block.b])
            regions += [one.place.region for one in others]
            old_end, new_end = block.a + block.size, block.b + block.size
        return regions

    def _renumber(self, new: Coverage, placed: Sequence[Placed], same: Sequence[Match]) -> Region:
        """Gives the cells of sites that stay their numbers among the new ones; the region whose numbers changed."""
        cells = sum(len(one.site.sectors) for one in self._placed)
        number = np.arange(cells + 1, dtype=np.int32)
        number[cells] = NOBODY  # -1 finds the last
        for block in same:
            for step in range(block.size):
                old, now = self._placed[block.a + step], placed[block.b + step]
                number[old.first_cell : old.first_cell + len(old.site.sectors)] += now.first_cell - old.first_cell
        if np.array_equal(number[:cells], np.arange(cells)):
            return NOWHERE
        before = new.server.copy()
        np.take(number, before, out=new.server, mode="wrap")
        changed = before != new.server
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not len(rows):
            return NOWHERE
        return Region(int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
