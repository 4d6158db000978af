"""Chance that can be asked again: the same seed, series and moment always give the same number.

Readings that are sent twice are therefore the same readings, whatever was lost or restarted in between.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Keys = NDArray[np.uint64]
type Moments = NDArray[np.int64]
"""Milliseconds since 1970-01-01T00:00Z."""

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
VIETNAM: Final = 7 * HOUR
"""Asia/Ho_Chi_Minh is UTC+7 the whole year."""


def mix(values: Keys) -> Keys:
    """A 64-bit hash of each value (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        z = values + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)), np.uint64)


def key_of(seed: int, *names: str) -> int:
    """A 64-bit key for a name under a seed."""
    value = np.array([seed], np.uint64)
    for name in names:
        for byte in name.encode():
            value = mix(value ^ np.uint64(byte))
    return int(value[0])


def uniform(keys: Keys, step: Moments, salt: int = 0) -> Floats:
    """Numbers in [0, 1) for each key and step; keys and steps broadcast."""
    salted = mix(keys ^ np.uint64(salt * 0x9E3779B9 & 0xFFFFFFFF))
    return np.asarray(mix(salted ^ mix(step.astype(np.uint64))) >> np.uint64(11), np.float64) * 2.0**-53


def white(keys: Keys, step: Moments, salt: int = 0) -> Floats:
    """Nearly normal numbers of mean 0 and deviation 1, never beyond 3.5."""
    total = sum(uniform(keys, step, salt * 4 + part) for part in range(4))
    return np.asarray((total - 2.0) * np.sqrt(3.0), np.float64)


def wander(keys: Keys, at: Moments, scale_ms: int, salt: int = 0) -> Floats:
    """A smooth curve within [-1, 1] that changes over about `scale_ms`."""
    step = at // scale_ms
    share = (at - step * scale_ms) / scale_ms
    share = share * share * (3 - 2 * share)
    before, after = uniform(keys, step, salt), uniform(keys, step + 1, salt)
    return np.asarray(2.0 * (before + (after - before) * share) - 1.0, np.float64)


def hour_of_day(at: Moments) -> Floats:
    """Hours since midnight in Vietnam, 0 to 24."""
    return np.asarray(((at + VIETNAM) % DAY) / HOUR, np.float64)


def day_number(at: Moments) -> Moments:
    """Days since 1970-01-01 by the calendar of Vietnam."""
    return (at + VIETNAM) // DAY


def weekend(at: Moments) -> NDArray[np.bool_]:
    """Saturday or Sunday; 1970-01-01 was a Thursday."""
    return np.asarray((day_number(at) + 3) % 7 >= 5, np.bool_)
