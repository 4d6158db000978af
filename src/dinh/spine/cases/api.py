"""Cases: every problem becomes work that somebody owns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dinh.kernel.manifests import CaseTypeSpec
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
    title_en: str = ""
    """Only where the title was made by Đình, as for cases that alerts open."""
    deadline_at: datetime | None = None
    """The next one: to have an owner, else to be ended. None once it is ended."""
    escalated: bool = False

    @property
    def number_text(self) -> str:
        """As people say it: 2026-000123. The id of the URN as well."""
        return self.urn.rpartition(":")[2]

    def name(self, language: str) -> str:
        return self.title if language.startswith("vi") or not self.title_en else self.title_en


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a case's history, with its leaf in the ledger."""

    at: datetime
    by: str
    by_name: str
    what: str
    """opened, assigned, taken, handed_on, commented, transition:<code>, step:<n>, escalated …"""
    detail: Mapping[str, Any]
    """text, note, reason or title as written; to, organisation, from_state, to_state, because … as they apply."""
    ledger_index: int
    state: str = ""
    """The case's state after the act."""
    version: int = 0


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
    title_en: str = "",
) -> CaseRow:
    """Opens a case; with the same `key` again, returns the one that exists. Raises Invalid, Refused.

    Without `organisation` it goes to the type's, else to the one that is responsible for the place.
    """
    from dinh.spine.cases import opening

    return opening.open_case(
        type=type,
        title=title,
        title_en=title_en,
        by=by,
        subject=subject,
        place=place,
        severity=severity,
        organisation=organisation,
        requester=requester,
        simulated=simulated,
        key=key,
    )


def take(case: str, *, by: Actor, version: int | None = None) -> CaseRow:
    """«I am on it»: the actor becomes the owner, and the step `accept` is taken where the state has one.

    Raises Conflict when somebody else just did (stale version), or has it and no version shows that the
    actor knows. Comments and ticked steps make no version stale.
    """
    from dinh.spine.cases import actions

    return actions.take(case, by=by, version=version)


def assign(case: str, *, to: str, by: Actor, note: str = "", version: int | None = None) -> CaseRow:
    """To a person."""
    from dinh.spine.cases import actions

    return actions.assign(case, to=to, by=by, note=note, version=version)


def hand_on(case: str, *, organisation: str, by: Actor, reason: str, version: int | None = None) -> CaseRow:
    """To another organisation: the owner is cleared, deadlines stay."""
    from dinh.spine.cases import actions

    return actions.hand_on(case, organisation=organisation, by=by, reason=reason, version=version)


def comment(case: str, *, text: str, by: Actor) -> CaseRow:
    from dinh.spine.cases import actions

    return actions.comment(case, text=text, by=by)


def tick_step(case: str, *, step: int, by: Actor, done: bool = True) -> CaseRow:
    from dinh.spine.cases import actions

    return actions.tick_step(case, step=step, by=by, done=done)


def move(
    case: str,
    *,
    transition: str,
    by: Actor,
    reason: str = "",
    version: int | None = None,
    params: Mapping[str, Any] | None = None,
) -> CaseRow:
    """Takes a declared transition (start, close, reopen …). Raises Conflict `cases.not_permitted_now` that names
    the permitted ones, Refused, Invalid `cases.reason_needed`."""
    from dinh.spine.cases import actions

    return actions.move(case, transition=transition, by=by, reason=reason, version=version, params=params or {})


def case(urn: str) -> CaseRow:
    """Raises NotFound `cases.no_case`."""
    from dinh.spine.cases import queries

    return queries.case(urn)


def case_of(subject: str) -> CaseRow | None:
    """The newest case about an alert or other subject."""
    from dinh.spine.cases import queries

    return queries.cases_of([subject]).get(subject)


def cases_of(subjects: Iterable[str]) -> Mapping[str, CaseRow]:
    from dinh.spine.cases import queries

    return queries.cases_of(subjects)


def cases(query: CaseQuery, *, actor: Actor) -> CasePage:
    """What the actor may see, in a fixed number of queries."""
    from dinh.spine.cases import inbox

    return inbox.cases(query, actor=actor)


def acts(case: str) -> Sequence[Act]:
    """Oldest first."""
    from dinh.spine.cases import queries

    return queries.acts(case)


def steps(case: str) -> Sequence[Step]:
    from dinh.spine.cases import queries

    return queries.steps(case)


def next_steps(case: str, *, actor: Actor) -> Sequence[NextStep]:
    from dinh.spine.cases import queries

    return queries.next_steps(case, actor=actor)


def figures(
    *, within: str | None = None, at: datetime | None = None, window: timedelta = timedelta(days=7)
) -> WorkFigures:
    from dinh.spine.cases import inbox

    return inbox.figures(within=within, at=at, window=window)


def escalate_overdue() -> int:
    """Marks cases past `owner_due_at` without an owner and past `due_at`, once each, tells by the outbox; returns how many."""
    from dinh.spine.cases import escalation

    return escalation.escalate_overdue()


def may_see(case: CaseRow, *, actor: Actor) -> bool:
    """True for whoever holds cases.view at the case's place, or is of its organisation, its owner or requester."""
    from dinh.spine.cases import scope

    return scope.may_see(case, actor)


def may_act(case: CaseRow, permission: str, *, actor: Actor) -> bool:
    """True if the permission reaches the case: by its place, or by its organisation."""
    from dinh.spine.cases import scope

    return scope.may(case, permission, actor)


def types(*, actor: Actor) -> Sequence[CaseTypeSpec]:
    """Kinds of work that the actor may open somewhere."""
    from dinh.spine.cases import queries

    return queries.types(actor)


def altered_acts(case: str) -> Sequence[int]:
    """Ledger indexes of the case's acts whose stored words or values no longer agree with their leaf."""
    from dinh.spine.cases import recording

    return recording.altered_acts(case)


def open_for_alert(alert: str, *, by: Actor, type: str | None = None) -> CaseRow:
    """The case of an alert: the one that goes on, or a new one of the rule's type, `type`, or the first declared.

    Where the alert is over too, its ended case.
    """
    from dinh.spine.cases import listening

    return listening.open_by_hand(alert, by=by, type=type)
