"""The part of `api` that is about rules and alerts; callers import it from there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from dinh.kernel.manifests import RuleSpec
from dinh.spine.observations.rows import (
    AlertNoteRow,
    AlertRow,
    MaintenanceRow,
    Point,
    RuleRow,
    RuleVersionRow,
    Trial,
)
from dinh.spine.parties.api import Actor


def note_alert(alert: str, text: str, *, by: Actor) -> AlertNoteRow:
    """Raises NotFound, Refused, Invalid `observations.empty_note`."""
    from dinh.spine.observations import handling

    return handling.add_note(alert, text, by=by)


def set_alert_apart(alert: str, *, by: Actor, note: str = "") -> AlertRow:
    """Takes a member out of its group: it stands for itself and is told of. Raises Conflict `observations.not_in_group`."""
    from dinh.spine.observations import handling

    return handling.set_apart(alert, by=by, note=note)


def put_alert_into_group(alert: str, group: str, *, by: Actor, note: str = "") -> AlertRow:
    """Raises Conflict `observations.cannot_join`."""
    from dinh.spine.observations import handling

    return handling.put_back(alert, group, by=by, note=note)


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


def usual_day(spec: RuleSpec, series_id: int, *, since: datetime, until: datetime) -> Sequence[Point]:
    """What a rule of the kind «unlike the usual day» takes for usual, hour by hour, as it was known when each day
    began: the value, and the least and the greatest that do not fire. Hours of which too little is known are left out."""
    from dinh.spine.observations import trial

    return trial.usual_day(spec, series_id, since=since, until=until)


def maintenance(*, past: bool = False, limit: int = 100) -> Sequence[MaintenanceRow]:
    """Windows that hold or will, or those that are over; newest first."""
    from dinh.spine.observations import maintenance as room

    return room.windows(past=past, limit=limit)


def alert_notes(alert: str) -> Sequence[AlertNoteRow]:
    """Oldest first."""
    from dinh.spine.observations import handling

    return handling.notes(alert)


def group_members(group: str, *, limit: int = 200) -> Sequence[AlertRow]:
    """Worst first."""
    from dinh.spine.observations import alerts as room

    return room.members(group, limit=limit)


def alerts_of_rule(code: str, *, limit: int = 100) -> Sequence[AlertRow]:
    """Newest first, of every state; members of groups each for themselves."""
    from dinh.spine.observations import alerts as room

    return room.of_rule(code, limit=limit)


def acknowledge(alert: str, *, by: Actor, note: str = "") -> AlertRow:
    """With its members, where it is a group. Raises NotFound, Refused, Conflict."""
    from dinh.spine.observations import handling

    return handling.acknowledge(alert, by=by, note=note)


def alert_times(*, start: datetime, end: datetime, within: str | None = None) -> Sequence[tuple[datetime, str]]:
    """When alerts fired and how severe, for the time bar."""
    from dinh.spine.observations import alerts as room

    return room.alert_times(start=start, end=end, within=within)


def rules() -> Sequence[RuleSpec]:
    """Those in force."""
    from dinh.spine.observations import catalogue

    return tuple(catalogue.current().rules.values())


def declare_rules(specs: Iterable[RuleSpec], *, by: Actor) -> tuple[int, int]:
    from dinh.spine.observations import catalogue

    return catalogue.declare_rules(specs, by=by)


def alert(urn: str) -> AlertRow:
    from dinh.spine.observations import alerts as room

    return room.alert(urn)


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
