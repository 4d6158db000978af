"""ISO 8601 durations: `PT15M`, `P1D`, `P2W`; a month is written P1M and a year P1Y."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from dinh.kernel.errors import Invalid

MONTH: Final = timedelta(days=30)
"""Stands for a calendar month where steps of time are meant."""
YEAR: Final = timedelta(days=365)
"""Stands for a calendar year where steps of time are meant."""

_FORM: Final = re.compile(
    r"P(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """Raises Invalid `time.not_a_duration`. A month counts as MONTH, a year as YEAR."""
    match = _FORM.fullmatch(text)
    given = {name: float(value) for name, value in match.groupdict().items() if value} if match else {}
    if not given:
        raise Invalid(
            "time.not_a_duration",
            "'{value}' is not an ISO 8601 duration; write it like PT15M, PT1H, P1D or P1M",
            value=text[:100],
        )
    calendar = YEAR * given.pop("years", 0) + MONTH * given.pop("months", 0)
    return calendar + timedelta(**given)


def format_duration(value: timedelta) -> str:
    """The inverse for whole microseconds: days, hours, minutes, seconds."""
    days, rest = value.days, value - timedelta(days=value.days)
    hours, rest_s = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(rest_s, 60)
    time = "".join(f"{number}{letter}" for number, letter in ((hours, "H"), (minutes, "M")) if number)
    if seconds or rest.microseconds:
        fraction = f".{rest.microseconds:06d}".rstrip("0") if rest.microseconds else ""
        time += f"{seconds}{fraction}S"
    text = f"P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"
    return text if text != "P" else "PT0S"
