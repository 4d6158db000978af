"""Cases: every problem becomes work that somebody owns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dinh.spine.parties.api import Actor


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`type_name`/`state_name` come from the manifest, or are the bare codes when the type was removed."""

    urn: str
    number: int
    type: str
    type_name_vi: str
    type_name_en: str
    state: str
    state_name_vi: str
    state_name_en: str
    counts_as: str
    """open, waiting, done or rejected."""
    title: str
    severity: str
    subject: str | None
    """URN of what it is about: an alert, a place, a series."""
    place: str | None
    organisation: str | None
    owner: str | None
    """Person URN; None is the loudest thing on the screen."""
    requester: str | None
    opened_at: datetime
    owner_due_at: datetime
    due_at: datetime
    closed_at: datetime | None
    reason: str
    version: int
    simulated: bool
    steps_done: int = 0
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a case's history, with its leaf in the ledger."""

    at: datetime
    by: str
    by_name: str
    what: str
    """opened, assigned, taken, handed_on, commented, transition:<code>, step:<n>, escalated …"""
    detail: Mapping[str, Any]
    ledger_index: int


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    text_vi: str
    text_en: str
    done_at: datetime | None
    done_by: str | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """A transition that this actor may take now, or why not."""

    code: str
    name_vi: str
    name_en: str
    allowed: bool
    why_not: str = ""
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """All given conditions hold together. `queue` is all, mine, unowned, due_soon or overdue."""

    queue: str = "all"
    states: Sequence[str] = ("open", "waiting")
    """counts_as values."""
    text: str = ""
    within: str | None = None
    organisation: str | None = None
    type: str | None = None
    severity: str | None = None
    at: datetime | None = None
    order: str = "due_at"
    """due_at, -opened_at, severity, number or their opposites with/without '-'."""
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    rows: Sequence[CaseRow]
    total: int
    counts: Mapping[str, int] = field(default_factory=dict)
    """Number per queue: all, mine, unowned, due_soon, overdue."""


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """open: now; minutes_to_owner: median over `window`; on_time: share of those closed in `window`."""

    open: int
    unowned: int
    overdue: int
    minutes_to_owner: float | None
    on_time: float | None
    window: timedelta


def open_case(
    *,
    type: str,
    title: str,
    by: Actor,
    subject: str | None = None,
    place: str | None = None,
    severity: str = "minor",
    organisation: str | None = None,
    requester: str | None = None,
    simulated: bool = False,
    key: str = "",
) -> CaseRow:
    """Opens a case; with the same `key` again, returns the one that exists. Raises Invalid, Refused."""
    raise NotImplementedError


def take(case: str, *, by: Actor, version: int | None = None) -> CaseRow:
    """«I am on it»: the actor becomes the owner. Raises Conflict when somebody else just did (stale version)."""
    raise NotImplementedError


def assign(case: str, *, to: str, by: Actor, note: str = "", version: int | None = None) -> CaseRow:
    """To a person."""
    raise NotImplementedError


def hand_on(case: str, *, organisation: str, by: Actor, reason: str, version: int | None = None) -> CaseRow:
    """To another organisation: the owner is cleared, deadlines stay."""
    raise NotImplementedError


def comment(case: str, *, text: str, by: Actor) -> CaseRow:
    raise NotImplementedError


def tick_step(case: str, *, step: int, by: Actor, done: bool = True) -> CaseRow:
    raise NotImplementedError


def move(case: str, *, transition: str, by: Actor, reason: str = "", version: int | None = None, params: Mapping[str, Any] | None = None) -> CaseRow:
    """Takes a declared transition (start, close, reopen …). Raises Conflict `cases.not_permitted_now` that names
    the permitted ones, Refused, Invalid `cases.reason_needed`."""
    raise NotImplementedError


def case(urn: str) -> CaseRow:
    """Raises NotFound `cases.no_case`."""
    raise NotImplementedError


def case_of(subject: str) -> CaseRow | None:
    """The newest case about an alert or other subject."""
    raise NotImplementedError


def cases_of(subjects: Iterable[str]) -> Mapping[str, CaseRow]:
    raise NotImplementedError


def cases(query: CaseQuery, *, actor: Actor) -> CasePage:
    """What the actor may see, in a fixed number of queries."""
    raise NotImplementedError


def acts(case: str) -> Sequence[Act]:
    """Oldest first."""
    raise NotImplementedError


def steps(case: str) -> Sequence[Step]:
    raise NotImplementedError


def next_steps(case: str, *, actor: Actor) -> Sequence[NextStep]:
    raise NotImplementedError


def figures(*, within: str | None = None, at: datetime | None = None, window: timedelta = timedelta(days=7)) -> WorkFigures:
    raise NotImplementedError


def escalate_overdue() -> int:
    """Marks cases past `owner_due_at` without an owner and past `due_at`, once each, tells by the outbox; returns how many."""
    raise NotImplementedError
