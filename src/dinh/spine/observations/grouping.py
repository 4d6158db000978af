"""Alerts that one cause makes many: they stand under one alert, which is what people see and what opens a case.

Causes, the nearest first: a source fell silent, a thing fell silent, something failed on which others depend by
their own declaration, one rule fires all over a commune, all over a province. Which alerts are grouped follows from the alerts that stand and from nothing else, so that a replay groups alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet

from dinh.kernel.specs import RuleKind
from dinh.spine.observations import catalogue
from dinh.spine.observations.attachment import Index
from dinh.spine.observations.models import Alert, Series
from dinh.spine.places import api as places

NEAR: Final = timedelta(minutes=10)
"""Alerts that fired within this time of each other may have one cause."""
LEAST_AT_PLACE: Final = 5
LEAST_OF_SOURCE: Final = 3
LEAST_OF_THING: Final = 2
NEARLY_ALL: Final = 0.8


@dataclass(frozen=True, slots=True)
class Cause:
    """`rank` 0 is the nearest cause."""

    rank: int
    key: str
    kind: str
    """source, thing, dependency, commune or province."""
    what: str
    rule: str = ""


def causes(alert: Alert, index: Index) -> list[Cause]:
    found = []
    if alert.kind == RuleKind.MISSING:
        if alert.source:
            found.append(Cause(0, f"silent:{alert.source}", "source", alert.source))
        found.append(Cause(1, f"silent:{alert.subject}", "thing", alert.subject))
    declared = places.dependencies()
    if declared:
        roots = above(alert.subject, declared)
        if any(alert.subject in held for held in declared.values()):
            roots = [alert.subject, *roots]
        found += [Cause(2, f"failed:{root}", "dependency", root) for root in roots]
    if alert.place:
        found.append(Cause(3, f"{alert.rule}@{alert.place}", "commune", alert.place, alert.rule))
        province = index.province(alert.place)
        if province != alert.place:
            found.append(Cause(4, f"{alert.rule}@{province}", "province", province, alert.rule))
    return found


def above(subject: str, declared: Mapping[str, Sequence[str]]) -> list[str]:
    """What a thing depends on, directly or through others, the nearest first."""
    found: dict[str, None] = {}
    waiting = list(declared.get(subject, ()))
    while waiting:
        one = waiting.pop(0)
        if one not in found and one != subject:
            found[one] = None
            waiting += declared.get(one, ())
    return list(found)


def group(fresh: Iterable[Alert], index: Index) -> list[Alert]:
    """Puts alerts that have just opened into groups, those that stand or new ones; returns the new groups. In the
    transaction of the alerts."""
    waiting = [alert for alert in fresh if alert.state == "open" and alert.group_id is None and not alert.set_apart]
    by_alert = {alert.pk: causes(alert, index) for alert in waiting}
    keys = {cause.key for found in by_alert.values() for cause in found}
    if not keys:
        return []
    standing = {
        row.group_key: row for row in Alert.objects.filter(is_group=True, cleared_at=None, group_key__in=sorted(keys))
    }
    left = []
    for alert in waiting:
        cause = next((cause for cause in by_alert[alert.pk] if cause.key in standing), None)
        if cause is None:
            left.append(alert)
        else:
            join(standing[cause.key], [alert])
    made: list[Alert] = []
    every = sorted({cause for alert in left for cause in by_alert[alert.pk]}, key=lambda one: (one.rank, one.key))
    for cause in every:
        mine = [alert for alert in left if alert.group_id is None and cause in by_alert[alert.pk]]
        if not mine:
            continue
        members = _members(cause, mine, index)
        if not _enough(cause, members):
            continue
        known = {alert.pk: alert for alert in mine}
        made.append(_make(cause, [known.get(row.pk, row) for row in members]))
    return made


def _alone(since: Alert) -> QuerySet[Alert]:
    return Alert.objects.filter(
        state__in=["open", "acknowledged"], group=None, is_group=False, set_apart=False,
        fired_at__gte=since.fired_at - NEAR, fired_at__lte=since.fired_at + NEAR,
    ).order_by("id")  # fmt: skip


def _members(cause: Cause, mine: Sequence[Alert], index: Index) -> list[Alert]:
    """The alerts of a cause near the last one of `mine`, among all that stand alone."""
    rows = _alone(max(mine, key=lambda alert: (alert.fired_at, alert.pk)))
    if cause.kind == "source":
        rows = rows.filter(kind=RuleKind.MISSING, source=cause.what)
    elif cause.kind == "thing":
        rows = rows.filter(kind=RuleKind.MISSING, subject=cause.what)
    elif cause.kind == "dependency":
        return _hanging_on(cause.what, rows)
    elif cause.kind == "commune":
        rows = rows.filter(rule=cause.rule, place=cause.what)
    else:
        rows = rows.filter(rule=cause.rule).exclude(place="")
        return [row for row in rows if index.province(row.place) == cause.what]
    return list(rows)


def _hanging_on(root: str, near: QuerySet[Alert]) -> list[Alert]:
    """What stands on the root, however long since, then what lately began on the things that depend on it."""
    standing = Alert.objects.filter(
        state__in=["open", "acknowledged"], group=None, is_group=False, set_apart=False, subject=root
    )
    first = list(standing.order_by("id"))
    if not first:
        return []
    declared = places.dependencies()
    return first + [row for row in near if row.subject != root and root in above(row.subject, declared)]


def _enough(cause: Cause, members: Sequence[Alert]) -> bool:
    if cause.kind == "dependency":
        return bool(members) and members[0].subject == cause.what and members[-1].subject != cause.what
    series = {alert.series for alert in members}
    if cause.kind in {"commune", "province"}:
        return len(series) >= LEAST_AT_PLACE
    if len(series) < (LEAST_OF_SOURCE if cause.kind == "source" else LEAST_OF_THING):
        return False
    alike = Series.objects.filter(indicator__code__in={alert.indicator for alert in members})
    alike = alike.filter(source=cause.what) if cause.kind == "source" else alike.filter(subject=cause.what)
    return len(series) >= NEARLY_ALL * alike.count()


def _make(cause: Cause, members: Sequence[Alert]) -> Alert:
    worst = min(members, key=lambda alert: (alert.rank, alert.pk))
    first = members[0]
    with_case = [alert for alert in sorted(members, key=lambda alert: (alert.rank, alert.pk)) if alert.case_type]
    name_vi, name_en = _name(cause, first)
    row = Alert.objects.create(
        rule=first.rule,
        name_vi=name_vi[:200],
        name_en=name_en[:200],
        case_type=with_case[0].case_type if with_case else "",
        indicator=first.indicator,
        series=first.series,
        subject=first.subject,
        place=first.place,
        severity=worst.severity,
        rank=worst.rank,
        state="open",
        since=min(alert.since for alert in members),
        fired_at=max(alert.fired_at for alert in members),
        recorded_at=max(alert.recorded_at for alert in members),
        value=0.0,
        worst_value=0.0,
        threshold=0.0,
        simulated=any(alert.simulated for alert in members),
        kind="group",
        source=first.source,
        is_group=True,
        group_key=cause.key,
    )
    join(row, members)
    return row


def _name(cause: Cause, first: Alert) -> tuple[str, str]:
    if cause.kind == "source":
        row = catalogue.current().sources.get(cause.what)
        vi, en = (row.name_vi, row.name_en) if row else (cause.what, cause.what)
        return f"Nguồn im lặng: {vi}", f"Source is silent: {en}"
    if cause.kind == "thing":
        place = places.places([cause.what]).get(cause.what)
        vi, en = (place.name_vi, place.name_en) if place else (cause.what, cause.what)
        return f"Không có số liệu: {vi}", f"No data: {en}"
    if cause.kind == "dependency":
        place = places.places([cause.what]).get(cause.what)
        vi, en = (place.name_vi, place.name_en) if place else (cause.what, cause.what)
        return f"Một nguyên nhân, nhiều cảnh báo: {vi}", f"One cause, many alerts: {en}"
    return first.name_vi, first.name_en


def join(row: Alert, members: Sequence[Alert]) -> None:
    for alert in members:
        alert.group = row
    Alert.objects.bulk_update(members, ["group"], batch_size=500)
    row.value += len(members)
    row.worst_value = max(row.worst_value, row.value)
    worst = min((*members, row), key=lambda alert: alert.rank)
    row.severity, row.rank = worst.severity, worst.rank
    row.save(update_fields=["value", "worst_value", "severity", "rank"])


def leave(alert: Alert) -> Alert:
    """Takes a member out; returns the group it was in."""
    row = alert.group
    assert row is not None
    alert.group, alert.set_apart = None, True
    alert.save(update_fields=["group", "set_apart"])
    row.value -= 1
    row.save(update_fields=["value"])
    return row
