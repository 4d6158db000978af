"""Frozen rows of what departments set and of what belongs to a case; told by `api`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dinh.engines.working_time.calendar import Hours
from dinh.kernel.errors import DinhError


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Hours of a usual week; weekday 0 is Monday."""

    hours: Hours
    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class CalendarDayRow:
    """A day that differs from the week; `by_law` where nobody set it."""

    day: date
    open: bool
    name_vi: str
    name_en: str
    by_law: bool
    by: str

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class RoutingRow:
    """'' stands for all."""

    id: int
    type: str
    category: str
    place: str
    organisation: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """`to` is duty, leaders, above, or a URN; `id` None is the house's own step, which holds where none is set."""

    id: int | None
    organisation: str
    level: int
    after_minutes: int
    to: str


@dataclass(frozen=True, slots=True)
class ShiftRow:
    id: int
    organisation: str
    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateRow:
    id: int
    organisation: str
    type: str
    use: str
    title: str
    text_vi: str
    text_en: str


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Work that a case asks of a department; `state` is open, done, refused or withdrawn."""

    case: str
    number: int
    title: str
    organisation: str
    owner: str | None
    state: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    answer: str
    ended_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    case: str
    number: int
    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str | None
    ended_at: datetime | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What an act would do to one case: it would be done, or `error` says why not."""

    case: str
    title: str
    version: int
    error: DinhError | None = None

    @property
    def allowed(self) -> bool:
        return self.error is None


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """Figures of one organisation in a window of time; minutes are medians, None where there was nothing to measure."""

    organisation: str
    opened: int
    closed: int
    open: int
    unowned: int
    overdue: int
    on_time: float | None
    """Share of those closed in the window that were closed by their deadline."""
    minutes_to_owner: float | None
    minutes_to_answer: float | None
    minutes_to_close: float | None
    reopened: float | None
    """Share of those closed in the window that had to be opened again at least once."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a case as it was, as somebody else left it, and as this person wants it."""

    name: str
    base: Any
    theirs: Any
    ours: Any

    @property
    def touched(self) -> bool:
        """A form sends every field; what is as it was when the person looked is nothing that the person wants."""
        return bool(self.ours != self.base)

    @property
    def conflicts(self) -> bool:
        return self.touched and self.theirs not in (self.base, self.ours)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to a case since the version that a person looked at."""

    changes: Sequence[Change]
    by: Sequence[str]
