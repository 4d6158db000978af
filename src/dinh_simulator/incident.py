"""The incident that one can watch: salt water comes in at the river mouths while the power fails in Vĩnh Châu.

It begins soon after the start, eases, and comes back about hourly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh_simulator.noise import MINUTE, SECOND, Floats, Moments

AFTER_START: Final = 30 * SECOND
RISE: Final = 330 * SECOND
HOLD: Final = 14 * MINUTE
FALL: Final = 10 * MINUTE
EVERY: Final = 62 * MINUTE
POWER_LOST: Final = 100 * SECOND
POWER_BACK: Final = 23 * MINUTE
BATTERY: Final = (20 * SECOND, 75 * SECOND, 130 * SECOND)
"""How long the batteries of the three sites last."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """`past` are the starts of incidents of earlier runs; from `first` on they come regularly. Milliseconds.

    `speed` shortens the course of each, for those who cannot wait.
    """

    first: int
    past: Sequence[int] = ()
    speed: float = 1.0

    def since(self, at: Moments) -> Moments:
        """Time into the latest incident at each moment, as at speed 1; very large before any."""
        elapsed = np.full(at.shape, 10 * EVERY, np.int64)
        for start in self.past:
            elapsed = np.where((at >= start) & (at < self.first), at - start, elapsed)
        regular = at >= self.first
        elapsed = np.where(regular, (at - self.first) % int(EVERY / self.speed), elapsed)
        return np.asarray(elapsed * self.speed, np.int64)

    def strength(self, at: Moments) -> Floats:
        """0 in quiet times, 1 at the height."""
        since = self.since(at)
        rising = np.clip(since / RISE, 0.0, 1.0)
        falling = np.clip((RISE + HOLD + FALL - since) / FALL, 0.0, 1.0)
        return np.asarray(np.minimum(rising, falling), np.float64)

    def power_out(self, at: Moments, battery: Moments | int = 0) -> NDArray[np.bool_]:
        """Whether what lasts `battery` on its own has gone down."""
        since = self.since(at)
        return np.asarray((since >= POWER_LOST + battery) & (since < POWER_BACK), np.bool_)

    def begun_until(self, moment: int) -> Sequence[int]:
        """Starts up to `moment`, for those who go on later."""
        if moment < self.first:
            return tuple(self.past)
        count = (moment - self.first) // int(EVERY / self.speed) + 1
        newest = [self.first + number * int(EVERY / self.speed) for number in range(count)]
        return tuple([*self.past, *newest][-48:])
