"""What a network gives over a ground: level, server, interference and SINR at each pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.fast_math import exp2, log2
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.layers import DECIBELS, OCTAVES
from dinh.engines.radio.maps.network import Network
from dinh.engines.radio.maps.sites import MODELS, NOBODY, SIGHTS, Coverage, Model, Sector, Servers, Sight, Site
from dinh.kernel.errors import Invalid

__all__ = [
    "MODELS", "NOBODY", "SIGHTS", "Coverage", "Model", "Sector", "Servers", "Sight", "Site", "coverage", "sinr_of_levels",
]  # fmt: skip


def coverage(
    ground: Ground,
    sites: Sequence[Site],
    *,
    model: Model,
    sight: Sight = "terrain",
    frequency_ghz: float,
    radius_m: float,
    noise_dbm: float,
    receiver_height_m: float = 1.5,
    progress: Callable[[int, int], None] | None = None,
) -> Coverage:
    """Adds up all sites.

    `p1812` is P.1812-6 whole, for half of time and locations. `tr38901-*` with the sight «terrain» is the scenario's loss in line
    of sight with delta-Bullington diffraction (P.526) over terrain and clutter. With «statistical» it needs no picture of
    buildings: p·(loss in line of sight) + (1 - p)·(loss without) in dB, p the scenario's probability of line of sight at that
    distance, with delta-Bullington over the terrain alone, since what stands on it is in the loss without sight. That is the mean
    over many places so far away; each single one has one loss or the other and lies up to tens of dB from it.

    `progress(done, of)` is called after each site; what it raises stops the work. `noise_dbm` is that of one resource element.
    Raises OutOfRange for sites off the ground and heights of 0, Invalid for an unknown model or sight, and for P.1812 with
    statistical sight.
    """
    network = Network(
        ground, model=model, sight=sight, frequency_ghz=frequency_ghz, radius_m=radius_m, noise_dbm=noise_dbm,
        receiver_height_m=receiver_height_m, most_cached_bytes=ONCE_BYTES,
    )  # fmt: skip
    network.put(sites, progress)
    return network.coverage


ONCE_BYTES: Final = 100_000_000
"""Room for some hundreds of tables of gains, which sites share; what is known of a site alone is not asked for again."""


def sinr_of_levels(levels_dbm: Grid, loads: npt.ArrayLike, noise_dbm: float) -> tuple[Grid, Servers]:
    """SINR of the strongest cell at each point, dB, and which cell it is.

    `levels_dbm` (cells, points): power received per resource element; `loads` (cells,): share of them in use as interference.
    -> (points,) each. Raises Invalid where loads and cells differ in number.
    """
    shares = np.ascontiguousarray(loads, dtype=np.float32)
    if levels_dbm.ndim != 2 or shares.shape != levels_dbm.shape[:1]:
        raise Invalid("radio.loads", "{loads} loads for {cells} cells; give one for each", loads=shares.size, cells=levels_dbm.shape[0])  # fmt: skip
    return _sinr_of_levels(np.ascontiguousarray(levels_dbm, dtype=np.float32), shares, noise_dbm)


_TILE: Final = 512
"""Points that stay in the fastest cache while all cells pass."""


@compiled(parallel=True, fast=True)
def _sinr_of_levels(levels_dbm: Grid, loads: Grid, noise_dbm: float) -> tuple[Grid, Servers]:
    cells, points = levels_dbm.shape
    found = np.empty(points, dtype=np.float32)
    server = np.empty(points, dtype=np.int32)
    noise = np.float32(10.0 ** (noise_dbm / 10.0))
    for tile in numba.prange((points + _TILE - 1) // _TILE):
        first = tile * _TILE
        count = min(points - first, _TILE)
        total, best, own = np.zeros(count, np.float32), np.full(count, -1e30, np.float32), np.zeros(count, np.float32)
        which = np.zeros(count, np.int32)
        for cell in range(cells):
            row = levels_dbm[cell, first : first + count]
            load = loads[cell]
            for i in range(count):
                level = row[i]
                power = exp2(level * OCTAVES)
                total[i] += load * power
                stronger = level > best[i]
                best[i] = level if stronger else best[i]
                own[i] = load * power if stronger else own[i]
                which[i] = cell if stronger else which[i]
        for i in range(count):
            others = max(total[i] - own[i], np.float32(0.0)) + noise
            found[first + i] = best[i] - DECIBELS * log2(others)
            server[first + i] = which[i]
    return found, server
