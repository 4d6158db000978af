"""What the functions of `reported_api` return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import IndicatorSpec

NOTE = "note"
"""In place of a column's number: the remark on a whole row."""


@dataclass(frozen=True, slots=True)
class Column:
    indicator: IndicatorSpec
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure, or the reason why there is none; both None is not filled in yet."""

    value: float | None = None
    missing: str | None = None
    note: str = ""

    @property
    def filled(self) -> bool:
        return self.value is not None or self.missing is not None


type Cells = Mapping[tuple[str, int], Cell]
"""By place and column's number."""


@dataclass(frozen=True, slots=True)
class Check:
    """A declared rule between figures.

    `sum`: in `column`, the figure of place `total` is the sum of the other places' figures.
    `at_most`: at every place the figure of `left` is at most that of `right`.
    `ratio`: at every place `ratio` is `left` over `right`, in per cent where its unit is.
    """

    kind: str
    column: int = 0
    total: str = ""
    left: int = 0
    right: int = 0
    ratio: int = 0


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    id: int
    code: str
    name_vi: str
    name_en: str
    organisation: str
    place: str
    places: Sequence[str]
    columns: Sequence[Column]
    checks: Sequence[Check]
    period: str
    due_days: int
    responsible: Sequence[str]
    change_percent: float | None
    z_score: float | None
    first_day: date
    last_day: date | None

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: an `error` blocks, a `warning` asks for an explanation. `column` -1 is the whole form."""

    level: str
    says: Invalid
    place: str = ""
    column: int = -1


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """State: open, submitted, returned (sent back with remarks), approved, recorded."""

    id: int
    assignment: AssignmentRow
    first_day: date
    last_day: date
    due_at: datetime
    sequence: int
    reason: str
    state: str
    version: int
    cells: Cells
    notes: Mapping[str, str]
    explanation: str
    edited_by: str
    submitted_by: str
    submitted_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    remarks: str
    recorded_at: datetime | None
    record_error: str
    late: bool

    @property
    def is_correction(self) -> bool:
        return self.sequence > 0

    @property
    def editable(self) -> bool:
        return self.state in {"open", "returned"}


@dataclass(frozen=True, slots=True)
class ActRow:
    """`what` is opened, submitted, returned, approved, recorded or correction; `text` the remarks or the reason."""

    at: datetime
    by: str
    by_name: str
    what: str
    text: str
    ledger_index: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that a correction changes."""

    place: str
    column: int
    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class TargetRow:
    """`kind` is target, plan or floor; `value` None withdrew it."""

    indicator: str
    place: str
    year: int
    kind: str
    version: int
    value: float | None
    document: str
    by: str
    by_name: str
    at: datetime
    in_force: bool
    ledger_index: int


@dataclass(frozen=True, slots=True)
class FormulaRow:
    code: str
    name_vi: str
    name_en: str
    unit: str
    decimals: int
    expression: str
    version: int
    declared_by: str
    changed_at: datetime
    direction: str = "neither"
    headline: int | None = None
    """Rank among the tiles of the operating picture; None keeps it off them."""

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class FormulaValue:
    """`missing` is the reason where there is no value, `part` the input that is missing."""

    place: str
    at: datetime
    value: float | None
    missing: str
    part: str


@dataclass(frozen=True, slots=True)
class LineageReading:
    """`ledger_index` is the leaf that commits to the batch; None while it is not written yet."""

    series: int
    subject: str
    observed_at: datetime
    recorded_at: datetime
    value: float | None
    missing: str
    source: str
    batch: int
    sha256: str
    ledger_index: int | None


@dataclass(frozen=True, slots=True)
class LineageNode:
    """A number and what it was made of. `kind` is formula, indicator or place (a fact of the place itself)."""

    code: str
    kind: str
    unit: str
    decimals: int
    value: float | None
    missing: str
    at: datetime
    until: datetime
    name_vi: str = ""
    name_en: str = ""
    expression: str = ""
    """The formula, or how readings were condensed: over time, over place."""
    part: str = ""
    inputs: Sequence[LineageNode] = ()
    readings: Sequence[LineageReading] = ()
    total: int = 0
    """How many readings there are in all; at most 500 are listed."""

    def name(self, language: str) -> str:
        return (self.name_vi if language.startswith("vi") else self.name_en) or self.code
