"""What the functions of `api` return and take, of cases themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from dinh.kernel.manifests import Text

ENDED: Final = ("done", "unfixed", "rejected")
EVERY: Final = ("open", "waiting", *ENDED)
"""All that a case counts as, but for duplicates, which go the way of their main case."""


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
    """open, waiting, done, unfixed, rejected or joined."""
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
    category: str = ""
    category_name: Text = field(default_factory=lambda: Text("", ""))
    paused: bool = False
    """It waits for the requester: its deadlines stand still."""
    joined_to: str | None = None
    """The case that this one is a duplicate of; it ends with that one."""
    level: int = 0
    """How far up the chain of escalation it is."""
    answered_at: datetime | None = None
    reopened: int = 0

    @property
    def promised(self) -> bool:
        """False where the system that it came from promised no deadline: `due_at` is then the end of all time."""
        return self.due_at.year < 9999

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
    erased: bool = False
    """Its words were erased with the data of a person; what was done, when and by whom stays."""


@dataclass(frozen=True, slots=True)
class PersonalRow:
    """What is hidden of a case, read on the record: its fields that tell of people, and the requester in words."""

    fields: Mapping[str, Any]
    requester: str


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
    types: Sequence[str] = ()
    """Any of these; none: of every kind."""
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


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case as another system recorded it. `key` is its number there; `due_at` None: nothing was promised."""

    key: str
    type: str
    title: str
    opened_at: datetime
    due_at: datetime | None = None
    owned_at: datetime | None = None
    closed_at: datetime | None = None
    reason: str = ""
    organisation: str = ""
    place: str = ""
    category: str = ""
    severity: str = "minor"


@dataclass(frozen=True, slots=True)
class PastReport:
    """`refusals` are line, code, message of the first thousand that were refused."""

    taken: int
    there: int
    refused: int
    refusals: Sequence[tuple[int, str, str]]
