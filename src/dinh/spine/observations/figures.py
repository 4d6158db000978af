"""Tiles and shaded maps: indicators over an area now or at a past moment, in few queries for all of them."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.durations import YEAR
from dinh.kernel.errors import DinhError
from dinh.kernel.manifests import Aggregation, IndicatorSpec, Kind
from dinh.spine.observations import attachment, catalogue, plans
from dinh.spine.observations.api import Figure, Point
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.folding import NO_READINGS, REASONS, Folded, divide, fold, over_place, pair
from dinh.spine.observations.history import owner
from dinh.spine.observations.history.owner import CommittedBatch
from dinh.spine.observations.present import Asked, Values, Window, fresh_for, is_flow, values_at, with_parts
from dinh.spine.observations.rollups import PERCENT
from dinh.spine.observations.step_cache import Wanted, cache, starts_before
from dinh.spine.observations.steps import Grid, Steps, measure, read_steps
from dinh.spine.places import api as places

LIVE_FOR_S: Final = 5.0
MOST_HELD: Final = 64
_guard: Final = threading.Lock()
_held: dict[tuple[object, ...], Sequence[Figure]] = {}
_last_batch = 0


def committed(batch: CommittedBatch) -> None:
    """Hears of every batch: what was drawn from older ones is drawn anew when it is asked for again."""
    global _last_batch
    cache.committed(batch)
    _last_batch = batch.batch_id


def figures(codes: Sequence[str], *, within: str, at: datetime | None = None) -> Sequence[Figure]:
    """See `api.figures`. In the owner a live picture is kept until the next commit, for five seconds at most."""
    known, index = catalogue.current(), attachment.index()
    moment = at or clock.now()
    specs = [known.indicator(code) for code in codes]
    when = at or int(moment.timestamp() // LIVE_FOR_S)
    key = (tuple(codes), within, when, _last_batch, known.stamp, index.stamp, owner.owned())
    found = _held.get(key)
    if found is None or owner.owned() is None:
        drawn = _draw(known, index, specs, within, moment, live=at is None)
        found = _reached(
            known, index, plans.with_targets(known, drawn, within, moment), within, moment, live=at is None
        )
        with _guard:
            if len(_held) >= MOST_HELD:
                _held.clear()
            _held[key] = found
    return found


def _reached(
    known: catalogue.Catalogue, index: Index, found: Sequence[Figure], within: str, moment: datetime, *, live: bool
) -> Sequence[Figure]:
    """How far the plans are reached: amounts are summed since the year began, in one scan for all of them."""
    planned = [figure for figure in found if figure.plan is not None]
    if not planned:
        return found
    flows = [
        figure.indicator for figure in planned if is_flow(figure.indicator) and figure.indicator.kind != Kind.RATIO
    ]
    asked, area, grid = Asked(known, index, flows), _Area.of(index, within), Grid(YEAR)
    start_us = grid.floor_us(clock.to_microseconds(moment))
    steps: dict[str, Steps] = {}
    if live and flows:
        wanted = [Wanted(spec.code, measure(spec), asked.series(spec), spec.period) for spec in flows]
        steps = {code: part for (code, _), part in cache.read(wanted, grid, [start_us]).items()}
    elif flows:
        start = clock.from_microseconds(start_us)
        for spec in flows:
            how = measure(spec)
            read = read_steps(asked.series(spec), [how], start=start, end=moment, grid=grid, period=spec.period)
            steps[spec.code] = read[how]
    so_far = {spec.code: _single(area.fold(steps[spec.code], over_place(spec)))[0] for spec in flows}
    return tuple(
        figure if figure.plan is None else replace(figure, reached=so_far.get(figure.indicator.code, figure.value))
        for figure in found
    )


@dataclass(frozen=True, slots=True)
class _Area:
    """Chooses what lies in the area and folds it into one value."""

    index: Index
    inside: NDArray[np.bool_]
    within: int
    """Number of the subject that is the area itself; -1 where nothing is reported for it as a whole."""

    @classmethod
    def of(cls, index: Index, within: str) -> _Area:
        return cls(index, index.inside(within), index.numbers.get(within, -1))

    def subject(self, series: NDArray[np.uint32]) -> NDArray[np.int64]:
        return self.index.subject[self.index.position(series)].astype(np.int64)

    def chosen(self, steps: Steps) -> tuple[Steps, NDArray[np.int64]]:
        subject = self.subject(steps.series)
        inside = self.inside[subject]
        return (steps, subject) if inside.all() else (steps.where(inside), subject[inside])

    def fold(self, steps: Steps, how: Aggregation) -> Folded:
        steps, subject = self.chosen(steps)
        return fold(steps, np.zeros(len(steps), np.int64), subject == self.within, how)

    def ratio(self, spec: IndicatorSpec, top: Steps, bottom: Steps) -> Folded:
        (top, upper), (bottom, lower) = self.chosen(top), self.chosen(bottom)
        top, bottom = pair(top, upper, bottom, lower)
        folded = divide(self.fold(top, Aggregation.SUM), self.fold(bottom, Aggregation.SUM))
        if spec.unit == PERCENT:
            np.multiply(folded.value, 100.0, out=folded.value)
        return folded

    def one(self, spec: IndicatorSpec, values: Mapping[str, Values]) -> Folded:
        parts = _parts(spec, values)
        if parts:
            return self.ratio(spec, parts[0].steps(), parts[1].steps())
        return self.fold(values[spec.code].steps(), over_place(spec))


def _parts(spec: IndicatorSpec, values: Mapping[str, Values]) -> tuple[Values, Values] | None:
    """A ratio's parts; None where only the ratio itself is reported."""
    if spec.kind is not Kind.RATIO or not spec.numerator or not spec.denominator:
        return None
    top, bottom = values[spec.numerator], values[spec.denominator]
    return (top, bottom) if len(top) or len(bottom) or not len(values[spec.code]) else None


def _draw(
    known: catalogue.Catalogue,
    index: Index,
    specs: Sequence[IndicatorSpec],
    within: str,
    moment: datetime,
    *,
    live: bool,
) -> Sequence[Figure]:
    area = _Area.of(index, within)
    asked = Asked(known, index, with_parts(known, specs))
    now = values_at(asked, moment, live=live)
    before = {}
    for after in {Window.of(spec).change_after for spec in specs}:
        some = with_parts(known, [spec for spec in specs if Window.of(spec).change_after == after])
        for code, values in values_at(Asked(known, index, some), moment - after, live=False, fallback=False).items():
            before[code, after] = values
    trends = _trends(asked, area, specs, now, moment)
    return tuple(
        _figure(
            known,
            area,
            spec,
            now,
            {code: values for (code, after), values in before.items() if after == Window.of(spec).change_after},
            trends[spec.code],
        )
        for spec in specs
    )


def _figure(
    known: catalogue.Catalogue,
    area: _Area,
    spec: IndicatorSpec,
    now: Mapping[str, Values],
    before: Mapping[str, Values],
    trend: Sequence[Point],
) -> Figure:
    value, missing = _single(area.one(spec, now))
    earlier, _ = _single(area.one(spec, before))
    used = [_inside(area, part) for part in _parts(spec, now) or (now[spec.code],)]
    codes = {number: code for code, number in known.source_ids.items()}
    sources = sorted({codes[n] for part in used for n in np.unique(part.source).tolist() if n in codes})
    newest = max((int(part.at_us.max()) for part in used if len(part)), default=None)
    return Figure(
        indicator=spec,
        value=value,
        missing=missing,
        at=None if newest is None else clock.from_microseconds(newest),
        change=None if value is None or earlier is None else value - earlier,
        trend=trend,
        simulated=any(known.sources[code].simulated for code in sources),
        stale=any(part.stale for part in used),
        subjects=len(np.unique(np.concatenate([area.subject(part.series) for part in used]))),
        sources=sources,
        worst=_worst(area, spec, used[0]) if len(used) == 1 else None,
    )


def _single(folded: Folded) -> tuple[float | None, str | None]:
    if not len(folded):
        return None, REASONS[NO_READINGS]
    number = int(folded.missing[0])
    return (None, REASONS.get(number, "")) if number else (float(folded.value[0]), None)


def _inside(area: _Area, values: Values) -> Values:
    return values.where(area.inside[area.subject(values.series)])


def _worst(area: _Area, spec: IndicatorSpec, values: Values) -> str | None:
    if spec.over_place not in {Aggregation.MIN, Aggregation.MAX} or not (~np.isnan(values.value)).any():
        return None
    find = np.nanargmin if spec.over_place is Aggregation.MIN else np.nanargmax
    return area.index.subjects[int(area.subject(values.series)[find(values.value)])]


def _trends(
    asked: Asked, area: _Area, specs: Sequence[IndicatorSpec], now: Mapping[str, Values], moment: datetime
) -> Mapping[str, Sequence[Point]]:
    """The step that has only begun is left out of flows and of sums over place, where it would look like a fall."""
    moment_us = clock.to_microseconds(moment)
    found: dict[str, Sequence[Point]] = {}
    windows: dict[Window, list[IndicatorSpec]] = {}
    for spec in specs:
        windows.setdefault(Window.of(spec), []).append(spec)
    for window, some in windows.items():
        parts = {spec.code: _parts(spec, now) for spec in some}
        needed = {spec.code: spec for spec in some if parts[spec.code] is None}
        for spec in some:
            if parts[spec.code] is not None:
                needed.update(
                    (code, asked.known.indicator(code)) for code in (spec.numerator, spec.denominator) if code
                )
        starts = starts_before(window.grid, moment_us, window.steps)
        wanted = [Wanted(code, _shown(spec), asked.series(spec), spec.period) for code, spec in needed.items()]
        steps = cache.read(wanted, window.grid, starts)
        by_code = {code: steps[code, _shown(spec)] for code, spec in needed.items()}
        for spec in some:
            if parts[spec.code] is None:
                folded = area.fold(by_code[spec.code], over_place(spec))
                flow = is_flow(spec) or over_place(spec) is Aggregation.SUM
            else:
                assert spec.numerator
                assert spec.denominator
                folded = area.ratio(spec, by_code[spec.numerator], by_code[spec.denominator])
                flow = is_flow(asked.known.indicator(spec.numerator))
            found[spec.code] = _points(folded, before_us=starts[-1] if flow and not window.is_slow else moment_us)
    return found


def _shown(spec: IndicatorSpec) -> str:
    """How a step of a trend is condensed; a ratio that has no parts shows its newest reading."""
    return Aggregation.LAST.value if spec.kind is Kind.RATIO else measure(spec)


def _points(folded: Folded, *, before_us: int) -> Sequence[Point]:
    return tuple(
        Point(clock.from_microseconds(at), None if missing else value)
        for at, value, missing in zip(
            folded.at_us.tolist(), folded.value.tolist(), folded.missing.tolist(), strict=True
        )
        if at < before_us
    )


def values_by_place(indicator: str, *, within: str, at: datetime | None = None) -> Mapping[str, float | None]:
    """See `api.values_by_place`: every present commune of the area, None where nothing is known."""
    known, index = catalogue.current(), attachment.index()
    spec = known.indicator(indicator)
    moment = at or clock.now()
    asked = Asked(known, index, with_parts(known, [spec]))
    values = values_at(asked, moment, live=at is None, fresh_first=False)
    area = _Area.of(index, within)
    parts = _parts(spec, values)
    found: dict[str, float | None] = {row.urn: None for row in _communes(within)}
    if parts:
        (top, upper), (bottom, lower) = (area.chosen(part.steps()) for part in parts)
        top, bottom = pair(top, upper, bottom, lower)
        folded = divide(*(_by_commune(index, area, part, Aggregation.SUM) for part in (top, bottom)))
        if spec.unit == PERCENT:
            np.multiply(folded.value, 100.0, out=folded.value)
    else:
        level = _fresh_by_commune(index, area, values[spec.code], clock.to_microseconds(moment - fresh_for(spec)))
        folded = _by_commune(index, area, area.chosen(level.steps())[0], over_place(spec))
    for place, value, missing in zip(
        folded.place.tolist(), folded.value.tolist(), folded.missing.tolist(), strict=True
    ):
        found[index.communes[place]] = None if missing else value
    return found


def _communes(within: str) -> Sequence[places.PlaceRow]:
    try:
        return places.area(within)
    except DinhError:
        return ()


def _fresh_by_commune(index: Index, area: _Area, values: Values, since_us: int) -> Values:
    """What fell silent counts in a commune only where nothing else is fresh."""
    commune = index.commune[area.subject(values.series)]
    fresh = values.at_us >= since_us
    return values.where(fresh | ~np.isin(commune, commune[fresh]))


def _by_commune(index: Index, area: _Area, steps: Steps, how: Aggregation) -> Folded:
    subject = area.subject(steps.series)
    commune = index.commune[subject].astype(np.int64)
    placed = commune >= 0
    steps, subject, commune = steps.where(placed), subject[placed], commune[placed]
    own = np.array([index.numbers.get(urn, -1) for urn in index.communes] + [-1], np.int64)
    return fold(steps, commune, own[commune] == subject, how)
