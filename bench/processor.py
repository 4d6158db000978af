"""What this machine's processor can do at most, measured in the run that asks."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from dinh.engines.compiled import compiled

_CHAIN = 32
_LANES = 2048
_TURNS = 2000
_TASKS = 16


def single_flops() -> float:
    """Multiplications and additions a second in single precision: chains of fused multiply-add that stay in registers, on all
    threads; the best of seven."""
    out = np.ones((_TASKS, _LANES), dtype=np.float32)
    _chains(2, out)
    return 2.0 * _CHAIN * _TURNS * out.size / min(_seconds(_chains, _TURNS, out) for _ in range(7))


def bytes_read() -> float:
    """Bytes a second that all threads read from memory in order: an array far larger than the caches, summed; the best of seven."""
    array = np.ones((64, 4_000_000), dtype=np.float32)
    _sums(array[:2])
    return array.nbytes / min(_seconds(_sums, array) for _ in range(7))


def _seconds(do: Any, *arguments: Any) -> float:
    started = perf_counter()
    do(*arguments)
    return perf_counter() - started


@compiled(parallel=True, fast={"contract"})
def _chains(turns: int, out: npt.NDArray[np.float32]) -> None:
    x, y = np.float32(0.999999), np.float32(1e-7)
    for task in numba.prange(out.shape[0]):
        row = out[task]
        for _ in range(turns):
            for lane in range(row.shape[0]):
                v = row[lane]
                for _ in range(_CHAIN):
                    v = v * x + y
                row[lane] = v


@compiled(parallel=True, fast=True)
def _sums(array: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    out = np.empty(array.shape[0], dtype=np.float32)
    for row in numba.prange(array.shape[0]):
        total = np.float32(0.0)
        for i in range(array.shape[1]):
            total += array[row, i]
        out[row] = total
    return out
