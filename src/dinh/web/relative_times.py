"""How long ago and how long until, in words; the page's script says the same as time goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext, ngettext

SOON: Final = timedelta(hours=1)
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def until(moment: datetime, now: datetime) -> str:
    """«còn 2 giờ 40 phút» before the moment, «quá 12 phút» after it; days from two days on."""
    seconds = (moment - now).total_seconds()
    length = _length(abs(seconds))
    if seconds >= 0:
        return gettext("%(time)s left") % {"time": length}
    return gettext("%(time)s over") % {"time": length}


def ago(moment: datetime, now: datetime) -> str:
    """«vừa xong», «3 phút trước», «2 giờ trước», «4 ngày trước»."""
    seconds = max(0.0, (now - moment).total_seconds())
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        return gettext("%(time)s ago") % {"time": _minutes(int(seconds // _MINUTE))}
    if seconds < 2 * _DAY:
        return gettext("%(time)s ago") % {"time": _hours(int(seconds // _HOUR))}
    return gettext("%(time)s ago") % {"time": _days(int(seconds // _DAY))}


def _length(seconds: float) -> str:
    minutes = int(seconds // _MINUTE)
    if minutes < 60:
        return _minutes(minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 48:
        return gettext("%(hours)s %(minutes)s") % {"hours": _hours(hours), "minutes": _two_digit_minutes(rest)}
    return _days(hours // 24)


def _minutes(count: int) -> str:
    return ngettext("%(count)d min", "%(count)d min", count) % {"count": count}


def _two_digit_minutes(count: int) -> str:
    return gettext("%(count)02d min") % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d h", "%(count)d h", count) % {"count": count}


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
