"""What is known about a day, before it is put into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dinh.kernel.manifests import Direction, Text


@dataclass(frozen=True, slots=True)
class IndicatorFact:
    """`day` and `week` are changes against a day and seven days before, None where nothing compares."""

    name: Text
    unit: str
    places: int
    direction: Direction
    target: float | None
    value: float | None
    missing: str | None
    day: float | None
    week: float | None
    trend: Sequence[float | None]
    simulated: bool
    stale: bool

    @property
    def meets_target(self) -> bool | None:
        """None where there is no target, no value, or no way that is good."""
        if self.value is None or self.target is None or self.direction is Direction.NEITHER:
            return None
        value, target = round(self.value, self.places), round(self.target, self.places)
        return value >= target if self.direction is Direction.HIGHER else value <= target

    @property
    def course(self) -> int | None:
        """1: better than the day before, -1: worse, 0: the same; None where that cannot be said."""
        if self.day is None or self.direction is Direction.NEITHER:
            return None
        moved = round(self.day, self.places)
        if moved == 0:
            return 0
        return 1 if (moved > 0) == (self.direction is Direction.HIGHER) else -1


@dataclass(frozen=True, slots=True)
class AlertFact:
    """`lasted` is within the time told of; `ended` False: it went on at the end."""

    name: Text
    place: Text
    severity: str
    since: datetime
    lasted: timedelta
    ended: bool
    owned: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class DepartmentFact:
    """Cases of one organisation: opened and closed on the day, open and overdue at its end."""

    name: Text
    opened: int
    closed: int
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class QualityFact:
    """Shares 0..1, None where nothing was expected; `silent` are sources without any reading on the day."""

    valid: float | None
    complete: float | None
    unrepeated: float | None
    on_time: float | None
    readings: int
    worst: Sequence[tuple[Text, float]]
    """Sources that were least on time, below 95 %."""
    silent: Sequence[Text]


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that a brief tells of. `end` is before midnight only while the day goes on."""

    area: Text
    date: date
    start: datetime
    end: datetime
    whole: bool
    indicators: Sequence[IndicatorFact]
    alerts: Sequence[AlertFact]
    more_alerts: bool
    departments: Sequence[DepartmentFact]
    quality: QualityFact | None

    @property
    def simulated(self) -> bool:
        return any(fact.simulated for fact in self.indicators) or any(fact.simulated for fact in self.alerts)
