"""Indicators rolled up over place and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dinh.kernel.errors import Invalid, OutOfRange
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind
from dinh.spine.observations import attachment, catalogue
from dinh.spine.observations.attachment import REFORM, Index
from dinh.spine.observations.folding import REASONS, Folded, divide, fold, over_place, pair
from dinh.spine.observations.steps import Grid, Steps, measure, read_steps

LEVELS: Final = ("commune", "province", "subject")
MOST_STEPS: Final = 20_000
PERCENT: Final = "%"


@dataclass(frozen=True, slots=True)
class Era:
    """A stretch of time in which one division into units was in force."""

    start: datetime
    end: datetime
    before_reform: bool


def eras(start: datetime, end: datetime) -> Iterator[Era]:
    if start < REFORM:
        yield Era(start, min(end, REFORM), before_reform=True)
    if end > REFORM:
        yield Era(max(start, REFORM), end, before_reform=False)


def roll_up(
    indicator: str, *, within: str, start: datetime, end: datetime, every: timedelta, by: str = "commune"
) -> pa.Table:
    """See `api.roll_up`. Rows are sorted by place and time; times are starts of steps, UTC.

    A step of 30 days is a calendar month and one of 365 days a calendar year, in Vietnam.
    """
    if by not in LEVELS:
        raise Invalid("observations.bad_level", "'{by}' is no level; give {levels}", by=by, levels=", ".join(LEVELS))
    grid = checked_grid(start, end, every)
    known = catalogue.current()
    spec = known.indicator(indicator)
    series = attachment.index()
    parts = []
    for era in eras(start, end):
        labels = _Labels(series, era, by)
        folded = _roll_up(spec, known, series, labels, within, era, grid)
        parts.append(_table(folded, labels))
    return pa.concat_tables(parts) if len(parts) > 1 else parts[0]


def checked_grid(start: datetime, end: datetime, every: timedelta) -> Grid:
    """Raises Invalid or OutOfRange where the span is empty or has too many steps."""
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid("time.no_zone", "from and to need a time zone, like 2026-11-22T00:00:00+07:00")
    if start >= end:
        raise Invalid("observations.empty_span", "from {start} is not before to {end}", start=start, end=end)
    grid = Grid(every)
    if (end - start) / every > MOST_STEPS:
        raise OutOfRange(
            "observations.too_many_steps",
            "from {start} to {end} has more than {most} steps of {every}; shorten the span or lengthen the step",
            start=start.isoformat(),
            end=end.isoformat(),
            every=every,
            most=MOST_STEPS,
        )
    return grid


class _Labels:
    """Numbers for the places that subjects attach to in an era."""

    def __init__(self, series: Index, era: Era, by: str) -> None:
        self.series, self.era, self.by = series, era, by
        self.urns: list[str] = []
        self._numbers: dict[str, int] = {}

    def _number(self, urn: str) -> int:
        number = self._numbers.setdefault(urn, len(self.urns))
        if number == len(self.urns):
            self.urns.append(urn)
        return number

    def of_subjects(self, subjects: NDArray[np.int32]) -> NDArray[np.int64]:
        """By subject: the number of its place; only the given ones are looked up."""
        numbers = np.full(len(self.series.subjects), -1, np.int64)
        for subject in np.unique(subjects).tolist():
            numbers[subject] = self._number(self._place(subject))
        return numbers

    def _place(self, subject: int) -> str:
        if self.by == "subject":
            return self.series.subjects[subject]
        where = self.series.place_before_reform if self.era.before_reform else self.series.place_now
        place = where(subject)
        return place if self.by == "commune" else self.series.province(place)


def _roll_up(
    spec: IndicatorSpec,
    known: catalogue.Catalogue,
    series: Index,
    labels: _Labels,
    within: str,
    era: Era,
    grid: Grid,
) -> Folded:
    if spec.kind is Kind.RATIO and spec.numerator and spec.denominator:
        parts = [known.indicator(code) for code in (spec.numerator, spec.denominator)]
        steps = [_steps(part, known, series, within, era, grid) for part in parts]
        if any(len(part) for part in steps):
            return ratio(spec, parts, steps, series, labels)
    steps_of_own = _steps(spec, known, series, within, era, grid)
    return place_fold(steps_of_own, series, labels, over_place(spec))


def ratio(
    spec: IndicatorSpec, parts: Sequence[IndicatorSpec], steps: Sequence[Steps], series: Index, labels: _Labels
) -> Folded:
    """The sum of numerators over the sum of denominators, of subjects that report both."""
    subjects = [series.subject[series.position(part.series)].astype(np.int64) for part in steps]
    paired = pair(steps[0], subjects[0], steps[1], subjects[1])
    top, bottom = (place_fold(part, series, labels, Aggregation.SUM) for part in paired)
    quotient = divide(top, bottom)
    if spec.unit == PERCENT:
        np.multiply(quotient.value, 100.0, out=quotient.value)
    return quotient


def _steps(spec: IndicatorSpec, known: catalogue.Catalogue, series: Index, within: str, era: Era, grid: Grid) -> Steps:
    positions = series.of_indicator(known.indicator_ids[spec.code])
    positions = positions[series.inside(within)[series.subject[positions]]]
    if not len(positions):
        return Steps.none()
    how = "last" if spec.kind is Kind.RATIO else measure(spec)
    found = read_steps(series.series[positions], [how], start=era.start, end=era.end, grid=grid, period=spec.period)
    return found[how]


def place_fold(steps: Steps, series: Index, labels: _Labels, how: Aggregation) -> Folded:
    subject = series.subject[series.position(steps.series)]
    place = labels.of_subjects(subject)[subject]
    urns = np.array([series.numbers.get(urn, -1) for urn in labels.urns] + [-1], np.int64)
    return fold(steps, place, urns[place] == subject, how)


def _table(folded: Folded, labels: _Labels) -> pa.Table:
    words = pa.array([REASONS.get(number, "") for number in range(256)])
    missing = pa.DictionaryArray.from_arrays(
        pa.array(folded.missing.astype(np.int32), mask=folded.missing == 0), words
    ).dictionary_decode()
    places = pa.DictionaryArray.from_arrays(
        pa.array(folded.place.astype(np.int32)), pa.array(labels.urns, pa.string())
    ).dictionary_decode()
    return pa.table(
        {
            "place": places,
            "at": pa.array(folded.at_us).view(pa.timestamp("us")).cast(pa.timestamp("us", "UTC")),
            "value": pa.array(folded.value, mask=folded.missing > 0),
            "missing": missing,
            "readings": pa.array(folded.readings),
        }
    )
