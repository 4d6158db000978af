"""A rule on all its series: what has been seen, and which transitions follow from more readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.manifests import RuleSpec
from dinh.spine.observations.judging.hours import Hours
from dinh.spine.observations.judging.measures import Measure
from dinh.spine.observations.judging.stream import Found, Stream
from dinh.spine.observations.rules import NEVER_US, State, Threshold, Transition, What

MINUTE_US: Final = 60_000_000
RETIRED_US: Final = timedelta(days=30) // timedelta(microseconds=1)
"""A series that has been silent for longer is not missed any more."""


class Watch(Protocol):
    """One rule at work. `mask` is by series id: which series feed it."""

    spec: RuleSpec
    mask: NDArray[np.bool_]
    lookback_us: int
    """How far before a moment readings still matter for what is judged then."""

    def feed(self, rows: Stream, judged_us: NDArray[np.int64]) -> list[Found]:
        """`rows` of all series, and by series id the newest reading before them."""

    def tick(self, now_us: int, judged_us: NDArray[np.int64]) -> list[Found]:
        """What follows from the passing of time alone."""

    def restore(self, series: int, since_us: int, worst: float, judged_us: int) -> None:
        """An alert stands on this series."""

    def quieten(self) -> None:
        """Drops what fires, after a recall from history: only the alerts that stand say what does."""

    def grow(self, mask: NDArray[np.bool_]) -> None: ...


@dataclass(slots=True)
class Level:
    """Threshold, rate and unusual value: a measure against a limit, with hysteresis and duration."""

    spec: RuleSpec
    mask: NDArray[np.bool_]
    limit: Threshold
    measure: Measure
    lookback_us: int
    hours: Hours | None = None
    active: dict[int, State] = field(default_factory=dict)
    _is_active: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def __post_init__(self) -> None:
        self.grow(self.mask)

    def grow(self, mask: NDArray[np.bool_]) -> None:
        self.mask = mask
        grown = np.zeros(len(mask), np.bool_)
        grown[: len(self._is_active)] = self._is_active
        self._is_active = grown

    def feed(self, rows: Stream, judged_us: NDArray[np.int64]) -> list[Found]:
        del judged_us
        rows = rows.where(self.mask[rows.series])
        if not len(rows):
            return []
        measured, expected = self.measure(rows)
        limit = self.limit
        past = limit.sign * measured > limit.sign * limit.threshold
        armed = None
        if self.hours is not None:
            armed = self.hours.hold(rows.at_us)
            past &= armed
        hot = self._is_active.copy()
        hot[rows.series[past]] = True
        here = np.flatnonzero(hot[rows.series] & ~np.isnan(measured))
        found: list[Found] = []
        for place in here.tolist():
            one = int(rows.series[place])
            state = self.active.get(one)
            at_us, value = int(rows.at_us[place]), float(measured[place])
            if state is None:
                if not past[place]:
                    continue
                state = self.active[one] = State()
                self._is_active[one] = True
            if armed is not None and not armed[place] and not state.firing:
                steps = []
                state.pending_us = None
            else:
                steps = list(state.feed(limit, ((at_us, value),)))
            found += [
                Found(
                    int(rows.turn[place]),
                    one,
                    int(rows.source[place]),
                    step,
                    float(rows.value[place]),
                    None if expected is None else float(expected[place]),
                )
                for step in steps
            ]
            if not state.firing and state.pending_us is None:
                del self.active[one]
                self._is_active[one] = False
        return found

    def tick(self, now_us: int, judged_us: NDArray[np.int64]) -> list[Found]:
        return []

    def restore(self, series: int, since_us: int, worst: float, judged_us: int) -> None:
        self.active[series] = State(judged_us=judged_us, firing=True, since_us=since_us, worst=worst)
        self._is_active[series] = True

    def quieten(self) -> None:
        self.active = {number: state for number, state in self.active.items() if not state.firing}
        self._is_active[:] = False
        self._is_active[list(self.active)] = True


@dataclass(slots=True)
class Missing:
    """Silence: it begins with the last reading, fires `limit_us` after it whenever that is noticed, and ends with the
    next. Measured in minutes."""

    spec: RuleSpec
    mask: NDArray[np.bool_]
    limit_us: NDArray[np.int64]
    """By series id."""
    hours: Hours | None = None
    lookback_us: int = 0
    active: dict[int, int] = field(default_factory=dict)
    """Series -> since when."""

    def grow(self, mask: NDArray[np.bool_]) -> None:
        grown = np.full(len(mask), self.limit_us[0] if len(self.limit_us) else RETIRED_US)
        grown[: len(self.limit_us)] = self.limit_us
        self.mask, self.limit_us = mask, grown

    def _fires_us(self, since_us: int, series: int) -> int:
        at_us = since_us + int(self.limit_us[series])
        return at_us if self.hours is None else self.hours.next_us(at_us)

    def _fired(self, series: int, since_us: int, at_us: int) -> Transition:
        silent = (at_us - since_us) / MINUTE_US
        return Transition(What.FIRED, at_us, since_us, silent, silent)

    def feed(self, rows: Stream, judged_us: NDArray[np.int64]) -> list[Found]:
        rows = rows.where(self.mask[rows.series])
        if not len(rows):
            return []
        before = np.concatenate((np.full(1, NEVER_US), rows.at_us[:-1]))
        first = np.concatenate(([True], rows.series[1:] != rows.series[:-1]))
        before[first] = judged_us[rows.series[first]]
        gap = rows.at_us - before
        long = (before > NEVER_US) & (gap > self.limit_us[rows.series])
        found: list[Found] = []
        for place in np.flatnonzero(long).tolist():
            one, at_us, since_us = int(rows.series[place]), int(rows.at_us[place]), int(before[place])
            silent = (at_us - since_us) / MINUTE_US
            steps = []
            if self.active.pop(one, None) is None:
                fires_us = self._fires_us(since_us, one)
                if gap[place] > RETIRED_US or fires_us >= at_us:
                    continue
                steps.append(self._fired(one, since_us, fires_us))
            steps.append(Transition(What.CLEARED, at_us, since_us, silent, silent))
            found += [Found(int(rows.turn[place]), one, int(rows.source[place]), step) for step in steps]
        return found

    def tick(self, now_us: int, judged_us: NDArray[np.int64]) -> list[Found]:
        size = min(len(self.mask), len(judged_us))
        last = judged_us[:size]
        silent = self.mask[:size] & (last > NEVER_US) & (now_us - last > self.limit_us[:size])
        silent &= now_us - last <= np.maximum(RETIRED_US, self.limit_us[:size])
        if self.active:
            known = np.array([number for number in self.active if number < size], np.int64)
            silent[known] = False
        found = []
        for one in np.flatnonzero(silent).tolist():
            since_us = int(last[one])
            fires_us = self._fires_us(since_us, one)
            if fires_us <= now_us:
                self.active[one] = since_us
                found.append(Found(0, one, -1, self._fired(one, since_us, fires_us)))
        return found

    def restore(self, series: int, since_us: int, worst: float, judged_us: int) -> None:
        self.active[series] = since_us

    def quieten(self) -> None:
        self.active = {}
