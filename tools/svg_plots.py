"""Plots as SVG, drawn by hand: curves over axes, and a picture with its legend. No library, the same bytes for the same data."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

COLOURS: Final = ("#0b6b60", "#a80f36", "#735700", "#23558c", "#6b3fa0", "#53606b", "#b5541c", "#17222b")
INK: Final = "#17222b"
SOFT: Final = "#53606b"
_LINE: Final = "#c9c4b8"
_FONT: Final = 'font-family="Be Vietnam Pro, Segoe UI, Helvetica, Arial, sans-serif"'
_LEFT, _TOP, _BOTTOM, _LEGEND = 66, 40, 52, 190


@dataclass(frozen=True, slots=True)
class Curve:
    """`marks` draws the points alone: what others published, beside our line."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    colour: str = ""
    dashed: bool = False
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    label: str
    least: float
    most: float
    ticks: Sequence[float]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        if self.logarithmic:
            return math.log(value / self.least) / math.log(self.most / self.least)
        return (value - self.least) / (self.most - self.least)


def plot(title: str, across: Axis, up: Axis, curves: Sequence[Curve], *, width: int = 760, height: int = 430) -> str:
    """Curves with their legend at the right; what lies beyond the axes is cut off."""
    inner_w, inner_h = width - _LEFT - _LEGEND - 16, height - _TOP - _BOTTOM

    def at(x: float, y: float) -> tuple[float, float]:
        return _LEFT + across.share(x) * inner_w, _TOP + (1 - up.share(y)) * inner_h

    parts = [
        _open(width, height, title),
        f'<clipPath id="in"><rect x="{_LEFT}" y="{_TOP}" width="{inner_w}" height="{inner_h}"/></clipPath>',
        _text(_LEFT, 22, title, size=15, weight=600),
    ]
    for tick in across.ticks:
        x, _ = at(tick, up.least)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_TOP + inner_h}" stroke="{_LINE}" stroke-width=".7"/>')
        parts.append(_text(x, _TOP + inner_h + 16, _number(tick), anchor="middle"))
    for tick in up.ticks:
        _, y = at(across.least, tick)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{inner_w}" stroke="{_LINE}" stroke-width=".7"/>')
        parts.append(_text(_LEFT - 8, y + 4, _number(tick), anchor="end"))
    parts.append(
        f'<rect x="{_LEFT}" y="{_TOP}" width="{inner_w}" height="{inner_h}" fill="none" stroke="{SOFT}" stroke-width=".8"/>'
    )
    parts.append(_text(_LEFT + inner_w / 2, height - 12, across.label, anchor="middle", fill=SOFT))
    middle = _TOP + inner_h / 2
    parts.append(
        f'<g transform="rotate(-90 16 {middle:.1f})">{_text(16, middle, up.label, anchor="middle", fill=SOFT)}</g>'
    )
    legend_x = _LEFT + inner_w + 16
    for number, curve in enumerate(curves):
        colour = curve.colour or COLOURS[number % len(COLOURS)]
        points = [at(x, y) for x, y in zip(curve.x, curve.y, strict=True) if math.isfinite(y)]
        y = _TOP + 10 + 19 * number
        if curve.marks:
            dots = "".join(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4"/>' for px, py in points)
            parts.append(f'<g fill="#fff" stroke="{colour}" stroke-width="1.8" clip-path="url(#in)">{dots}</g>')
            parts.append(f'<circle cx="{legend_x + 11}" cy="{y - 4}" r="4" fill="#fff" stroke="{colour}" stroke-width="1.8"/>')  # fmt: skip
        else:
            dash = ' stroke-dasharray="6 4"' if curve.dashed else ""
            path = "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
            parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.9"{dash} clip-path="url(#in)"/>')  # fmt: skip
            parts.append(f'<path d="M{legend_x} {y - 4}h22" stroke="{colour}" stroke-width="1.9"{dash}/>')
        parts.append(_text(legend_x + 28, y, curve.name))
    return "\n".join([*parts, "</svg>"]) + "\n"


def picture(
    title: str, png: bytes, across_m: float, legend: Sequence[tuple[str, str]], unit: str, *, width: int = 760, height: int = 560
) -> str:  # fmt: skip
    """A square map, north up, with its legend at the right and a scale bar on it."""
    side = height - _TOP - 20
    bar_m = 10.0 ** math.floor(math.log10(across_m / 3))
    bar_m = max(step * bar_m for step in (1, 2, 5) if step * bar_m <= across_m / 3)
    bar = bar_m / across_m * side
    encoded = base64.b64encode(png).decode()
    parts = [
        _open(width, height, title),
        _text(20, 22, title, size=15, weight=600),
        f'<image x="20" y="{_TOP}" width="{side}" height="{side}" href="data:image/png;base64,{encoded}"/>',
        f'<rect x="28" y="{_TOP + side - 34}" width="{bar + 16:.1f}" height="26" rx="3" fill="#fff" fill-opacity=".85"/>',
        f'<path d="M36 {_TOP + side - 18}v4h{bar:.1f}v-4" fill="none" stroke="{INK}" stroke-width="1.4"/>',
        _text(36, _TOP + side - 20, f"{bar_m / 1000:g} km", size=11),
        _text(side + 44, _TOP + 14, unit, fill=SOFT),
    ]
    for number, (colour, words) in enumerate(legend):
        y = _TOP + 26 + 22 * number
        parts.append(f'<rect x="{side + 44}" y="{y}" width="20" height="14" fill="{colour}" stroke="{SOFT}" stroke-width=".5"/>')  # fmt: skip
        parts.append(_text(side + 72, y + 12, words))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _open(width: int, height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" {_FONT} font-size="12">'
        f'<title>{escape(title)}</title><rect width="{width}" height="{height}" fill="#fff"/>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", fill: str = INK, size: int = 12, weight: int = 400) -> str:  # fmt: skip
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}" font-size="{size}" font-weight="{weight}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def floats(values: Any) -> list[float]:
    return [float(value) for value in values]
