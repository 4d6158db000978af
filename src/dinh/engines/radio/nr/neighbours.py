"""Which cells a terminal may be handed to: those that are heard nearly as strongly where a cell serves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dinh.engines.radio.nr.load import Floats, Heard
from dinh.kernel.errors import Invalid, OutOfRange

WINDOW_DB = 6.0
MOST = 32
"""Entries of the list that a cell broadcasts or measures: TS 38.331 maxNrofCellMeas."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """`share` of the weight that the cell serves also hears this one within the window: 0 to 1, above 0."""

    cell: int
    share: float


type Lists = tuple[tuple[Neighbour, ...], ...]


def neighbour_list(
    heard: Heard, weights: ArrayLike, cells: int, *, window_db: float = WINDOW_DB, most: int = MOST
) -> Lists:
    """For each of so many cells its neighbours, the greatest overlap first, at most `most` of them.

    `weights` (pixels,): people or area of each pixel. A cell that serves nothing has no neighbours; only what `heard` kept
    of each pixel can overlap. Raises Invalid and OutOfRange with place and value.
    """
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != heard.cell.shape[:1]:
        raise Invalid("nr.weights", "{given} weights for {pixels} pixels; give one for each", given=weight.size, pixels=heard.cell.shape[0])  # fmt: skip
    wrong = np.flatnonzero(~((weight >= 0.0) & np.isfinite(weight)))
    if wrong.size:
        raise Invalid("nr.weight", "weight {position} is {value}; give a finite number of 0 or more", position=int(wrong[0]), value=float(weight[wrong[0]]))  # fmt: skip
    if not 0.0 <= window_db < np.inf or most < 1:
        raise OutOfRange("nr.window", "a window of {window} dB and a list of {most} hold no neighbours; give 0 dB or more and at least 1", window=window_db, most=most)  # fmt: skip
    if heard.cell.size and int(heard.cell.max()) >= cells:
        raise OutOfRange("nr.no_such_cell", "cell {value} is heard, but cells are numbered from 0 to {last}", value=int(heard.cell.max()), last=cells - 1)  # fmt: skip
    serving = heard.cell[:, 0]
    counts = serving >= 0
    served = np.bincount(serving[counts], weights=weight[counts], minlength=cells)
    pairs, overlaps = _overlaps(heard, weight, cells, window_db)
    found: list[list[Neighbour]] = [[] for _ in range(cells)]
    own, other = np.divmod(pairs, cells)
    share = overlaps / np.where(served[own] > 0.0, served[own], 1.0)
    for place in np.lexsort((other, -share, own)).tolist():
        if share[place] > 0.0 and len(found[own[place]]) < most:
            found[own[place]].append(Neighbour(int(other[place]), min(float(share[place]), 1.0)))
    return tuple(tuple(row) for row in found)


def _overlaps(heard: Heard, weight: Floats, cells: int, window_db: float) -> tuple[NDArray[np.int64], Floats]:
    """Pairs as own·cells + other, ascending, each once; and the weight of the pixels where both are heard."""
    serving = heard.cell[:, 0].astype(np.int64)
    least = heard.received_mw[:, 0] * 10.0 ** (-window_db / 10.0)
    keys, masses = [np.empty(0, np.int64)], [np.empty(0)]
    for place in range(1, heard.cell.shape[1]):
        other = heard.cell[:, place]
        here = (serving >= 0) & (other >= 0) & (heard.received_mw[:, place] >= least)
        keys.append(serving[here] * cells + other[here])
        masses.append(weight[here])
    pairs, where = np.unique(np.concatenate(keys), return_inverse=True)
    return pairs, np.asarray(np.bincount(where, weights=np.concatenate(masses), minlength=len(pairs)), dtype=np.float64)
