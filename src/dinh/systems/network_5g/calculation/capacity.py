"""Where people ask for traffic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dinh.systems.network_5g.calculation.grounds import Laid

MOST_POINTS: Final = 40_000
"""Heard and loaded in some tenths of a second; blocks of a province are 300 m wide then."""


@dataclass(frozen=True, eq=False)
class Demand:
    """Where people are, as points on the grid: rows and columns, people at each. Sums are those of the area."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    people: npt.NDArray[np.float64]


def demand(laid: Laid) -> Demand:
    """Every pixel with people; where there are too many, blocks of them, each at its most peopled pixel."""
    people = np.where(laid.unit >= 0, laid.people, 0.0).astype(np.float64)
    side = 1
    while True:
        rows, columns, counts = _blocks(people, side)
        if len(counts) <= MOST_POINTS:
            return Demand(rows, columns, counts)
        side += 1


def _blocks(people: npt.NDArray[np.float64], side: int) -> tuple[Any, Any, Any]:
    rows, columns = people.shape
    high, wide = -(-rows // side), -(-columns // side)
    padded = np.zeros((high * side, wide * side))
    padded[:rows, :columns] = people
    blocks = padded.reshape(high, side, wide, side).transpose(0, 2, 1, 3).reshape(high * wide, side * side)
    sums = blocks.sum(axis=1)
    kept = np.flatnonzero(sums > 0)
    heaviest = blocks[kept].argmax(axis=1)
    return kept // wide * side + heaviest // side, kept % wide * side + heaviest % side, sums[kept]
