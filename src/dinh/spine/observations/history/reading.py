"""Series, their newest readings and raw history, as frozen rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
import pyarrow as pa
from django.db import connection
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from dinh.kernel import clock
from dinh.kernel.errors import NotFound
from dinh.spine.observations import catalogue
from dinh.spine.observations.api import Latest, SeriesRow, may_see_persons
from dinh.spine.observations.history import local_socket, owner, schema
from dinh.spine.observations.history.newest import Lanes, Newest
from dinh.spine.observations.intake import service
from dinh.spine.observations.intake.resolution import dimensions_of
from dinh.spine.observations.models import Series
from dinh.spine.parties.api import PERSON, Actor
from dinh.spine.places import api as places

AT_ONCE: Final = 500
STALE_AFTER_PERIODS: Final = 3


def series(series_id: int, actor: Actor | None = None) -> SeriesRow:
    found = Series.objects.select_related("indicator").filter(pk=series_id).first()
    of_a_person = found is not None and found.subject.startswith(PERSON)
    if found is None or (of_a_person and actor is not None and not may_see_persons(actor)):
        raise NotFound("observations.no_series", "there is no series {number}", number=series_id)
    return _row(found)


def _row(found: Series, source: str | None = None) -> SeriesRow:
    return SeriesRow(
        found.pk, found.indicator.code, found.subject, dimensions_of(found.dimensions), source or found.source
    )


def _chosen(subject: str | None, indicator: str | None) -> QuerySet[Series]:
    rows = Series.objects.select_related("indicator").order_by("pk")
    if subject is not None:
        rows = rows.filter(subject=subject)
    if indicator is not None:
        rows = rows.filter(indicator__code=indicator)
    return rows


def _of_persons() -> QuerySet[Series]:
    return Series.objects.filter(subject__startswith=PERSON)


def series_of(
    *, subject: str | None, indicator: str | None, within: str | None, limit: int, persons: bool
) -> Sequence[SeriesRow]:
    """By id."""
    rows = _chosen(subject, indicator)
    if not persons:
        rows = rows.exclude(subject__startswith=PERSON)
    if within is None:
        return tuple(_row(row) for row in rows[:limit])
    inside = np.array(sorted(ids_within(within, indicator)), np.int64)
    if subject is not None:
        inside = np.intersect1d(inside, np.fromiter(rows.values_list("pk", flat=True), np.int64))
    if not persons:
        inside = np.setdiff1d(inside, np.fromiter(_of_persons().values_list("pk", flat=True), np.int64))
    kept = inside[:limit].tolist()
    by_id = _rows(kept)
    return tuple(_row(by_id[number]) for number in kept if number in by_id)


_within: dict[tuple[str, str | None], tuple[int, int, frozenset[int]]] = {}


def ids_within(area: str, indicator: str | None = None) -> frozenset[int]:
    """Ids of the series whose subject lies in the area; kept until a series is made or a place moves."""
    newest = Series.objects.aggregate(newest=Max("pk"))["newest"] or 0
    version = places.positions().version
    held = _within.get((area, indicator))
    if held is not None and held[:2] == (newest, version) and not connection.in_atomic_block:
        return held[2]
    rows = list(_chosen(None, indicator).values_list("pk", "subject"))
    inside = {subject: places.contains(area, subject) for subject in {subject for _, subject in rows}}
    found = frozenset(number for number, subject in rows if inside[subject])
    if len(_within) > 256:
        _within.clear()
    _within[area, indicator] = (newest, version, found)
    return found


def _rows(ids: Sequence[int]) -> Mapping[int, Series]:
    found: dict[int, Series] = {}
    for start in range(0, len(ids), AT_ONCE):
        found.update(Series.objects.select_related("indicator").in_bulk(ids[start : start + AT_ONCE]))
    return found


def latest(
    *, subject: str | None, indicator: str | None, within: str | None, limit: int, persons: bool
) -> Sequence[Latest]:
    """By series id."""
    asked: NDArray[np.int64] | None = None
    if subject is not None or (indicator is not None and within is None):
        asked = np.fromiter(_chosen(subject, indicator).values_list("pk", flat=True), np.int64)
    if within is not None:
        inside = np.array(sorted(ids_within(within, indicator)), np.int64)
        asked = inside if asked is None else np.intersect1d(asked, inside)
    newest = newest_of(asked)
    order = np.argsort(newest.series, kind="stable")
    if not persons:
        left_out = np.fromiter(_of_persons().values_list("pk", flat=True), np.int64)
        order = order[~np.isin(newest.series[order], left_out)]
    order = order[:limit]
    by_id = _rows(newest.series[order].tolist())
    known = catalogue.current()
    codes = {number: code for code, number in known.source_ids.items()}
    now = clock.now()
    found = []
    for place in order.tolist():
        row = by_id.get(int(newest.series[place]))
        if row is None:
            continue
        code = codes.get(int(newest.source[place]), row.source)
        source = known.sources.get(code)
        spec = known.indicators.get(row.indicator.code)
        at = clock.from_microseconds(int(newest.observed_at_us[place]))
        period = (spec.period if spec else None) or (source.period if source else None)
        number = int(newest.missing[place])
        found.append(
            Latest(
                series=_row(row, code),
                observed_at=at,
                recorded_at=clock.from_microseconds(int(newest.recorded_at_us[place])),
                value=None if number else float(newest.value[place]),
                missing=schema.MISSING.get(number) if number else None,
                simulated=bool(source and source.simulated),
                stale=period is not None and now - at > STALE_AFTER_PERIODS * period,
            )
        )
    return tuple(found)


def newest_of(asked: NDArray[np.int64] | None = None) -> Newest:
    """Arrays of the newest readings, from memory in the owner, from the owner elsewhere."""
    intake = service.running()
    if intake is not None:
        return intake.lanes.read(asked)
    if owner.owned() is not None:
        return _read_here(asked)
    return owner.elsewhere(lambda: _ask(asked), lambda: _read_here(asked))


def newest_values(ids: Collection[int]) -> Mapping[int, tuple[datetime, float]]:
    if not ids:
        return {}
    newest = newest_of(np.array(sorted(set(ids)), np.int64))
    return {
        int(number): (clock.from_microseconds(int(at)), float(value))
        for number, at, value, missing in zip(
            newest.series, newest.observed_at_us, newest.value, newest.missing, strict=True
        )
        if not missing
    }


def _read_here(asked: NDArray[np.int64] | None) -> Newest:
    with owner.taken() as history:
        lanes = Lanes()
        lanes.rebuild(history)
        return lanes.read(asked)


def _ask(asked: NDArray[np.int64] | None) -> Newest:
    body = local_socket.ask("newest", {"series": None if asked is None else asked.tolist()})
    table = local_socket.from_stream(body)
    return Newest(*(table[name].to_numpy() for name in Newest.__slots__))


@local_socket.answers("newest")
def _answer(message: Mapping[str, Any]) -> bytes:
    asked = message["series"]
    newest = newest_of(None if asked is None else np.array(asked, np.int64))
    return local_socket.to_stream(pa.table({name: getattr(newest, name) for name in Newest.__slots__}))


def raw_history(series_id: int, *, start: datetime, end: datetime) -> pa.Table:
    """Every version with its source's code and `recorded_at`; `version` counts from 1 for one source and time.
    `missing` is the reason in words. Raises NotFound."""
    series(series_id)
    found = owner.query(
        """
        WITH versions AS (
            SELECT observed_at, value, missing, source, batch, true AS in_force FROM observation
            WHERE series = $series AND observed_at >= $start AND observed_at < $end
            UNION ALL
            SELECT observed_at, value, missing, source, batch, false AS in_force FROM superseded
            WHERE series = $series AND observed_at >= $start AND observed_at < $end
        )
        SELECT v.observed_at AT TIME ZONE 'UTC' AS observed_at, v.value, v.missing, v.source,
               b.recorded_at AT TIME ZONE 'UTC' AS recorded_at,
               row_number() OVER (PARTITION BY v.source, v.observed_at ORDER BY v.batch, v.in_force) AS version
        FROM versions v JOIN batch b ON b.id = v.batch
        ORDER BY v.observed_at, v.source, version
        """,
        {"series": series_id, "start": start, "end": end},
    )
    codes = {number: code for code, number in catalogue.current().source_ids.items()}
    reasons = pa.array([schema.MISSING.get(number) for number in found["missing"].to_pylist()], pa.string())
    sources = pa.array([codes.get(number, "") for number in found["source"].to_pylist()], pa.string())
    found = found.set_column(found.column_names.index("missing"), "missing", reasons)
    return found.set_column(found.column_names.index("source"), "source", sources)
