"""Template tags of the house: numbers, times, links, icons and shapes as every page writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext as _

from dinh.kernel.clock import VIETNAM, now
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import registry
from dinh.kernel.units import display_unit
from dinh.kernel.urns import parse_urn
from dinh.kernel.vietnamese_text import NARROW_SPACE, format_date, format_moment, format_number
from dinh.web import assets, relative_times, sparklines
from dinh.web.words import told

register = template.Library()
register.filter("told", told)

NOTHING: Final = "–"
_SHAPES: Final = {
    "critical": '<path d="M6 0 12 6 6 12 0 6Z"/>',
    "major": '<path d="M6 .6 12 11.4H0Z"/>',
    "minor": '<path d="M.8 .8h10.4v10.4H.8Z"/>',
    "information": '<circle cx="6" cy="6" r="5.6"/>',
}


def language() -> str:
    return get_language() or "vi"


# --- the build ----------------------------------------------------------------


@register.simple_tag
def asset(name: str) -> SafeString:
    """The styles and the script of a built entry, for <head>."""
    return _asset(name, assets.build())


@lru_cache(maxsize=256)
def _asset(name: str, _build: float) -> SafeString:
    found = assets.asset(name)
    if found is None:
        return format_html("<p>Front end '{}' is not built: run `make assets`.</p>", name)
    styles = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(f"built/{p}"),) for p in found.styles))
    preloads = format_html_join(
        "", '<link rel="modulepreload" href="{}">', ((static(f"built/{p}"),) for p in found.preloads)
    )
    script = format_html('<script type="module" src="{}"></script>', static(f"built/{found.script}"))
    return SafeString(styles + preloads + script)


@register.simple_tag
def icon(name: str, label: str = "", extra: str = "") -> SafeString:
    """An icon in the colour of the text; decorative unless `label` says what it means. `extra`: `large`."""
    return _icon(name, str(label), extra, assets.build())


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, extra: str, _build: float) -> SafeString:
    inner = mark_safe(assets.icon(name) or "")  # noqa: S308 - our own build's file
    classes = f"icon icon--{extra}" if extra else "icon"
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', classes, label, inner
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', classes, inner)


@register.simple_tag
def severity(code: str) -> SafeString:
    """Colour and shape, and the word for those who hear the page."""
    known = code if code in _SHAPES else "information"
    shape = mark_safe(_SHAPES[known])  # noqa: S308 - a constant
    return format_html(
        '<span class="severity severity--{}"><svg viewBox="0 0 12 12" aria-hidden="true">{}</svg></span>'
        '<span class="visually-hidden">{}</span>',
        known,
        shape,
        severity_name(known),
    )


@register.filter
def severity_name(code: str) -> str:
    names = {
        "critical": pgettext("severity", "critical"),
        "major": pgettext("severity", "major"),
        "minor": pgettext("severity", "minor"),
        "information": pgettext("severity", "information"),
    }
    return names.get(code, code)


@register.simple_tag
def link_to(urn: str | None) -> str:
    """The page of a thing by its URN, or '' when no installed system shows that kind."""
    if not urn:
        return ""
    try:
        name = parse_urn(urn)
    except Invalid:
        return ""
    return registry.link_path(name.kind, name.id) or ""


# --- numbers ------------------------------------------------------------------


@register.filter
def number(value: float | Decimal | None, places: int | None = None) -> str:
    """vi «1.234,5», en "1,234.5"; a dash for nothing. Whole numbers have no decimals unless asked for."""
    if value is None or value == "":
        return NOTHING
    if places is None:
        places = 0 if isinstance(value, int) else 1
    if isinstance(value, int):
        value = Decimal(value)
    return format_number(value, int(places), language())


@register.filter
def signed(value: float | Decimal | None, places: int | None = None) -> str:
    """A change: «+1,2», «−3», «±0»."""
    if value is None:
        return NOTHING
    text = number(value, places)
    if not any(digit in text for digit in "123456789"):
        return f"±{text}"
    return text if value < 0 else f"+{text}"


@register.filter
def share(value: float | None, places: int = 0) -> str:
    """0..1 as «97 %»."""
    if value is None:
        return NOTHING
    return f"{format_number(float(value) * 100, int(places), language())}{NARROW_SPACE}%"


@register.filter
def unit(code: str) -> str:
    """A UCUM code as people write it."""
    return display_unit(code or "1")


# --- times --------------------------------------------------------------------


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """«11:42» today, «11:42 21/11/2026» else; the full time is in `datetime` and `title`."""
    if value is None:
        return NOTHING
    local = value.astimezone(VIETNAM)
    full = format_moment(value, language())
    text = f"{local:%H:%M}" if local.date() == now().astimezone(VIETNAM).date() else full
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), full, text)


@register.filter
def full_moment(value: datetime | None) -> str:
    """Plain text with the date, for attributes and sentences."""
    return NOTHING if value is None else format_moment(value, language())


@register.filter
def day(value: date | datetime | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(VIETNAM).date()
    return format_date(value, language())


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """«3 phút trước», kept true by the page's script."""
    if value is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" title="{}" data-relative="ago">{}</time>',
        value.astimezone(VIETNAM).isoformat(timespec="seconds"),
        format_moment(value, language()),
        relative_times.ago(value, now()),
    )


@register.filter
def until(value: datetime | None) -> SafeString | str:
    """«còn 2 giờ 40 phút», «quá 12 phút», coloured when the hour is near or past."""
    if value is None:
        return NOTHING
    left = value - now()
    state = "late" if left.total_seconds() < 0 else "soon" if left < relative_times.SOON else "ahead"
    return format_html(
        '<time class="deadline deadline--{}" datetime="{}" title="{}" data-relative="until">{}</time>',
        state,
        value.astimezone(VIETNAM).isoformat(timespec="seconds"),
        format_moment(value, language()),
        relative_times.until(value, now()),
    )


# --- names and pictures --------------------------------------------------------


@register.filter
def in_language(value: Any) -> str:
    """A Text or a row with `name()` in the language of the page."""
    if value is None:
        return ""
    if hasattr(value, "in_"):
        return str(value.in_(language()))
    name = getattr(value, "name", None)
    if callable(name):
        return str(name(language()))
    return str(getattr(name, "in_", lambda _: name or value)(language()))


@register.simple_tag
def sparkline(
    points: Any, target: float | None = None, label: str = "", places: int = 1, extra: str = ""
) -> SafeString:
    """A line of values or of points with `.value`; None breaks it. `target` is dashed. `extra`: a severity."""
    return sparklines.draw(points, target=target, label=label, places=places, language=language(), extra=extra)


@register.filter
def minutes(value: float | None) -> str:
    """A span of minutes as people say it: 45 phút, 3,5 giờ, 2 ngày; – where there is none."""
    if value is None:
        return "–"
    if value < 90:
        return _("%(count)s min") % {"count": number(value, 0)}
    if value < 48 * 60:
        return _("%(count)s h") % {"count": number(value / 60, 1)}
    return _("%(count)s days") % {"count": number(value / 1440, 1)}


@register.filter
def last_part(urn: str) -> str:
    """What stands behind the last colon of a URN."""
    return str(urn).rpartition(":")[2]


@register.filter
def words(text: str, separator: str | None = None) -> list[str]:
    """The parts of a text, for short fixed lists in templates."""
    return [part.strip() for part in str(text).split(separator)]


@register.filter
def initials(name: str) -> str:
    """Two letters of a Vietnamese name: the middle name's and the given name's."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0] for word in words[-2:]).upper() or "?"


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, **changes: object) -> str:
    """This page's address with some query parameters changed; None or '' takes one away."""
    asked = context["request"].GET.lists()
    kept = [(name, value) for name, values in asked if name not in changes for value in values]
    kept += [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(kept)}"


@register.simple_tag(takes_context=True)
def sort_heading(
    context: template.Context, name: str, label: str, parameter: str = "order", kind: str = ""
) -> SafeString:
    """A <th> whose link sorts by `name`, then by its opposite; tells which way it is sorted now."""
    present = context["request"].GET.get(parameter, context.get("order", ""))
    state = "ascending" if present == name else "descending" if present == f"-{name}" else ""
    href = page_link(context, **{parameter: f"-{name}" if state == "ascending" else name, "page": None})
    mark = {"ascending": "chevron-up", "descending": "chevron-down"}.get(state, "chevrons-up-down")
    return format_html(
        '<th scope="col" class="{}"{}><a href="{}" title="{}">{}{}</a></th>',
        kind,
        format_html(' aria-sort="{}"', state) if state else "",
        href,
        gettext("Sort"),
        label,
        icon(mark),
    )


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, total: int, size: int, page: int = 1, parameter: str = "page") -> dict[str, Any]:
    """Links to the page before and after; `page` counts from 1."""
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    return {
        "total": total,
        "pages": pages,
        "first": (page - 1) * size + 1,
        "last": min(page * size, total),
        "previous": page_link(context, **{parameter: page - 1 if page > 2 else None}) if page > 1 else "",
        "next": page_link(context, **{parameter: page + 1}) if page < pages else "",
    }
