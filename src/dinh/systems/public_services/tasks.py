"""Periodic work, and what is heard of cases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from dinh.kernel import clock
from dinh.kernel.clock import VIETNAM
from dinh.spine.jobs.api import Event
from dinh.spine.observations import api as observations
from dinh.spine.parties.api import SYSTEM
from dinh.spine.submissions import api as submissions
from dinh.systems.public_services import models
from dinh.systems.public_services.actions import bank as simulated
from dinh.systems.public_services.actions import desk, handing_in, paying
from dinh.systems.public_services.domain.states import TYPES
from dinh.systems.public_services.queries import figures

BACK: Final = 7
"""Days that are recorded afterwards where this machine stood still."""
SOURCE: Final = "public_services"


def tidy() -> None:
    handing_in.tidy()


def bank() -> None:
    simulated.deliver_due()
    paying.refund_waiting()


def follow_case(event: Event) -> None:
    if event.payload.get("type") in TYPES:
        desk.follow_case(str(event.payload["urn"]))


def record_figures() -> None:
    """Of every day that is over, once: a reading a place and indicator, at the end of the day; not while something that was
    handed in on that day still waits to be worked off."""
    first = models.Dossier.objects.order_by("handed_in_at").values_list("handed_in_at", flat=True).first()
    if first is None:
        return
    today = clock.today()
    begun = max(first.astimezone(VIETNAM).date(), today - timedelta(days=BACK))
    known = set(models.RecordedDay.objects.filter(day__gte=begun).values_list("day", flat=True))
    days = [begun + timedelta(days=n) for n in range((today - begun).days)]
    waits = submissions.standing().oldest_at
    if waits is not None and waits > clock.now() - timedelta(days=BACK - 1):
        days = [day for day in days if day < waits.astimezone(VIETNAM).date()]
    for day in days:
        if day in known:
            continue
        rows: list[dict[str, Any]] = []
        at = datetime.combine(day, time(23, 59), tzinfo=VIETNAM)
        for place, values in figures.of_day(day).items():
            rows += [
                {
                    "indicator": f"services.{code}",
                    "subject": place,
                    "observed_at": at.isoformat(),
                    "value": float(value),
                    "source": SOURCE,
                }
                for code, value in values.items()
                if value is not None
            ]
        if rows:
            _source()
            observations.record(rows, by=SYSTEM, channel=SOURCE)
        with transaction.atomic():
            models.RecordedDay.objects.get_or_create(day=day)


def _source() -> None:
    simulated_only = not models.Dossier.objects.filter(simulated=False).exists()
    observations.save_source(
        code=SOURCE, name_vi="Hồ sơ dịch vụ công của Đình", name_en="Dossiers of Đình", owner="", licence="CC-BY-4.0",
        simulated=simulated_only, period=timedelta(days=1),
    )  # fmt: skip
