"""Rules of work without a database: numbers, severity, deadlines, which steps a state permits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from dinh.kernel.manifests import CaseTypeSpec, Severity, StateSpec, TransitionSpec, registry
from dinh.kernel.urns import Urn

YEAR: Final = 10**9
RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}
QUEUES: Final = ("all", "mine", "unowned", "due_soon", "overdue")
SOON: Final = timedelta(hours=1)
"""A case whose next deadline is nearer than this is due soon."""
LEFT_ALONE: Final = timedelta(minutes=10)
"""A critical or major alert without a case and without an owner for this long escalates."""
OPEN: Final = ("open", "waiting")
JOINED: Final = "joined"
"""Counts as this: a duplicate that goes the way of the case it was joined to."""
ENDED: Final = ("done", "unfixed", "rejected", JOINED)
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""The stored deadline of a case whose clock stands still: it sorts after all others and is never passed."""
ACCEPT: Final = "accept"
"""The step that taking a case takes by itself, where its state permits one of this code."""


def number_of(year: int, count: int) -> int:
    return year * YEAR + count


def number_text(number: int) -> str:
    """2026-000123; grows beyond six digits where a year needs it."""
    return f"{number // YEAR}-{number % YEAR:06d}"


def urn_of(number: int) -> str:
    return str(Urn("case", number_text(number)))


def deadline(
    *, owner: str, counts_as: str, owner_due_at: datetime, due_at: datetime, paused: bool = False
) -> datetime | None:
    """What the clock on the case counts down to; NEVER while it stands still."""
    if counts_as in ENDED:
        return None
    if paused:
        return NEVER
    return due_at if owner else min(owner_due_at, due_at)


@dataclass(frozen=True, slots=True)
class Machine:
    """A case type as declared, or what remains of one that no system declares any more."""

    code: str
    spec: CaseTypeSpec | None

    @classmethod
    def of(cls, code: str) -> Machine:
        return cls(code, registry.case_type(code))

    def state(self, code: str) -> StateSpec | None:
        if self.spec is None:
            return None
        return next((state for state in self.spec.states if state.code == code), None)

    def steps_from(self, state: str) -> Sequence[TransitionSpec]:
        if self.spec is None:
            return ()
        return tuple(step for step in self.spec.transitions if state in step.from_states)

    def step(self, code: str, state: str) -> TransitionSpec | None:
        return next((step for step in self.steps_from(state) if step.code == code), None)
