"""The picture in figures: tiles of the headline indicators, data quality, the time bar, values for the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dinh.kernel.clock import now, to_microseconds
from dinh.kernel.errors import NotFound
from dinh.kernel.manifests import Aggregation, Direction, IndicatorSpec, MapLayer, Panel, registry
from dinh.kernel.units import display_unit
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.systems.operations_centre.domain import drawing
from dinh.systems.operations_centre.domain.drawing import RANK, Tick
from dinh.systems.operations_centre.domain.view import View
from dinh.systems.operations_centre.queries import area as areas


@dataclass(frozen=True, slots=True)
class Tile:
    """One indicator on the screen. `alarm` is the worst severity of its open alerts; `short_of_target` is None
    where there is no target or no good side."""

    spec: IndicatorSpec
    name: str
    domain: str
    unit: str
    value: float | None
    missing: str | None
    at: datetime | None
    change: float | None
    trend: Sequence[float | None]
    line: float | None
    """The target, where it lies near enough to the trend to be drawn with it."""
    alarm: str
    short_of_target: bool | None
    simulated: bool
    stale: bool
    subjects: int
    worst: str | None
    plan: float | None = None
    of_plan: float | None = None
    """The share of the year's plan that is reached."""

    @property
    def href(self) -> str:
        return registry.link_path("indicator", self.spec.code) or ""


@dataclass(frozen=True, slots=True)
class Tiles:
    groups: Sequence[tuple[str, Sequence[Tile]]]
    shown: int
    total: int
    domains: Sequence[str]
    simulated: bool


def headline_indicators() -> Sequence[IndicatorSpec]:
    ranked = [(spec.headline, spec) for spec in observations.indicators() if spec.headline is not None]
    return [spec for _, spec in sorted(ranked, key=lambda pair: (pair[0], pair[1].code))]


def indicator_or_none(code: str) -> IndicatorSpec | None:
    try:
        return observations.indicator(code) if code else None
    except NotFound:
        return None


def map_indicator(view: View, alerts: Iterable[observations.AlertRow] = ()) -> IndicatorSpec | None:
    """The indicator that shades the map: the one asked for, else that of the worst alert that says something of places
    and not of one thing alone, else the first headline."""
    if spec := indicator_or_none(view.indicator):
        return spec
    for alert in alerts:
        spec = indicator_or_none(alert.indicator)
        if spec is not None and spec.over_place is not Aggregation.NONE:
            return spec
    return next(iter(headline_indicators()), None)


def tiles(
    view: View,
    *,
    language: str,
    alerts: Iterable[observations.AlertRow] = (),
    within: str | None = None,
    limit: int | None = None,
) -> Tiles:
    """The headline indicators as tiles, grouped by domain in the order of their ranks."""
    specs = [spec for spec in headline_indicators() if not view.domain or spec.domain.in_(language) == view.domain]
    if limit is not None:
        specs = specs[:limit]
    found = figures_as_tiles(
        specs, within=within or view.within or areas.area_urn(), at=view.at, language=language, alerts=alerts
    )
    groups: dict[str, list[Tile]] = {}
    for tile in found:
        groups.setdefault(tile.domain, []).append(tile)
    return Tiles(
        groups=list(groups.items()),
        shown=len(found),
        total=len(observations.indicators()),
        domains=sorted({spec.domain.in_(language) for spec in observations.indicators()}),
        simulated=any(tile.simulated for tile in found),
    )


def figures_as_tiles(
    specs: Sequence[IndicatorSpec],
    *,
    within: str,
    at: datetime | None,
    language: str,
    alerts: Iterable[observations.AlertRow] = (),
) -> list[Tile]:
    alarms: dict[str, str] = {}
    for alert in alerts:
        held = alarms.get(alert.indicator)
        if held is None or RANK[alert.severity] < RANK[held]:
            alarms[alert.indicator] = alert.severity
    if not specs:
        return []
    figures = observations.figures([spec.code for spec in specs], within=within, at=at)
    return [_tile(figure, alarms, language) for figure in figures]


def _tile(figure: observations.Figure, alarms: Mapping[str, str], language: str) -> Tile:
    spec = figure.indicator
    trend = [point.value for point in figure.trend]
    short: bool | None = None
    if figure.value is not None and spec.target is not None and spec.direction != Direction.NEITHER:
        short = figure.value < spec.target if spec.direction == Direction.HIGHER else figure.value > spec.target
    return Tile(
        spec=spec,
        name=spec.name.in_(language),
        domain=spec.domain.in_(language),
        unit=display_unit(spec.unit),
        value=figure.value,
        missing=figure.missing,
        at=figure.at,
        change=figure.change,
        trend=trend,
        line=drawing.near(spec.target, trend),
        alarm=alarms.get(spec.code, ""),
        short_of_target=short,
        simulated=figure.simulated,
        stale=figure.stale,
        subjects=figure.subjects,
        worst=figure.worst,
        plan=figure.plan,
        of_plan=figure.of_plan,
    )


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One of the four measures: `share` 0..1 or None; `low` below what it must hold."""

    code: str
    share: float | None

    @property
    def width(self) -> str:
        """Per cent, for a bar."""
        return f"{100 * (self.share or 0.0):.1f}"

    @property
    def low(self) -> bool:
        return self.share is not None and self.share < 0.95


@dataclass(frozen=True, slots=True)
class QualityPicture:
    rows: Sequence[QualityRow]
    sources: int
    last_at: datetime | None
    worst: observations.SourceRow | None
    """The source that is farthest from on time, when it is below the limit."""


def quality(view: View) -> QualityPicture:
    found = observations.quality(at=view.at)
    whole = next((row for row in found if row.source == ""), None)
    parts = [row for row in found if row.source]
    late = min((row for row in parts if row.on_time is not None), key=lambda row: row.on_time or 0.0, default=None)
    worst = None
    if late is not None and (late.on_time or 0.0) < 0.95:
        worst = next((row for row in observations.sources() if row.code == late.source), None)
    shares = (
        ("valid", whole.valid if whole else None),
        ("complete", whole.complete if whole else None),
        ("unrepeated", whole.unrepeated if whole else None),
        ("on_time", whole.on_time if whole else None),
    )
    return QualityPicture(
        rows=[QualityRow(code, share) for code, share in shares],
        sources=len(parts),
        last_at=whole.last_at if whole else None,
        worst=worst,
    )


@dataclass(frozen=True, slots=True)
class TimeBar:
    """One day. `at_x` is 0..1000 along it as SVG text; the rest milliseconds since 1970."""

    start: datetime
    at: datetime
    ticks: Sequence[Tick]
    at_x: str
    start_ms: str
    end_ms: str
    now_ms: str
    minute: int
    """Of the day, of the moment shown."""
    previous: datetime
    next: datetime | None
    """None on the present day; a moment in the future is the present."""


def time_bar(view: View) -> TimeBar:
    start, end = view.day()
    moment = now()
    at = view.at or moment
    times = observations.alert_times(start=start, end=min(end, at), within=view.within or areas.area_urn())
    day = end - start
    return TimeBar(
        start=start,
        at=at,
        ticks=drawing.ticks(times, start=start, end=end),
        at_x=f"{1000 * ((at - start) / day):.1f}",
        start_ms=str(to_microseconds(start) // 1000),
        end_ms=str(to_microseconds(end) // 1000),
        now_ms=str(to_microseconds(moment) // 1000),
        minute=int((at - start).total_seconds() // 60),
        previous=at - day,
        next=at + day if end <= moment else None,
    )


@dataclass(frozen=True, slots=True)
class MapValues:
    """What shades the map: commune URN -> value, and the bounds of the five steps."""

    spec: IndicatorSpec
    values: Mapping[str, float | None]
    steps: Sequence[float]
    stations: int
    simulated: bool
    stale: bool

    @property
    def places(self) -> int:
        """Decimals that tell the bounds apart."""
        step = self.steps[1] - self.steps[0] if len(self.steps) > 1 else 1.0
        return max(places for places in range(4) if places == 0 or round(step, places) != round(step, places - 1))


def map_values(code: str, *, within: str, at: datetime | None) -> MapValues:
    """Raises NotFound for an unknown indicator."""
    spec = observations.indicator(code)
    values = observations.values_by_place(code, within=within, at=at)
    figure = next(iter(observations.figures([code], within=within, at=at)), None)
    return MapValues(
        spec=spec,
        values=values,
        steps=drawing.nice_steps(values.values()),
        stations=figure.subjects if figure else 0,
        simulated=bool(figure and figure.simulated),
        stale=bool(figure and figure.stale),
    )


def layers(actor: parties.Actor) -> Sequence[MapLayer]:
    return [x for x in registry.layers() if x.permission is None or parties.may(actor, x.permission)]


def panels(slot: str, actor: parties.Actor) -> Sequence[Panel]:
    return [x for x in registry.panels(slot) if x.permission is None or parties.may(actor, x.permission)]
