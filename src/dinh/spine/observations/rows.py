"""What the functions of `api` return: frozen rows, told of in words of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dinh.kernel.manifests import IndicatorSpec, RuleSpec


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a reading was not taken: `line` counts from 1 in the batch; `code` is stable; the message names
    field, value and remedy."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: accepted + duplicates + corrections + len(rejected) = rows sent.

    A correction (same series, time and source, other value) counts as taken, not as accepted.
    """

    accepted: int
    duplicates: int
    corrections: int
    rejected: Sequence[Rejection] = ()


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where readings come from. `simulated` marks all of its data from here to the screen.
    `period` is the expected time between readings of one series."""

    code: str
    name_vi: str
    name_en: str
    owner: str
    licence: str
    simulated: bool
    period: timedelta | None

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """indicator × subject × dimensions. `id` is small and stable."""

    id: int
    indicator: str
    subject: str
    dimensions: Mapping[str, str]
    source: str
    """The source that last wrote it."""

    @property
    def urn(self) -> str:
        return f"urn:dinh:series:{self.id}"


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest reading of a series; `value` None has a reason in `missing`."""

    series: SeriesRow
    observed_at: datetime
    recorded_at: datetime
    value: float | None
    missing: str | None
    simulated: bool
    stale: bool
    """Older than three times the indicator's period."""


@dataclass(frozen=True, slots=True)
class Point:
    at: datetime
    value: float | None
    low: float | None = None
    high: float | None = None
    """Least and greatest within the step, where a step holds several readings."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator over an area now: what a tile shows. `missing` says why there is no value."""

    indicator: IndicatorSpec
    value: float | None
    missing: str | None
    at: datetime | None
    change: float | None
    """Against the same moment a day before, in the indicator's unit."""
    trend: Sequence[Point]
    """24 hours in up to 96 steps."""
    simulated: bool
    stale: bool
    subjects: int
    sources: Sequence[str]
    worst: str | None = None
    """Subject URN of the extreme value, for MIN and MAX indicators."""
    plan: float | None = None
    floor: float | None = None
    """Of the place and year, in the indicator's unit; the target is in `indicator`."""
    reached: float | None = None
    """Where there is a plan: the value, or of amounts what came together since the year began."""

    @property
    def of_plan(self) -> float | None:
        """The share of the plan that is reached, 1 for all of it."""
        return None if self.reached is None or not self.plan else self.reached / self.plan


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A rule that fired on a series. State: open, acknowledged, cleared."""

    urn: str
    rule: str
    name_vi: str
    name_en: str
    indicator: str
    series: int
    subject: str
    place: str | None
    """Commune of the subject."""
    severity: str
    state: str
    since: datetime
    value: float
    threshold: float
    simulated: bool
    cleared_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    worst_value: float | None = None
    kind: str = "threshold"
    """What value, worst_value and threshold measure: of threshold the indicator, of rate its change in the rule's
    `per`, of missing minutes of silence, of unusual times the usual spread, of combination 0 or 1, of group alerts."""
    reading: float | None = None
    expected: float | None = None
    """The usual value when it fired, of unusual ones."""
    source: str = ""
    is_group: bool = False
    group: str | None = None
    members: int = 0
    """Of a group."""
    maintenance: int | None = None
    """The window of maintenance that held it back."""

    def name(self, language: str) -> str:
        return self.name_vi if language.startswith("vi") else self.name_en


@dataclass(frozen=True, slots=True)
class AlertNoteRow:
    """What a person said of an alert or did to it: noted, acknowledged, set_apart, joined."""

    what: str
    text: str
    by: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MaintenanceRow:
    """A window in which alerts are held back. `held` of them stand still, `kept` is all of them."""

    id: int
    subject: str | None
    place: str | None
    source: str | None
    rule: str | None
    series: int | None
    from_at: datetime
    until_at: datetime
    weekly: bool
    reason: str
    by: str
    by_name: str
    ended_at: datetime | None
    going_on: bool
    held: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the register. `own` ones were made by people; others come with a system and are `overridden` where a
    person set something else instead. `state` is on, off, unplugged or retired."""

    spec: RuleSpec
    own: bool
    overridden: bool
    state: str
    declared_by: str
    changed_at: datetime
    fired: int = 0
    """How often in the span that was asked for."""
    ever_fired: bool = False


@dataclass(frozen=True, slots=True)
class RuleVersionRow:
    number: int
    what: str
    spec: RuleSpec
    reason: str
    by: str
    by_name: str
    at: datetime
    ledger_index: int | None


@dataclass(frozen=True, slots=True)
class Firing:
    """`until` None: it had not ended with the span. `peak` is in what the kind of rule measures."""

    series: int
    subject: str
    since: datetime
    fired_at: datetime
    until: datetime | None
    peak: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done on history. `per_day` is by Vietnamese day; `coverage` the share of the readings
    that were to be expected, None where no period is declared."""

    firings: Sequence[Firing]
    per_day: Mapping[date, int]
    subjects: int
    series: int
    readings: int
    coverage: float | None
    longest: timedelta | None


@dataclass(frozen=True, slots=True)
class Quality:
    """«Đúng, đủ, sạch, sống»: shares 0..1 of a source's readings that are valid, complete, unrepeated, on time;
    None where nothing was expected."""

    source: str
    valid: float | None
    complete: float | None
    unrepeated: float | None
    on_time: float | None
    readings: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class RejectedBatch:
    """Input that was not taken, kept as it came, for inspection and replay."""

    id: int
    received_at: datetime
    channel: str
    source: str
    rows: int
    codes: Mapping[str, int]
    sample: str
    replayed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Declared:
    """How many entries of a file were added, changed, and there already."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Change:
    """What listeners in this process hear after a commit: the newest reading of each series that was written,
    as parallel arrays of shape (n,)."""

    series: NDArray[np.uint32]
    observed_at_us: NDArray[np.int64]
    """Microseconds since 1970-01-01T00:00Z."""
    value: NDArray[np.float64]
    """NaN where missing."""
