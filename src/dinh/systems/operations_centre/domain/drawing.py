"""Small drawings as SVG geometry: numbers only, so that they can stand in a page under a strict policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dinh.kernel.manifests import Severity

RANK = {severity.value: rank for rank, severity in enumerate(Severity)}


def near(target: float | None, values: Sequence[float | None]) -> float | None:
    """The target, when it lies within three times the spread of the values; farther away it would press
    their line flat."""
    known = [value for value in values if value is not None]
    if target is None or not known:
        return None
    low, high = min(known), max(known)
    spread = (high - low) or abs(high) * 0.02 or 1.0
    return target if low - 3 * spread <= target <= high + 3 * spread else None


@dataclass(frozen=True, slots=True)
class Tick:
    """Alerts that began within one slot of the time bar: `x` 0..1000, `top` 0..24 by their number, as SVG text."""

    x: str
    top: str
    severity: str
    count: int


def ticks(times: Iterable[tuple[datetime, str]], *, start: datetime, end: datetime, slots: int = 144) -> Sequence[Tick]:
    """One tick a slot that holds alerts, coloured by the worst."""
    seconds = (end - start).total_seconds()
    found: dict[int, list[str]] = {}
    for at, severity in times:
        share = (at - start).total_seconds() / seconds
        if 0 <= share < 1:
            found.setdefault(int(share * slots), []).append(severity)
    most = max((len(names) for names in found.values()), default=1)
    return [
        Tick(
            x=f"{(slot + 0.5) / slots * 1000:.1f}",
            top=f"{24 * (0.6 - 0.6 * len(names) / most):.1f}",
            severity=min(names, key=lambda name: RANK.get(name, 9)),
            count=len(names),
        )
        for slot, names in sorted(found.items())
    ]


def nice_steps(values: Iterable[float | None], *, count: int = 5) -> Sequence[float]:
    """`count` + 1 round bounds, equally spaced, that hold every known value; empty when none is known.

    Steps are 1, 2, 2.5 or 5 times a power of ten.
    """
    known = sorted(value for value in values if value is not None)
    if not known:
        return ()
    low, high = known[0], known[-1]
    width = max((high - low) / count, abs(high) * 1e-6, 1e-6)
    power = 10.0 ** _floor_log10(width)
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0):
        step = factor * power
        first = _floor(low / step) * step
        if first + count * step >= high - step * 1e-9:
            break
    return [round(first + step * number, 10) for number in range(count + 1)]


def _floor(value: float) -> int:
    whole = int(value)
    return whole if whole <= value + 1e-9 else whole - 1


def _floor_log10(value: float) -> int:
    exponent = 0
    while value >= 10:
        value, exponent = value / 10, exponent + 1
    while value < 1:
        value, exponent = value * 10, exponent - 1
    return exponent
