"""Figures of dossiers: by day for the history, by office and procedure for everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Q

from dinh.kernel import clock
from dinh.systems.public_services import models
from dinh.systems.public_services.domain.procedures import FULL
from dinh.systems.public_services.models.dossiers import ONLINE


@dataclass(frozen=True, slots=True)
class Line:
    """Of one office, procedure, or all: what came in and was ended in the window; `minutes` is the median to the end."""

    key: str
    received: int
    online: int
    full: int
    ended: int
    in_time: int
    returned: int
    returned_again: int
    open: int
    overdue: int
    minutes: float | None

    @property
    def share_in_time(self) -> float | None:
        return self.in_time / self.ended if self.ended else None

    @property
    def share_online(self) -> float | None:
        return self.online / self.received if self.received else None

    @property
    def share_full(self) -> float | None:
        return self.full / self.received if self.received else None


def lines(by: str, *, window: timedelta, within: Q | None = None) -> Sequence[Line]:
    """`by` is organisation or procedure, or '' for all together; most received first."""
    return _lines(by, start=clock.now() - window, end=clock.now(), within=within or Q())


def of_day(day: date) -> Mapping[str, Mapping[str, float | int | None]]:
    """By the place of the office: the figures that go into the history."""
    start = clock.start_of_day(day)
    end = clock.start_of_day(day + timedelta(days=1))
    return {
        line.key: {
            "received": line.received, "received_online": line.online, "received_full": line.full, "ended": line.ended,
            "ended_in_time": line.in_time, "returned": line.returned, "returned_again": line.returned_again,
            "overdue": line.overdue, "hours": None if line.minutes is None else line.minutes / 60,
        }
        for line in _lines("office_place", start=start, end=end, within=Q())
    }  # fmt: skip


def _lines(by: str, *, start: datetime, end: datetime, within: Q) -> Sequence[Line]:
    came = Q(handed_in_at__gte=start, handed_in_at__lt=end)
    over = Q(ended_at__gte=start, ended_at__lt=end)
    open_ = Q(handed_in_at__lt=end) & (Q(ended_at__isnull=True) | Q(ended_at__gte=end))
    rows = models.Dossier.objects.filter(within).filter(came | over | open_)
    grouped: Any = rows.values(by) if by else rows.values("simulated").order_by()
    counts = dict[str, dict[str, int]]()
    wanted = {
        "received": Count("pk", filter=came),
        "online": Count("pk", filter=came & Q(channel=ONLINE)),
        "full": Count("pk", filter=came & Q(kind=FULL)),
        "ended": Count("pk", filter=over),
        "in_time": Count("pk", filter=over & Q(in_time=True)),
        "open": Count("pk", filter=open_),
        "overdue": Count("pk", filter=open_ & Q(due_at__lt=end)),
    }
    for row in grouped.annotate(**wanted):
        held = counts.setdefault(row[by] if by else "", dict.fromkeys(wanted, 0))
        for name in wanted:
            held[name] += row[name]
    times: dict[str, list[int]] = defaultdict(list)
    for key, minutes in models.Dossier.objects.filter(within, over).values_list(by or "state", "minutes"):
        times[key if by else ""].append(minutes or 0)
    back: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    sent = models.Return.objects.filter(at__gte=start, at__lt=end, dossier__in=models.Dossier.objects.filter(within))
    for key, number in sent.values_list(f"dossier__{by}" if by else "dossier__state", "number"):
        back[key if by else ""][0 if number == 1 else 1] += 1
    found = [
        Line(
            key,
            returned=back[key][0],
            returned_again=back[key][1],
            minutes=float(median(times[key])) if times[key] else None,
            **held,
        )
        for key, held in counts.items()
    ]
    return sorted(found, key=lambda line: (-line.received, -line.ended, line.key))
