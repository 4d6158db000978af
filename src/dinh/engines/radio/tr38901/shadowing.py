"""Shadowing: its deviation (Table 7.4.1-1) and a field of it over the map (clause 7.4.4, Table 7.5-6).

The field is a sum of plane waves whose wave vectors are drawn from the spectrum of exp(-r/d), so that any point can be asked
for alone: its value depends on the seed and on where it lies, and on nothing else. No tile, order or number of threads
enters; a field filtered on a grid would not have that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numba
import numpy as np

from dinh.engines.compiled import compiled
from dinh.engines.radio.tr38901.path_loss import break_distance_m
from dinh.engines.radio.tr38901.validity import Flags, Floats, Real, Scenario

_LOS_DB: Final = {Scenario.RMA: 4.0, Scenario.UMA: 4.0, Scenario.UMI: 4.0, Scenario.INH: 3.0}
_NLOS_DB: Final = {Scenario.RMA: 8.0, Scenario.UMA: 6.0, Scenario.UMI: 7.82, Scenario.INH: 8.03}
_OPTIONAL_NLOS_DB: Final = {Scenario.UMA: 7.8, Scenario.UMI: 8.2, Scenario.INH: 8.29}
_RMA_FAR_DB: Final = 6.0
_INDOORS_DB: Final = {Scenario.RMA: 8.0, Scenario.UMA: 7.0, Scenario.UMI: 7.0}
# Table 7.5-6 parts 1 to 3, horizontal correlation distance of SF: LOS, NLOS, outdoor to indoor.
_CORRELATION_M: Final = {
    Scenario.UMI: (10.0, 13.0, 7.0),
    Scenario.UMA: (37.0, 50.0, 7.0),
    Scenario.RMA: (37.0, 120.0, 120.0),
    Scenario.INH: (10.0, 6.0, math.nan),
}
WAVES: Final = 256
SITE_CORRELATION: Final = 0.5
"""Between sites; sectors of one site share all of it (TR 36.814 annex A.2.1.1)."""


def shadowing_sigma_db(
    scenario: Scenario,
    ground_m: Floats,
    *,
    line_of_sight: bool | Flags,
    frequency_hz: float,
    base_height_m: float = 35.0,
    terminal_height_m: Real = 1.5,
    optional_nlos: bool = False,
) -> Floats:
    """σ_SF of Table 7.4.1-1, shape of `ground_m`. Frequency and heights set the break point of RMa, from 4 to 6 dB."""
    ground, sees = np.broadcast_arrays(np.asarray(ground_m, dtype=np.float64), np.asarray(line_of_sight))
    los: Real = _LOS_DB[scenario]
    if scenario is Scenario.RMA:
        break_m = break_distance_m(
            scenario, frequency_hz=frequency_hz, base_height_m=base_height_m, terminal_height_m=terminal_height_m
        )
        los = np.where(ground <= break_m, los, _RMA_FAR_DB)
    nlos = _OPTIONAL_NLOS_DB.get(scenario, _NLOS_DB[scenario]) if optional_nlos else _NLOS_DB[scenario]
    return np.where(sees, los, nlos).astype(np.float64)


def indoor_sigma_db(scenario: Scenario) -> float:
    """σ_SF of the outdoor-to-indoor columns of Table 7.5-6; raises KeyError for the office, which has none."""
    return _INDOORS_DB[scenario]


def correlation_distance_m(scenario: Scenario, *, line_of_sight: bool, indoors: bool = False) -> float:
    """Table 7.5-6; NaN for outdoor-to-indoor of the office, which has none."""
    los, nlos, inside = _CORRELATION_M[scenario]
    if indoors:
        return inside
    return los if line_of_sight else nlos


@dataclass(frozen=True)
class ShadowingField:
    """A Gaussian field of deviation 1 with autocorrelation exp(-distance / correlation_m). Same seed, same field.

    `key` tells fields of one seed apart: a site, or -1 for what all sites share.
    """

    seed: int
    correlation_m: float
    key: int = -1
    waves: int = WAVES

    @cached_property
    def _vectors(self) -> tuple[Floats, Floats, Floats]:
        # Raw bits of Philox, not NumPy's distributions, whose streams may change from release to release.
        bits = np.random.Philox(key=np.array([self.seed, self.key], dtype=np.int64).view(np.uint64))
        drawn = (bits.random_raw(3 * self.waves) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        radial, turn, phase = drawn.reshape(3, self.waves)
        # Spectrum of exp(-r/d) in the plane: P(|k| <= κ) = 1 - 1/sqrt(1 + (κd)²). One wave from each of equal shares of
        # it, and one direction from each of equal shares of the circle, met in an irregular order, keep the sum close to the law.
        share = (np.arange(self.waves) + radial) / self.waves
        length = np.sqrt((1.0 - share) ** -2.0 - 1.0) / self.correlation_m
        golden = (math.sqrt(5.0) - 1.0) / 2.0
        direction = 2.0 * math.pi * ((np.arange(self.waves) * golden + turn / self.waves + turn[0]) % 1.0)
        return length * np.cos(direction), length * np.sin(direction), 2.0 * math.pi * phase

    def at(self, x_m: Floats, y_m: Floats) -> Floats:
        """Shape (n,), (n,) -> (n,). Metres on a plane; any origin, but the same for all calls."""
        x, y = np.broadcast_arrays(np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64))
        kx, ky, phase = self._vectors
        return _sum_of_waves(np.ascontiguousarray(x).ravel(), np.ascontiguousarray(y).ravel(), kx, ky, phase).reshape(
            x.shape
        )

    def on_grid(self, x_m: Floats, y_m: Floats) -> Floats:
        """Columns (c,) and rows (r,) -> (r, c): what `at` gives to 1e-9, some ten times faster, and bit for bit the same for
        every cut of the grid into tiles."""
        kx, ky, phase = self._vectors
        across, down = np.multiply.outer(kx, np.asarray(x_m)), np.multiply.outer(ky, np.asarray(y_m)) + phase[:, None]
        return _grid_of_waves(np.cos(across), np.sin(across), np.cos(down).T.copy(), np.sin(down).T.copy())


def site_shadowing(
    seed: int, site: int, correlation_m: float, x_m: Floats, y_m: Floats, *, site_correlation: float = SITE_CORRELATION
) -> Floats:
    """Deviation 1; two sites correlate by `site_correlation` at one point, sectors of a site wholly. `site` >= 0."""
    shared = ShadowingField(seed, correlation_m).at(x_m, y_m)
    own = ShadowingField(seed, correlation_m, key=site).at(x_m, y_m)
    return math.sqrt(site_correlation) * shared + math.sqrt(1.0 - site_correlation) * own


@compiled(parallel=True)
def _sum_of_waves(x: Floats, y: Floats, kx: Floats, ky: Floats, phase: Floats) -> Floats:
    scale = math.sqrt(2.0 / len(kx))
    out = np.empty(len(x))
    for point in numba.prange(len(x)):
        total = 0.0
        for wave in range(len(kx)):
            total += math.cos(kx[wave] * x[point] + ky[wave] * y[point] + phase[wave])
        out[point] = scale * total
    return out


@compiled(parallel=True)
def _grid_of_waves(cos_x: Floats, sin_x: Floats, cos_y: Floats, sin_y: Floats) -> Floats:
    """cos(a + b) taken apart, so that the trigonometry is done once a row and once a column."""
    waves, columns = cos_x.shape
    scale = math.sqrt(2.0 / waves)
    out = np.zeros((len(cos_y), columns))
    for row in numba.prange(len(cos_y)):
        for wave in range(waves):
            c, s = scale * cos_y[row, wave], scale * sin_y[row, wave]
            for column in range(columns):
                out[row, column] += c * cos_x[wave, column] - s * sin_x[wave, column]
    return out
