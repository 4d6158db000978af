"""What systems measure and do, as they declare it: indicators, rules, kinds of case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Any

from dinh.kernel.tongues import named


@dataclass(frozen=True, slots=True)
class Text:
    """A proper name or a declared label in both languages; a catalogue of a third one may carry it under its English words."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        return named(self.vi, self.en, language)


class Kind(StrEnum):
    """What a number is, and so how it may be summed up.

    A gauge is a level at a moment; a counter only grows (its increase is what
    counts, a fall is a reset); a ratio is a numerator over a denominator; an
    index is a score whose parts are not additive.
    """

    GAUGE = "gauge"
    COUNTER = "counter"
    RATIO = "ratio"
    INDEX = "index"


class Direction(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Aggregation(StrEnum):
    """How values of one indicator become one, over time or over place."""

    MEAN = "mean"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LAST = "last"
    NONE = "none"


class Severity(StrEnum):
    """Shown by colour and by shape: diamond, triangle, square, disc."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """An indicator as declared. `unit` is a UCUM code; `period` the expected time between readings.

    `numerator` and `denominator` name the indicators of a ratio's parts. `valid_min`
    and `valid_max`, in `unit`, bound what can be true at all; readings outside are
    refused as `value.impossible`.
    """

    code: str
    name: Text
    domain: Text
    unit: str
    kind: Kind
    direction: Direction = Direction.NEITHER
    over_time: Aggregation = Aggregation.MEAN
    over_place: Aggregation = Aggregation.MEAN
    period: timedelta | None = None
    decimals: int = 1
    target: float | None = None
    valid_min: float | None = None
    valid_max: float | None = None
    numerator: str | None = None
    denominator: str | None = None
    owner: str = ""
    source: str = ""
    licence: str = "CC-BY-4.0"
    headline: int | None = None
    """Rank among the tiles of the operating picture; None keeps it off them."""


class RuleKind(StrEnum):
    """What a rule looks at: the value, silence, the change over time, the distance from the usual day, or several
    indicators at one place together."""

    THRESHOLD = "threshold"
    MISSING = "missing"
    RATE = "rate"
    UNUSUAL = "unusual"
    COMBINATION = "combination"


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule: it fires once what it measures lies past its limit for `lasting`, and clears once that comes back over
    `clear_at` (hysteresis). What is measured, and so the unit of `above`, `below` and `clear_at`, depends on the kind:

    threshold: the reading itself. rate: the change in `per` over `window`. unusual: how many times the usual spread a
    reading lies from the usual value of its hour (`above` counts both ways, unless `side` is high or low). missing:
    silence for `silent_for`, or for `periods` of the indicator. combination: the tree of `conditions` holds.
    """

    code: str
    indicator: str
    name: Text
    severity: Severity
    above: float | None = None
    below: float | None = None
    clear_at: float | None = None
    lasting: timedelta = timedelta(0)
    case_type: str | None = None
    """A case of this type is opened at once; None leaves that to a person."""
    kind: RuleKind = RuleKind.THRESHOLD
    silent_for: timedelta | None = None
    periods: int | None = None
    window: timedelta | None = None
    """Of a rate: what the change is taken over. Of a combination: how near in time its conditions must come."""
    per: timedelta = timedelta(hours=1)
    side: str = "both"
    weeks: int = 4
    """Of an unusual value: how far back the usual day is learnt from."""
    weekly: bool = False
    """Whether each day of the week has a usual day of its own."""
    least_days: int = 7
    """With fewer days that have a reading in the hour, nothing is called unusual."""
    conditions: Mapping[str, Any] | None = None
    """`{"all": [...]}`, `{"any": [...]}`, `{"not": {...}}` or `{"indicator": code, "above" or "below": number}`."""
    at: str = "subject"
    """Of a combination: `subject` when all is measured on one thing, `commune` when in one commune."""
    within: str | None = None
    """Only series in this place; None is everywhere."""
    subjects: Sequence[str] = ()
    """Only these things and places; empty is all."""
    hours: tuple[int, int] | None = None
    """Minutes of the Vietnamese day from and until which it may fire; the second may lie past midnight, before the
    first. Outside them nothing fires, and what fires may clear."""
    weekdays: Sequence[int] = ()
    """0 is Monday; empty is every day."""


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """A kind of message: title and body are templates in both languages with `{name}` for each parameter.

    `channels` are those it goes out by until a person chooses otherwise: inbox, email, push, sms, zalo.
    An emergency waits for no quiet hours and joins no digest. `stop` names the value that is an address: one POST there,
    by whoever has it and without a session, ends such messages and does nothing else (RFC 8058).
    """

    code: str
    name: Text
    title: Text
    body: Text
    channels: Sequence[str] = ("inbox",)
    emergency: bool = False
    stop: str = ""


@dataclass(frozen=True, slots=True)
class DocumentKindSpec:
    """A kind of paper that is issued. `number` is how its number is written, such as `{sequence}/{year}/GP-UBND`.

    Kinds with the same `series` count together; '' counts by itself. Counted is by organisation and year.
    """

    code: str
    name: Text
    number: str = "{sequence}/{year}"
    series: str = ""
    permission: str = "documents.issue"
    """What whoever issues it must hold where the organisation is."""


@dataclass(frozen=True, slots=True)
class StateSpec:
    """A state of a case; `counts_as` is open, waiting, or ended: done, unfixed (it was right and nothing was done), rejected."""

    code: str
    name: Text
    counts_as: str = "open"

    @property
    def final(self) -> bool:
        return self.counts_as in {"done", "unfixed", "rejected"}


@dataclass(frozen=True, slots=True)
class TransitionSpec:
    """A permitted step. `guards` are dotted names of functions `(case, actor, params) -> None`
    that raise a DinhError when the step may not be taken now."""

    code: str
    name: Text
    from_states: Sequence[str]
    to_state: str
    permission: str = "cases.act"
    needs_owner: bool = False
    needs_reason: bool = False
    guards: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CategorySpec:
    """What a case of a kind may be about; routing rules go by it. `to_close` stands in for the type's, and for both where
    office hours count `same_day_until`: what is opened before that hour is due when the offices close on that day, what is
    opened later when they close on the next.

    Of a public type it is what people choose: `asks` names fields of the type that are asked of whoever reports it.
    """

    code: str
    name: Text
    to_close: timedelta | None = None
    group: Text | None = None
    summary: Text | None = None
    asks: Sequence[str] = ()
    keywords: Sequence[str] = ()
    """Words by which it is suggested, in either language."""
    danger: bool = False
    """Life may be at risk: emergency numbers are shown first."""
    private: bool = False
    """Not shown in public, whatever the reporter says."""
    same_day_until: time | None = None


@dataclass(frozen=True, slots=True)
class CaseTypeSpec:
    """A kind of work: its states, steps and deadlines.

    `to_owner` and `to_close` are the times, from opening, until the case must have an
    owner and be ended; with `office_hours` only the time in which offices are open counts. `routed_to` is the
    organisation URN that owns it where no routing rule says otherwise. `fields` is a JSON Schema (2020-12) of an
    object: what the case is described by beside its title; titles in both languages as `title` and `title_en`.
    """

    code: str
    name: Text
    states: Sequence[StateSpec]
    initial: str
    transitions: Sequence[TransitionSpec]
    to_owner: timedelta
    to_close: timedelta
    routed_to: str | None = None
    playbook: Sequence[Text] = ()
    """Steps to tick off, in order."""
    office_hours: bool = False
    categories: Sequence[CategorySpec] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    public: bool = False
    """Anyone may ask for it: it is opened by what people hand in, and shown in public where it may be."""
    alone: bool = False
    """Each is somebody's own matter: none is joined to another as its duplicate."""

    def time_to_close(self, category: str) -> timedelta:
        own = self.category(category)
        return self.to_close if own is None or own.to_close is None else own.to_close

    def category(self, code: str) -> CategorySpec | None:
        return next((category for category in self.categories if category.code == code), None)
