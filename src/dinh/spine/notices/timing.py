"""When a message goes: quiet hours, the hour of the digest, pauses between attempts. Local times are Vietnam's."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final

from dinh.kernel.clock import VIETNAM

ATTEMPTS: Final = 8
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=8)
QUIET_FROM, QUIET_TO, DIGEST_AT = time(22), time(6), time(7)
DAY: Final = timedelta(days=1)


def quiet_until(moment: datetime, start: time, end: time) -> datetime | None:
    """The end of the quiet hours that `moment` lies in; None outside of them."""
    now = moment.astimezone(VIETNAM)
    if start == end:
        return None
    if start < end:
        inside, ends_today = start <= now.time() < end, True
    else:
        inside, ends_today = now.time() >= start or now.time() < end, now.time() < end
    if not inside:
        return None
    day = now.date() if ends_today else (now + DAY).date()
    return datetime.combine(day, end, tzinfo=VIETNAM).astimezone(UTC)


def next_at(moment: datetime, at: time) -> datetime:
    """The next time the clock shows `at`, later than `moment`."""
    local = moment.astimezone(VIETNAM)
    found = datetime.combine(local.date(), at, tzinfo=VIETNAM)
    return (found if found > local else found + DAY).astimezone(UTC)


def pause_after(attempts: int, asked: timedelta | None = None) -> timedelta:
    """Half a minute after the first attempt, three times as long after each further one; longer where the other
    side asked for it."""
    pause: timedelta = FIRST_PAUSE * 3 ** min(max(0, attempts - 1), 12)
    return min(max(pause, asked or pause), LONGEST_PAUSE)
