"""When a rule may fire: hours of the Vietnamese day and days of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.manifests import RuleSpec

MINUTE_US: Final = 60_000_000
DAY_US: Final = 86_400_000_000
# Vietnam has kept UTC+7 without summer time since 1975.
VIETNAM_US: Final = 7 * 3600 * 1_000_000
THURSDAY: Final = 3
"""1970-01-01 was one."""


@dataclass(frozen=True, slots=True)
class Hours:
    """`first` and `last` are minutes of the day; `last` is not within. A span over midnight belongs, for the days of
    the week, to each day by its own part."""

    first: int
    last: int
    weekdays: frozenset[int]

    @classmethod
    def of(cls, spec: RuleSpec) -> Hours | None:
        if spec.hours is None and not spec.weekdays:
            return None
        first, last = spec.hours or (0, 1440)
        return cls(first, last, frozenset(spec.weekdays or range(7)))

    def hold(self, at_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        local = at_us + VIETNAM_US
        minute = local % DAY_US // MINUTE_US
        if self.first < self.last:
            inside = (minute >= self.first) & (minute < self.last)
        else:
            inside = (minute >= self.first) | (minute < self.last)
        weekday = (local // DAY_US + THURSDAY) % 7
        return np.asarray(inside & np.isin(weekday, sorted(self.weekdays)), np.bool_)

    def next_us(self, at_us: int) -> int:
        """The first moment from `at_us` on that lies within, to the minute."""
        if self.hold(np.array([at_us], np.int64))[0]:
            return at_us
        minutes = (at_us // MINUTE_US + 1 + np.arange(8 * 1440)) * MINUTE_US
        within = np.flatnonzero(self.hold(minutes.astype(np.int64)))
        return int(minutes[within[0]])
