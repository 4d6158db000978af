"""The present, as it happens: who reports when, what comes late and what comes twice."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from dinh_simulator.noise import MINUTE, SECOND
from dinh_simulator.readings import Readings, Sampler, joined


@dataclass
class Clockwork:
    """Instruments report `factor` times as often as they promise. `last` is the moment up to which all is out."""

    sampler: Sampler
    last: int
    factor: float = 1.0
    _late: list[tuple[int, int, Readings]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def until(self, now: int) -> Readings | None:
        """What arrives between the last call and `now`, milliseconds."""
        parts = []
        for number, measure in enumerate(self.sampler.measures):
            interval = max(int(measure.period_ms / self.factor), 10)
            if interval >= 10 * SECOND:
                interval = interval // SECOND * SECOND
            phase = measure.phase(interval)
            at = (now - phase) // interval * interval + phase
            due = np.flatnonzero(at > self.last)
            if len(due):
                parts.append(self.sampler.sample(number, due, at[due][:, None]))
        self.last = now
        fresh = joined(parts) if parts else None
        arriving = []
        if fresh is not None and len(fresh):
            self._hold(fresh.where(fresh.late), now)
            self._again(fresh.where(fresh.repeated), now)
            arriving.append(fresh.where(~fresh.late))
        while self._late and self._late[0][0] <= now:
            arriving.append(heapq.heappop(self._late)[2])
        return joined(arriving) if arriving else None

    def _hold(self, late: Readings, now: int) -> None:
        """Packets that take one to ten minutes, as those of stations with a poor link do."""
        for number in range(len(late)):
            one = late.where(np.array([number]))
            delay = int((1 + 9 * (one.chance[0] * 1000 % 1)) * MINUTE)
            heapq.heappush(self._late, (now + delay, next(self._order), one))

    def _again(self, repeated: Readings, now: int) -> None:
        if len(repeated):
            heapq.heappush(self._late, (now + 5 * SECOND, next(self._order), repeated))
