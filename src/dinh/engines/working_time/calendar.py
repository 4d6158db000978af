"""Office hours: a weekly pattern with days that differ from it, and arithmetic on the time in which offices are open.

Moments are datetimes with a zone; days and hours are Vietnam's. Vietnam has no daylight saving time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
DAY: Final = timedelta(days=1)
LONGEST_LOOK: Final = 3660
"""Days that are searched for open hours before a calendar counts as never open."""

type Hours = Sequence[tuple[time, time]]
OFFICE_HOURS: Final[Hours] = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
MONDAY_TO_FRIDAY: Final = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Calendar:
    """`hours` on each weekday of `weekdays` (0 is Monday); `off` are days without, `on` days with hours all the same.

    Raises ValueError for hours that overlap or run backwards.
    """

    hours: Hours = OFFICE_HOURS
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    _length: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        last = time.min
        for start, end in self.hours:
            if not last <= start < end:
                raise ValueError(f"hours from {start:%H:%M} to {end:%H:%M} overlap others or run backwards")
            last = end
        object.__setattr__(self, "_length", sum((_span(*hours) for hours in self.hours), timedelta(0)))

    def is_open_on(self, day: date) -> bool:
        if day in self.on:
            return True
        return day.weekday() in self.weekdays and day not in self.off

    def is_open_at(self, moment: datetime) -> bool:
        local = moment.astimezone(VIETNAM)
        return self.is_open_on(local.date()) and any(start <= local.time() < end for start, end in self.hours)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Open time from `start` to `end`; negative where `end` is before."""
        if end < start:
            return -self.between(end, start)
        first, last = start.astimezone(VIETNAM).date(), end.astimezone(VIETNAM).date()
        if first == last:
            return self._within(first, start, end)
        total = self._within(first, start, end) + self._within(last, start, end)
        return total + self._length * self._open_days(first + DAY, last)

    def after(self, start: datetime, wanted: timedelta) -> datetime:
        """The first moment at which so much open time has passed since `start`, in its zone. Raises ValueError
        where `wanted` is negative or the offices never open again."""
        if wanted < timedelta(0):
            raise ValueError("working time cannot run backwards")
        day = start.astimezone(VIETNAM).date()
        left = wanted
        for _ in range(LONGEST_LOOK + int(wanted / max(self._length, timedelta(minutes=1))) * 7):
            for opens, closes in self._spans(day):
                begin = max(opens, start)
                if begin >= closes and not (left == timedelta(0) and begin == closes):
                    continue
                if begin + left <= closes:
                    return (begin + left).astimezone(start.tzinfo)
                left -= closes - begin
            day += DAY
        raise ValueError("the offices of this calendar never open")

    def close_of_day(self, start: datetime, until: time) -> datetime:
        """When the offices close on the day of `start` where they are open on it and it comes before `until`, else on the next day
        on which they open; in its zone. Raises ValueError where they never open again."""
        local = start.astimezone(VIETNAM)
        day = local.date() if local.time() < until else local.date() + DAY
        for _ in range(LONGEST_LOOK):
            if spans := self._spans(day):
                return spans[-1][1].astimezone(start.tzinfo)
            day += DAY
        raise ValueError("the offices of this calendar never open")

    def _spans(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        if not self.is_open_on(day):
            return ()
        return [
            (datetime.combine(day, start, tzinfo=VIETNAM), datetime.combine(day, end, tzinfo=VIETNAM))
            for start, end in self.hours
        ]

    def _within(self, day: date, start: datetime, end: datetime) -> timedelta:
        spans = ((max(opens, start), min(closes, end)) for opens, closes in self._spans(day))
        return sum((until - since for since, until in spans if until > since), timedelta(0))

    def _open_days(self, first: date, before: date) -> int:
        """How many days of `[first, before)` are open, without walking them."""
        days = (before - first).days
        if days <= 0:
            return 0
        weeks, rest = divmod(days, 7)
        count = weeks * len(self.weekdays) + sum((first.weekday() + n) % 7 in self.weekdays for n in range(rest))
        count -= sum(
            first <= day < before and day.weekday() in self.weekdays and day not in self.on for day in self.off
        )
        return count + sum(first <= day < before and day.weekday() not in self.weekdays for day in self.on)


def _span(start: time, end: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, end) - datetime.combine(day, start)


def with_days(calendar: Calendar, days: Mapping[date, bool]) -> Calendar:
    """The same week with days that are open (True) or closed (False) instead of what they were."""
    opened = {day for day, is_open in days.items() if is_open}
    closed = {day for day, is_open in days.items() if not is_open}
    return Calendar(
        calendar.hours,
        calendar.weekdays,
        frozenset((calendar.off - opened) | closed),
        frozenset((calendar.on - closed) | opened),
    )
