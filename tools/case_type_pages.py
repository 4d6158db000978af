"""A page of the documentation with every kind of case that a system declares: its states drawn, its steps listed.

Drawn from the manifests alone, so that the picture cannot disagree with what the software does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from importlib import import_module
from pathlib import Path

from dinh.kernel.specs import CaseTypeSpec, TransitionSpec

ROOT = Path(__file__).resolve().parent.parent
ROW, BOX_HEIGHT, BOX_WIDTH, LANE, MARGIN = 62, 38, 220, 30, 14
COLOURS = {"open": "#0b6b5f", "waiting": "#8a6a00", "done": "#3d5a80", "unfixed": "#9a3b1b", "rejected": "#7a7a7a"}


def declared() -> Sequence[CaseTypeSpec]:
    """The kinds of cases of every system, in the order of their folders."""
    folders = sorted(path.parent.name for path in (ROOT / "src" / "dinh" / "systems").glob("*/system.py"))
    return [spec for name in folders for spec in import_module(f"dinh.systems.{name}.system").SYSTEM.case_types]


def arcs(spec: CaseTypeSpec) -> Sequence[tuple[TransitionSpec, int, int, int]]:
    """Each step once for each state that it leaves: row it leaves, row it comes to, lane. Lanes to the right lead
    down, lanes to the left lead up; arcs of one side that would cross the same rows have lanes of their own."""
    row = {state.code: number for number, state in enumerate(spec.states)}
    wanted = [(step, row[start], row[step.to_state]) for step in spec.transitions for start in step.from_states]
    taken: dict[bool, list[list[tuple[int, int]]]] = {True: [], False: []}
    placed = []
    for step, start, end in sorted(wanted, key=lambda arc: (abs(arc[2] - arc[1]), arc[1])):
        low, high = min(start, end), max(start, end)
        lanes = taken[end > start]
        lane = next(
            (n for n, spans in enumerate(lanes) if all(high <= other[0] or low >= other[1] for other in spans)),
            len(lanes),
        )
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append((low, high))
        placed.append((step, start, end, lane))
    return placed


def drawing(spec: CaseTypeSpec) -> str:
    """An SVG: a box a state, an arc a step with the number that the table gives it."""
    placed = arcs(spec)
    right = max((lane + 1 for _, start, end, lane in placed if end > start), default=0) * LANE
    left = max((lane + 1 for _, start, end, lane in placed if end <= start), default=0) * LANE
    x = MARGIN + left
    width, height = x + BOX_WIDTH + right + MARGIN, 2 * MARGIN + ROW * (len(spec.states) - 1) + BOX_HEIGHT
    number = {step.code: n for n, step in enumerate(spec.transitions, start=1)}
    parts = []
    for step, start, end, lane in placed:
        down = end > start
        edge = x + BOX_WIDTH if down else x
        turn = edge + (lane + 0.75) * LANE * (1 if down else -1)
        y1 = MARGIN + ROW * start + BOX_HEIGHT * (0.65 if down else 0.3)
        y2 = MARGIN + ROW * end + BOX_HEIGHT * (0.3 if down else 0.65)
        tip = edge + (7 if down else -7)
        parts.append(
            f'<path d="M{edge} {y1:.1f}H{turn:.1f}V{y2:.1f}H{tip}" fill="none" stroke="#888" stroke-width="1.4"/>'
            f'<path d="M{edge} {y2:.1f}l{7 if down else -7} -4v8z" fill="#888"/>'
            f'<circle cx="{turn:.1f}" cy="{(y1 + y2) / 2:.1f}" r="9" fill="#fff" stroke="#888"/>'
            f'<text x="{turn:.1f}" y="{(y1 + y2) / 2 + 4:.1f}" text-anchor="middle" font-size="11" fill="#333">'
            f"{number[step.code]}</text>"
        )
    for row, state in enumerate(spec.states):
        y = MARGIN + ROW * row
        colour = COLOURS[state.counts_as]
        ring = 2.6 if state.code == spec.initial else 1.4
        parts.append(
            f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" fill="{colour}" fill-opacity="0.09" '
            f'stroke="{colour}" stroke-width="{ring}"/>'
            f'<text x="{x + BOX_WIDTH / 2}" y="{y + 17}" text-anchor="middle" font-size="13" font-weight="600" fill="#222">'
            f"{escape(state.name.vi)}</text>"
            f'<text x="{x + BOX_WIDTH / 2}" y="{y + 31}" text-anchor="middle" font-size="10.5" fill="#555">'
            f"{escape(state.name.en)}</text>"
        )
    title = escape(f"{spec.name.vi}: {len(spec.states)} trạng thái, {len(spec.transitions)} bước")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{title}" font-family="Be Vietnam Pro, sans-serif"><title>{title}</title>{"".join(parts)}</svg>'
    )


def _span(span: timedelta, *, office: bool) -> str:
    hours = span.total_seconds() / 3600
    said = f"{hours * 60:g} phút" if hours < 1 else f"{hours:g} giờ".replace(".", ",")
    return f"{said} làm việc" if office else said


def page() -> str:
    """Markdown, in Vietnamese with the English names beside."""
    lines = [
        "# Các loại vụ việc",
        "",
        "Trang này được vẽ từ khai báo của từng hệ thống. Ô viền đậm là trạng thái đầu; số trên mũi tên là bước trong bảng.",
        "",
    ]
    for spec in declared():
        names = {state.code: state.name.vi for state in spec.states}
        office = spec.office_hours
        lines += [
            f"## {spec.name.vi} ({spec.name.en})",
            "",
            (
                f"Phải có người nhận trong {_span(spec.to_owner, office=office)}, kết thúc trong "
                f"{_span(spec.to_close, office=office)}."
            ),
            "",
            drawing(spec),
            "",
            "| | Bước | Từ | Đến | Cần |",
            "|---|---|---|---|---|",
        ]
        for number, step in enumerate(spec.transitions, start=1):
            needs = [
                said for said, wanted in (("người nhận", step.needs_owner), ("lý do", step.needs_reason)) if wanted
            ]
            start = ", ".join(names[code] for code in step.from_states)
            lines.append(
                f"| {number} | {step.name.vi} ({step.name.en}) | {start} | {names[step.to_state]} | {', '.join(needs)} |"
            )
        lines.append("")
    return "\n".join(lines)
