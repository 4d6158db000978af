"""How distances, spans of time and opening hours are said, and a square code of an address."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dinh.engines.opening_hours import Span
from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.kernel.vietnamese_text import NARROW_SPACE, format_number
from dinh.systems.maps.domain.kinds import BY_CODE
from dinh.systems.maps.queries.hours import Opening, written
from dinh.web.templatetags.dinh import language

register = template.Library()


@register.filter
def distance(metres: float | None) -> str:
    """«350 m», «1,2 km», «24 km»."""
    if metres is None:
        return ""
    if metres < 995:
        step = 10 if metres >= 100 else 5
        return f"{max(step, round(metres / step) * step)}{NARROW_SPACE}m"
    return f"{format_number(metres / 1000, 1 if metres < 9_950 else 0, language())}{NARROW_SPACE}km"


@register.filter
def kilometres(length_km: float) -> str:
    return distance(length_km * 1000) if length_km else ""


@register.filter
def duration(seconds: float) -> str:
    """«9 phút», «1 giờ 20 phút»; never less than a minute."""
    minutes = max(1, math.ceil(seconds / 60 - 0.5))
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    hours, minutes = divmod(minutes, 60)
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def kind_of(level: str) -> str:
    """The name of a kind; one that the map does not know is shown as its source writes it."""
    kind = BY_CODE.get(level)
    return kind.name.in_(language()) if kind else level.replace("_", " ")


def day_names() -> Sequence[str]:
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip


@register.filter
def state(opening: Opening) -> str:
    """«Đang mở cửa, đóng lúc 17:00»; as written where it was not understood."""
    if opening.open is None:
        return opening.written
    if opening.always:
        return _("Open day and night")
    change = opening.changes_at
    if change is None:
        return _("Open now") if opening.open else _("Closed now")
    when = _moment(change)
    return (
        _("Open now, closes at %(time)s") % {"time": when}
        if opening.open
        else _("Closed now, opens at %(time)s") % {"time": when}
    )


def _moment(change: datetime) -> str:
    now = clock.now().astimezone(VIETNAM)
    days = (change.date() - now.date()).days
    if days == 0 or (days == 1 and change.hour < 6 and now.hour >= 12):
        return f"{change:%H:%M}"
    if days < 7:
        return _("%(time)s on %(day)s") % {"time": f"{change:%H:%M}", "day": day_names()[change.weekday()]}
    return f"{change:%H:%M %d/%m}"


@register.filter
def spans(of_day: Sequence[Span]) -> str:
    """«07:30–11:30, 13:30–17:00»."""
    if not of_day:
        return _("closed all day")
    if of_day == ((0, 1440),):
        return _("all day")
    return written(of_day)


@register.simple_tag
def week(opening: Opening) -> Sequence[tuple[str, str, bool]]:
    """Days with their hours, whether it is today; the holidays last where the hours speak of them."""
    weekday = clock.today().weekday()
    on_holiday = opening.holidays is not None and opening.holiday_today
    rows = [
        (name, spans(of_day), number == weekday and not on_holiday)
        for number, (name, of_day) in enumerate(zip(day_names(), opening.days, strict=True))
    ]
    if opening.holidays is not None:
        rows.append((_("Public holidays"), spans(opening.holidays), on_holiday))
    return rows


@register.filter
def telephone(number: str) -> str:
    """For a tel: link; nothing where there is no number in it."""
    first = number.split(";")[0].split(",")[0]
    digits = "".join(character for character in first if character.isdigit())
    return ("+" if first.strip().startswith("+") else "") + digits if len(digits) >= 3 else ""


@register.simple_tag
def square_code(address: str, label: str) -> SafeString:
    """A QR code; it keeps its light ground in dark themes, for cameras need it."""
    drawn = segno.make(address, error="m").svg_inline(scale=3, border=2, dark="#17222b", light="#ffffff", title=label)
    return mark_safe(drawn)  # noqa: S308 - made here; segno escapes the title
