"""Public holidays of Vietnam and the days off that follow from them.

Source: Labour Code 45/2019/QH14, article 112 (holidays) and article 111.3 (a holiday on a weekly day off is made up for on the
next working day). The Government decides each year which days around Tết and National Day are off and which working days are
swapped; what is here is the usual choice, and officials set what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from dinh.engines.working_time.lunar import lunar_date

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "new_year": ("Tết Dương lịch", "New Year's Day"),
    "tet": ("Tết Nguyên đán", "Lunar New Year"),
    "hung_kings": ("Giỗ Tổ Hùng Vương", "Hùng Kings' Commemoration Day"),
    "reunification": ("Ngày Chiến thắng", "Reunification Day"),
    "labour": ("Quốc tế Lao động", "Labour Day"),
    "national": ("Quốc khánh", "National Day"),
    "made_up": ("Nghỉ bù", "Day off in lieu"),
}


def holidays(year: int) -> Mapping[date, str]:
    """Days off of the year by the code of their name, in order. Raises ValueError where the lunar calendar is not known."""
    tet = lunar_date(year, 1, 1)
    named = {date(year, 1, 1): "new_year"}
    named |= {tet + timedelta(days=offset): "tet" for offset in range(-1, 4)}
    named[lunar_date(year, 3, 10)] = "hung_kings"
    named[date(year, 4, 30)] = "reunification"
    named[date(year, 5, 1)] = "labour"
    named[date(year, 9, 1)] = "national"
    named[date(year, 9, 2)] = "national"
    for day in sorted(named):
        if day.weekday() >= 5:
            instead = day + timedelta(days=1)
            while instead.weekday() >= 5 or instead in named:
                instead += timedelta(days=1)
            if instead.year == year:
                named[instead] = "made_up"
    return dict(sorted(named.items()))
