"""A rule tried on history: what it would have done, by the very code that judges live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.errors import Invalid, OutOfRange
from dinh.kernel.manifests import RuleSpec
from dinh.kernel.specs import RuleKind
from dinh.spine.observations import attachment, catalogue, specs
from dinh.spine.observations.api import Firing, Point, Trial
from dinh.spine.observations.history import owner
from dinh.spine.observations.judging import building, committed
from dinh.spine.observations.judging.combination import Combination
from dinh.spine.observations.judging.measures import slot_of
from dinh.spine.observations.judging.stream import Found
from dinh.spine.observations.judging.watching import Missing, Watch
from dinh.spine.observations.rules import NEVER_US, What
from dinh.spine.observations.steps import chosen_series

MOST_READINGS: Final = 60_000_000
AT_ONCE: Final = 3_000_000
LONGEST: Final = timedelta(days=366)


def try_rule(spec: RuleSpec, *, since: datetime, until: datetime, within: str | None) -> Trial:
    """See `api.try_rule`."""
    spec = specs.checked_rule(spec)
    if not timedelta(0) < until - since <= LONGEST:
        raise Invalid(
            "observations.bad_trial",
            "from {start} until {end} is no span for a trial; let it end after it begins, at most {days} days later",
            start=since,
            end=until,
            days=LONGEST.days,
        )
    known, index = catalogue.current(), attachment.index()
    for code in specs.indicators_of(spec):
        known.indicator(code)
    watch = building.watch(spec, known, index, until=until.astimezone(clock.VIETNAM).date() + timedelta(days=1))
    series = np.flatnonzero(watch.mask).astype(np.uint32)
    if within is not None:
        inside = index.inside(within)
        series = series[inside[index.subject[index.position(series)]]]
    since_us, until_us = clock.to_microseconds(since), clock.to_microseconds(until)
    start_us = since_us - watch.lookback_us
    if isinstance(watch, Missing):
        start_us -= int(watch.limit_us.max(initial=0))
    found: list[Found] = []
    judged_us = np.full(len(watch.mask), NEVER_US)
    readings = 0
    seen = np.zeros(len(watch.mask), np.bool_)
    for some in _chunks(watch, series, start_us, until_us):
        stream = committed.for_trial(some, since_us=start_us, until_us=until_us).accepted(judged_us)
        if not len(stream):
            continue
        found += watch.feed(stream, judged_us)
        judged_us[some] = NEVER_US
        np.maximum.at(judged_us, stream.series, stream.at_us)
        counted = stream.at_us >= since_us
        readings += int(counted.sum())
        seen[stream.series[counted]] = True
    found += watch.tick(until_us, judged_us)
    firings = _firings(found, since_us, index)
    spec_period = known.indicator(spec.indicator).period
    expected = (until - since) / spec_period * int(seen.sum()) if spec_period else 0.0
    days = Counter(firing.fired_at.astimezone(clock.VIETNAM).date() for firing in firings)
    return Trial(
        firings=firings,
        per_day=dict(sorted(days.items())),
        subjects=len({firing.subject for firing in firings}),
        series=int(seen.sum()),
        readings=readings,
        coverage=min(1.0, readings / expected) if expected else None,
        longest=max(((firing.until or until) - firing.since for firing in firings), default=None),
    )


def _chunks(watch: Watch, series: NDArray[np.uint32], start_us: int, until_us: int) -> Iterator[NDArray[np.uint32]]:
    """Series in portions of at most AT_ONCE readings; what is judged together stays together."""
    condition, tables = chosen_series(series)
    table = owner.query(
        f"SELECT series, count(*) AS n FROM observation WHERE {condition} "  # noqa: S608 - built of our own words and numbers
        f"AND observed_at >= make_timestamp({start_us}) AND observed_at < make_timestamp({until_us}) GROUP BY series",
        tables=tables,
    )
    numbers, count = table["series"].to_numpy(), table["n"].to_numpy()
    total = int(count.sum())
    if total > MOST_READINGS:
        raise OutOfRange(
            "observations.trial_too_large",
            "{readings} readings would have to be judged, and a trial takes at most {most}; choose a shorter span or a place",
            readings=total,
            most=MOST_READINGS,
        )
    together = watch.group[numbers] if isinstance(watch, Combination) else numbers.astype(np.int64)
    order = np.argsort(together, kind="stable")
    numbers, count, together = numbers[order], count[order], together[order]
    start = size = 0
    for place in range(len(numbers)):
        if size and size + count[place] > AT_ONCE and together[place] != together[place - 1]:
            yield np.sort(numbers[start:place])
            start, size = place, 0
        size += int(count[place])
    if len(numbers) > start:
        yield np.sort(numbers[start:])


def _firings(found: Sequence[Found], since_us: int, index: attachment.Index) -> list[Firing]:
    """Those that fired within the span, in the order of time."""
    going: dict[int, tuple[int, int, float]] = {}
    rows: list[tuple[int, int, int, int | None, float]] = []
    for one in found:
        step = one.transition
        if step.what is What.FIRED:
            going[one.series] = (step.since_us, step.at_us, step.worst)
        elif one.series in going:
            began, fired, _ = going[one.series]
            if step.what is What.WORSENED:
                going[one.series] = (began, fired, step.worst)
            else:
                rows.append((fired, one.series, began, step.at_us, step.worst))
                del going[one.series]
    rows += [(fired, number, began, None, worst) for number, (began, fired, worst) in going.items()]
    subject = {
        number: index.subjects[index.subject[index.position(np.array([number], np.uint32))[0]]]
        for _, number, *_ in rows
    }
    return [
        Firing(
            series=number,
            subject=subject[number],
            since=clock.from_microseconds(began),
            fired_at=clock.from_microseconds(fired),
            until=None if ended is None else clock.from_microseconds(ended),
            peak=worst,
        )
        for fired, number, began, ended, worst in sorted(rows, key=lambda row: row[:2])
        if fired >= since_us
    ]


def usual_day(spec: RuleSpec, series_id: int, *, since: datetime, until: datetime) -> Sequence[Point]:
    """See `api.usual_day`."""
    spec = specs.checked_rule(spec)
    if spec.kind is not RuleKind.UNUSUAL or spec.above is None:
        return ()
    profile = building.usual_profile(
        spec, np.array([series_id], np.uint32), catalogue.current().indicator(spec.indicator),
        until=until.astimezone(clock.VIETNAM).date() + timedelta(days=1),
    )  # fmt: skip
    found = []
    hour = since.replace(minute=0, second=0, microsecond=0)
    while hour < until:
        day = profile(hour.astimezone(clock.VIETNAM).date())
        slot = int(slot_of(np.array([clock.to_microseconds(hour)]), weekly=spec.weekly)[0])
        value, spread = float(day.median[0, slot]), spec.above * float(day.spread[0, slot])
        if not np.isnan(value):
            low = None if spec.side == "high" else value - spread
            high = None if spec.side == "low" else value + spread
            found.append(Point(hour, value, low, high))
        hour += timedelta(hours=1)
    return found
