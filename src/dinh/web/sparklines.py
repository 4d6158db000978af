"""Small lines of values, drawn on the server; the same data is in words for those who hear the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from dinh.kernel.vietnamese_text import format_number

WIDTH: Final = 100.0
HEIGHT: Final = 30.0
MARGIN: Final = 3.0


def draw(
    points: Iterable[Any] | None, *, target: float | None, label: str, places: int, language: str, extra: str
) -> SafeString:
    """An SVG of 100 × 30 that stretches; values are evenly spaced, gaps stay gaps."""
    values = [_value(point) for point in points or ()]
    known = [value for value in values if value is not None]
    classes = f"sparkline sparkline--{extra}" if extra else "sparkline"
    if not known:
        return format_html(
            '<span class="{} sparkline--empty" role="img" aria-label="{}"></span>', classes, gettext("No readings yet")
        )
    low, high = min(known), max(known)
    if target is not None:
        low, high = min(low, target), max(high, target)
    span = (high - low) or 1.0

    def y(value: float) -> str:
        return f"{HEIGHT - MARGIN - (value - low) / span * (HEIGHT - 2 * MARGIN):.1f}"

    step = WIDTH / max(1, len(values) - 1)
    lines: list[list[str]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            if lines[-1]:
                lines.append([])
        else:
            lines[-1].append(f"{index * step:.1f} {y(value)}")
    path = format_html_join(
        "", '<path d="M{}"/>', ((" ".join(line) if len(line) > 1 else f"{line[0]}h.01",) for line in lines if line)
    )
    last = max(index for index, value in enumerate(values) if value is not None)
    end = format_html('<path class="sparkline__end" d="M{} {}h.01"/>', f"{last * step:.1f}", y(known[-1]))
    dashed = ""
    if target is not None:
        dashed = format_html('<path class="sparkline__target" d="M0 {0}H100"/>', y(target))
    words = gettext("%(label)s: from %(first)s to %(last)s, least %(low)s, greatest %(high)s") % {
        "label": label or gettext("Trend"),
        "first": format_number(known[0], places, language),
        "last": format_number(known[-1], places, language),
        "low": format_number(min(known), places, language),
        "high": format_number(max(known), places, language),
    }
    return format_html(
        '<svg class="{}" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label="{}">{}{}{}</svg>',
        classes, words, dashed, path, end,
    )  # fmt: skip


def _value(point: Any) -> float | None:
    value = getattr(point, "value", point)
    return None if value is None else float(value)
