"""Windows of maintenance: alerts that would open within are kept, counted, and told of once the window is over."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from dinh.kernel import clock
from dinh.kernel.errors import Conflict, DinhError, Invalid, NotFound
from dinh.kernel.vietnamese_text import nfc
from dinh.spine.jobs import api as jobs
from dinh.spine.ledger import api as ledger
from dinh.spine.observations import saying
from dinh.spine.observations.api import MaintenanceRow
from dinh.spine.observations.models import Alert, Maintenance
from dinh.spine.parties import api as parties
from dinh.spine.places import api as places

WEEK: Final = timedelta(days=7)
LONGEST: Final = timedelta(days=90)
NAMED: Final = ("subject", "place", "source", "rule", "series")


def going_on(window: Maintenance, at: datetime) -> bool:
    """Whether the window holds a moment; its end does not belong to it."""
    if at < window.from_at or (window.ended_at is not None and at >= window.ended_at):
        return False
    if window.weekly:
        return (at - window.from_at) % WEEK < window.until_at - window.from_at
    return at < window.until_at


def covers(window: Maintenance, alert: Alert, at: datetime) -> bool:
    if not going_on(window, at):
        return False
    same = all(
        not getattr(window, name) or getattr(window, name) == getattr(alert, name)
        for name in ("subject", "source", "rule", "series")
    )
    return same and (not window.place or _lies_in(window.place, alert))


def _lies_in(place: str, alert: Alert) -> bool:
    if place in {alert.place, alert.subject}:
        return True
    try:
        return bool(alert.place) and places.contains(place, alert.place)
    except DinhError:
        return False


def standing(at: datetime) -> list[Maintenance]:
    """Those that may hold a moment, oldest first."""
    open_then = Q(ended_at=None) | Q(ended_at__gt=at)
    return list(
        Maintenance.objects.filter(open_then & (Q(weekly=True) | Q(until_at__gt=at)), from_at__lte=at).order_by("id")
    )


def covering(windows: Sequence[Maintenance], alert: Alert, at: datetime) -> Maintenance | None:
    return next((window for window in windows if covers(window, alert, at)), None)


# --- what people do ---------------------------------------------------------------


def start(
    *,
    subject: str,
    place: str,
    source: str,
    rule: str,
    series: int | None,
    from_at: datetime,
    until_at: datetime,
    weekly: bool,
    reason: str,
    by: parties.Actor,
) -> MaintenanceRow:
    """See `api.start_maintenance`."""
    where = place or (subject if subject.startswith("urn:dinh:unit:") else None)
    if where is None and subject:
        where = places.units_of([subject]).get(subject)
    if where is None and not parties.may_everywhere(by, "observations.maintain"):
        parties.require(by, "observations.maintain")
        if not subject:
            raise Invalid(
                "observations.maintenance_needs_place",
                "you look after a part of the area only; name the place or the thing that is worked on",
            )
    parties.require(by, "observations.maintain", place=where)
    text = nfc(reason).strip()
    if not text:
        raise Invalid("observations.no_reason", "a reason is needed; say in a few words why")
    if not any((subject, place, source, rule, series)):
        raise Invalid(
            "observations.maintenance_of_nothing",
            "nothing is named; choose a place, a thing, a source, a series or a rule",
        )
    if not timedelta(0) < until_at - from_at <= (WEEK if weekly else LONGEST):
        raise Invalid(
            "observations.bad_window",
            "from {start} until {end} is no window; let it end after it begins, at most {days} days later",
            start=from_at,
            end=until_at,
            days=(WEEK if weekly else LONGEST).days,
        )
    with transaction.atomic():
        row = Maintenance.objects.create(
            subject=subject,
            place=place,
            source=source,
            rule=rule,
            series=series,
            from_at=from_at,
            until_at=until_at,
            weekly=weekly,
            reason=text,
            by=by.urn,
            by_name=by.name[:200],
            created_at=clock.now(),
            salt=secrets.token_hex(16),
        )
        jobs.publish("maintenance.started", {"id": row.pk})
        _leaf(row, "started", by)
    return _row(row)


def _leaf(row: Maintenance, what: str, by: parties.Actor) -> None:
    ledger.append(
        f"maintenance.{what}",
        f"observations:maintenance:{row.pk}",
        {
            **{name: getattr(row, name) or None for name in NAMED},
            "from_at": row.from_at.isoformat(),
            "until_at": row.until_at.isoformat(),
            "weekly": row.weekly,
            "by": by.urn,
            "reason_sha256": saying.commitment(row.salt, row.reason),
        },
    )


def end(number: int, *, by: parties.Actor) -> MaintenanceRow:
    """See `api.end_maintenance`."""
    with transaction.atomic():
        row = Maintenance.objects.select_for_update().filter(pk=number).first()
        if row is None:
            raise NotFound("observations.no_maintenance", "there is no maintenance {number}", number=number)
        where = row.place or (places.units_of([row.subject]).get(row.subject) if row.subject else None)
        parties.require(by, "observations.maintain", place=where)
        moment = clock.now()
        if row.ended_at is not None or (not row.weekly and row.until_at <= moment):
            raise Conflict("observations.maintenance_over", "maintenance {number} is over already", number=number)
        row.ended_at, row.ended_by = moment, by.urn
        row.save(update_fields=["ended_at", "ended_by"])
        jobs.publish("maintenance.ended", {"id": row.pk})
        _leaf(row, "ended", by)
    return _row(row)


# --- reading ------------------------------------------------------------------------


def windows(*, past: bool, limit: int) -> Sequence[MaintenanceRow]:
    """See `api.maintenance`."""
    moment = clock.now()
    rows = Maintenance.objects.order_by("-from_at", "-id")
    over = Q(ended_at__lte=moment) | Q(weekly=False, until_at__lte=moment)
    chosen = list((rows.filter(over) if past else rows.exclude(over))[:limit])
    held: dict[int, int] = {}
    kept: dict[int, int] = {}
    for number, cleared in Alert.objects.filter(suppressed_by__in=[row.pk for row in chosen]).values_list(
        "suppressed_by", "cleared_at"
    ):
        kept[number] = kept.get(number, 0) + 1
        held[number] = held.get(number, 0) + (cleared is None)
    return tuple(_row(row, held=held.get(row.pk, 0), kept=kept.get(row.pk, 0), at=moment) for row in chosen)


def _row(row: Maintenance, *, held: int = 0, kept: int = 0, at: datetime | None = None) -> MaintenanceRow:
    return MaintenanceRow(
        id=row.pk,
        subject=row.subject or None,
        place=row.place or None,
        source=row.source or None,
        rule=row.rule or None,
        series=row.series,
        from_at=row.from_at,
        until_at=row.until_at,
        weekly=row.weekly,
        reason=row.reason,
        by=row.by,
        by_name=row.by_name,
        ended_at=row.ended_at,
        going_on=going_on(row, at or clock.now()),
        held=held,
        kept=kept,
    )
