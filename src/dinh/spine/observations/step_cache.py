"""Condensed steps kept in memory until a reading falls into them: what live pictures are drawn from."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch, History
from dinh.spine.observations.steps import INCREASE, Grid, Steps, look_back, read_steps

MOST_ENTRIES: Final = 4_000_000
"""Series times steps, about 35 bytes each."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One indicator's series, by one measure."""

    code: str
    measure: str
    series: NDArray[np.uint32]
    period: timedelta | None

    def key(self, grid: Grid) -> tuple[timedelta, str, str]:
        return grid.every, self.code, self.measure


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A scan under way: what it found may lack the readings that fell into `changed` since it began."""

    history: History | None
    grid: Grid
    changed: set[int]


class StepCache:
    """Only the process that owns the history hears of commits, so only there anything is kept."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._history: History | None = None
        self._held: dict[tuple[timedelta, str, str], dict[int, Steps]] = {}
        self._reach: dict[tuple[timedelta, str, str], int] = {}
        """How many steps after the one it falls into a reading may change."""
        self._entries = 0
        self._under_way: list[_Reading] = []

    def committed(self, batch: CommittedBatch) -> None:
        """Forgets the steps into which readings fell."""
        with self._guard:
            for every in {key[0] for key in self._held} | {reading.grid.every for reading in self._under_way}:
                grid = Grid(every)
                starts = _starts(grid, batch.observed_at_us)
                for key, held in self._held.items():
                    if key[0] == every:
                        self._drop(held, starts, self._reach[key], grid)
                for reading in self._under_way:
                    if reading.grid.every == every:
                        reading.changed.update(starts)

    def _drop(self, held: dict[int, Steps], starts: set[int], reach: int, grid: Grid) -> None:
        for start in _reached(grid, starts, reach):
            gone = held.pop(start, None)
            if gone is not None:
                self._entries -= len(gone) + 1

    def read(self, wanted: Sequence[Wanted], grid: Grid, starts: Sequence[int]) -> Mapping[tuple[str, str], Steps]:
        """Steps beginning at `starts` (ascending), by code and measure; what is not held is read in one scan."""
        with self._guard:
            if owner.owned() is not self._history or self._entries > MOST_ENTRIES:
                self._held.clear()
                self._reach.clear()
                self._entries, self._history = 0, owner.owned()
            known = {item.key(grid): dict(self._held.get(item.key(grid), {})) for item in wanted}
            lacking = [item for item in wanted if any(start not in known[item.key(grid)] for start in starts)]
            reading = _Reading(self._history, grid, set())
            if lacking:
                self._under_way.append(reading)
        if lacking:
            absent = [s for s in starts if any(s not in known[item.key(grid)] for item in lacking)]
            try:
                fresh = _read(lacking, grid, absent)
                self._keep(fresh, lacking, reading)
            finally:
                with self._guard:
                    self._under_way.remove(reading)
            for key, found in fresh.items():
                known[key].update(found)
        return {
            (item.code, item.measure): Steps.joined([known[item.key(grid)][start] for start in starts])
            for item in wanted
        }

    def _keep(
        self,
        fresh: Mapping[tuple[timedelta, str, str], Mapping[int, Steps]],
        wanted: Sequence[Wanted],
        reading: _Reading,
    ) -> None:
        """Keeps what was read, but for the steps into which readings fell meanwhile."""
        grid = reading.grid
        with self._guard:
            if reading.history is None or reading.history is not self._history:
                return
            for item in wanted:
                key = item.key(grid)
                held = self._held.setdefault(key, {})
                back = look_back(item.period) if item.measure == INCREASE else timedelta(0)
                self._reach[key] = -(-back // grid.every)
                changed = _reached(grid, reading.changed, self._reach[key])
                for start, steps in fresh[key].items():
                    if start not in held and start not in changed:
                        self._entries += len(steps) + 1
                        held[start] = steps
                self._entries -= sum(len(steps) + 1 for steps in _pruned(held))


def _starts(grid: Grid, observed_at_us: NDArray[np.int64]) -> set[int]:
    """The steps into which these moments fall, and perhaps some beside them."""
    length = grid.length_us
    numbers, first = np.unique(observed_at_us // length, return_index=True)
    starts = {grid.floor_us(time) for time in observed_at_us[first].tolist()}
    # Division from the epoch may put two steps of the grid into one number: the next one counts too.
    return starts | {grid.floor_us(int(number + 1) * length - 1) for number in numbers.tolist()}


def _reached(grid: Grid, starts: set[int], reach: int) -> set[int]:
    """These steps and the `reach` steps after each."""
    found = set(starts)
    for start in starts:
        for _ in range(reach):
            start = _after(grid, start)
            found.add(start)
    return found


def _pruned(held: dict[int, Steps], most: int = 400) -> list[Steps]:
    """Takes out the oldest steps beyond `most`."""
    return [held.pop(start) for start in sorted(held)[:-most]] if len(held) > most else []


def _read(
    wanted: Sequence[Wanted], grid: Grid, absent: Sequence[int]
) -> dict[tuple[timedelta, str, str], dict[int, Steps]]:
    end_us = _after(grid, absent[-1])
    found: dict[tuple[timedelta, str, str], dict[int, Steps]] = {}
    periods = [item.period for item in wanted if item.measure == INCREASE and item.period]
    plain = [item for item in wanted if item.measure != INCREASE]
    counters = [item for item in wanted if item.measure == INCREASE]
    for items in (plain, counters):
        if not items:
            continue
        series = np.unique(np.concatenate([item.series for item in items]))
        steps = read_steps(
            series,
            [item.measure for item in items],
            start=clock.from_microseconds(absent[0]),
            end=clock.from_microseconds(end_us),
            grid=grid,
            period=max(periods, default=None),
        )
        for item in items:
            every = steps[item.measure]
            mine = every if len(series) == len(item.series) else every.where(np.isin(every.series, item.series))
            found[item.key(grid)] = _by_start(mine, absent)
    return found


def _after(grid: Grid, start_us: int) -> int:
    """The start of the step after the one that begins at `start_us`."""
    return (
        grid.floor_us(start_us + grid.length_us + grid.length_us // 4)
        if grid.is_calendar
        else start_us + grid.length_us
    )


def _by_start(steps: Steps, starts: Sequence[int]) -> dict[int, Steps]:
    ordered = steps.where(np.argsort(steps.at_us, kind="stable"))
    lower = np.searchsorted(ordered.at_us, starts, side="left").tolist()
    upper = np.searchsorted(ordered.at_us, starts, side="right").tolist()
    return {
        start: Steps(*(getattr(ordered, name)[a:b] for name in Steps.__slots__))
        for start, a, b in zip(starts, lower, upper, strict=True)
    }


def starts_before(grid: Grid, moment_us: int, count: int) -> list[int]:
    """The starts of the `count` steps that end with the one that holds the moment, ascending."""
    found = [grid.floor_us(moment_us)]
    while len(found) < count:
        found.append(grid.floor_us(found[-1] - 1))
    return found[::-1]


cache: Final = StepCache()
