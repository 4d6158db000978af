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

from dinh.kernel.manifests import IndicatorSpec, RuleSpec
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

__all__ = [  # the rows; functions below need no mention
    "AlertNoteRow",
    "AlertRow",
    "Change",
    "Declared",
    "Figure",
    "Firing",
    "Latest",
    "MaintenanceRow",
    "Point",
    "Quality",
    "Receipt",
    "RejectedBatch",
    "Rejection",
    "RuleRow",
    "RuleVersionRow",
    "SeriesRow",
    "SourceRow",
    "Trial",
]

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


def declare_rules(specs: Iterable[RuleSpec], *, by: Actor) -> tuple[int, int]:
    from dinh.spine.observations import catalogue

    return catalogue.declare_rules(specs, by=by)


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


def acknowledge(alert: str, *, by: Actor, note: str = "") -> AlertRow:
    """With its members, where it is a group. Raises NotFound, Refused, Conflict."""
    from dinh.spine.observations import alerts as room

    return room.acknowledge(alert, by=by, note=note)


def note_alert(alert: str, text: str, *, by: Actor) -> AlertNoteRow:
    """Raises NotFound, Refused, Invalid `observations.empty_note`."""
    from dinh.spine.observations import alerts as room

    return room.add_note(alert, text, by=by)


def set_alert_apart(alert: str, *, by: Actor, note: str = "") -> AlertRow:
    """Takes a member out of its group: it stands for itself and is told of. Raises Conflict `observations.not_in_group`."""
    from dinh.spine.observations import alerts as room

    return room.set_apart(alert, by=by, note=note)


def put_alert_into_group(alert: str, group: str, *, by: Actor, note: str = "") -> AlertRow:
    """Raises Conflict `observations.cannot_join`."""
    from dinh.spine.observations import alerts as room

    return room.put_back(alert, group, by=by, note=note)


def save_rule(spec: RuleSpec, *, by: Actor, reason: str = "") -> RuleRow:
    """Creates or changes a person's rule, or sets this instead of what a system's manifest says (with a reason).

    Whoever manages a part of the area only gives a rule a place in it. Raises Invalid, NotFound, Refused.
    """
    from dinh.spine.observations import rulebook

    return rulebook.save(spec, by=by, reason=reason)


def switch_rule(code: str, *, on: bool, by: Actor, reason: str) -> RuleRow:
    from dinh.spine.observations import rulebook

    return rulebook.switch(code, on=on, by=by, reason=reason)


def restore_rule(code: str, *, by: Actor, reason: str) -> RuleRow:
    """Puts what the manifest says back in force. Raises Conflict `observations.not_overridden`."""
    from dinh.spine.observations import rulebook

    return rulebook.restore(code, by=by, reason=reason)


def remove_rule(code: str, *, by: Actor, reason: str) -> RuleRow | None:
    """Deletes a person's rule that never fired (None), retires one that has. Raises Conflict `observations.rule_of_system`."""
    from dinh.spine.observations import rulebook

    return rulebook.remove(code, by=by, reason=reason)


def start_maintenance(
    *, from_at: datetime, until_at: datetime, reason: str, by: Actor, subject: str = "", place: str = "",
    source: str = "", rule: str = "", series: int | None = None, weekly: bool = False,
) -> MaintenanceRow:  # fmt: skip
    """Alerts on whatever matches all that is named are held back in the window, and told of when it is over."""
    from dinh.spine.observations import maintenance as room

    return room.start(
        subject=subject, place=place, source=source, rule=rule, series=series, from_at=from_at, until_at=until_at,
        weekly=weekly, reason=reason, by=by,
    )  # fmt: skip


def end_maintenance(number: int, *, by: Actor) -> MaintenanceRow:
    """Now. Raises NotFound, Refused, Conflict `observations.maintenance_over`."""
    from dinh.spine.observations import maintenance as room

    return room.end(number, by=by)


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


def rules() -> Sequence[RuleSpec]:
    """Those in force."""
    from dinh.spine.observations import catalogue

    return tuple(catalogue.current().rules.values())


def rule_rows(*, fired_since: datetime | None = None) -> Sequence[RuleRow]:
    """Every rule, in force or not, by code; with how often each has fired since then."""
    from dinh.spine.observations import rulebook

    return rulebook.rows(fired_since=fired_since)


def rule_row(code: str) -> RuleRow:
    """Raises NotFound `observations.no_rule`."""
    from dinh.spine.observations import rulebook

    return rulebook.row(code)


def rule_versions(code: str) -> Sequence[RuleVersionRow]:
    """Newest first."""
    from dinh.spine.observations import rulebook

    return rulebook.versions(code)


def try_rule(spec: RuleSpec, *, since: datetime, until: datetime, within: str | None = None) -> Trial:
    """What a rule, saved or not, would have done on history, judged by the same code as live. Raises Invalid,
    OutOfRange `observations.trial_too_large`."""
    from dinh.spine.observations import trial

    return trial.try_rule(spec, since=since, until=until, within=within)


def maintenance(*, past: bool = False, limit: int = 100) -> Sequence[MaintenanceRow]:
    """Windows that hold or will, or those that are over; newest first."""
    from dinh.spine.observations import maintenance as room

    return room.windows(past=past, limit=limit)


def alert_notes(alert: str) -> Sequence[AlertNoteRow]:
    """Oldest first."""
    from dinh.spine.observations import alerts as room

    return room.notes(alert)


def group_members(group: str, *, limit: int = 200) -> Sequence[AlertRow]:
    """Worst first."""
    from dinh.spine.observations import alerts as room

    return room.members(group, limit=limit)


def alerts_of_rule(code: str, *, limit: int = 100) -> Sequence[AlertRow]:
    """Newest first, of every state; members of groups each for themselves."""
    from dinh.spine.observations import alerts as room

    return room.of_rule(code, limit=limit)


def sources() -> Sequence[SourceRow]:
    from dinh.spine.observations import catalogue

    return tuple(catalogue.current().sources.values())


def series(series_id: int) -> SeriesRow:
    """Raises NotFound `observations.no_series`."""
    from dinh.spine.observations.history import reading

    return reading.series(series_id)


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
        indicator=indicator,
        subject=subject,
        series_id=series_id,
        within=within,
        start=start,
        end=end,
        after=after,
        limit=limit,
        persons=persons,
    )


def roll_up(
    indicator: str, *, within: str, start: datetime, end: datetime, every: timedelta, by: str = "commune"
) -> pa.Table:
    """Columns place, at, value, missing, readings: by the indicator's kind (counters by increase, ratios from
    parts). `by` is commune, province or subject. Readings attach to the place valid at observed_at."""
    from dinh.spine.observations import rollups

    return rollups.roll_up(indicator, within=within, start=start, end=end, every=every, by=by)


def figures(codes: Sequence[str], *, within: str, at: datetime | None = None) -> Sequence[Figure]:
    """The tiles of a picture, now or at a past moment."""
    from dinh.spine.observations import figures as room

    return room.figures(codes, within=within, at=at)


def values_by_place(indicator: str, *, within: str, at: datetime | None = None) -> Mapping[str, float | None]:
    """Commune URN -> value over the last 24 hours or period, for shading a map."""
    from dinh.spine.observations import figures as room

    return room.values_by_place(indicator, within=within, at=at)


def alerts(
    *,
    states: Sequence[str] = ("open", "acknowledged"),
    within: str | None = None,
    at: datetime | None = None,
    after: str = "",
    limit: int = 100,
    grouped: bool = True,
) -> Sequence[AlertRow]:
    """Worst and oldest first. `at` shows those that were open then. A group stands for its members, unless `grouped`
    is False: then each stands for itself. Those that maintenance holds back are `suppressed`."""
    from dinh.spine.observations import alerts as room

    return room.alerts(states=states, within=within, at=at, after=after, limit=limit, grouped=grouped)


def alert(urn: str) -> AlertRow:
    from dinh.spine.observations import alerts as room

    return room.alert(urn)


def alert_times(*, start: datetime, end: datetime, within: str | None = None) -> Sequence[tuple[datetime, str]]:
    """When alerts fired and how severe, for the time bar."""
    from dinh.spine.observations import alerts as room

    return room.alert_times(start=start, end=end, within=within)


def quality(*, at: datetime | None = None, hours: int = 24) -> Sequence[Quality]:
    """The four measures per source, and one row with source '' for all together."""
    from dinh.spine.observations import quality as room

    return room.quality(at=at, hours=hours)


def rejected(*, limit: int = 100) -> Sequence[RejectedBatch]:
    """Newest first."""
    from dinh.spine.observations.intake import rejects

    return rejects.batches(limit)


def rejected_batch(number: int) -> RejectedBatch:
    """Raises NotFound."""
    from dinh.spine.observations.intake import rejects

    return rejects.row(number)


def rejected_rows(rejected_id: int) -> Sequence[tuple[Mapping[str, Any], Rejection]]:
    """The kept rows (at most 10,000 a batch) as they came, each with its reason. Raises NotFound."""
    from dinh.spine.observations.intake import rejects

    return rejects.rows(rejected_id)


def on_recorded(observer: Callable[[Change], None]) -> None:
    """Registers an in-process observer; only in the process that owns the history."""
    from dinh.spine.observations.intake import telling

    if observer not in telling.observers:
        telling.observers.append(observer)


# --- the process that owns the history ---------------------------------------


def start() -> None:
    """Opens the history in this process, rebuilds the newest values, judges what a crash left unjudged.
    Raises Conflict `observations.history_in_use` when another process owns it."""
    from dinh.spine.observations.intake import service

    service.start()


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
