"""What parameters may look like and what answers hold: the types of the reading side."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from annotated_types import Interval
from ninja import Field, Schema
from pydantic import AfterValidator, AwareDatetime, StringConstraints, WithJsonSchema

from dinh.kernel.durations import parse_duration
from dinh.kernel.errors import Invalid

_EARLIEST: Final = 1900
_LATEST: Final = 2200


def _plain(text: str) -> str:
    if any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in text):
        raise ValueError("control characters are not permitted")
    return text


def _in_calendar(moment: datetime) -> datetime:
    if not _EARLIEST <= moment.year < _LATEST:
        raise ValueError(f"give a year from {_EARLIEST} to {_LATEST - 1}")
    return moment


def _duration(text: str) -> str:
    try:
        parse_duration(text)
    except Invalid as error:
        raise ValueError(error.message) from error
    return text


def _day_in_calendar(day: date) -> date:
    if not _EARLIEST <= day.year < _LATEST:
        raise ValueError(f"give a year from {_EARLIEST} to {_LATEST - 1}")
    return day


# ninja loses the default of `Annotated[Word, Query(…)]`; `Annotated[Word | None, Query(…)]` keeps it.
Word = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]
Day = Annotated[date, AfterValidator(_day_in_calendar)]
Duration = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(_duration),
    WithJsonSchema({"type": "string", "format": "duration", "maxLength": 40, "examples": ["PT1H", "P1D", "P1M"]}),
]
SeriesId = Annotated[int, Interval(ge=1, le=2**32 - 1)]
Cursor = Annotated[str, StringConstraints(max_length=200), AfterValidator(_plain)]


class Problem(Schema):
    """Every answer that is no success: `code` is stable, `message` says what happened and what to do."""

    code: str
    message: str


PROBLEMS: Final[dict[int, Any]] = {403: Problem, 404: Problem, 409: Problem, 422: Problem, 503: Problem}


class Name(Schema):
    vi: str
    en: str


class IndicatorOut(Schema):
    code: str
    name: Name
    domain: Name
    unit: str = Field(description="UCUM code")
    kind: str = Field(description="gauge, counter, ratio or index")
    direction: str = Field(description="which way is good: higher, lower or neither")
    over_time: str
    over_place: str
    period: str | None = Field(description="expected time between readings, ISO 8601")
    decimals: int
    target: float | None
    valid_min: float | None
    valid_max: float | None
    numerator: str | None
    denominator: str | None
    owner: str
    source: str
    licence: str
    headline: int | None


class SourceOut(Schema):
    code: str
    name: Name
    owner: str
    licence: str
    simulated: bool
    period: str | None


class SeriesOut(Schema):
    id: int
    urn: str
    indicator: str
    subject: str
    dimensions: dict[str, str]
    source: str


class SeriesPage(Schema):
    items: list[SeriesOut]
    next: str | None


class LatestOut(Schema):
    series: int
    indicator: str
    subject: str
    dimensions: dict[str, str]
    source: str
    observed_at: datetime
    recorded_at: datetime
    value: float | None
    missing: str | None
    unit: str
    simulated: bool
    stale: bool


class FigureOut(Schema):
    """One indicator over an area; `trend` holds the last 24 hours, or the last periods where those are longer."""

    indicator: str
    value: float | None
    missing: str | None
    unit: str
    at: datetime | None
    change: float | None = Field(description="against the same moment a day before, in the indicator's unit")
    target: float | None
    trend: list[PointOut]
    simulated: bool
    stale: bool
    subjects: int
    sources: list[str]


class PointOut(Schema):
    at: datetime
    value: float | None


class ReadingOut(Schema):
    series: int
    indicator: str
    subject: str
    dimensions: dict[str, str]
    observed_at: datetime
    value: float | None
    missing: str | None
    unit: str
    source: str
    simulated: bool
    recorded_at: datetime


class StepOut(Schema):
    """One step of time at one place; `missing` says why there is no value."""

    place: str
    at: datetime
    value: float | None
    missing: str | None
    unit: str
    readings: int


class ObservationPage(Schema):
    items: list[ReadingOut] | list[StepOut]
    next: str | None


class AlertOut(Schema):
    """`subject`, `series` and who acknowledged are shown to staff with operations.view_detail only."""

    urn: str
    rule: str
    name: Name
    indicator: str
    place: str | None
    severity: str
    state: str
    since: datetime
    value: float
    worst_value: float | None
    threshold: float
    simulated: bool
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    subject: str | None = None
    series: int | None = None
    acknowledged_by: str | None = None
    case: str | None = None


class AlertPage(Schema):
    items: list[AlertOut]
    next: str | None


class CaseOut(Schema):
    urn: str
    number: str
    type: str
    type_name: Name
    state: str
    state_name: Name
    counts_as: str
    title: str
    severity: str
    subject: str | None
    place: str | None
    organisation: str | None
    owner: str | None
    requester: str | None
    opened_at: datetime
    owner_due_at: datetime
    due_at: datetime
    closed_at: datetime | None
    reason: str
    version: int
    simulated: bool


class ActOut(Schema):
    at: datetime
    by: str
    by_name: str
    what: str
    detail: dict[str, Any]
    ledger_index: int


class CaseDetail(CaseOut):
    """`fields` by the JSON Schema of the kind of case; masked where they tell of people, unless read on the record."""

    acts: list[ActOut]
    fields: dict[str, Any]
    requester_name: str | None = None


class CasePage(Schema):
    items: list[CaseOut]
    total: int
    next: str | None


class PlaceOut(Schema):
    urn: str
    kind: str
    level: str
    name: Name
    full_name: str
    code: str
    parent: str | None
    longitude: float | None
    latitude: float | None
    valid_from: date | None
    valid_to: date | None
    boundary: str
    simulated: bool


class SuccessionOut(Schema):
    place: PlaceOut
    on: date
    whole: bool


class PlaceDetail(PlaceOut):
    attributes: dict[str, Any]
    became: list[SuccessionOut]
    came_from: list[SuccessionOut]
    ancestors: list[PlaceOut]


class QualityOut(Schema):
    """Shares from 0 to 1; null where nothing was expected. The source '' stands for all together."""

    source: str
    valid: float | None
    complete: float | None
    unrepeated: float | None
    on_time: float | None
    readings: int
    last_at: datetime | None


def span(start: datetime | None, end: datetime | None, now: datetime, default: timedelta) -> tuple[datetime, datetime]:
    """`from` and `to` with their defaults: until now, and `default` long. Raises Invalid where they are crossed."""
    until = end or now
    since = start or until - default
    if since >= until:
        raise Invalid(
            "observations.empty_span",
            "from {start} is not before to {end}",
            start=since.isoformat(),
            end=until.isoformat(),
        )
    return since, until


def offset_in(cursor: str) -> int:
    """The place in a list from which a page goes on. Raises Invalid `request.bad_cursor`."""
    if not cursor:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 8:
        raise Invalid(
            "request.bad_cursor", "'{cursor}' is no place to go on from; pass `next` as it was given", cursor=cursor
        )
    return int(cursor)
