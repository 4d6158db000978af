"""Times: UTC in storage, Asia/Ho_Chi_Minh for days, weeks and working hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dinh.kernel.errors import Invalid

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


_moved: datetime | None = None


def now() -> datetime:
    """The present moment, UTC, with its zone."""
    return _moved or datetime.now(UTC)


def move_to(moment: datetime | None) -> None:
    """Stands the clock of this process at a moment, for a played year; None lets it run again. Never in a server."""
    global _moved
    _moved = moment.astimezone(UTC) if moment else None


def today() -> date:
    """The present day in Vietnam."""
    return now().astimezone(VIETNAM).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Vietnam of `day`, as UTC."""
    return datetime.combine(day, time.min, tzinfo=VIETNAM).astimezone(UTC)


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z; exact, for moments with a zone."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The inverse of `to_microseconds`."""
    return EPOCH + timedelta(microseconds=value)


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment with a zone, as UTC.

    Raises Invalid `time.not_iso` or `time.no_zone`: a time without a zone is
    refused, never guessed.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            "time.not_iso",
            "'{value}' is not an ISO 8601 time; write it like 2026-11-22T11:42:00+07:00",
            value=text,
        ) from error
    raise Invalid(
        "time.no_zone",
        "'{value}' has no time zone; end it with +07:00 for Vietnam or Z for UTC",
        value=text,
    )
