"""When a feed is asked again, and when its manager is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

KEPT: Final = timedelta(days=90)
"""What is older is deleted, and not taken in."""
AHEAD: Final = timedelta(hours=1)
"""A feed that dates its news later than this from now would stand on top for ever."""
TOLD_AFTER: Final = timedelta(hours=24)
_LONGEST: Final = timedelta(hours=12)


def pause(every: timedelta, failures: int) -> timedelta:
    """Twice as long after each failure, until twelve hours."""
    return min(every * (1 << min(failures, 12)), max(every, _LONGEST))


def said_at(given: datetime | None, *, now: datetime) -> datetime | None:
    """The moment that an item stands under; None for what is too old to take in."""
    if given is None or given > now + AHEAD:
        return now
    return given if given > now - KEPT else None
