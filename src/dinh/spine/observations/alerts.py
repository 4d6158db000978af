"""Alerts: opened and cleared by the judge, acknowledged by people, read by everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound, Phrase
from dinh.kernel.manifests import Severity
from dinh.spine.jobs import api as jobs
from dinh.spine.observations.api import AlertRow
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.models import Alert
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

if TYPE_CHECKING:
    from dinh.spine.observations.judge import Judged

RANKS: Final = {severity.value: rank for rank, severity in enumerate(Severity)}
_SAID: Final = {"acknowledged": Phrase("acknowledged"), "cleared": Phrase("cleared")}
STATES: Final = ("open", "acknowledged", "cleared")
PREFIX: Final = "urn:dinh:alert:"
MOST: Final = 1000


def _row(alert: Alert, at: datetime | None = None) -> AlertRow:
    """`at` gives the alert as it was then."""
    state, cleared_at = alert.state, alert.cleared_at
    acknowledged = alert.acknowledged_at
    if at is not None:
        if cleared_at is not None and cleared_at > at:
            cleared_at = None
        if acknowledged is not None and acknowledged > at:
            acknowledged = None
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
    )


# --- what the judge does; inside its transaction --------------------------------


def open_alert(judged: Judged, index: Index, *, simulated: bool) -> Alert:
    rule, step = judged.rule, judged.transition
    subject = int(index.subject[index.position(np.array([judged.series], np.uint32))[0]])
    urn = index.subjects[subject]
    place = index.place_now(subject)
    threshold = rule.above if rule.above is not None else rule.below
    assert threshold is not None
    alert = Alert.objects.create(
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
        threshold=threshold,
        simulated=simulated,
    )
    jobs.publish("alert.opened", _payload(alert))
    return alert


def clear_alert(judged: Judged) -> None:
    alert = Alert.objects.filter(rule=judged.rule.code, series=judged.series, cleared_at=None).first()
    if alert is not None:
        alert.worst_value = judged.transition.worst
        end(alert, at=clock.from_microseconds(judged.transition.at_us), value=judged.transition.value)


def end(alert: Alert, *, at: datetime, value: float | None) -> None:
    """`value` is the reading that cleared it; None where the rule was taken out of force."""
    alert.state, alert.cleared_at = "cleared", at
    alert.save(update_fields=["state", "cleared_at", "worst_value"])
    jobs.publish("alert.cleared", {**_payload(alert), "cleared_at": at.isoformat(), "cleared_value": value})


def _payload(alert: Alert) -> dict[str, Any]:
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
    }


# --- what people do ---------------------------------------------------------------


def acknowledge(alert: str, *, by: parties.Actor) -> AlertRow:
    with transaction.atomic():
        found = _find(alert, Alert.objects.select_for_update())
        parties.require(by, "observations.acknowledge", place=found.place or None)
        if found.state != "open":
            raise Conflict(
                "observations.alert_not_open",
                "{alert} is {state} already; only an open alert can be acknowledged",
                alert=str(found),
                state=_SAID.get(found.state, found.state),
            )
        found.state = "acknowledged"
        found.acknowledged_by, found.acknowledged_at = by.urn, clock.now()
        found.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
        jobs.publish("alert.acknowledged", {**_payload(found), "by": by.urn})
    return _row(found)


# --- reading ------------------------------------------------------------------------


def _find(urn: str, rows: QuerySet[Alert]) -> Alert:
    number = urn.removeprefix(PREFIX)
    found = None
    if urn.startswith(PREFIX) and number.isascii() and number.isdecimal() and len(number) < 19:
        found = rows.filter(pk=int(number)).first()
    if found is None:
        raise NotFound("observations.no_alert", "there is no alert '{urn}'", urn=urn[:160])
    return found


def alert(urn: str) -> AlertRow:
    return _row(_find(urn, Alert.objects.all()))


def _in_area(within: str) -> Q:
    try:
        area = [row.urn for row in places.area(within)]
    except DinhError:
        area = []  # an asset: only alerts on itself
    return Q(place__in=[*area, within]) | Q(subject=within)


def alerts(
    *, states: Sequence[str], within: str | None, at: datetime | None, after: str, limit: int
) -> Sequence[AlertRow]:
    unknown = [state for state in states if state not in STATES]
    if unknown:
        raise Invalid(
            "observations.no_such_state", "'{state}' is no state of an alert; give {states}",
            state=str(unknown[0])[:60], states=", ".join(STATES),
        )  # fmt: skip
    rows = Alert.objects.order_by("rank", "since", "id")
    if within is not None:
        rows = rows.filter(_in_area(within))
    if after:
        last = _find(after, Alert.objects.all())
        rows = rows.filter(
            Q(rank__gt=last.rank)
            | Q(rank=last.rank, since__gt=last.since)
            | Q(rank=last.rank, since=last.since, id__gt=last.pk)
        )
    rows = rows.filter(state__in=states) if at is None else rows.filter(_states_at(states, at))
    return tuple(_row(row, at) for row in rows[: max(0, min(limit, MOST))])


def _states_at(states: Sequence[str], at: datetime) -> Q:
    going = Q(cleared_at=None) | Q(cleared_at__gt=at)
    known = {
        "open": going & (Q(acknowledged_at=None) | Q(acknowledged_at__gt=at)),
        "acknowledged": going & Q(acknowledged_at__lte=at),
        "cleared": Q(cleared_at__lte=at),
    }
    chosen = Q(pk__in=[])
    for state in states:
        chosen |= known[state]
    return Q(fired_at__lte=at) & chosen


def alert_times(*, start: datetime, end: datetime, within: str | None) -> Sequence[tuple[datetime, str]]:
    rows = Alert.objects.filter(fired_at__gte=start, fired_at__lt=end).order_by("fired_at")
    if within is not None:
        rows = rows.filter(_in_area(within))
    return tuple(rows.values_list("fired_at", "severity"))
