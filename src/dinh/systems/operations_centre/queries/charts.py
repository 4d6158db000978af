"""What a chart draws: lines with least and greatest, target, thresholds, and where the numbers are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from dinh.kernel.clock import now, to_microseconds
from dinh.kernel.errors import Invalid
from dinh.kernel.manifests import IndicatorSpec
from dinh.kernel.specs import RuleKind
from dinh.kernel.units import display_unit
from dinh.spine.observations import api as observations
from dinh.systems.operations_centre.queries import area as areas

RANGES: Final[Mapping[str, tuple[timedelta, timedelta]]] = {
    # name: (length, step of a roll-up)
    "24h": (timedelta(hours=24), timedelta(minutes=15)),
    "7d": (timedelta(days=7), timedelta(hours=1)),
    "30d": (timedelta(days=30), timedelta(hours=6)),
    "1y": (timedelta(days=365), timedelta(days=1)),
}
STEPS: Final = 600


@dataclass(frozen=True, slots=True)
class Line:
    """Points are (milliseconds since 1970, value, least, greatest); `series` lets the chart grow as readings come."""

    name: str
    series: int | None
    points: Sequence[tuple[int, float | None, float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Chart:
    spec: IndicatorSpec
    start: datetime
    end: datetime
    lines: Sequence[Line]
    thresholds: Sequence[tuple[str, float, str]]
    """Name, value, severity."""
    sources: Sequence[str]
    simulated: bool


def span(name: str, *, at: datetime | None = None) -> tuple[datetime, datetime, timedelta]:
    """Start, end and roll-up step of a named range that ends at `at`. Raises Invalid `chart.unknown_range`."""
    if name not in RANGES:
        raise Invalid("chart.unknown_range", "'{value}' is no range; take {known}", value=name, known=", ".join(RANGES))
    length, step = RANGES[name]
    end = at or now()
    return end - length, end, step


def thresholds(code: str, language: str) -> Sequence[tuple[str, float, str]]:
    found: list[tuple[str, float, str]] = []
    for rule in observations.rules():
        if rule.indicator == code and rule.kind is RuleKind.THRESHOLD:
            found += [
                (rule.name.in_(language), limit, str(rule.severity))
                for limit in (rule.above, rule.below)
                if limit is not None
            ]
    return found


def of_series(row: observations.SeriesRow, *, start: datetime, end: datetime, language: str) -> Chart:
    spec = observations.indicator(row.indicator)
    points = observations.history(row.id, start=start, end=end, steps=STEPS)
    source = _sources().get(row.source)
    return Chart(
        spec=spec,
        start=start,
        end=end,
        lines=[Line(_dimensions(row), row.id, [_point(point) for point in points])],
        thresholds=thresholds(spec.code, language),
        sources=[source.name(language)] if source else [row.source] if row.source else [],
        simulated=bool(source and source.simulated),
    )


def of_indicator(spec: IndicatorSpec, *, within: str, range_name: str, at: datetime | None, language: str) -> Chart:
    """The indicator over the area: one line for each province that the area touches."""
    start, end, step = span(range_name, at=at)
    table = observations.roll_up(spec.code, within=within, start=start, end=end, every=step, by="province")
    lines: dict[str, list[tuple[int, float | None, float | None, float | None]]] = {}
    for row in table.sort_by("at").to_pylist():
        lines.setdefault(row["place"], []).append((_ms(row["at"]), row["value"], None, None))
    named = areas.names(lines)
    whole = areas.names([within]).get(within)
    figure = next(iter(observations.figures([spec.code], within=within, at=at)), None)
    known = _sources()
    return Chart(
        spec=spec,
        start=start,
        end=end,
        lines=[
            Line(areas.place_label(whole if len(lines) == 1 else named.get(urn), language) or urn, None, points)
            for urn, points in lines.items()
        ],
        thresholds=thresholds(spec.code, language),
        sources=[known[code].name(language) if code in known else code for code in (figure.sources if figure else ())],
        simulated=bool(figure and figure.simulated),
    )


def as_json(chart: Chart, language: str) -> dict[str, Any]:
    return {
        "name": chart.spec.name.in_(language),
        "code": chart.spec.code,
        "unit": display_unit(chart.spec.unit),
        "decimals": chart.spec.decimals,
        "target": chart.spec.target,
        "from": _ms(chart.start),
        "to": _ms(chart.end),
        "thresholds": [
            {"name": name, "value": value, "severity": severity} for name, value, severity in chart.thresholds
        ],
        "lines": [{"name": line.name, "series": line.series, "points": line.points} for line in chart.lines],
        "sources": list(chart.sources),
        "simulated": chart.simulated,
        "language": language,
    }


def _point(point: observations.Point) -> tuple[int, float | None, float | None, float | None]:
    return _ms(point.at), point.value, point.low, point.high


def _ms(at: datetime) -> int:
    return to_microseconds(at) // 1000


def _dimensions(row: observations.SeriesRow) -> str:
    return " · ".join(f"{key} {value}" for key, value in sorted(row.dimensions.items()))


def _sources() -> dict[str, observations.SourceRow]:
    return {row.code: row for row in observations.sources()}
