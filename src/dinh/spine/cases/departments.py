"""Figures of departments: how long until somebody has it, answers, ends it; how much comes back, how much is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count, Q

from dinh.kernel import clock
from dinh.spine.cases import domain, models, scope
from dinh.spine.cases.inbox import in_area
from dinh.spine.cases.office_rows import DepartmentRow
from dinh.spine.parties import api as parties
from dinh.spine.parties.api import Actor


def figures(
    *, since: datetime, until: datetime, actor: Actor, within: str | None, type: str
) -> Sequence[DepartmentRow]:
    """One row an organisation that had or has a case, in the order of what is overdue; four queries. Duplicates do not count."""
    parties.require(actor, "cases.view")
    seen = models.Case.objects.exclude(counts_as=domain.JOINED)
    if within:
        seen = seen.filter(in_area(within, ""))
    if type:
        seen = seen.filter(type=type)
    visible = scope.visible(actor)
    if visible is not None:
        seen = seen.filter(visible)
    now = clock.now()
    standing = {
        row["organisation"]: row
        for row in seen.filter(final=False).values("organisation").annotate(
            open=Count("pk"),
            unowned=Count("pk", filter=Q(owner="")),
            overdue=Count("pk", filter=Q(deadline_at__lt=now)),
        )
    }  # fmt: skip
    opened: dict[str, int] = defaultdict(int)
    to_owner: dict[str, list[float]] = defaultdict(list)
    to_answer: dict[str, list[float]] = defaultdict(list)
    in_window = seen.filter(opened_at__gte=since, opened_at__lt=until).values_list(
        "organisation", "opened_at", "owned_at", "answered_at"
    )
    for organisation, opened_at, owned_at, answered_at in in_window.iterator():
        opened[organisation] += 1
        if owned_at is not None:
            to_owner[organisation].append(_minutes(opened_at, owned_at))
        if answered_at is not None:
            to_answer[organisation].append(_minutes(opened_at, answered_at))
    to_close: dict[str, list[float]] = defaultdict(list)
    punctual: dict[str, int] = defaultdict(int)
    again: dict[str, int] = defaultdict(int)
    ended = seen.filter(closed_at__gte=since, closed_at__lt=until).values_list(
        "organisation", "opened_at", "closed_at", "due_at", "reopened"
    )
    for organisation, opened_at, closed_at, due_at, reopened in ended.iterator():
        assert closed_at is not None
        to_close[organisation].append(_minutes(opened_at, closed_at))
        punctual[organisation] += closed_at <= due_at
        again[organisation] += reopened > 0
    rows = []
    for organisation in standing.keys() | opened.keys() | to_close.keys():
        here: Mapping[str, Any] = standing.get(organisation, {})
        closed = len(to_close[organisation])
        rows.append(
            DepartmentRow(
                organisation=organisation,
                opened=opened[organisation],
                closed=closed,
                open=here.get("open", 0),
                unowned=here.get("unowned", 0),
                overdue=here.get("overdue", 0),
                on_time=punctual[organisation] / closed if closed else None,
                minutes_to_owner=_median(to_owner[organisation]),
                minutes_to_answer=_median(to_answer[organisation]),
                minutes_to_close=_median(to_close[organisation]),
                reopened=again[organisation] / closed if closed else None,
            )
        )
    return sorted(rows, key=lambda row: (-row.overdue, -row.open, row.organisation))


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
