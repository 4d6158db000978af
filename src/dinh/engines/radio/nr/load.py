"""How full each cell is when every cell disturbs the others as much as it is full itself.

Load ρ_i is the share of its time and band that a cell needs for the traffic of its pixels:

    f_i(ρ) = Σ_j demand_j / (W_i · η(SINR_j(ρ))),   SINR_j = P_ij / (N + Σ_k a(ρ_k)·P_kj),   a(ρ) = idle + (1 - idle)·ρ

With η(s) = min(α·log2(1 + s), η_max), 1/η is positive, grows with interference and is concave where not constant, so f is a
standard interference function: positive, monotone, and f(cρ) < c·f(ρ) for c > 1. So is min(1, f), since no cell can send more
than always, and so is each damped step (1 - s)·ρ + s·min(1, f(ρ)). R. D. Yates, IEEE JSAC 13(7), 1995: such an iteration
converges from every start to one fixed point; from 0 it only rises, from 1 only falls. Both are run, and the solution lies
between them: their distance is a proven bound of the error, not a guess from small steps.

Where even without interference the SNR is below the least of the curve, a pixel is not served and asks for nothing. That is
settled before the iteration, because a pixel that drops out as interference grows would make f fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from dinh.engines.compiled import compiled
from dinh.engines.radio.nr.link_adaptation import NR_DOWNLINK, RateCurve
from dinh.kernel.errors import Conflict, Invalid

type Floats = NDArray[np.float64]
type Cells = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Heard:
    """What each pixel hears. `cell` (pixels, k): the serving cell first, then those that disturb it, -1 for none.

    `received_mw` (pixels, k) is the power of each if it sends always, `noise_mw` the noise, both in the same bandwidth.
    """

    cell: Cells
    received_mw: Floats
    noise_mw: float

    @classmethod
    def strongest_first(cls, received_mw: Floats, noise_mw: float, *, keep: int = 12) -> Heard:
        """From a table (pixels, cells) of all received powers: the `keep` strongest of each pixel, the strongest serves."""
        order = np.argsort(-received_mw, axis=1, kind="stable")[:, :keep]
        kept = np.take_along_axis(received_mw, order, axis=1)
        return cls(np.where(kept > 0.0, order, -1).astype(np.int32), kept, noise_mw)


@dataclass(frozen=True, eq=False)
class Loads:
    """`used` (cells,) is between 0 and 1, within `error` of the true fixed point; `asked` is what the traffic would need.

    A cell with asked > 1 is overloaded: part of its traffic is not carried. `served` (pixels,) as said above.
    """

    used: Floats
    asked: Floats
    error: float
    steps: int
    sinr_db: Floats
    served: NDArray[np.bool_]

    @property
    def overloaded(self) -> NDArray[np.bool_]:
        return self.asked > 1.0


def solve_loads(
    heard: Heard,
    demand_bps: Floats,
    cell_bandwidth_hz: Floats,
    *,
    curve: RateCurve = NR_DOWNLINK,
    idle: float = 0.0,
    step: float = 1.0,
    tolerance: float = 1e-6,
    most_steps: int = 2_000,
) -> Loads:
    """`demand_bps` (pixels,) in the busy hour; `cell_bandwidth_hz` (cells,) is W: bandwidth times layers, the direction's
    share of time and what overhead leaves. `idle` is what an empty cell still sends, `step` damps.

    Raises Invalid `nr.load` for a demand or a bandwidth that makes no sense, Conflict `nr.load_steps` if `most_steps` do
    not bring the two bounds together.
    """
    demand, width = np.asarray(demand_bps, dtype=np.float64), np.asarray(cell_bandwidth_hz, dtype=np.float64)
    for name, values, least in (("demand_bps", demand, 0.0), ("cell_bandwidth_hz", width, np.finfo(np.float64).tiny)):
        wrong = ~((values >= least) & np.isfinite(values))
        if wrong.any():
            raise Invalid(
                "nr.load",
                "{name} {position} is {value}; give a finite number that is not negative, and a bandwidth above 0",
                name=name,
                position=int(wrong.argmax()),
                value=float(values[wrong.argmax()]),
            )
    if not len(width):
        return _nobody(len(demand))
    serving = heard.cell[:, 0]
    snr = heard.received_mw[:, 0] / heard.noise_mw
    served = (serving >= 0) & (snr >= 10.0 ** (curve.least_sinr_db / 10.0))
    asks = np.where(served, demand, 0.0)
    owner = np.where(serving >= 0, serving, 0)

    def asked(loads: Floats) -> Floats:
        sinr = _sinr(heard.cell, heard.received_mw, heard.noise_mw, idle + (1.0 - idle) * loads)
        efficiency = np.minimum(curve.attenuation * np.log2(1.0 + sinr), curve.greatest_efficiency)
        need = np.divide(asks, width[owner] * efficiency, out=np.zeros(len(asks)), where=asks > 0.0)
        # Summed in the order of pixels, so that threads cannot change the last digits.
        return np.asarray(np.bincount(owner, weights=need, minlength=len(width)), dtype=np.float64)

    low, high = np.zeros(len(width)), np.ones(len(width))
    steps, error = 0, 1.0
    while error > tolerance:
        if steps == most_steps:
            raise Conflict(
                "nr.load_steps",
                "after {steps} steps the loads are still uncertain by {error}; allow more steps or a greater tolerance",
                steps=most_steps,
                error=f"{error:.3g}",
            )
        steps += 1
        low = (1.0 - step) * low + step * np.minimum(1.0, asked(low))
        high = (1.0 - step) * high + step * np.minimum(1.0, asked(high))
        error = float((high - low).max(initial=0.0))
    used = (low + high) / 2.0
    sinr = _sinr(heard.cell, heard.received_mw, heard.noise_mw, idle + (1.0 - idle) * used)
    with np.errstate(divide="ignore"):
        return Loads(used, asked(used), error, steps, 10.0 * np.log10(sinr), served)


def _nobody(pixels: int) -> Loads:
    """Of a network without cells."""
    none = np.zeros(0)
    return Loads(none, none, 0.0, 0, np.full(pixels, -np.inf), np.zeros(pixels, dtype=np.bool_))


def experienced_bps(heard: Heard, loads: Loads, cell_bandwidth_hz: Floats, *, curve: RateCurve = NR_DOWNLINK) -> Floats:
    """Mean rate of a download in each pixel: what the cell could give it alone, times the share that is free.

    Flows that share a cell evenly (M/G/1 processor sharing) see (1 - ρ) of its rate, whatever the sizes of the flows:
    T. Bonald, A. Proutière, MobiCom 2003. 0 in an overloaded cell and where no cell serves.
    """
    if not len(loads.used):
        return np.zeros(len(loads.served))
    owner = np.where(heard.cell[:, 0] >= 0, heard.cell[:, 0], 0)
    alone = np.asarray(cell_bandwidth_hz)[owner] * curve.efficiency(loads.sinr_db)
    return np.where(loads.served, alone * np.maximum(1.0 - loads.asked[owner], 0.0), 0.0)


def weighted_percentiles(values: Floats, weights: Floats, shares: Sequence[float]) -> Floats:
    """The least value such that at least this share (0..1) of the weight lies at it or below: an answer that occurs."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    if not len(order) or not reached[-1] > 0.0:
        return np.full(len(shares), np.nan)
    # A share of the sum may lie a rounding above the step that it names.
    aims = np.asarray(shares) * reached[-1] * (1.0 - 1e-12)
    chosen: Floats = np.asarray(values, dtype=np.float64)[order][
        np.minimum(np.searchsorted(reached, aims), len(order) - 1)
    ]
    return chosen


@compiled(parallel=True)
def _sinr(cell: Cells, received_mw: Floats, noise_mw: float, active: Floats) -> Floats:
    """Linear, 0 where no cell serves."""
    out: Floats = np.zeros(len(cell))
    for pixel in numba.prange(len(cell)):
        disturbance = noise_mw
        for heard in range(1, cell.shape[1]):
            if cell[pixel, heard] >= 0:
                disturbance += active[cell[pixel, heard]] * received_mw[pixel, heard]
        if cell[pixel, 0] >= 0:
            out[pixel] = received_mw[pixel, 0] / disturbance
    return out
