"""Several indicators at one thing or in one commune: a tree of conditions that must hold within one span of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import RuleSpec
from dinh.spine.observations.judging.hours import Hours
from dinh.spine.observations.judging.stream import Found, Stream
from dinh.spine.observations.rules import NEVER_US, State, Threshold

MOST_LEAVES: Final = 8
MOST_DEPTH: Final = 4
TRUE: Final = Threshold(1.0, 0.5, 0.5, 0)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One indicator against one limit. `sign` is +1 where it must lie above."""

    indicator: str
    sign: float
    limit: float


type Tree = int | tuple[str, Sequence["Tree"]]
"""The number of a leaf, or all, any or not with what stands under it."""


def _bad(what: str, remedy: str) -> Invalid:
    return Invalid(
        "observations.bad_conditions", "the conditions cannot be read: {what}; {remedy}", what=what, remedy=remedy
    )


def read(conditions: Mapping[str, Any] | None) -> tuple[list[Leaf], Tree]:
    """Raises Invalid `observations.bad_conditions`."""
    leaves: list[Leaf] = []
    if conditions is None:
        raise _bad("there are none", 'give {"all": [...]} with two conditions or more')
    tree = _node(conditions, leaves, 1)
    if len(leaves) > MOST_LEAVES:
        raise _bad(f"{len(leaves)} conditions", f"give at most {MOST_LEAVES}")
    if _holds(tree, [False] * len(leaves), [True] * len(leaves)):
        raise _bad("they hold when nothing is past its limit", "ask for at least one value past its limit")
    return leaves, tree


def _node(node: Any, leaves: list[Leaf], depth: int) -> Tree:
    if not isinstance(node, Mapping) or depth > MOST_DEPTH:
        raise _bad(str(node)[:80], f"give objects, at most {MOST_DEPTH} deep")
    if "indicator" in node:
        limits = [name for name in ("above", "below") if node.get(name) is not None]
        if len(limits) != 1 or set(node) - {"indicator", "above", "below"}:
            raise _bad(str(dict(node))[:120], "give an indicator with either above or below")
        limit = node[limits[0]]
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not np.isfinite(limit):
            raise _bad(str(limit)[:80], "give a finite number as limit")
        leaves.append(Leaf(str(node["indicator"]), 1.0 if limits[0] == "above" else -1.0, float(limit)))
        return len(leaves) - 1
    if len(node) != 1 or next(iter(node)) not in {"all", "any", "not"}:
        raise _bad(str(dict(node))[:120], "give all, any, not or an indicator")
    name, under = next(iter(node.items()))
    parts = [under] if name == "not" else under
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        raise _bad(str(under)[:80], f"give a list under {name}")
    return (name, tuple(_node(part, leaves, depth + 1) for part in parts))


def _holds(tree: Tree, passed: Sequence[bool], known: Sequence[bool]) -> bool | None:
    """None where it cannot be told, because something has not been read within the span."""
    if isinstance(tree, int):
        return True if passed[tree] else False if known[tree] else None
    name, parts = tree
    found = [_holds(part, passed, known) for part in parts]
    if name == "not":
        return None if found[0] is None else not found[0]
    decisive = name == "any"
    if decisive in found:
        return decisive
    return None if None in found else not decisive


@dataclass(slots=True)
class Combination:
    """A condition holds while a reading past its limit lies within the last `window_us`. One alert a group, on the
    `anchor`: its series of the rule's own indicator with the least id."""

    spec: RuleSpec
    mask: NDArray[np.bool_]
    leaves: Sequence[Leaf]
    tree: Tree
    leaf_masks: Sequence[NDArray[np.bool_]]
    """Of each leaf, by series id."""
    group: NDArray[np.int64]
    """By series id: the thing or the commune, -1 without one."""
    anchor: NDArray[np.int64]
    """By group: the series, 0 without one."""
    window_us: int
    lasting_us: int
    hours: Hours | None = None
    active: dict[int, State] = field(default_factory=dict)
    _passed: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    _read: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    _time: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    lookback_us: int = 0

    def __post_init__(self) -> None:
        self.lookback_us = self.window_us + self.lasting_us
        self._fit()

    def grow(self, mask: NDArray[np.bool_]) -> None:
        raise NotImplementedError("a combination is built anew when series are added")

    def _fit(self) -> None:
        shape = (len(self.leaves), len(self.anchor))
        self._passed, self._read = np.full(shape, NEVER_US), np.full(shape, NEVER_US)
        self._time = np.full(len(self.anchor), NEVER_US)

    def feed(self, rows: Stream, judged_us: NDArray[np.int64]) -> list[Found]:
        del judged_us
        mine = self.mask[rows.series]
        group = np.where(mine, self.group[rows.series], -1)
        chosen = np.flatnonzero((group >= 0) & (self.anchor[np.maximum(group, 0)] > 0))
        if not len(chosen):
            return []
        rows, group = rows.where(chosen), group[chosen]
        order = np.lexsort((rows.series, rows.at_us, rows.turn, group))
        rows, group = rows.where(order), group[order]
        concerns = np.array([mask[rows.series] for mask in self.leaf_masks])
        past = concerns & np.array([leaf.sign * rows.value > leaf.sign * leaf.limit for leaf in self.leaves])
        hot = np.zeros(len(self.anchor), np.bool_)
        hot[group[past.any(axis=0)]] = True
        hot |= self._passed.max(axis=0, initial=NEVER_US) >= int(rows.at_us.min()) - self.window_us
        hot[list(self.active)] = True
        cold = ~hot[group]
        for number in range(len(self.leaves)):
            still = cold & concerns[number]
            np.maximum.at(self._read[number], group[still], rows.at_us[still])
        np.maximum.at(self._time, group[cold], rows.at_us[cold])
        armed = None if self.hours is None else self.hours.hold(rows.at_us)
        found: list[Found] = []
        for place in np.flatnonzero(~cold).tolist():
            number = int(group[place])
            at_us = int(rows.at_us[place])
            touched = np.flatnonzero(concerns[:, place])
            self._read[touched, number] = np.maximum(self._read[touched, number], at_us)
            over = np.flatnonzero(past[:, place])
            self._passed[over, number] = np.maximum(self._passed[over, number], at_us)
            now_us = max(at_us, int(self._time[number]))
            self._time[number] = now_us
            found += self._judge(rows, place, number, now_us, armed is None or bool(armed[place]))
        return found

    def _judge(self, rows: Stream, place: int, group: int, now_us: int, armed: bool) -> list[Found]:
        since_us = now_us - self.window_us
        passed = (self._passed[:, group] >= since_us).tolist()
        known = (self._read[:, group] >= since_us).tolist()
        holds = _holds(self.tree, passed, known) is True
        state = self.active.get(group)
        if state is None:
            if not holds or not armed:
                return []
            state = self.active[group] = State()
        if not armed and not state.firing:
            del self.active[group]
            return []
        state.judged_us = now_us - 1  # several readings of one moment are judged one after another
        limit = Threshold(TRUE.sign, TRUE.threshold, TRUE.clear_at, self.lasting_us)
        steps = list(state.feed(limit, ((now_us, 1.0 if holds else 0.0),)))
        if not state.firing and state.pending_us is None:
            del self.active[group]
        source, reading = int(rows.source[place]), float(rows.value[place])
        return [Found(int(rows.turn[place]), int(self.anchor[group]), source, step, reading) for step in steps]

    def tick(self, now_us: int, judged_us: NDArray[np.int64]) -> list[Found]:
        return []

    def restore(self, series: int, since_us: int, worst: float, judged_us: int) -> None:
        if series < len(self.group) and self.group[series] >= 0:
            self.active[int(self.group[series])] = State(
                judged_us=judged_us, firing=True, since_us=since_us, worst=worst
            )

    def quieten(self) -> None:
        self.active = {number: state for number, state in self.active.items() if not state.firing}
