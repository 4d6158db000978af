"""Which cells a pixel hears, and how strongly: what loads of a network are calculated from."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.maps import rays
from dinh.engines.radio.maps.ground import Grid
from dinh.engines.radio.maps.layers import Antennas, gain_at, under_horizon
from dinh.engines.radio.maps.propagation import Losses
from dinh.engines.radio.maps.region import Region
from dinh.engines.radio.maps.sites import NOBODY, Servers
from dinh.engines.radio.maps.window import Window
from dinh.engines.radio.nr.load import Heard

type Pixels = npt.NDArray[np.int64]


class Ears:
    """Pixels of a ground, (n,) rows and columns, that listen to one site after another."""

    def __init__(self, rows: Pixels, columns: Pixels, keep: int) -> None:
        self._rows, self._columns = rows, columns
        self._cell = np.full((len(rows), keep), NOBODY, dtype=np.int32)
        self._level_dbm = np.full((len(rows), keep), -np.inf, dtype=np.float32)
        self._all = (
            Region(int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1)
            if len(rows)
            else Region(0, 0, 0, 0)
        )

    def reach(self, region: Region) -> bool:
        return bool(self._all.cut(region))

    def hear(
        self, place: Window, losses: Losses, antennas: Antennas, first_cell: int, *, receiver_height_m: float
    ) -> None:
        _hear(
            self._rows, self._columns, place.top, place.left, losses.by_place, losses.by_distance, losses.step_m,
            place.height_m, place.site_row, place.site_column, place.pixel_x_m, place.pixel_y_m,
            float(place.antenna_m - receiver_height_m), antennas.gains, antennas.tables, antennas.figures, first_cell,
            self._cell, self._level_dbm,
        )  # fmt: skip

    def heard(self, server: Servers, noise_mw: float) -> Heard:
        """`server` (n,) comes first even where a rounding would put it second."""
        cell, level = self._cell, self._level_dbm
        for pixel in np.flatnonzero(cell[:, 0] != server):
            same = np.flatnonzero(cell[pixel] == server[pixel])
            at = int(same[0]) if len(same) else cell.shape[1] - 1
            own = level[pixel, at if len(same) else 0]
            cell[pixel, 1 : at + 1], level[pixel, 1 : at + 1] = cell[pixel, :at].copy(), level[pixel, :at].copy()
            cell[pixel, 0], level[pixel, 0] = server[pixel], own
        return Heard(cell, 10.0 ** (level.astype(np.float64) / 10.0), noise_mw)


@compiled(parallel=True)
def _hear(
    rows: Pixels, columns: Pixels, top: int, left: int, loss: Grid, table: Grid, table_step_m: float, height_m: Grid,
    site_row: float, site_column: float, pixel_x_m: float, pixel_y_m: float, above_receivers_m: float, gains: Grid,
    tables: npt.NDArray[np.int64], figures: Grid, first_cell: int, cell: Servers, level_dbm: Grid,
) -> None:  # fmt: skip
    """Puts the site's cells among the strongest of each pixel; of equals the lower number stays before."""
    keep = cell.shape[1]
    scale, longest = np.float32(1.0 / table_step_m), np.float32(len(table) - 2)
    degrees, nothing = np.float32(360.0), np.float32(0.0)
    for pixel in numba.prange(len(rows)):
        row, column = rows[pixel] - top, columns[pixel] - left
        if row < 0 or column < 0 or row >= loss.shape[0] or column >= loss.shape[1] or np.isnan(loss[row, column]):
            continue
        x, y = np.float32((column - site_column) * pixel_x_m), np.float32((site_row - row) * pixel_y_m)
        along = np.sqrt(x * x + y * y)
        bearing = rays._turn(x, y) * degrees
        raised = under_horizon(np.float32(above_receivers_m) - height_m[row, column], along)
        step = min(along * scale, longest)
        first = int(step)
        lost = loss[row, column] + table[first] + (step - np.float32(first)) * (table[first + 1] - table[first])
        for sector in range(len(figures)):
            turned = bearing - figures[sector, 0]
            turned += degrees if turned < nothing else nothing
            here = figures[sector, 1] + gain_at(gains[tables[sector]], turned, raised) - lost
            at = keep
            while at > 0 and here > level_dbm[pixel, at - 1]:
                at -= 1
            if at == keep:
                continue
            for later in range(keep - 1, at, -1):
                cell[pixel, later], level_dbm[pixel, later] = cell[pixel, later - 1], level_dbm[pixel, later - 1]
            cell[pixel, at], level_dbm[pixel, at] = np.int32(first_cell + sector), here
