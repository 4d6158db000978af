"""Readings in, numbers out.

`record` is durable before it returns and idempotent. The history is columnar: a
process that does not own the history file reaches it through the owner's local
socket; callers need not know.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from dinh.kernel.manifests import IndicatorSpec
from dinh.spine.observations import reported_api as reported
from dinh.spine.observations.alerting import (
    acknowledge,
    alert,
    alert_notes,
    alert_times,
    alerts,
    alerts_of_rule,
    declare_rules,
    end_maintenance,
    group_members,
    maintenance,
    note_alert,
    put_alert_into_group,
    remove_rule,
    restore_rule,
    rule_row,
    rule_rows,
    rule_versions,
    rules,
    save_rule,
    set_alert_apart,
    start_maintenance,
    switch_rule,
    try_rule,
    usual_day,
)
from dinh.spine.observations.rows import (
    AlertNoteRow,
    AlertRow,
    Change,
    Declared,
    Figure,
    Firing,
    Latest,
    MaintenanceRow,
    Point,
    Quality,
    Receipt,
    RejectedBatch,
    Rejection,
    RuleRow,
    RuleVersionRow,
    SeriesRow,
    SourceRow,
    Trial,
)
from dinh.spine.parties.api import Actor

__all__ = [  # the rows, and what stands in `alerting`; functions below need no mention
    "AlertNoteRow", "AlertRow", "Change", "Declared", "Figure", "Firing", "Latest", "MaintenanceRow", "Point",
    "Quality", "Receipt", "RejectedBatch", "Rejection", "RuleRow", "RuleVersionRow", "SeriesRow", "SourceRow",
    "Trial", "acknowledge", "alert", "alert_notes", "alert_times", "alerts", "alerts_of_rule", "declare_rules",
    "end_maintenance", "group_members", "maintenance", "note_alert", "put_alert_into_group", "remove_rule", "reported",
    "restore_rule", "rule_row", "rule_rows", "rule_versions", "rules", "save_rule", "set_alert_apart",
    "start_maintenance", "switch_rule", "try_rule", "usual_day",
]  # fmt: skip

# --- writing ---------------------------------------------------------------


def record(
    readings: pa.Table | pa.RecordBatch | Sequence[Mapping[str, Any]],
    *,
    by: Actor,
    channel: str,
    sources: frozenset[str] = frozenset(),
) -> Receipt:
    """Judges each row, writes the good ones durably, keeps the bad ones with their reason.

    Columns: indicator, subject, observed_at (timestamp with zone or ISO text), value (null with `missing`
    saying why), unit (UCUM, optional), source, dimensions (map or JSON object text, optional).
    `sources` are those the caller's key may write for (empty: any); rows of others are rejected as
    `source.not_permitted`. Blocks until the rows are synced to disk. Raises Refused when `by` may not record,
    Invalid `batch.columns` when the table's columns are not those above, SourceUnavailable `observations.busy`.
    """
    from dinh.spine.observations.intake import door

    return door.record(readings, by=by, channel=channel, sources=sources)


def record_body(
    body: bytes,
    *,
    form: str,
    by: Actor,
    channel: str,
    sources: frozenset[str] = frozenset(),
    most_rows: int | None = None,
) -> Receipt:
    """`record` for bytes as they came: `form` is application/x-ndjson, application/json (an array) or
    application/vnd.apache.arrow.stream. Also raises Invalid `batch.form`, `arrow.malformed`, `batch.too_large`."""
    from dinh.spine.observations.intake import door

    return door.record_body(body, form=form, by=by, channel=channel, sources=sources, most_rows=most_rows)


def settle(timeout_s: float = 30.0) -> bool:
    """Waits until everything that this process recorded has been judged; False where that takes longer."""
    from dinh.spine.observations.intake import service

    return service.settle(timeout_s)


def missing_reasons() -> Sequence[str]:
    """What `missing` may say where there is no value."""
    from dinh.spine.observations.history import schema

    return tuple(schema.MISSING.values())


def unzip(body: bytes, *, most_bytes: int) -> bytes:
    """A gzip body in full; raises Invalid `gzip.malformed`, or `batch.too_large` before it grows over the limit."""
    from dinh.spine.observations.intake import door

    return door.unzip(body, most_bytes)


def refuse_when_full() -> None:
    """Raises SourceUnavailable `observations.busy` while too many readings wait for the disk."""
    from dinh.spine.observations.intake import service

    intake = service.running()
    if intake is not None:
        intake.refuse_when_full()


def keep_rejected(
    rejected: Sequence[Rejection], rows: Sequence[Mapping[str, Any]], *, by: Actor, channel: str, source: str
) -> None:
    """Keeps input that has not even the form of a reading (a gateway's undecodable message), parallel to its reasons."""
    from dinh.spine.observations.intake import rejects

    rejects.keep(rejected, rows, channel=channel, source=source, by=by.urn)


def declare_indicators(specs: Iterable[IndicatorSpec], *, by: Actor) -> tuple[int, int]:
    """Adds or updates catalogue entries; returns (added, changed). Manifests' entries are declared at start."""
    from dinh.spine.observations import catalogue

    return catalogue.declare_indicators(specs, by=by)


def import_declarations(path: Path, *, by: Actor) -> Declared:
    """Declares all [[source]], [[indicator]] and [[rule]] tables of a TOML file or, where anything in it is wrong,
    nothing. Raises Invalid `observations.bad_file` with line, field, value and remedy."""
    from dinh.spine.observations import declaration_file

    return declaration_file.import_file(path, by=by)


def declare_manifests() -> tuple[int, int]:
    """Declares what the installed systems declare; returns (added, changed). Done by itself after migrations."""
    from dinh.spine.observations import catalogue

    return catalogue.declare_manifests()


def save_source(
    *, code: str, name_vi: str, name_en: str, owner: str, licence: str, simulated: bool, period: timedelta | None
) -> SourceRow:
    """Creates or updates by code (idempotent)."""
    from dinh.spine.observations import catalogue

    return catalogue.save_source(
        code=code,
        name_vi=name_vi,
        name_en=name_en,
        owner=owner,
        licence=licence,
        simulated=simulated,
        period=period,
    )


def replay(rejected_id: int, *, by: Actor) -> Receipt:
    """Tries a rejected batch again after what was wrong has been mended."""
    from dinh.spine.observations.intake import door

    return door.replay(rejected_id, by=by)


# --- reading ---------------------------------------------------------------


def indicators() -> Sequence[IndicatorSpec]:
    """The catalogue, by domain and code; cached."""
    from dinh.spine.observations import catalogue

    return tuple(catalogue.current().indicators.values())


def indicator(code: str) -> IndicatorSpec:
    """Raises NotFound `observations.no_indicator` naming the nearest codes."""
    from dinh.spine.observations import catalogue

    return catalogue.current().indicator(code)


def sources() -> Sequence[SourceRow]:
    from dinh.spine.observations import catalogue

    return tuple(catalogue.current().sources.values())


def series(series_id: int, *, actor: Actor | None = None) -> SeriesRow:
    """Raises NotFound `observations.no_series`; for an actor who may not see readings of persons also for theirs."""
    from dinh.spine.observations.history import reading

    return reading.series(series_id, actor)


def may_see_persons(actor: Actor) -> bool:
    """Readings of persons are for those whose permission to read has no bounds of place."""
    from dinh.spine.parties import api as parties

    return parties.may_everywhere(actor, "observations.read")


def series_of(
    *, subject: str | None = None, indicator: str | None = None, within: str | None = None,
    limit: int = 1000, persons: bool = True,
) -> Sequence[SeriesRow]:  # fmt: skip
    """By id. `persons` False leaves out what is measured on a person."""
    from dinh.spine.observations.history import reading

    return reading.series_of(subject=subject, indicator=indicator, within=within, limit=limit, persons=persons)


def latest(
    *, subject: str | None = None, indicator: str | None = None, within: str | None = None,
    limit: int = 1000, persons: bool = True,
) -> Sequence[Latest]:  # fmt: skip
    """Newest readings; from memory where this process owns the history."""
    from dinh.spine.observations.history import reading

    return reading.latest(subject=subject, indicator=indicator, within=within, limit=limit, persons=persons)


def newest_values(series: Collection[int]) -> Mapping[int, tuple[datetime, float]]:
    """When and what these series read last, by series; those whose newest reading is missing are left out."""
    from dinh.spine.observations.history import reading

    return reading.newest_values(series)


def history(
    series_id: int, *, start: datetime, end: datetime, steps: int = 600, as_of: datetime | None = None
) -> Sequence[Point]:
    """Readings between the moments, thinned to at most `steps` with least and greatest kept; a year of minutes
    in under 100 ms. `as_of` shows what was known then."""
    from dinh.spine.observations import charts

    return charts.history(series_id, start=start, end=end, steps=steps, as_of=as_of)


def raw_history(series_id: int, *, start: datetime, end: datetime) -> pa.Table:
    """Columns observed_at, value, missing, source, recorded_at, version; corrections included; for export."""
    from dinh.spine.observations.history import reading

    return reading.raw_history(series_id, start=start, end=end)


def readings(
    *,
    indicator: str | None = None,
    subject: str | None = None,
    series_id: int | None = None,
    within: str | None = None,
    start: datetime,
    end: datetime,
    after: str = "",
    limit: int = 1000,
    persons: bool = True,
) -> tuple[pa.Table, str]:
    """The versions in force of the chosen series' readings, by time, and what to pass as `after` for the next page
    ('' at the end). Columns series, indicator, subject, dimensions (JSON), observed_at, value, missing, unit, source,
    simulated, recorded_at."""
    from dinh.spine.observations import export

    return export.readings(
        indicator=indicator, subject=subject, series_id=series_id, within=within, start=start, end=end, after=after,
        limit=limit, persons=persons,
    )  # fmt: skip


def roll_up(
    indicator: str, *, within: str, start: datetime, end: datetime, every: timedelta, by: str = "commune"
) -> pa.Table:
    """Columns place, at, value, missing, readings: by the indicator's kind (counters by increase, ratios from
    parts). `by` is commune, province or subject. Readings attach to the place valid at observed_at."""
    from dinh.spine.observations import catalogue, formula_figures, rollups

    if indicator in catalogue.current().formulas:
        return formula_figures.roll_up(indicator, within=within, start=start, end=end, every=every, by=by)
    return rollups.roll_up(indicator, within=within, start=start, end=end, every=every, by=by)


def figures(codes: Sequence[str], *, within: str, at: datetime | None = None) -> Sequence[Figure]:
    """The tiles of a picture, now or at a past moment."""
    from dinh.spine.observations import formula_figures as room

    return room.figures(codes, within=within, at=at)


def values_by_place(indicator: str, *, within: str, at: datetime | None = None) -> Mapping[str, float | None]:
    """Commune URN -> value over the last 24 hours or period, for shading a map."""
    from dinh.spine.observations import formula_figures as room

    return room.values_by_place(indicator, within=within, at=at)


def quality(*, at: datetime | None = None, hours: int = 24) -> Sequence[Quality]:
    """The four measures per source, and one row with source '' for all together."""
    from dinh.spine.observations import quality as room

    return room.quality(at=at, hours=hours)


def rejected(*, limit: int = 100, actor: Actor | None = None) -> Sequence[RejectedBatch]:
    """Newest first; for an actor those that it may see."""
    from dinh.spine.observations.intake import rejects

    return rejects.batches(limit, actor)


def rejected_batch(number: int, *, actor: Actor | None = None) -> RejectedBatch:
    """Raises NotFound, also for what an actor may not see."""
    from dinh.spine.observations.intake import rejects

    return rejects.row(number, actor)


def rejected_rows(rejected_id: int, *, actor: Actor | None = None) -> Sequence[tuple[Mapping[str, Any], Rejection]]:
    """The kept rows (at most 10,000 a batch) as they came, each with its reason. Raises NotFound."""
    from dinh.spine.observations.intake import rejects

    return rejects.rows(rejected_id, actor)


def on_recorded(observer: Callable[[Change], None]) -> None:
    """Registers an in-process observer; only in the process that owns the history."""
    from dinh.spine.observations.intake import telling

    if observer not in telling.observers:
        telling.observers.append(observer)


# --- the process that owns the history ---------------------------------------


def start(*, wait_s: float = 0.0) -> None:
    """Opens the history in this process, rebuilds the newest values, judges what a crash left unjudged.
    Waits so long for a worker or a command that has the file for a moment, because no owner was there.
    Raises Conflict `observations.history_in_use` when another process owns it."""
    from dinh.spine.observations.intake import service

    service.start(wait_s=wait_s)


def stop() -> None:
    """Writes out what is queued and closes the history."""
    from dinh.spine.observations.intake import service

    service.stop()


async def local_application(scope: Any, receive: Any, send: Any) -> None:
    """ASGI application for the owner's local socket: how commands and workers record and read."""
    from dinh.spine.observations.history import local_socket, reading
    from dinh.spine.observations.intake import door

    local_socket.answered_by(door, reading)
    await local_socket.application(scope, receive, send)
