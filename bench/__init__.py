"""Benchmarks: ours, a peer and a limit measured in one run.

`bench/<name>.py` with `run() -> list[Result]` is a benchmark; `python -m bench [names]` runs them, each in a process of
its own, and writes bench/results.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. `ratio` is value over peer_value; `ok` tells whether the limit is kept."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    ratio: float | None
    limit: float
    ok: bool
    model: str
    """The machine."""
    input: str
    ran_at: str


def at_least(
    name: str, value: float, unit: str, limit: float, *, input: str, peer: str = "", peer_value: float | None = None
) -> Result:
    return _result(name, value, unit, limit, value >= limit, input, peer, peer_value)


def at_most(
    name: str, value: float, unit: str, limit: float, *, input: str, peer: str = "", peer_value: float | None = None
) -> Result:
    return _result(name, value, unit, limit, value <= limit, input, peer, peer_value)


def _result(
    name: str, value: float, unit: str, limit: float, ok: bool, given: str, peer: str, peer_value: float | None
) -> Result:
    ratio = round(value / peer_value, 4) if peer_value else None
    ran_at = datetime.now(UTC).isoformat(timespec="seconds")
    rounded = None if peer_value is None else float(f"{peer_value:.6g}")
    return Result(name, float(f"{value:.6g}"), unit, peer, rounded, ratio, limit, ok, machine(), given, ran_at)


def machine() -> str:
    """Processor, cores this process may use, memory."""
    import os

    processor = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{processor}, {len(os.sched_getaffinity(0))} cores, {memory_gib:.0f} GiB"
