"""Alerts: opened and cleared by the judge, acknowledged by people, read by everybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import DinhError, Invalid, NotFound
from dinh.kernel.manifests import RuleSpec, Severity
from dinh.kernel.specs import RuleKind
from dinh.spine.jobs import api as jobs
from dinh.spine.observations import attachment, catalogue, grouping, maintenance
from dinh.spine.observations.api import AlertRow
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.judging import building
from dinh.spine.observations.models import Alert, Series
from dinh.spine.observations.rules import What
from dinh.spine.places import api as places

if TYPE_CHECKING:
    from dinh.spine.observations.judge import Judged

RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}
STATES: Final = ("open", "acknowledged", "cleared", "suppressed")
PREFIX: Final = "urn:dinh:alert:"
MOST: Final = 1000


def row(alert: Alert, at: datetime | None = None) -> AlertRow:
    """`at` gives the alert as it was then."""
    state, cleared_at = alert.state, alert.cleared_at
    acknowledged = alert.acknowledged_at
    if at is not None:
        if cleared_at is not None and cleared_at > at:
            cleared_at = None
        if acknowledged is not None and acknowledged > at:
            acknowledged = None
        if state != "suppressed" or cleared_at:
            state = "cleared" if cleared_at else "acknowledged" if acknowledged else "open"
    return AlertRow(
        urn=str(alert),
        rule=alert.rule,
        name_vi=alert.name_vi,
        name_en=alert.name_en,
        indicator=alert.indicator,
        series=alert.series,
        subject=alert.subject,
        place=alert.place or None,
        severity=alert.severity,
        state=state,
        since=alert.since,
        value=alert.value,
        threshold=alert.threshold,
        simulated=alert.simulated,
        cleared_at=cleared_at,
        acknowledged_by=alert.acknowledged_by or None if acknowledged else None,
        acknowledged_at=acknowledged,
        worst_value=alert.worst_value,
        kind=alert.kind,
        reading=alert.reading,
        expected=alert.expected,
        source=alert.source,
        is_group=alert.is_group,
        group=f"{PREFIX}{alert.group_id}" if alert.group_id else None,
        members=int(alert.value) if alert.is_group else 0,
        maintenance=alert.suppressed_by_id,
    )


# --- what the judge does; inside its transaction --------------------------------


def write(told: Sequence[Judged], index: Index, *, simulated: Collection[int]) -> None:
    """Opens and clears alerts in the order of the transitions, groups what opened, then publishes all of it."""
    windows = maintenance.standing(clock.now()) if any(one.transition.what is What.FIRED for one in told) else []
    sources = _source_codes(told)
    events: list[tuple[Alert, bool, float | None]] = []
    fresh: dict[tuple[str, int], Alert] = {}
    for judged in told:
        if judged.transition.what is What.FIRED:
            code = sources.get(judged.source) or sources.get(-judged.series, "")
            alert = open_alert(judged, index, source=code, simulated=_is_simulated(judged, code, simulated))
            window = maintenance.covering(windows, alert, alert.fired_at)
            if window is not None:
                alert.state, alert.suppressed_by = "suppressed", window
                alert.save(update_fields=["state", "suppressed_by"])
            events.append((alert, True, None))
            fresh[judged.rule.code, judged.series] = alert
        else:
            ended = clear_alert(judged, fresh.pop((judged.rule.code, judged.series), None))
            if ended is not None:
                events.append((ended, False, judged.transition.value))
    _tell(events, index)


def _tell(events: Sequence[tuple[Alert, bool, float | None]], index: Index) -> None:
    """Groups come before what stands under them."""
    opened = [alert for alert, opens, _ in events if opens and alert.suppressed_by_id is None]
    for group in grouping.group(opened, index):
        jobs.publish("alert.opened", payload(group))
    for alert, opens, value in events:
        if not opens:
            _tell_ended(alert, value)
        elif alert.suppressed_by_id is None:
            jobs.publish("alert.opened", payload(alert))


def _source_codes(told: Sequence[Judged]) -> dict[int, str]:
    """By the source's number; and, by the series' number with a minus, of series that fell silent."""
    codes = {number: code for code, number in catalogue.current().source_ids.items()}
    silent = [judged.series for judged in told if judged.source < 0]
    for start in range(0, len(silent), 500):
        rows = Series.objects.filter(pk__in=silent[start : start + 500]).values_list("pk", "source")
        codes |= {-number: source for number, source in rows}
    return codes


def _is_simulated(judged: Judged, code: str, simulated: Collection[int]) -> bool:
    number = judged.source if judged.source >= 0 else catalogue.current().source_ids.get(code, -1)
    return number in simulated


def open_alert(judged: Judged, index: Index, *, source: str = "", simulated: bool) -> Alert:
    rule, step = judged.rule, judged.transition
    subject = int(index.subject[index.position(np.array([judged.series], np.uint32))[0]])
    urn = index.subjects[subject]
    place = index.place_now(subject)
    return Alert.objects.create(
        rule=rule.code,
        name_vi=rule.name.vi,
        name_en=rule.name.en,
        case_type=rule.case_type or "",
        indicator=rule.indicator,
        series=judged.series,
        subject=urn,
        place=place if place.startswith("urn:dinh:unit:") else "",
        severity=rule.severity.value,
        rank=RANKS[rule.severity.value],
        state="open",
        since=clock.from_microseconds(step.since_us),
        fired_at=clock.from_microseconds(step.at_us),
        recorded_at=clock.now(),
        value=step.value,
        worst_value=step.worst,
        threshold=_threshold(rule),
        simulated=simulated,
        kind=rule.kind.value,
        reading=judged.found.reading,
        expected=judged.found.expected,
        source=source,
    )


def _threshold(rule: RuleSpec) -> float:
    if rule.kind is RuleKind.MISSING:
        return building.silence(rule, catalogue.current().indicator(rule.indicator)) / timedelta(minutes=1)
    limit = rule.above if rule.above is not None else rule.below
    return 1.0 if limit is None else limit


def clear_alert(judged: Judged, fresh: Alert | None = None) -> Alert | None:
    """The alert that a transition ends, ended; not yet told. `fresh` is one that opened in the same breath."""
    alert = fresh
    if alert is None:
        alert = Alert.objects.filter(
            rule=judged.rule.code, series=judged.series, cleared_at=None, is_group=False
        ).first()
    if alert is not None:
        alert.worst_value = judged.transition.worst
        alert.state, alert.cleared_at = "cleared", clock.from_microseconds(judged.transition.at_us)
        alert.save(update_fields=["state", "cleared_at", "worst_value"])
    return alert


def end(alert: Alert, *, at: datetime, value: float | None) -> None:
    """`value` is the reading that cleared it; None where the rule was taken out of force."""
    alert.state, alert.cleared_at = "cleared", at
    alert.save(update_fields=["state", "cleared_at", "worst_value"])
    _tell_ended(alert, value)


def _tell_ended(alert: Alert, value: float | None) -> None:
    """What was held back all its life is not told of. A group ends with the last of its members."""
    assert alert.cleared_at is not None
    if alert.suppressed_by_id is None:
        at = alert.cleared_at.isoformat()
        jobs.publish("alert.cleared", {**payload(alert), "cleared_at": at, "cleared_value": value})
    if alert.group_id is not None:
        end_if_empty(Alert.objects.get(pk=alert.group_id))


def end_if_empty(group: Alert) -> None:
    members = Alert.objects.filter(group=group)
    if group.cleared_at is None and not members.filter(cleared_at=None).exists():
        last = members.order_by("-cleared_at").values_list("cleared_at", flat=True).first()
        end(group, at=max(last or clock.now(), group.fired_at), value=None)


def end_suppression(now: datetime) -> None:
    """Alerts that still stand when their maintenance is over are told of."""
    held = list(Alert.objects.filter(state="suppressed").select_related("suppressed_by").order_by("id"))
    held = [alert for alert in held if alert.suppressed_by and not maintenance.covers(alert.suppressed_by, alert, now)]
    if not held:
        return
    windows = maintenance.standing(now)
    with transaction.atomic():
        fresh = []
        for alert in held:
            alert.suppressed_by = maintenance.covering(windows, alert, now)
            if alert.suppressed_by is None:
                alert.state, alert.recorded_at = "open", now
                fresh.append(alert)
            alert.save(update_fields=["state", "suppressed_by", "recorded_at"])
        _tell([(alert, True, None) for alert in fresh], attachment.index())


def payload(alert: Alert) -> dict[str, Any]:
    return {
        "urn": str(alert),
        "rule": alert.rule,
        "severity": alert.severity,
        "subject": alert.subject,
        "place": alert.place or None,
        "series": alert.series,
        "value": alert.value,
        "since": alert.since.isoformat(),
        "name_vi": alert.name_vi,
        "name_en": alert.name_en,
        "case_type": alert.case_type or None,
        "simulated": alert.simulated,
    } | ({"group": f"{PREFIX}{alert.group_id}"} if alert.group_id else {})


# --- reading ------------------------------------------------------------------------


def find(urn: str, rows: QuerySet[Alert]) -> Alert:
    number = urn.removeprefix(PREFIX)
    found = None
    if urn.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 19:
        found = rows.filter(pk=int(number)).first()
    if found is None:
        raise NotFound("observations.no_alert", "there is no alert '{urn}'", urn=urn[:160])
    return found


def alert(urn: str) -> AlertRow:
    return row(find(urn, Alert.objects.all()))


def _in_area(within: str) -> Q:
    try:
        area = [row.urn for row in places.area(within)]
    except DinhError:
        area = []  # an asset: only alerts on itself
    return Q(place__in=[*area, within]) | Q(subject=within)


def alerts(
    *,
    states: Sequence[str],
    within: str | None,
    at: datetime | None,
    after: str,
    limit: int,
    grouped: bool,
) -> Sequence[AlertRow]:
    unknown = [state for state in states if state not in STATES]
    if unknown:
        raise Invalid(
            "observations.no_such_state", "'{state}' is no state of an alert; give {states}",
            state=str(unknown[0])[:60], states=", ".join(STATES),
        )  # fmt: skip
    rows = Alert.objects.order_by("rank", "since", "id")
    rows = rows.filter(group=None) if grouped else rows.filter(is_group=False)
    if within is not None:
        rows = rows.filter(_in_area(within))
    if after:
        last = find(after, Alert.objects.all())
        rows = rows.filter(
            Q(rank__gt=last.rank)
            | Q(rank=last.rank, since__gt=last.since)
            | Q(rank=last.rank, since=last.since, id__gt=last.pk)
        )
    rows = rows.filter(state__in=states) if at is None else rows.filter(_states_at(states, at))
    return tuple(row(row, at) for row in rows[: max(0, min(limit, MOST))])


def members(group: str, *, limit: int) -> Sequence[AlertRow]:
    rows = Alert.objects.filter(group=find(group, Alert.objects.all())).order_by("rank", "since", "id")
    return tuple(row(row) for row in rows[:limit])


def of_rule(rule: str, *, limit: int) -> Sequence[AlertRow]:
    rows = Alert.objects.filter(rule=rule, is_group=False).order_by("-fired_at", "-id")
    return tuple(row(row) for row in rows[: max(0, min(limit, MOST))])


def _states_at(states: Sequence[str], at: datetime) -> Q:
    going = Q(cleared_at=None) | Q(cleared_at__gt=at)
    known = {
        "open": going & (Q(acknowledged_at=None) | Q(acknowledged_at__gt=at)),
        "acknowledged": going & Q(acknowledged_at__lte=at),
        "cleared": Q(cleared_at__lte=at),
        "suppressed": Q(state="suppressed"),
    }
    chosen = Q(pk__in=[])
    for state in states:
        chosen |= known[state] & (Q() if state == "suppressed" else Q(suppressed_by=None))
    return Q(fired_at__lte=at) & chosen


def alert_times(*, start: datetime, end: datetime, within: str | None) -> Sequence[tuple[datetime, str]]:
    rows = Alert.objects.filter(fired_at__gte=start, fired_at__lt=end, group=None, suppressed_by=None).order_by(
        "fired_at"
    )
    if within is not None:
        rows = rows.filter(_in_area(within))
    return tuple(rows.values_list("fired_at", "severity"))
