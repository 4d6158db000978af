"""A map larger than one machine's memory or patience: tile by tile, here or by the processes of a Dask cluster.

A tile takes the ground that the whole windows of its sites lie on, so that each site's layer is the one of the whole map, and no
tile depends on where the next one begins. A site that reaches into several tiles is calculated for each: with tiles of 1024
pixels and a radius of 200 that is about twice a site.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from dinh.engines.radio.maps.coverage import ONCE_BYTES
from dinh.engines.radio.maps.ground import Ground
from dinh.engines.radio.maps.network import Loads, Placed, Rendering, loads_of, place_all, sighted
from dinh.engines.radio.maps.propagation import Propagation
from dinh.engines.radio.maps.region import Region, around
from dinh.engines.radio.maps.sites import Coverage, Model, Sight, Site
from dinh.kernel.errors import OutOfRange

_AHEAD = 2
"""Tiles in flight for each process of a cluster: one that is calculated, one that lies ready."""


class Client(Protocol):
    """What is used of `distributed.Client`."""

    def scheduler_info(self) -> Any: ...
    def scatter(self, data: Any, *, hash: bool) -> Any: ...
    def submit(self, function: Any, *arguments: Any, pure: bool) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Tile:
    """A region of the ground with all that is needed to calculate it elsewhere; `placed` stand on a piece whose first pixel is the
    corner's, and count their cells among all of the network."""

    region: Region
    corner: Region
    placed: Sequence[Placed]
    loads: Loads
    propagation: Propagation
    noise_dbm: float


def coverage_by_tiles(
    ground: Ground,
    sites: Sequence[Site],
    *,
    tile_pixels: int = 1024,
    client: Client | None = None,
    model: Model,
    sight: Sight = "terrain",
    frequency_ghz: float,
    radius_m: float,
    noise_dbm: float,
    receiver_height_m: float = 1.5,
    progress: Callable[[int, int], None] | None = None,
) -> Coverage:
    """To the bit what `coverage` gives, from tiles of `tile_pixels` a side.

    `client` is a `distributed.Client`; without one the tiles are calculated here. Give its processes one thread each, since a tile
    takes as many processors as NUMBA_NUM_THREADS says; processors must be of one kind, or the last digits differ. `progress(done, of)` counts tiles; what it raises stops the work. Raises as `coverage`, and OutOfRange
    for tiles below 1 pixel.
    """
    if tile_pixels < 1:
        raise OutOfRange("radio.tile", "tiles of {value} pixels hold nothing; give 1 or more", value=tile_pixels)
    propagation = Propagation(model, sight, frequency_ghz, receiver_height_m)
    bent_over = sighted(ground, sight)
    placed = place_all(bent_over, sites, radius_m)
    loads = loads_of(placed)
    found = Coverage.of_nobody(ground.shape)
    reached = [
        region for region in _regions(ground.shape, tile_pixels) if any(region.cut(one.place.region) for one in placed)
    ]
    tiles = (_tile(bent_over, region, placed, loads, propagation, noise_dbm) for region in reached)
    for done, (region, part) in enumerate(_calculated(tiles, client), start=1):
        found.paste(part, region.slices)
        if progress is not None:
            progress(done, len(reached))
    return found


def _regions(shape: tuple[int, int], pixels: int) -> list[Region]:
    rows, columns = shape
    return [
        Region(top, min(top + pixels, rows), left, min(left + pixels, columns))
        for top in range(0, rows, pixels)
        for left in range(0, columns, pixels)
    ]


def _tile(
    ground: Ground, region: Region, placed: Sequence[Placed], loads: Loads,
    propagation: Propagation, noise_dbm: float,
) -> _Tile:  # fmt: skip
    reaching = [one for one in placed if region.cut(one.place.region)]
    corner = around(one.place.region for one in reaching)
    west, north = ground.west + corner.left * ground.step_x, ground.north - corner.top * ground.step_y
    piece = replace(
        ground, west=west, north=north, height_m=ground.height_m[corner.slices].copy(),
        clutter_m=ground.clutter_m[corner.slices].copy(),
    )  # fmt: skip
    moved = [replace(one, place=one.place.on_piece(piece, corner)) for one in reaching]
    return _Tile(region, corner, moved, loads, propagation, noise_dbm)


def _calculate(tile: _Tile) -> Coverage:
    rendering = Rendering(tile.propagation, tile.noise_dbm, ONCE_BYTES)
    return rendering.regions(tile.placed, [tile.region.seen_from(tile.corner)], tile.loads)[0]


def _calculated(tiles: Iterator[_Tile], client: Client | None) -> Iterator[tuple[Region, Coverage]]:
    if client is None:
        for tile in tiles:
            yield tile.region, _calculate(tile)
        return
    most = _AHEAD * max(1, len(client.scheduler_info()["workers"]))
    waiting: deque[tuple[Region, Any]] = deque()
    for tile in tiles:
        waiting.append((tile.region, client.submit(_calculate, client.scatter(tile, hash=False), pure=False)))
        if len(waiting) == most:
            region, future = waiting.popleft()
            yield region, future.result()
    for region, future in waiting:
        yield region, future.result()
