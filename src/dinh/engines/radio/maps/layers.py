"""From losses to cells: what each site gives by itself, and how sites add up at a pixel.

A site's layer is always calculated over its whole window, and layers are added pixel by pixel in the order of sites. So a
part of a map, whatever its shape, has the bits of the whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.antennas import Mounting, Pattern
from dinh.engines.radio.fast_math import exp2, log2
from dinh.engines.radio.maps import rays
from dinh.engines.radio.maps.ground import Grid
from dinh.engines.radio.maps.propagation import Losses
from dinh.engines.radio.maps.region import Region
from dinh.engines.radio.maps.sites import NOBODY, Coverage, Flags, Sector, Servers
from dinh.engines.radio.maps.window import Window

type Gains = npt.NDArray[np.float32]
"""Shape (361, 181): dBi at whole degrees of azimuth from the antenna's bearing and of elevation, the horizon at 90."""
type Single = np.float32

OCTAVES: Final = np.float32(math.log2(10) / 10)
"""Octaves of power in a decibel."""
DECIBELS: Final = np.float32(10 * math.log10(2))
"""Decibels in an octave."""
_NO_LOSS_DB: Final = np.float32(1e9)
_UNHEARD_DB: Final = np.float32(300.0)
"""Stands for no way at all while a row is calculated: infinity would end in numbers so small that processors are slow with them."""
_LIBERTIES: Final = {"contract", "reassoc", "arcp", "nsz"}
"""Values beyond the radius are NaN, so the compiler must know of them."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Of one site over its window: `level_dbm` of its strongest cell, -inf beyond its reach; `which` of its cells that is,
    doubled, and 1 more where its model holds; `power_mw` of all its cells, each times its load."""

    level_dbm: Grid
    which: npt.NDArray[np.int16]
    power_mw: Grid

    @property
    def nbytes(self) -> int:
        return self.level_dbm.nbytes + self.which.nbytes + self.power_mw.nbytes


def gains_dbi(pattern: Pattern, tilt_deg: float) -> Gains:
    azimuth, elevation = np.arange(361, dtype=np.float64)[:, None], np.arange(-90, 91, dtype=np.float64)[None, :]
    gain = Mounting(0.0, tilt_deg).gain_dbi(pattern, azimuth, elevation)
    return np.ascontiguousarray(np.broadcast_to(gain, (361, 181)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Antennas:
    """The cells of a site as kernels take them. `figures` (sectors, 3): azimuth, power of an element, load; `gains` (tables, 361,
    181); `tables` (sectors,) which of them."""

    figures: Grid
    gains: Grid
    tables: npt.NDArray[np.int64]

    @classmethod
    def of(cls, sectors: Sequence[Sector], gains: Sequence[Gains]) -> Antennas:
        """`gains` has one table for each sector; the same object where they share it."""
        figures = np.array([(s.azimuth_deg % 360, s.element_dbm, s.load) for s in sectors], dtype=np.float32)
        unlike = list({id(table): table for table in gains}.values())
        place = {id(table): number for number, table in enumerate(unlike)}
        return cls(figures, np.stack(unlike), np.array([place[id(table)] for table in gains], dtype=np.int64))


def layer(place: Window, losses: Losses, antennas: Antennas, *, receiver_height_m: float) -> Layer:
    level, which, power = _layer(
        losses.by_place, losses.by_distance, losses.step_m, place.height_m, place.site_row, place.site_column,
        place.pixel_x_m, place.pixel_y_m, float(place.antenna_m - receiver_height_m), antennas.gains, antennas.tables,
        antennas.figures, losses.holds_m[0], losses.holds_m[1],
    )  # fmt: skip
    return Layer(level, which, power)


class Stack:
    """The sites that were added so far, over a region of the ground."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._best = np.full(region.shape, -np.inf, dtype=np.float32)
        self._total = np.zeros(region.shape, dtype=np.float32)
        self._server = np.full(region.shape, NOBODY, dtype=np.int32)
        self._within = np.zeros(region.shape, dtype=np.bool_)

    def add(self, layer: Layer, place: Region, first_cell: int) -> None:
        """A layer over its place on the ground; its cells are numbered from `first_cell`."""
        meet = self.region.cut(place)
        if not meet:
            return
        here, there = meet.seen_from(self.region), meet.seen_from(place)
        _stack(
            layer.level_dbm, layer.which, layer.power_mw, first_cell, self._best, self._total, self._server, self._within,
            here.top, here.left, there.top, there.left, *meet.shape,
        )  # fmt: skip

    def coverage(self, loads: npt.NDArray[np.float32], noise_dbm: float) -> Coverage:
        """`loads` of all cells, by number."""
        sinr = _sinr(self._best, self._server, self._total, loads, float(noise_dbm))
        level = np.where(self._server >= 0, self._best, np.float32(np.nan))
        return Coverage(level, self._server, sinr, self._within)


@compiled(fast=_LIBERTIES, inline=True)
def under_horizon(over_m: Single, along_m: Single) -> Single:
    """Elevation of a receiver so far below the antenna, seen from it, as a place in a table of gains."""
    below = rays._turn(abs(over_m), along_m) * np.float32(360.0)
    return np.float32(90.0) - (below if over_m >= np.float32(0.0) else -below)


@compiled(fast=_LIBERTIES, inline=True)
def gain_at(gain: Gains, turned: Single, raised: Single) -> Single:
    """Between whole degrees; `turned` from the bearing, 0 to 360."""
    left, under = min(int(turned), 359), min(int(raised), 179)
    q, r = turned - np.float32(left), raised - np.float32(under)
    low = gain[left, under] + q * (gain[left + 1, under] - gain[left, under])
    high = gain[left, under + 1] + q * (gain[left + 1, under + 1] - gain[left, under + 1])
    return np.float32(low + r * (high - low))


@compiled(parallel=True, fast=_LIBERTIES)
def _layer(
    loss: Grid, table: Grid, table_step_m: float, height_m: Grid, site_row: float, site_column: float, pixel_x_m: float,
    pixel_y_m: float, above_receivers_m: float, gains: Grid, tables: npt.NDArray[np.int64], figures: Grid,
    holds_from_m: float, holds_to_m: float,
) -> tuple[Grid, npt.NDArray[np.int16], Grid]:  # fmt: skip
    rows, columns = loss.shape
    level = np.empty((rows, columns), dtype=np.float32)
    which = np.empty((rows, columns), dtype=np.int16)
    power = np.empty((rows, columns), dtype=np.float32)
    degrees, nothing = np.float32(360.0), np.float32(0.0)
    scale, longest = np.float32(1.0 / table_step_m), np.float32(len(table) - 2)
    mast = np.float32(above_receivers_m)
    holds_from, holds_to = np.float32(holds_from_m), np.float32(holds_to_m)
    for row in numba.prange(rows):
        y = np.float32((site_row - row) * pixel_y_m)
        work = np.empty((4, columns), dtype=np.float32)
        distance, bearing, raised, clear = work[0], work[1], work[2], work[3]
        best, cell, total = level[row], which[row], power[row]
        for column in range(columns):
            x = np.float32((column - site_column) * pixel_x_m)
            along = np.sqrt(x * x + y * y)
            distance[column] = along
            bearing[column] = rays._turn(x, y) * degrees
            raised[column] = under_horizon(mast - height_m[row, column], along)
        for column in range(columns):
            step = min(distance[column] * scale, longest)
            first = int(step)
            lost = loss[row, column] + table[first] + (step - np.float32(first)) * (table[first + 1] - table[first])
            clear[column] = lost if lost < _NO_LOSS_DB else _UNHEARD_DB  # NaN: beyond the radius
            best[column], cell[column], total[column] = np.float32(-np.inf), np.int16(0), nothing
        for sector in range(len(figures)):
            azimuth, strength, load = figures[sector, 0], figures[sector, 1], figures[sector, 2]
            gain = gains[tables[sector]]
            for column in range(columns):
                turned = bearing[column] - azimuth
                turned += degrees if turned < nothing else nothing
                here = strength + gain_at(gain, turned, raised[column]) - clear[column]
                total[column] += load * exp2(here * OCTAVES)
                stronger = here > best[column]
                best[column] = here if stronger else best[column]
                cell[column] = np.int16(sector) if stronger else cell[column]
        for column in range(columns):
            reached = loss[row, column] < _NO_LOSS_DB
            best[column] = best[column] if reached else np.float32(-np.inf)
            holds = holds_from <= distance[column] and distance[column] <= holds_to
            total[column] = total[column] if reached else nothing
            cell[column] = cell[column] * np.int16(2) + (np.int16(1) if holds else np.int16(0))
    return level, which, power


@compiled(parallel=True)
def _stack(
    level: Grid, which: npt.NDArray[np.int16], power: Grid, first_cell: int, best: Grid, total: Grid, server: Servers,
    within: Flags, to_top: int, to_left: int, from_top: int, from_left: int, rows: int, columns: int,
) -> None:  # fmt: skip
    for row in numba.prange(rows):
        to, of = to_top + row, from_top + row
        for column in range(columns):
            i, j = to_left + column, from_left + column
            total[to, i] += power[of, j]
            stronger = level[of, j] > best[to, i]
            best[to, i] = level[of, j] if stronger else best[to, i]
            server[to, i] = np.int32(first_cell + (which[of, j] >> 1)) if stronger else server[to, i]
            within[to, i] = (which[of, j] & 1) == 1 if stronger else within[to, i]


@compiled(parallel=True)
def _sinr(best: Grid, server: Servers, total: Grid, loads: Grid, noise_dbm: float) -> Grid:
    rows, columns = best.shape
    found = np.full((rows, columns), np.nan, dtype=np.float32)
    noise = np.float32(10.0 ** (noise_dbm / 10.0))
    for row in numba.prange(rows):
        for column in range(columns):
            if server[row, column] >= 0:
                own = exp2(best[row, column] * OCTAVES)
                others = max(total[row, column] - loads[server[row, column]] * own, np.float32(0.0))
                found[row, column] = DECIBELS * (log2(own) - log2(others + noise))
    return found
