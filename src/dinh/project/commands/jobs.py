"""`dinh jobs`: long work that runs, waits, failed or has ended, as a table or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from dinh.kernel.clock import VIETNAM
from dinh.spine.jobs import api as jobs

HELP = "list long work: what runs, waits, failed"
STATES = ("waiting", "running", "done", "failed", "cancelled")
TITLE_WIDTH = 48


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dinh jobs", description=HELP)
    parser.add_argument("--state", action="append", choices=STATES, default=[], help="only these; may be repeated")
    parser.add_argument("--kind", default="", help="only this kind of work")
    parser.add_argument("--limit", type=int, default=50, help="at most so many, the newest first (50)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    asked = parser.parse_args(arguments)
    rows = jobs.tasks(states=asked.state, kind=asked.kind, limit=max(1, asked.limit))
    if asked.json:
        for row in rows:
            print(json.dumps(asdict(row), ensure_ascii=False, default=lambda value: value.isoformat()))
        return 0
    if not rows:
        print("no long work")
    for line in table(rows):
        print(line)
    return 0


def table(rows: Sequence[jobs.TaskRow]) -> Sequence[str]:
    """The id is what `dinh jobs cancel` and `dinh jobs retry` take."""
    cells = [
        (
            row.id,
            row.state + ("*" if row.cancelling else ""),
            f"{row.done}/{row.total}" if row.total is not None else str(row.done),
            str(row.attempts),
            f"{row.created_at.astimezone(VIETNAM):%d/%m %H:%M}",
            row.kind,
            row.title if len(row.title) <= TITLE_WIDTH else row.title[: TITLE_WIDTH - 1] + "…",
        )
        for row in rows
    ]
    widths = [max(len(cell[column]) for cell in cells) for column in range(6)] if cells else []
    lines = []
    for row, cell in zip(rows, cells, strict=True):
        lines.append("  ".join([*(text.ljust(width) for text, width in zip(cell, widths, strict=False)), cell[6]]))
        if row.error:
            lines.append(f"    {row.error.splitlines()[0]}")
    return lines
