"""The roads for drawing, kept beside their graph: three arrays and the names."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

FILE: Final = "roads.npz"
_GRAIN: Final = 1e7


@dataclass(frozen=True, slots=True)
class Lines:
    """`starts[i]:starts[i + 1]` are the rows of `points` (longitude, latitude in degrees) of road i."""

    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    ranks: NDArray[np.uint8]
    names: Sequence[str]
    of_name: NDArray[np.int32]


def write(folder: Path, roads: Sequence[tuple[int, str, array[float]]]) -> None:
    names = {name: number for number, name in enumerate(dict.fromkeys(name for _, name, _ in roads))}
    flat = np.concatenate([np.frombuffer(line, dtype=np.float64) for _, _, line in roads]) if roads else np.zeros(0)
    lengths = np.array([len(line) // 2 for _, _, line in roads], dtype=np.int64)
    with (folder / FILE).open("wb") as file:
        np.savez_compressed(
            file,
            points=np.rint(flat.reshape(-1, 2) * _GRAIN).astype(np.int32),
            starts=np.concatenate([[0], np.cumsum(lengths)]),
            ranks=np.array([rank for rank, _, _ in roads], dtype=np.uint8),
            of_name=np.array([names[name] for _, name, _ in roads], dtype=np.int32),
            names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        )
        file.flush()
        os.fsync(file.fileno())


def read(folder: Path) -> Lines:
    with np.load(folder / FILE, allow_pickle=False) as held:
        found: dict[str, NDArray[Any]] = {name: held[name] for name in held.files}
    return Lines(
        found["points"] / _GRAIN, found["starts"], found["ranks"], found["names"].tobytes().decode().split("\n"), found["of_name"]
    )  # fmt: skip
