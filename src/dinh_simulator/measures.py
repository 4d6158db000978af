"""How one quantity of a group of subjects runs over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh_simulator.noise import DAY, MINUTE, SECOND, VIETNAM, Floats, Moments, day_number, uniform
from dinh_simulator.province import Group

type Rows = NDArray[np.int64]
type Curve = Callable[[Rows, Moments], Floats]
"""Values of the subjects in `rows`, shape (n,), at moments of shape (n, m). NaN is out of service."""

LATTICE: Final = 5 * MINUTE
"""Counters are summed up in steps of this length and drawn straight in between."""


@dataclass(frozen=True)
class Measure:
    """An indicator of a group: `sources` names the source of each subject, `decimals` what the instrument shows."""

    indicator: str
    unit: str
    period_ms: int
    group: Group
    sources: Sequence[str]
    curve: Curve
    decimals: int = 2
    counter: bool = False

    def values(self, rows: Rows, at: Moments) -> Floats:
        return np.asarray(np.round(self.curve(rows, at), self.decimals), np.float64)

    def phase(self, interval_ms: int) -> Moments:
        """When within an interval each subject reports: not all at once, whole seconds where it can be."""
        share = uniform(self.group.key[:, 0], np.zeros(len(self.group), np.int64), salt=71)
        offset = (share * interval_ms).astype(np.int64)
        return offset // SECOND * SECOND if interval_ms >= 10 * SECOND else offset


@dataclass
class DailyCounter:
    """What has come together since midnight in Vietnam, given the rate per second of subjects at moments."""

    group: Group
    rate: Curve
    whole: bool = True
    _days: dict[int, Floats] = field(default_factory=dict)

    def __call__(self, rows: Rows, at: Moments) -> Floats:
        days = day_number(at)
        into = at + VIETNAM - days * DAY
        step = into // LATTICE
        share = (into - step * LATTICE) / LATTICE
        found = np.empty(at.shape, np.float64)
        for day in np.unique(days).tolist():
            table = self._table(day)
            here = days == day
            row = np.broadcast_to(rows[:, None], at.shape)[here]
            before = table[row, step[here]]
            after = table[row, step[here] + 1]
            found[here] = before + (after - before) * share[here]
        return np.floor(found) if self.whole else found

    def _table(self, day: int) -> Floats:
        """Sums at each step of the day, shape (subjects, steps + 1)."""
        if day not in self._days:
            for old in [known for known in self._days if known < day - 2]:
                del self._days[old]
            middles = day * DAY - VIETNAM + np.arange(DAY // LATTICE, dtype=np.int64) * LATTICE + LATTICE // 2
            everyone = np.arange(len(self.group))
            rate = self.rate(everyone, np.broadcast_to(middles, (len(self.group), len(middles))))
            table = np.zeros((len(self.group), len(middles) + 1))
            np.cumsum(np.maximum(np.nan_to_num(rate), 0.0) * (LATTICE / SECOND), axis=1, out=table[:, 1:])
            self._days[day] = table
        return self._days[day]


def out_today(group: Group, rows: Rows, at: Moments, *, share_a_day: float, salt: int) -> NDArray[np.bool_]:
    """Failures by chance: on some days a subject is out for forty minutes to four hours."""
    key = group.key[rows]
    day = day_number(at)
    hit = uniform(key, day, salt) < share_a_day
    begins = uniform(key, day, salt + 1) * 0.8 * DAY
    lasts = (40 + 200 * uniform(key, day, salt + 2)) * MINUTE
    into = at + VIETNAM - day * DAY
    return np.asarray(hit & (into >= begins) & (into < begins + lasts), np.bool_)
