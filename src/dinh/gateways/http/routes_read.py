"""The catalogue, readings and figures for other machines. Public, but for raw readings of persons."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from dinh.gateways.http import routes_intake, tables
from dinh.gateways.http.words import (
    PROBLEMS,
    Cursor,
    Duration,
    FigureOut,
    IndicatorOut,
    LatestOut,
    Moment,
    ObservationPage,
    QualityOut,
    SeriesId,
    SeriesPage,
    SourceOut,
    Word,
    offset_in,
    span,
)
from dinh.kernel import clock
from dinh.kernel.durations import format_duration, parse_duration
from dinh.kernel.errors import Invalid, NotFound
from dinh.kernel.manifests import IndicatorSpec
from dinh.spine.observations import api as observations
from dinh.spine.parties import api as parties
from dinh.web.requests import actor

router: Final = Router()
DAY: Final = timedelta(days=1)
MOST_PUBLIC_HOURS: Final = 168
Form = Literal["json", "ndjson", "csv", "arrow"]


def _is_public(request: HttpRequest) -> bool:
    """True without a key and without a session of staff."""
    asking = actor(request)
    return asking.permissions is None and not asking.is_staff


def _with_persons(request: HttpRequest) -> bool:
    return observations.may_see_persons(actor(request))


def _refuse_person(urn: str | None) -> None:
    """The same answer whether or not there is such a person."""
    if urn is not None and urn.startswith(parties.PERSON):
        raise NotFound("observations.of_a_person", "readings of persons are not public; ask with a key")


def _indicator(spec: IndicatorSpec) -> dict[str, Any]:
    return {
        "code": spec.code,
        "name": {"vi": spec.name.vi, "en": spec.name.en},
        "domain": {"vi": spec.domain.vi, "en": spec.domain.en},
        "unit": spec.unit,
        "kind": spec.kind.value,
        "direction": spec.direction.value,
        "over_time": spec.over_time.value,
        "over_place": spec.over_place.value,
        "period": None if spec.period is None else format_duration(spec.period),
        **{
            name: getattr(spec, name)
            for name in ("decimals", "target", "valid_min", "valid_max", "numerator", "denominator")
        },
        **{name: getattr(spec, name) for name in ("owner", "source", "licence", "headline")},
    }


@router.get(
    "/indicators",
    response={200: list[IndicatorOut], **PROBLEMS},
    tags=["catalogue"],
    summary="Every indicator",
    operation_id="list_indicators",
)
def list_indicators(request: HttpRequest) -> Any:
    return [_indicator(spec) for spec in observations.indicators()]


@router.get(
    "/indicators/{code}",
    response={200: IndicatorOut, **PROBLEMS},
    tags=["catalogue"],
    summary="One indicator",
    operation_id="get_indicator",
)
def get_indicator(request: HttpRequest, code: Word) -> Any:
    return _indicator(observations.indicator(code))


@router.get(
    "/sources",
    response={200: list[SourceOut], **PROBLEMS},
    tags=["catalogue"],
    summary="Where readings come from",
    operation_id="list_sources",
)
def list_sources(request: HttpRequest) -> Any:
    return [
        {
            "code": row.code,
            "name": {"vi": row.name_vi, "en": row.name_en},
            "owner": row.owner,
            "licence": row.licence,
            "simulated": row.simulated,
            "period": None if row.period is None else format_duration(row.period),
        }
        for row in observations.sources()
    ]


@router.get(
    "/series",
    response={200: SeriesPage, **PROBLEMS},
    tags=["observations"],
    summary="What is measured where",
    operation_id="list_series",
)
def list_series(
    request: HttpRequest,
    indicator: Word | None = None,
    subject: Word | None = None,
    place: Word | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
    cursor: Cursor = "",
) -> Any:
    after = offset_in(cursor)
    rows = observations.series_of(
        subject=subject, indicator=indicator, within=place, limit=after + limit + 1, persons=_with_persons(request)
    )
    page = rows[after : after + limit]
    return {
        "items": [_series(row) for row in page],
        "next": str(after + limit) if len(rows) > after + limit else None,
    }


def _series(row: observations.SeriesRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "urn": row.urn,
        "indicator": row.indicator,
        "subject": row.subject,
        "dimensions": dict(row.dimensions),
        "source": row.source,
    }


@router.get(
    "/latest",
    response={200: list[LatestOut], **PROBLEMS},
    tags=["observations"],
    summary="Newest readings",
    operation_id="list_latest",
)
def list_latest(
    request: HttpRequest,
    indicator: Word | None = None,
    subject: Word | None = None,
    place: Word | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> Any:
    units = {spec.code: spec.unit for spec in observations.indicators()}
    return [
        {
            "series": row.series.id,
            "indicator": row.series.indicator,
            "subject": row.series.subject,
            "dimensions": dict(row.series.dimensions),
            "source": row.series.source,
            "observed_at": row.observed_at,
            "recorded_at": row.recorded_at,
            "value": row.value,
            "missing": row.missing,
            "unit": units.get(row.series.indicator, ""),
            "simulated": row.simulated,
            "stale": row.stale,
        }
        for row in observations.latest(
            subject=subject, indicator=indicator, within=place, limit=limit, persons=_with_persons(request)
        )
    ]


@router.get(
    "/figures",
    response={200: list[FigureOut], **PROBLEMS},
    tags=["observations"],
    summary="Indicators over an area, now or at a past moment",
    operation_id="list_figures",
)
def list_figures(
    request: HttpRequest,
    place: Word,
    indicator: Annotated[list[Word], Query(min_length=1, max_length=50)],
    at: Moment | None = None,
) -> Any:
    if not _with_persons(request):
        _refuse_person(place)
    return [
        {
            "indicator": row.indicator.code,
            "value": row.value,
            "missing": row.missing,
            "unit": row.indicator.unit,
            "at": row.at,
            "change": row.change,
            "target": row.indicator.target,
            "trend": [{"at": point.at, "value": point.value} for point in row.trend],
            "simulated": row.simulated,
            "stale": row.stale,
            "subjects": row.subjects,
            "sources": list(row.sources),
        }
        for row in observations.figures(indicator, within=place, at=at)
    ]


_FORMS: Final = {
    200: {
        "content": {
            "application/x-ndjson": {"schema": {"type": "string", "description": "one item of the page a line"}},
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.arrow.stream": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


# One router, one address: ninja answers 405 where two routers share a path.
@routes_intake.router.get(
    "/observations",
    response={200: ObservationPage, **PROBLEMS},
    tags=["observations"],
    summary="Readings, or their roll-up by steps of time",
    operation_id="list_observations",
    openapi_extra={"responses": _FORMS},
)
def list_observations(
    request: HttpRequest,
    indicator: Word | None = None,
    subject: Word | None = None,
    series: SeriesId | None = None,
    place: Word | None = None,
    from_: Annotated[Moment | None, Query(alias="from", description="the moment itself is included")] = None,
    to: Annotated[Moment | None, Query(description="not included; now where absent")] = None,
    every: Annotated[Duration | None, Query(description="step of the roll-up; without it, single readings")] = None,
    by: Annotated[Literal["commune", "province", "subject"], Query(description="what a roll-up is by")] = "commune",
    format: Form = "json",
    limit: Annotated[int, Query(ge=1, le=100_000)] = 1000,
    cursor: Cursor = "",
) -> HttpResponse:
    """Without `every`: readings by time, the versions in force. With it: one value a place and step, by the
    indicator's kind; `indicator` is needed, and `place` or `subject` says where. Days, weeks, months and years are those
    of Vietnam. Formats other than JSON carry the next page's cursor in the header `Next-Cursor`.
    """
    start, end = span(from_, to, clock.now(), DAY)
    persons = _with_persons(request)
    if every is None:
        if series is None and indicator is None and subject is None and place is None:
            raise Invalid("request.too_wide", "name at least one of indicator, subject, series and place")
        table, following = observations.readings(
            indicator=indicator, subject=subject, series_id=series, within=place,
            start=start, end=end, after=cursor, limit=limit, persons=persons,
        )  # fmt: skip
        return tables.answer(table, following, format, f"observations-{start:%Y%m%dT%H%MZ}")
    if series is not None:
        row = observations.series(series, actor=actor(request))
        indicator, subject = row.indicator, row.subject
    area = place or subject
    if indicator is None or area is None:
        raise Invalid("request.too_wide", "a roll-up needs an indicator, and a place or a subject")
    if not persons:
        _refuse_person(area)
    step = parse_duration(every)
    rolled = observations.roll_up(
        indicator, within=area, start=start, end=end, every=step, by="subject" if place is None else by
    )
    if not persons and rolled.num_rows:
        rolled = rolled.filter(pc.invert(pc.starts_with(rolled["place"].cast(pa.string()), parties.PERSON)))
    first = offset_in(cursor)
    unit = observations.indicator(indicator).unit
    following = str(first + limit) if rolled.num_rows > first + limit else ""
    page = tables.with_constant(rolled.slice(first, limit), "unit", unit)
    return tables.answer(page, following, format, f"{indicator}-{start:%Y%m%dT%H%MZ}")


@router.get(
    "/quality",
    response={200: list[QualityOut], **PROBLEMS},
    tags=["observations"],
    summary="How correct, sufficient, clean and live each source is",
    operation_id="list_quality",
)
def list_quality(
    request: HttpRequest, at: Moment | None = None, hours: Annotated[int, Query(ge=1, le=8784)] = 24
) -> Any:
    if hours > MOST_PUBLIC_HOURS and _is_public(request):
        raise Invalid(
            "request.too_many_hours",
            "{hours} hours are more than the {most} that anyone may ask for; ask for fewer, or with a key",
            hours=hours,
            most=MOST_PUBLIC_HOURS,
        )
    return list(observations.quality(at=at, hours=hours))
