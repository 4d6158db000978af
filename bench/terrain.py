"""Seeded fractal terrain, the same on every machine: a spectrum that falls as a power of the frequency, as hills' does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt


def fractal(side: int, *, seed: int, relief_m: float, falls: float = 2.0) -> npt.NDArray[np.float32]:
    """Heights of shape (side, side) from 0 to `relief_m`; amplitudes fall as frequency ** -falls (2 is a hilly country)."""
    noise = np.random.default_rng(seed).normal(size=(side, side))
    spectrum = np.fft.rfft2(noise)
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    frequency[0, 0] = 1
    heights = np.fft.irfft2(spectrum * frequency**-falls, s=(side, side))
    heights -= heights.min()
    return np.asarray(heights / heights.max() * relief_m, dtype=np.float32)


def blocks(side: int, *, seed: int, across: int = 8) -> npt.NDArray[np.float32]:
    """Clutter of 0, 5, 10 or 20 m in squares: fields, orchards, villages and towns."""
    drawn = np.random.default_rng(seed).choice(np.array([0, 0, 5, 10, 20], dtype=np.float32), (side // across + 1,) * 2)
    return np.ascontiguousarray(np.repeat(np.repeat(drawn, across, 0), across, 1)[:side, :side])


def write_hgt(folder: Path, heights: npt.NDArray[np.float32], name: str = "N09E105.hgt") -> Path:
    """A tile at 3 arc-seconds (1201 x 1201)."""
    path = folder / name
    heights.astype(">i2").tofile(path)
    return path
