"""When a threshold rule fires and clears: pure computation on readings in time order.

The state of a rule on one series is a value of three fields; feeding readings one batch or another
way gives the same transitions, as long as each series' readings come in time order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from dinh.kernel.manifests import RuleSpec

NEVER_US: Final = -(2**62)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rule as numbers. `sign` is +1 where high values are bad, -1 where low ones are."""

    sign: float
    threshold: float
    clear_at: float
    lasting_us: int

    @classmethod
    def of(cls, spec: RuleSpec) -> Threshold:
        threshold = spec.above if spec.above is not None else spec.below
        if threshold is None:
            threshold = 0.5  # a combination holds or does not; silence is measured otherwise
        clear_at = threshold if spec.clear_at is None else spec.clear_at
        sign = 1.0 if spec.above is not None else -1.0
        return cls(sign, threshold, clear_at, spec.lasting // timedelta(microseconds=1))

    def passes(self, value: float) -> bool:
        """True where the value lies beyond the threshold; a value upon it does not."""
        return self.sign * value > self.sign * self.threshold

    def clears(self, value: float) -> bool:
        """True where the value has come back over `clear_at`, or upon it."""
        return self.sign * value <= self.sign * self.clear_at

    def worse(self, one: float, other: float) -> float:
        return max(one, other) if self.sign > 0 else min(one, other)


class What(Enum):
    FIRED = "fired"
    WORSENED = "worsened"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Transition:
    """`since_us` is when the value passed the threshold; `at_us` the reading that made the transition."""

    what: What
    at_us: int
    since_us: int
    value: float
    worst: float


@dataclass(slots=True)
class State:
    """Of one rule on one series. `pending_us`: since when values have passed, while not yet for long enough."""

    judged_us: int = NEVER_US
    pending_us: int | None = None
    firing: bool = False
    since_us: int = NEVER_US
    worst: float = 0.0

    def feed(self, rule: Threshold, readings: Iterable[tuple[int, float]]) -> Iterator[Transition]:
        """Readings are (microseconds, value) in time order, without missing ones.

        A reading not newer than the last judged one is late: it stays in the history and moves no state.
        """
        for at_us, value in readings:
            if at_us <= self.judged_us:
                continue
            self.judged_us = at_us
            if self.firing:
                yield from self._while_firing(rule, at_us, value)
            else:
                yield from self._while_quiet(rule, at_us, value)

    def _while_firing(self, rule: Threshold, at_us: int, value: float) -> Iterator[Transition]:
        if rule.clears(value):
            self.firing, self.pending_us = False, None
            yield Transition(What.CLEARED, at_us, self.since_us, value, self.worst)
        elif rule.worse(value, self.worst) != self.worst:
            self.worst = value
            yield Transition(What.WORSENED, at_us, self.since_us, value, value)

    def _while_quiet(self, rule: Threshold, at_us: int, value: float) -> Iterator[Transition]:
        if not rule.passes(value):
            self.pending_us = None
            return
        if self.pending_us is None:
            self.pending_us, self.worst = at_us, value
        self.worst = rule.worse(self.worst, value)
        if at_us - self.pending_us >= rule.lasting_us:
            self.firing, self.since_us, self.pending_us = True, self.pending_us, None
            yield Transition(What.FIRED, at_us, self.since_us, value, self.worst)
