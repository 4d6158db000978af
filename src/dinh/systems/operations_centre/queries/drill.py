"""From the area to a commune, to an asset, to its readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dinh.kernel.manifests import IndicatorSpec
from dinh.kernel.units import display_unit
from dinh.spine.observations import api as observations
from dinh.spine.places import api as places
from dinh.systems.operations_centre.queries import area as areas
from dinh.systems.operations_centre.queries import picture

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reading:
    """The newest reading of a series, ready to be shown."""

    series: int
    indicator: str
    name: str
    unit: str
    decimals: int
    value: float | None
    missing: str | None
    at: datetime
    recorded_at: datetime
    simulated: bool
    stale: bool
    source: str
    dimensions: str


@dataclass(frozen=True, slots=True)
class UnitPicture:
    """A unit: `communes` of an area or a province, `assets` of a commune, its past and its future."""

    place: places.PlaceRow
    present: bool
    above: Sequence[places.PlaceRow]
    communes: Sequence[places.PlaceRow]
    assets: Sequence[places.PlaceRow]
    after: str
    """Pass as `after` for the next page of assets; '' at the end."""
    was: Sequence[places.Succession]
    became: Sequence[places.Succession]


def unit(urn: str, *, after: str = "") -> UnitPicture:
    """Raises NotFound."""
    row = places.place(urn)
    present = row.valid_to is None
    commune = row.level == "commune"
    assets = places.assets(within=urn, after=after, limit=PAGE) if present and commune else ()
    return UnitPicture(
        place=row,
        present=present,
        above=list(reversed(places.ancestors(urn))),
        communes=() if commune else _communes(urn),
        assets=assets,
        after=assets[-1].urn if len(assets) == PAGE else "",
        was=places.came_from(urn),
        became=places.became(urn),
    )


def _communes(urn: str) -> Sequence[places.PlaceRow]:
    return sorted(places.area(urn), key=lambda row: row.name_vi)


def asset(urn: str) -> tuple[places.PlaceRow, Sequence[places.PlaceRow]]:
    """The asset or facility and what it lies in, outermost first. Raises NotFound."""
    return places.place(urn), list(reversed(places.ancestors(urn)))


def readings(subject: str, language: str) -> Sequence[Reading]:
    """Newest readings of everything that is measured at a place."""
    specs = {spec.code: spec for spec in observations.indicators()}
    sources = {row.code: row.name(language) for row in observations.sources()}
    rows = observations.latest(subject=subject, limit=200)
    found = [_reading(row, specs.get(row.series.indicator), sources, language) for row in rows]
    return sorted(found, key=lambda reading: (reading.name, reading.dimensions))


def _reading(
    row: observations.Latest, spec: IndicatorSpec | None, sources: Mapping[str, str], language: str
) -> Reading:
    return Reading(
        series=row.series.id,
        indicator=row.series.indicator,
        name=spec.name.in_(language) if spec else row.series.indicator,
        unit=display_unit(spec.unit) if spec else "",
        decimals=spec.decimals if spec else 1,
        value=row.value,
        missing=row.missing,
        at=row.observed_at,
        recorded_at=row.recorded_at,
        simulated=row.simulated,
        stale=row.stale,
        source=sources.get(row.series.source, row.series.source),
        dimensions=" · ".join(f"{key} {value}" for key, value in sorted(row.series.dimensions.items())),
    )


@dataclass(frozen=True, slots=True)
class Card:
    """The selected place on the map: `value` of the map's indicator there, with its trend."""

    place: places.PlaceRow
    commune: places.PlaceRow | None
    tile: picture.Tile | None
    readings: Sequence[Reading]
    chart: int | None
    """The series whose chart the card shows."""


def card(urn: str, *, spec: IndicatorSpec | None, at: datetime | None, language: str) -> Card:
    """Raises NotFound."""
    row = places.place(urn)
    if row.kind == "unit":
        found = picture.figures_as_tiles([spec], within=urn, at=at, language=language) if spec else []
        return Card(row, None, found[0] if found else None, (), None)
    commune = areas.names([row.parent]).get(row.parent or "")
    rows = readings(urn, language)
    first = next((reading for reading in rows if spec and reading.indicator == spec.code), next(iter(rows), None))
    ordered = [first, *(reading for reading in rows if reading is not first)] if first else []
    return Card(row, commune, None, ordered[:4], first.series if first else None)


@dataclass(frozen=True, slots=True)
class CommuneValue:
    place: places.PlaceRow
    value: float | None
    before: float | None
    share: float
    """Length of the bar, 0..100 of the greatest."""

    @property
    def change(self) -> float | None:
        return None if self.value is None or self.before is None else self.value - self.before


def by_commune(code: str, *, within: str, at: datetime | None, day_before: datetime) -> Sequence[CommuneValue]:
    """Every commune of the area with its value now and a day before; the greatest first, unknown last."""
    now_values = observations.values_by_place(code, within=within, at=at)
    then_values = observations.values_by_place(code, within=within, at=day_before)
    rows = {row.urn: row for row in places.area(within)}
    greatest = max((abs(value) for value in now_values.values() if value is not None), default=0.0)
    found = [
        CommuneValue(
            row,
            now_values.get(urn),
            then_values.get(urn),
            round(100 * abs(now_values.get(urn) or 0.0) / greatest, 1) if greatest else 0.0,
        )
        for urn, row in rows.items()
    ]
    return sorted(found, key=lambda line: (line.value is None, -(line.value or 0.0), line.place.name_vi))
