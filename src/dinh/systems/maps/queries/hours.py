"""When a place is open, as its attribute says it in OpenStreetMap's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from dinh.engines import opening_hours
from dinh.engines.opening_hours import Span
from dinh.engines.working_time import holidays as law
from dinh.kernel.clock import VIETNAM
from dinh.spine.places.api import PlaceRow


@dataclass(frozen=True, slots=True)
class Opening:
    """`written` is all there is where the text was not understood: `open` is None then, `days` empty.

    `changes_at` is when it next opens or closes. `days` from Monday, and the holidays as an eighth where the text names them.
    """

    written: str
    open: bool | None = None
    changes_at: datetime | None = None
    always: bool = False
    days: Sequence[Sequence[Span]] = ()
    holidays: Sequence[Span] | None = None
    holiday_today: bool = False


def opening(place: PlaceRow, now: datetime) -> Opening | None:
    """None where nothing is known."""
    written = str(place.attributes.get("opening_hours", "") or "").strip()
    if not written:
        return None
    hours = _parsed(written)
    if hours is None:
        return Opening(written)
    local = now.astimezone(VIETNAM)
    week = hours.week()
    return Opening(
        written,
        open=hours.is_open(local, is_holiday),
        changes_at=hours.next_change(local, is_holiday),
        always=hours.always,
        days=week.days,
        holidays=week.holidays,
        holiday_today=is_holiday(local.date()),
    )


def written(of_day: Sequence[Span]) -> str:
    """«07:30–11:30, 13:30–17:00», which reads the same in both languages; nothing on a closed day."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in of_day)


def _clock(minute: int) -> str:
    return "24:00" if minute == 1440 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@lru_cache(maxsize=4096)
def _parsed(written: str) -> opening_hours.Hours | None:
    return opening_hours.parse(written)


def is_holiday(day: date) -> bool:
    return day in _holidays(day.year)


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    try:
        return frozenset(law.holidays(year))
    except ValueError:
        return frozenset()
