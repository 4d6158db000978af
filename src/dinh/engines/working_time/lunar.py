"""The Vietnamese lunar calendar, as far as holidays need it: when a lunar month begins, and what Gregorian day a lunar day is.

Months begin on the day of the new moon by the time of 105° east (UTC+7); the eleventh month holds the winter solstice, and
of thirteen months between two solstices the first without a change of the sun's sign is doubled.
Source: J. Meeus, Astronomical Algorithms, 2nd edition, chapters 49 (new moons, truncated to terms above 10 s) and
25 (longitude of the sun, 0.01°); the rules since Decision 121-CP of 1967.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import floor, pi, sin
from typing import Final

FIRST, LAST = 1968, 2199
"""Years for which the rule holds and the truncated formulas have been compared."""
_UNIX_DAY: Final = 2440587.5
_ZONE: Final = 7 / 24
_MONTH: Final = 29.530588861


def lunar_date(year: int, month: int, day: int, *, doubled: bool = False) -> date:
    """The Gregorian day of a day of the lunar year `year` (the one that begins in that Gregorian year).

    `doubled` names the second of a doubled month. Raises ValueError where year, month or day do not exist.
    """
    if not FIRST < year <= LAST:
        raise ValueError(f"lunar years from {FIRST + 1} to {LAST} are known, not {year}")
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(f"there is no day {day} of lunar month {month}")
    starts, leap = _months(year if month < 11 else year + 1)
    place = (month + 1) % 12  # the eleventh month of the year before comes first
    if leap is not None and (place >= leap or (doubled and place == leap - 1)):
        place += 1
    if doubled and place != leap:
        raise ValueError(f"lunar month {month} of {year} is not doubled")
    start, end = starts[place], starts[place + 1]
    if day > end - start:
        raise ValueError(f"lunar month {month} of {year} has {end - start} days")
    return _date(start + day - 1)


def new_year(year: int) -> date:
    """The first day of Tết."""
    return lunar_date(year, 1, 1)


def _months(year: int) -> tuple[list[int], int | None]:
    """First days (Julian day numbers) of the months from the eleventh of the year before on, and which of them is doubled."""
    first, last = _eleventh(year - 1), _eleventh(year)
    number = _lunation(first)
    starts = [_new_moon_day(number + offset) for offset in range(15)]
    if last - first < 365:
        return starts, None
    leap = next(n for n in range(1, 13) if _sign(starts[n]) == _sign(starts[n + 1]))
    return starts, leap


def _eleventh(year: int) -> int:
    """First day of the lunar month that holds the winter solstice of the Gregorian year."""
    end = date(year, 12, 31).toordinal() + 1721425
    number = floor((end - 2415021.0) / _MONTH)
    start = _new_moon_day(number)
    return start if _sign(start) < 9 else _new_moon_day(number - 1)


def _lunation(day: int) -> int:
    return floor((day - 2415021.077) / _MONTH + 0.5)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day - 2440588)


def _new_moon_day(number: int) -> int:
    """Julian day number, in Vietnam, of the new moon `number` lunations after that of 1900-01-01."""
    return floor(_new_moon(number) + 0.5 + _ZONE)


def _new_moon(number: int) -> float:
    """Julian date, UT, of a new moon; good to about two minutes."""
    t = number / 1236.85
    rad = pi / 180
    mean = 2415020.75933 + 29.53058868 * number + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * rad)
    sun = (359.2242 + 29.10535608 * number - 0.0000333 * t**2 - 0.00000347 * t**3) * rad
    moon = (306.0253 + 385.81691806 * number + 0.0107306 * t**2 + 0.00001236 * t**3) * rad
    node = (21.2964 + 390.67050646 * number - 0.0016528 * t**2 - 0.00000239 * t**3) * rad
    shift = (0.1734 - 0.000393 * t) * sin(sun) + 0.0021 * sin(2 * sun) - 0.4068 * sin(moon) + 0.0161 * sin(2 * moon)
    shift += -0.0004 * sin(3 * moon) + 0.0104 * sin(2 * node) - 0.0051 * sin(sun + moon) - 0.0074 * sin(sun - moon)
    shift += 0.0004 * sin(2 * node + sun) - 0.0004 * sin(2 * node - sun) - 0.0006 * sin(2 * node + moon)
    shift += 0.0010 * sin(2 * node - moon) + 0.0005 * sin(sun + 2 * moon)
    delta = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return mean + shift - delta


def _sign(day: int) -> int:
    """The sign of the sun, 0 to 11 from the spring equinox, at midnight in Vietnam that begins the day."""
    t = (day - 0.5 - _ZONE - 2451545.0) / 36525
    rad = pi / 180
    anomaly = 357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3
    longitude = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    longitude += (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly * rad)
    longitude += (0.019993 - 0.000101 * t) * sin(2 * anomaly * rad) + 0.000290 * sin(3 * anomaly * rad)
    return floor(longitude % 360 / 30)
