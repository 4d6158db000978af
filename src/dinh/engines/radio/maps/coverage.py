"""What a network gives over a ground: level, server, interference and SINR at each pixel, site by site."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled
from dinh.engines.radio.antennas import Mounting, Pattern
from dinh.engines.radio.fast_math import exp2, log2
from dinh.engines.radio.maps import own_profiles, rays
from dinh.engines.radio.maps.ground import Grid, Ground
from dinh.engines.radio.maps.window import Window, window
from dinh.engines.radio.p1812.path_loss import LENGTH
from dinh.engines.radio.tr38901 import Beyond, Scenario, path_loss_db
from dinh.kernel.errors import Invalid

type Servers = npt.NDArray[np.int32]
type Model = Literal["p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi"]

MODELS: Final[tuple[Model, ...]] = ("p1812", "tr38901-rma", "tr38901-uma", "tr38901-umi")
NOBODY: Final = -1
_OCTAVES: Final = np.float32(math.log2(10) / 10)
"""Octaves of power in a decibel."""
_DECIBELS: Final = np.float32(10 * math.log10(2))
"""Decibels in an octave."""
_NO_LOSS_DB: Final = np.float32(1e9)
_SCENARIOS: Final = {"rma": Scenario.RMA, "uma": Scenario.UMA, "umi": Scenario.UMI}


@dataclass(frozen=True, slots=True)
class Sector:
    """One cell: power of a resource element at the antenna's port in dBm; `load` is the share of resource elements that
    it fills, 0 to 1, as seen by others. Azimuth clockwise from the north; mechanical down-tilt."""

    azimuth_deg: float
    tilt_deg: float
    pattern: Pattern
    element_dbm: float
    load: float = 1.0


@dataclass(frozen=True, slots=True)
class Site:
    """A mast at x, y in the ground's units, its antennas so high above the terrain."""

    name: str
    x: float
    y: float
    antenna_height_m: float
    sectors: Sequence[Sector]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Per pixel of the ground, all of its shape: `rsrp_dbm` of the best cell (SS-RSRP per resource element), NaN where no
    site reaches; `server`, number of that cell counted through all sites, `NOBODY` where none; `sinr_db`; `within`, whether
    the best cell's loss lies in its model's range of validity."""

    rsrp_dbm: Grid
    server: Servers
    sinr_db: Grid
    within: npt.NDArray[np.bool_]


def coverage(
    ground: Ground,
    sites: Sequence[Site],
    *,
    model: Model,
    frequency_ghz: float,
    radius_m: float,
    noise_dbm: float,
    receiver_height_m: float = 1.5,
    progress: Callable[[int, int], None] | None = None,
) -> Coverage:
    """Adds up all sites.

    `tr38901-*` is the scenario's loss in line of sight with delta-Bullington diffraction (P.526) over terrain and clutter;
    `p1812` is P.1812-6 whole, for half of time and locations. `progress(done, of)` is called after each site; what it raises
    stops the work. `noise_dbm` is that of one resource element. Raises OutOfRange for sites off the ground and heights of 0,
    Invalid for an unknown model.
    """
    if model not in MODELS:
        raise Invalid("radio.model", "there is no model '{model}'; choose one of {known}", model=model, known=", ".join(MODELS))  # fmt: skip
    best = np.full(ground.shape, -np.inf, dtype=np.float32)
    total = np.zeros(ground.shape, dtype=np.float32)
    server: Servers = np.full(ground.shape, NOBODY, dtype=np.int32)
    within = np.zeros(ground.shape, dtype=np.bool_)
    loads: list[float] = []
    gains, tables = _gain_tables(sites)
    for done, site in enumerate(sites, start=1):
        place = window(ground, x=site.x, y=site.y, antenna_height_m=site.antenna_height_m, radius_m=radius_m)
        loss, table, table_step_m, holds = _losses(
            place, model, frequency_ghz, site.antenna_height_m, receiver_height_m
        )
        part = (slice(place.top, place.bottom), slice(place.left, place.right))
        figures = np.array(
            [(s.azimuth_deg % 360, s.element_dbm, s.load) for s in site.sectors], dtype=np.float32
        ).reshape(-1, 3)
        if len(figures):
            _add_site(
                loss, table, table_step_m, place.height_m, best[part], server[part], total[part], within[part], len(loads),
                place.site_row, place.site_column, place.pixel_x_m, place.pixel_y_m, place.antenna_m - receiver_height_m,
                gains, tables[done - 1], figures, holds[0], holds[1],
            )  # fmt: skip
        loads.extend(sector.load for sector in site.sectors)
        if progress is not None:
            progress(done, len(sites))
    sinr = _sinr(best, server, total, np.array(loads, dtype=np.float32), noise_dbm)
    return Coverage(np.where(server >= 0, best, np.nan).astype(np.float32), server, sinr, within)


def _losses(
    place: Window, model: Model, frequency_ghz: float, antenna_height_m: float, receiver_height_m: float
) -> tuple[Grid, Grid, float, tuple[float, float]]:
    """(loss by place, loss by distance, the latter's step in m, between which distances in m the model holds)."""
    asked: dict[str, Any] = {"frequency_ghz": frequency_ghz, "receiver_height_m": receiver_height_m}
    if model == "p1812":
        loss, _ = own_profiles.p1812_loss_db(place, **asked)
        return loss, np.zeros(2, dtype=np.float32), 1e9, (LENGTH.least * 1000, np.inf)
    step_m = own_profiles.step_of(place) / 16
    distance = np.arange(math.ceil(place.radius_m / step_m) + 3) * step_m
    found = path_loss_db(
        _SCENARIOS[model.removeprefix("tr38901-")], np.maximum(distance, step_m * 8), frequency_hz=frequency_ghz * 1e9,
        line_of_sight=True, base_height_m=antenna_height_m, terminal_height_m=receiver_height_m, beyond="extrapolate",
    )  # fmt: skip
    # One height of mast is all that the table names for cities: a coverage map would mark nearly every site.
    holds = (found.beyond & ~np.uint8(Beyond.BASE_HEIGHT)) == 0
    by_distance = found.loss_db
    reach = (float(distance[holds].min()), float(distance[holds].max())) if holds.any() else (np.inf, -np.inf)
    return rays.diffraction_loss_db(place, **asked), by_distance.astype(np.float32), step_m, reach


def _gain_tables(sites: Sequence[Site]) -> tuple[npt.NDArray[np.float32], list[npt.NDArray[np.int64]]]:
    """Gains in dBi of each antenna with its tilt, at whole degrees of azimuth from its bearing (361) and of elevation (181),
    and which of them each site's sectors have."""
    known: dict[tuple[int, float], int] = {}
    found: list[Grid] = []
    azimuth, elevation = np.arange(361, dtype=np.float64)[:, None], np.arange(-90, 91, dtype=np.float64)[None, :]
    places = []
    for site in sites:
        for sector in site.sectors:
            key = (id(sector.pattern), sector.tilt_deg)
            if key not in known:
                known[key] = len(found)
                gain = Mounting(0.0, sector.tilt_deg).gain_dbi(sector.pattern, azimuth, elevation)
                found.append(np.broadcast_to(gain, (361, 181)).astype(np.float32))
        places.append(np.array([known[id(s.pattern), s.tilt_deg] for s in site.sectors], dtype=np.int64))
    return (np.stack(found) if found else np.zeros((0, 361, 181), dtype=np.float32)), places


@compiled(parallel=True, fast={"contract", "reassoc", "arcp", "nsz"})
def _add_site(
    loss: Grid, table: Grid, table_step_m: float, height_m: Grid, best: Grid, server: Servers, total: Grid,
    within: npt.NDArray[np.bool_], number: int, site_row: float, site_column: float, pixel_x_m: float, pixel_y_m: float,
    above_receivers_m: float, gains: npt.NDArray[np.float32], tables: npt.NDArray[np.int64], figures: Grid,
    holds_from_m: float, holds_to_m: float,
) -> None:  # fmt: skip
    """The cells of a site over its window, added to the network's grids there.

    `gains` (antennas, 361, 181) in dBi, `tables` (sectors,) which antenna; `figures` (sectors, 3): azimuth, power of an
    element, load.
    """
    rows, columns = loss.shape
    degrees, nothing = np.float32(360.0), np.float32(0.0)
    scale, longest = np.float32(1.0 / table_step_m), np.float32(len(table) - 2)
    mast = np.float32(above_receivers_m)
    for row in numba.prange(rows):
        y = np.float32((site_row - row) * pixel_y_m)
        work = np.empty((4, columns), dtype=np.float32)
        distance, bearing, raised, clear = work[0], work[1], work[2], work[3]
        for column in range(columns):
            x = np.float32((column - site_column) * pixel_x_m)
            along = np.sqrt(x * x + y * y)
            distance[column] = along
            bearing[column] = rays._turn(x, y) * degrees
            # Elevation of the receiver seen from the mast, as a place in the tables: 90 is the horizon.
            over = mast - height_m[row, column]
            below = rays._turn(abs(over), along) * degrees
            raised[column] = np.float32(90.0) - (below if over >= nothing else -below)
        for column in range(columns):
            step = min(distance[column] * scale, longest)
            first = int(step)
            clear[column] = (
                loss[row, column] + table[first] + (step - np.float32(first)) * (table[first + 1] - table[first])
            )
        for sector in range(len(figures)):
            azimuth, power, load = figures[sector, 0], figures[sector, 1], figures[sector, 2]
            gain = gains[tables[sector]]
            for column in range(columns):
                if not clear[column] < _NO_LOSS_DB:  # NaN: beyond the radius
                    continue
                turned = bearing[column] - azimuth
                turned += degrees if turned < nothing else nothing
                left, under = min(int(turned), 359), min(int(raised[column]), 179)
                q, r = turned - np.float32(left), raised[column] - np.float32(under)
                low = gain[left, under] + q * (gain[left + 1, under] - gain[left, under])
                high = gain[left, under + 1] + q * (gain[left + 1, under + 1] - gain[left, under + 1])
                level = power + low + r * (high - low) - clear[column]
                total[row, column] += load * exp2(level * _OCTAVES)
                if level > best[row, column]:
                    best[row, column] = level
                    server[row, column] = number + sector
                    within[row, column] = holds_from_m <= distance[column] <= holds_to_m


@compiled(parallel=True)
def _sinr(best: Grid, server: Servers, total: Grid, loads: Grid, noise_dbm: float) -> Grid:
    rows, columns = best.shape
    found = np.full((rows, columns), np.nan, dtype=np.float32)
    noise = np.float32(10.0 ** (noise_dbm / 10.0))
    for row in numba.prange(rows):
        for column in range(columns):
            if server[row, column] >= 0:
                own = exp2(best[row, column] * _OCTAVES)
                others = max(total[row, column] - loads[server[row, column]] * own, np.float32(0.0))
                found[row, column] = _DECIBELS * (log2(own) - log2(others + noise))
    return found


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
                power = exp2(level * _OCTAVES)
                total[i] += load * power
                stronger = level > best[i]
                best[i] = level if stronger else best[i]
                own[i] = load * power if stronger else own[i]
                which[i] = cell if stronger else which[i]
        for i in range(count):
            others = max(total[i] - own[i], np.float32(0.0)) + noise
            found[first + i] = best[i] - _DECIBELS * log2(others)
            server[first + i] = which[i]
    return found, server
