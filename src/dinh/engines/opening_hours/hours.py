"""What a parsed text says: when it is open, until when, and how its week looks.

Moments are Vietnam's time; without daylight saving a day has 24 hours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

DAY_MIN: Final = 24 * 60
_LOOK_DAYS: Final = 21
"""How far the next change is looked for: longer than any holiday and any week."""

type Span = tuple[int, int]
"""Minutes from midnight of the day on which it begins; the end may lie on the next day, up to 48:00."""


@dataclass(frozen=True, slots=True)
class Rule:
    """On its days it replaces what rules before it said, or adds to it. `days` are 0 (Monday) to 6."""

    days: frozenset[int]
    holidays: bool
    spans: tuple[Span, ...]
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """`days` from Monday to Sunday; `holidays` is None where the text does not speak of them."""

    days: tuple[tuple[Span, ...], ...]
    holidays: tuple[Span, ...] | None


def _never(day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    rules: tuple[Rule, ...]

    @property
    def always(self) -> bool:
        """Open day and night, holidays included."""
        week = self.week()
        days = week.days if week.holidays is None else (*week.days, week.holidays)
        return all(spans == ((0, DAY_MIN),) for spans in days)

    def spans_on(self, day: date, is_holiday: Callable[[date], bool] = _never) -> tuple[Span, ...]:
        """Those that begin on the day, in order, none touching another."""
        return self._spans(day.weekday(), holiday=is_holiday(day))

    def is_open(self, moment: datetime, is_holiday: Callable[[date], bool] = _never) -> bool:
        """The minute in which it closes is closed."""
        today, minute = moment.date(), moment.hour * 60 + moment.minute
        if any(start <= minute < end for start, end in self.spans_on(today, is_holiday)):
            return True
        before = self.spans_on(today - timedelta(days=1), is_holiday)
        return any(minute < end - DAY_MIN for _, end in before)

    def next_change(self, moment: datetime, is_holiday: Callable[[date], bool] = _never) -> datetime | None:
        """When it next opens or closes; None where it does neither within three weeks."""
        now = self.is_open(moment, is_holiday)
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        edges: set[datetime] = set()
        for offset in range(-1, _LOOK_DAYS + 1):
            day = midnight + timedelta(days=offset)
            for span in self.spans_on(day.date(), is_holiday):
                edges.update(day + timedelta(minutes=edge) for edge in span)
            edges.add(day)  # at midnight another day's rule may end what ran on
        for edge in sorted(edges):
            if edge > moment and self.is_open(edge, is_holiday) != now:
                return edge
        return None

    def week(self) -> Week:
        speaks = any(rule.holidays for rule in self.rules)
        return Week(
            tuple(self._spans(day, holiday=False) for day in range(7)),
            self._spans(0, holiday=True) if speaks else None,
        )

    def _spans(self, weekday: int, *, holiday: bool) -> tuple[Span, ...]:
        if holiday and any(rule.holidays for rule in self.rules):
            chosen = [rule for rule in self.rules if rule.holidays]
        else:
            chosen = [rule for rule in self.rules if weekday in rule.days]
        spans: list[Span] = []
        for rule in chosen:
            spans = [*spans, *rule.spans] if rule.adds else list(rule.spans)
        return _joined(spans)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
